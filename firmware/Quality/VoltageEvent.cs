namespace MeterFirmware.Quality;

/// <summary>One dip, swell or interruption, finished or (<see cref="IsOpen"/>) going on; reused, never kept by
/// reference.
/// </summary>
public sealed class VoltageEvent
{
    /// <summary>Numbers that an event takes in a queue.</summary>
    internal const int ColumnCount = 4;

    internal const int BeganBeforeBit = 1;
    internal const int ReportedOpenBit = 2;
    internal const int OpenBit = 4;

    public VoltageEventKind Kind { get; internal set; }

    /// <summary>UTC in ms of the first value beyond the threshold, as the caller's clock gave it then.</summary>
    public long BeginUtcMs { get; internal set; }

    /// <summary>From the first value beyond the threshold to the first that was back, on the monotonic clock; of an
    /// open event to the last value.</summary>
    public long DurationMs { get; internal set; }

    /// <summary>Residual voltage (the lowest of any phase), for a swell the highest; mV.</summary>
    public int ExtremeMillivolts { get; internal set; }

    /// <summary>Reference at the begin, of the phase that began; mV.</summary>
    public int ReferenceMillivolts { get; internal set; }

    /// <summary>Phases that were beyond the threshold at any time: bit 0 is phase 0.</summary>
    public int PhaseMask { get; internal set; }

    /// <summary>The very first value lay beyond the threshold: the event is older than
    /// <see cref="BeginUtcMs"/>.</summary>
    public bool BeganBefore => (Bits & BeganBeforeBit) != 0;

    /// <summary>The event goes on: its end, and perhaps its extreme, are still to come.</summary>
    public bool IsOpen => (Bits & OpenBit) != 0;

    /// <summary>Of a finished event: it was reported while it was open, with the same begin.</summary>
    public bool WasReportedOpen => (Bits & ReportedOpenBit) != 0;

    /// <summary>Longer than 1 min: no event of the short kind but a supply out of limits.</summary>
    public bool IsLong => DurationMs > QualityLimits.EventMsMax;

    /// <summary>Distance of the extreme from the reference in permille: 300 for 70 % left, 200 for a swell of 120
    /// %.</summary>
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

    /// <summary>One number for the three: a field costs a device 12 bytes.</summary>
    internal int Bits { get; set; }

    internal void CopyFrom(VoltageEvent other)
    {
        Kind = other.Kind;
        BeginUtcMs = other.BeginUtcMs;
        DurationMs = other.DurationMs;
        ExtremeMillivolts = other.ExtremeMillivolts;
        ReferenceMillivolts = other.ReferenceMillivolts;
        PhaseMask = other.PhaseMask;
        Bits = other.Bits;
    }

    internal void WriteTo(long[] row, int at)
    {
        row[at] = BeginUtcMs;
        row[at + 1] = DurationMs;
        row[at + 2] = ((long)ExtremeMillivolts << 32) | (uint)ReferenceMillivolts;
        row[at + 3] = ((long)Kind << 16) | (uint)(Bits << 8) | (uint)PhaseMask;
    }

    internal void ReadFrom(long[] row, int at)
    {
        BeginUtcMs = row[at];
        DurationMs = row[at + 1];
        ExtremeMillivolts = (int)(row[at + 2] >> 32);
        ReferenceMillivolts = (int)row[at + 2];
        Kind = (VoltageEventKind)(int)(row[at + 3] >> 16);
        PhaseMask = (int)(row[at + 3] & 0xFF);
        Bits = (int)(row[at + 3] >> 8) & 0xFF;
    }
}
