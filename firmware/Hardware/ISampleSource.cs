namespace MeterFirmware.Hardware;

/// <summary>
/// A converter that samples voltages, and perhaps currents, at a fixed rate by itself (DMA, a FIFO, another processor)
/// and keeps blocks until they are taken. Its anti-aliasing filter is the board's.
/// </summary>
public interface ISampleSource
{
    /// <summary>1 to 3.</summary>
    int PhaseCount { get; }

    /// <summary>Samples in 1000 s of a channel, at least 2 416 000 at 50 Hz and 2 899 000 at 60 Hz: 4882.8125 samples a
    /// second are 4 882 813.</summary>
    int SampleRateMillihertz { get; }

    /// <summary>Microvolts of the mains a count, above 0.</summary>
    int MicrovoltsPerCount { get; }

    /// <summary>Microamps a count; 0: no currents are sampled.</summary>
    int MicroampsPerCount { get; }

    /// <summary>Highest r.m.s. current in mA, above 0 when currents are sampled; peaks beyond twice its amplitude are
    /// cut and counted.</summary>
    int CurrentMilliampsMax { get; }

    /// <summary>Takes the oldest block that waits. False: none does. Never blocks; what did not fit is told by
    /// <see cref="SampleBlock.Lost"/>.</summary>
    bool TryTake(SampleBlock block);
}
