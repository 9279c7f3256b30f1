namespace MeterFirmware.Dlt645Meter;

/// <summary>Distortion and harmonics, for boards whose sensor gives samples or whose chip gives the results.</summary>
public interface IHarmonicSource
{
    /// <summary>Total distortion of a phase (0 to 2) in hundredths of a percent. False: not known.</summary>
    bool TryReadDistortion(bool isCurrent, int phase, out int hundredths);

    /// <summary>An order (1 to 21) of a phase in hundredths of a percent of the fundamental. False: not
    /// known.</summary>
    bool TryReadHarmonic(bool isCurrent, int phase, int order, out int hundredths);
}
