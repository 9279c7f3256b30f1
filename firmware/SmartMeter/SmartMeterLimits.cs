namespace MeterFirmware.SmartMeter;

/// <summary>Every size and interval of the product in one place.</summary>
public sealed class SmartMeterLimits
{
    /// <summary>How often the registers are saved, in ms. 15 min is what plain flash bears for 15 years
    /// (firmware/Storage/README.md); FRAM or a power-fail input bear every second.</summary>
    public int CheckpointMs { get; set; } = 15 * 60 * 1000;

    /// <summary>Longest state of what came by command, in bytes: both table sets (136 to 598 each for real tariffs) and
    /// two days of prices (6 + 96 × 8 each). One table is as long at most.</summary>
    public int TariffStateBytesMax { get; set; } = 3072;

    /// <summary>Days of day-ahead prices; 0: none.</summary>
    public int DayAheadDays { get; set; } = 2;

    /// <summary>Whether export has day-ahead prices too.</summary>
    public bool HasDayAheadExport { get; set; } = true;
}
