namespace MeterFirmware.Tools.Billing.Tariffs;

/// <summary>
/// One row of an ACN-Sim schedule: from a date to a date each year, on weekdays, weekends or both, the prices that
/// begin at times of the day. Prices are millionths per kWh.
/// </summary>
internal sealed record AcnRow(
    string Path, string Id, AcnDate From, AcnDate To, bool Weekdays, bool Weekends, int[] StartQuarters, long[] Prices);

/// <summary>Month and day; both ends of a row's dates belong to it.</summary>
internal readonly record struct AcnDate(int Month, int Day)
{
    /// <summary>Day of a year without 29 February, 0 to 364; that date counts as the 28th.</summary>
    public int DayOfYear => new NodaTime.LocalDate(2001, Month, Month == 2 ? Math.Min(Day, 28) : Day).DayOfYear - 1;

    public override string ToString() => $"{Month:00}-{Day:00}";
}
