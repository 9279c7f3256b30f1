namespace MeterFirmware.Metering;

/// <summary>Latched conditions of the meter, as bits.</summary>
public static class MeterFault
{
    public const int None = 0;

    /// <summary>The sensor gave no reading for longer than the meter bridges.</summary>
    public const int SensorSilent = 1;

    /// <summary>A reading held more energy or power than the commissioned meter can pass; it was not counted.</summary>
    public const int ImplausibleEnergy = 2;

    /// <summary>There is no valid calendar; energy counts into the fallback rate, records are marked untimed.</summary>
    public const int NoTime = 4;
}
