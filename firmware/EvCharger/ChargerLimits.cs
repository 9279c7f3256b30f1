namespace MeterFirmware.EvCharger;

/// <summary>Every size of the charger product, in one place; nothing grows after start.</summary>
public static class ChargerLimits
{
    /// <summary>Events between two drains; a tick makes at most a handful.</summary>
    public const int EventCount = 48;
}
