namespace MeterFirmware.Quality;

/// <summary>How a board samples: the same for all blocks.</summary>
public sealed class SamplingSettings
{
    /// <summary>Phases sampled, 1 to 3.</summary>
    public int PhaseCount { get; set; } = 1;

    /// <summary>Samples in 1000 s of a channel, at least 2 416 000 at 50 Hz and 2 899 000 at 60 Hz: twice the 21st
    /// order at the highest frequency of the standard's range.</summary>
    public int SampleRateMillihertz { get; set; } = 6_400_000;

    /// <summary>Microvolts of the mains a count of the voltage channels, above 0; 1000: samples are mV.</summary>
    public int MicrovoltsPerCount { get; set; } = 1000;

    /// <summary>Microamps a count of the current channels; 0: no currents are sampled.</summary>
    public int MicroampsPerCount { get; set; }

    /// <summary>Highest r.m.s. current in mA; peaks beyond twice its amplitude are cut and counted.</summary>
    public int CurrentMilliampsMax { get; set; } = 60_000;

    /// <summary>Groups of IEC 61000-4-7 class I; three times the work.</summary>
    public bool UsesSubgroups { get; set; }
}
