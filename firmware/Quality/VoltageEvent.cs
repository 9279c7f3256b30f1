namespace MeterFirmware.Quality;

/// <summary>One finished dip, swell or interruption; reused, never kept by reference.</summary>
public sealed class VoltageEvent
{
    /// <summary>Numbers that an event takes in a queue.</summary>
    internal const int ColumnCount = 4;

    public VoltageEventKind Kind { get; internal set; }

    /// <summary>UTC in ms of the first value beyond the threshold, as the caller's clock gave it then.</summary>
    public long BeginUtcMs { get; internal set; }

    /// <summary>From the first value beyond the threshold to the first that was back, on the monotonic clock.</summary>
    public long DurationMs { get; internal set; }

    /// <summary>Residual voltage (the lowest of any phase), for a swell the highest; mV.</summary>
    public int ExtremeMillivolts { get; internal set; }

    /// <summary>Reference at the begin, of the phase that began; mV.</summary>
    public int ReferenceMillivolts { get; internal set; }

    /// <summary>Phases that were beyond the threshold at any time: bit 0 is phase 0.</summary>
    public int PhaseMask { get; internal set; }

    /// <summary>Longer than 1 min: no event of the short kind but a supply out of limits.</summary>
    public bool IsLong => DurationMs > QualityLimits.EventMsMax;

    /// <summary>Distance of the extreme from the reference in permille: 300 for 70 % left, 200 for a swell of 120 %.</summary>
    public int DepthPermille
    {
        get
        {
            if (ReferenceMillivolts == 0)
            {
                return 0;
            }

            long difference = (long)ReferenceMillivolts - ExtremeMillivolts;
            return (int)((difference < 0 ? -difference : difference) * 1000 / ReferenceMillivolts);
        }
    }

    internal void WriteTo(long[] row, int at)
    {
        row[at] = BeginUtcMs;
        row[at + 1] = DurationMs;
        row[at + 2] = ((long)ExtremeMillivolts << 32) | (uint)ReferenceMillivolts;
        row[at + 3] = ((long)Kind << 8) | (uint)PhaseMask;
    }

    internal void ReadFrom(long[] row, int at)
    {
        BeginUtcMs = row[at];
        DurationMs = row[at + 1];
        ExtremeMillivolts = (int)(row[at + 2] >> 32);
        ReferenceMillivolts = (int)row[at + 2];
        Kind = (VoltageEventKind)(int)(row[at + 3] >> 8);
        PhaseMask = (int)(row[at + 3] & 0xFF);
    }
}
