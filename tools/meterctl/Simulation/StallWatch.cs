namespace MeterFirmware.Tools.MeterCtl.Simulation;

/// <summary>Tells a run that cannot go on from one that waits: nothing has moved for a while. A fleet that has never
/// had an acknowledgement has a wrong address, certificate or head-end; one that had some may be waiting for a broker
/// that was killed.</summary>
/// <param name="patienceOnceBegun">How long an outage may last.</param>
public sealed class StallWatch(TimeSpan patienceOnceBegun)
{
    /// <summary>How long nothing may move before the first acknowledgement.</summary>
    public static readonly TimeSpan PatienceAtStart = TimeSpan.FromSeconds(8);

    /// <summary>A pause between two looks counts as no more than this: a machine that is too busy to look is too busy
    /// to move.</summary>
    private const long LookMsMax = 1_000;

    private long _progress = -1;
    private long _quietMs;
    private long _lookedMs;

    /// <summary>True when the run cannot go on. To be asked about twice a second.</summary>
    /// <param name="nowMs">Monotonic, of the wall.</param>
    /// <param name="progress">Any number that grows while things go on.</param>
    /// <param name="hasBegun">Whether a record was acknowledged yet.</param>
    /// <param name="isOwed">Whether the network owes anything; without that nothing has to move.</param>
    public bool IsStalled(long nowMs, long progress, bool hasBegun, bool isOwed)
    {
        _quietMs += Math.Min(nowMs - _lookedMs, LookMsMax);
        _lookedMs = nowMs;
        if (progress > _progress || !isOwed)
        {
            // A connection that comes and goes is no progress.
            _progress = Math.Max(progress, _progress);
            _quietMs = 0;
            return false;
        }

        TimeSpan patience = hasBegun && patienceOnceBegun > PatienceAtStart ? patienceOnceBegun : PatienceAtStart;
        return _quietMs >= patience.TotalMilliseconds;
    }
}
