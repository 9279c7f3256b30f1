namespace MeterFirmware.Tools.HeadEnds;

/// <summary>How long the head-end waits before its next connection, in real time, and which broker it then
/// asks.</summary>
internal sealed class Reconnection(Func<int, int> jitter)
{
    /// <summary>A connection that lasted so long is made anew at once, and at the same broker.</summary>
    public const int StableMs = 10_000;

    private const int FirstMs = 200;

    /// <summary>Longest wait after an attempt that failed.</summary>
    private const int FailedMsMax = 5_000;

    /// <summary>Longest wait after a connection that was made and did not last.</summary>
    private const int ShortMsMax = 1_000;

    /// <summary>Waits for another head-end with our client id: each takes the other's place by connecting, so that both
    /// must become rare.</summary>
    private const int TakenOverMs = 2_000;

    private const int TakenOverMsMax = 600_000;

    /// <summary>So long without another one, and it is forgotten.</summary>
    private const long QuietMs = 3_600_000;

    private int _waitMs;
    private int _takenOverMs;
    private long _takenOverAtMs;

    /// <summary>Counts on: the broker to ask.</summary>
    public int Turn { get; private set; }

    /// <summary>Notes the end of an attempt or of a connection.</summary>
    /// <param name="openMs">How long it was open; 0: it never was.</param>
    /// <param name="isGivenUp">It was open still, but of no use.</param>
    /// <param name="isTakenOver">Another client took its place.</param>
    /// <param name="nowMs">Monotonic.</param>
    /// <returns>How long to wait, in ms.</returns>
    public int WaitMsAfter(long openMs, bool isGivenUp, bool isTakenOver, long nowMs)
    {
        if (isTakenOver)
        {
            bool isAgain = _takenOverMs > 0 && nowMs - _takenOverAtMs < QuietMs;
            _takenOverMs = isAgain ? Math.Min(_takenOverMs * 2, TakenOverMsMax) : TakenOverMs;
            _takenOverAtMs = nowMs;
            return Spread(_takenOverMs);
        }

        bool wasStable = openMs >= StableMs;
        if (!wasStable || isGivenUp)
        {
            Turn++;
        }

        _waitMs = wasStable
            ? FirstMs / 2 : Math.Min(Math.Max(_waitMs * 2, FirstMs), openMs > 0 ? ShortMsMax : FailedMsMax);
        return Spread(_waitMs);
    }

    // Half is fixed, half random.
    private int Spread(int ms) => ms / 2 + jitter(ms - ms / 2 + 1);
}
