namespace MeterFirmware.Hardware;

/// <summary>Conditions a power sensor reports, as bits that may stand together.</summary>
public static class SensorFault
{
    public const int None = 0;

    /// <summary>The chip does not answer (see the bus's LastFault).</summary>
    public const int Missing = 1;

    /// <summary>The chip lost its configuration: it was reset or its supply dipped. It is configured anew.</summary>
    public const int Reset = 2;

    /// <summary>The chip answers, but its readings do not move although they must.</summary>
    public const int Stuck = 4;

    /// <summary>A reading outside of what the commissioned meter can see: all ones, out of range, impossible jump.</summary>
    public const int Implausible = 8;

    /// <summary>Energy could not be followed across a gap: more time than the chip's counter spans.</summary>
    public const int EnergyGap = 16;
}
