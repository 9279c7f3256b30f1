namespace MeterFirmware.Hardware;

/// <summary>Samples of all channels, taken at the same moments; made once and filled anew by each take.</summary>
public sealed class SampleBlock
{
    /// <summary>A row a phase in counts, centred on zero; the source's own, good until the next take.</summary>
    public int[][] Voltages { get; set; }

    /// <summary>The same of the currents; null when none are sampled.</summary>
    public int[][] Currents { get; set; }

    /// <summary>Samples in each row, less than 10 s.</summary>
    public int Count { get; set; }

    /// <summary>Monotonic milliseconds of the first sample.</summary>
    public long FirstMs { get; set; }

    /// <summary>Samples that were lost between the block before and this one; 0: none.</summary>
    public int Lost { get; set; }
}
