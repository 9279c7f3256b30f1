namespace MeterFirmware.Charging;

/// <summary>How many phases a vehicle uses, as its currents show while all phases are closed.</summary>
public sealed class PhasesShown
{
    // A phase with less than a quarter of the most carries no charging current.
    private const int ShareDivisor = 4;

    private readonly int _settleMs;
    private readonly int _drawingMilliampsMin;
    private int _seen;
    private long _seenSinceMs;

    /// <param name="settleMs">The same phases must carry current for so long.</param>
    /// <param name="drawingMilliampsMin">Less current shows nothing.</param>
    public PhasesShown(int settleMs, int drawingMilliampsMin)
    {
        _settleMs = settleMs;
        _drawingMilliampsMin = drawingMilliampsMin;
    }

    /// <summary>0: it has not shown yet.</summary>
    public int Count { get; private set; }

    /// <summary>Another vehicle may come.</summary>
    public void Forget()
    {
        Count = 0;
        _seen = 0;
    }

    /// <summary>Returns the phases that carry current now, 0 when there is too little to say.</summary>
    /// <param name="areAllClosed">The contactor closes all that are wired: on fewer a vehicle cannot show more.</param>
    public int Observe(long nowMs, bool areAllClosed, int[] currentMilliamps)
    {
        int most = 0;
        for (int phase = 0; phase < currentMilliamps.Length; phase++)
        {
            most = currentMilliamps[phase] > most ? currentMilliamps[phase] : most;
        }

        if (most < _drawingMilliampsMin)
        {
            _seen = 0;
            return 0;
        }

        int used = 0;
        for (int phase = 0; phase < currentMilliamps.Length; phase++)
        {
            used += currentMilliamps[phase] >= most / ShareDivisor ? 1 : 0;
        }

        if (used != _seen || !areAllClosed)
        {
            _seen = areAllClosed ? used : 0;
            _seenSinceMs = nowMs;
        }
        else if (nowMs - _seenSinceMs >= _settleMs)
        {
            Count = used;
        }

        return used;
    }
}
