namespace MeterFirmware.History;

/// <summary>Which freezes are made, and how many are made up after an outage.</summary>
public sealed class FreezeSettings
{
    /// <summary>Month's end at 24:00 unless other dates are set.</summary>
    public SettlementDates Settlements { get; } = new SettlementDates();

    public bool IsHourly { get; set; } = true;

    /// <summary>Missed freezes made up at power-up, at most, newest last: hourly, daily, settlement. All of an outage
    /// hold the same registers. (Daily 7 is State Grid's rule by a secondary source: check.) Twelve settlements: as
    /// many as a head-end asks for by "last 1 to 12".</summary>
    public int HourlyMakeUpMax { get; set; } = 1;

    public int DailyMakeUpMax { get; set; } = 7;

    public int SettlementMakeUpMax { get; set; } = 12;
}
