namespace MeterFirmware.Tariffs;

/// <summary>A fee by whole minutes begun: for standing on a charger after charging, or for keeping it.</summary>
public sealed class MinuteFee
{
    private const long MinutesMax = 1_000_000;
    private const int MillionthsPerTenThousandth = 100;

    /// <param name="perMinute">Millionths of the currency, 0 to 10^9.</param>
    /// <param name="freeMinutes">Minutes at the beginning that cost nothing.</param>
    /// <param name="maximum">Millionths of the currency; 0: no cap.</param>
    internal MinuteFee(long perMinute, int freeMinutes, long maximum)
    {
        PerMinute = perMinute;
        FreeMinutes = freeMinutes;
        Maximum = maximum;
    }

    /// <summary>Millionths of the currency.</summary>
    public long PerMinute { get; }

    public int FreeMinutes { get; }

    /// <summary>Millionths of the currency; 0: no cap.</summary>
    public long Maximum { get; }

    /// <summary>Cost of a time, ten-thousandths of the currency, rounded once, half up. Of more than a million minutes
    /// the first million counts.</summary>
    public long CostOf(long seconds)
    {
        long minutes = (seconds + 59) / 60;
        minutes = (minutes > MinutesMax ? MinutesMax : minutes) - FreeMinutes;
        long millionths = minutes > 0 ? minutes * PerMinute : 0;
        millionths = Maximum > 0 && millionths > Maximum ? Maximum : millionths;
        return (millionths + MillionthsPerTenThousandth / 2) / MillionthsPerTenThousandth;
    }
}
