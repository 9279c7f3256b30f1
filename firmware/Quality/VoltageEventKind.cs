namespace MeterFirmware.Quality;

/// <summary>What a voltage event is (GB/T 30137, IEC 61000-4-30).</summary>
public enum VoltageEventKind
{
    None = 0,

    /// <summary>A phase below 90 % of the reference.</summary>
    Dip = 1,

    /// <summary>A phase above 110 %.</summary>
    Swell = 2,

    /// <summary>All phases below 10 %.</summary>
    Interruption = 3,
}
