namespace MeterFirmware.Quality;

/// <summary>How a board samples: the same for all blocks.</summary>
public sealed class SamplingSettings
{
    /// <summary>Phases sampled, 1 to 3.</summary>
    public int PhaseCount { get; set; } = 1;

    /// <summary>Samples a second and channel, at least 2416 at 50 Hz and 2899 at 60 Hz: twice the 21st order at the
    /// highest frequency of the standard's range.</summary>
    public int SampleRateHz { get; set; } = 6400;

    /// <summary>Microvolts of the mains a count of the voltage channels, above 0; 1000: samples are mV.</summary>
    public int MicrovoltsPerCount { get; set; } = 1000;

    /// <summary>Microamps a count of the current channels; 0: no currents are sampled.</summary>
    public int MicroampsPerCount { get; set; }

    /// <summary>Highest r.m.s. current in mA; peaks above 1.5 times its amplitude are cut in harmonics.</summary>
    public int CurrentMilliampsMax { get; set; } = 60_000;

    /// <summary>Groups of IEC 61000-4-7 class I; three times the work.</summary>
    public bool UsesSubgroups { get; set; }
}
