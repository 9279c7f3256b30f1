namespace MeterFirmware.Dlt645;

/// <summary>How many of what a meter has; blocks and tables have these lengths (04 00 02 01–07).</summary>
public sealed class Dlt645Counts
{
    /// <summary>Phases, 1 or 3.</summary>
    public int Phases { get; set; } = 3;

    /// <summary>Rates, 0 to 63; energies and demands come as total and one each.</summary>
    public int Rates { get; set; } = 4;

    /// <summary>Settlements kept, 1 to 12.</summary>
    public int Settlements { get; set; } = 12;

    /// <summary>Highest harmonic order, 1 to 21.</summary>
    public int Harmonics { get; set; } = 21;

    /// <summary>Zones of a year, 1 to 14.</summary>
    public int Zones { get; set; } = 14;

    /// <summary>Periods of a day table, 1 to 14.</summary>
    public int Periods { get; set; } = 14;

    /// <summary>Tier limits, 0 to 6; there is one more tier price.</summary>
    public int Tiers { get; set; }

    /// <summary>Sets every count alike; used when a block's length is all that is known.</summary>
    public void SetAll(int count)
    {
        Rates = count;
        Settlements = count;
        Harmonics = count;
        Zones = count;
        Periods = count;
        Tiers = count;
    }
}
