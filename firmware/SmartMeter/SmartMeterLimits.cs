namespace MeterFirmware.SmartMeter;

/// <summary>Every size and interval of the product in one place.</summary>
public sealed class SmartMeterLimits
{
    /// <summary>How often the registers are saved, in ms. 15 min is what plain flash bears for 15 years
    /// (firmware/Storage/README.md); FRAM or a power-fail input bear every second.</summary>
    public int CheckpointMs { get; set; } = 15 * 60 * 1000;

    /// <summary>Longest tariff table in bytes that comes by command; real ones have 136 to 598.</summary>
    public int TariffBytesMax { get; set; } = 2048;
}
