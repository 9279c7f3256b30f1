namespace MeterFirmware.Hardware;

/// <summary>
/// A converter that samples voltages, and perhaps currents, at a fixed rate by itself (DMA, a FIFO, another processor) and
/// keeps blocks until they are taken. Its anti-aliasing filter is the board's.
/// </summary>
public interface ISampleSource
{
    /// <summary>1 to 3.</summary>
    int PhaseCount { get; }

    /// <summary>Samples a second and channel, at least 2416 at 50 Hz and 2899 at 60 Hz.</summary>
    int SampleRateHz { get; }

    /// <summary>Microvolts of the mains a count, above 0.</summary>
    int MicrovoltsPerCount { get; }

    /// <summary>Microamps a count; 0: no currents are sampled.</summary>
    int MicroampsPerCount { get; }

    /// <summary>Takes the oldest block that waits. False: none does. Never blocks; what did not fit is told by
    /// <see cref="SampleBlock.Lost"/>.</summary>
    bool TryTake(SampleBlock block);
}
