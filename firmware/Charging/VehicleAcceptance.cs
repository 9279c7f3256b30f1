namespace MeterFirmware.Charging;

/// <summary>
/// What the vehicle at a charger takes: phases and current, learnt from what it draws under an offer that stands, or
/// from its earlier visits. A vehicle draws less near the end of its charge; the most of a visit counts.
/// </summary>
public sealed class VehicleAcceptance
{
    /// <summary>A vehicle has ramped up and settled after this under one offer.</summary>
    public const int LearnMs = 20_000;

    // Less is a vehicle's electronics; a phase with less than a quarter of the most is not one that charges.
    private const int DrawingMilliampsMin = 1_000;
    private const int PhaseShareDivisor = 4;

    // What it leaves of an offer beyond this it does not take.
    private const int UnusedMilliampsMin = 1_500;

    private int _offerMilliamps;
    private int _phasesClosed;
    private int _mask;
    private int _most;
    private long _sinceMs;
    private bool _isRecalled;

    /// <summary>Phases that it charges on, 0 unknown.</summary>
    public int PhaseCount { get; private set; }

    /// <summary>The most it takes, mA a phase; 0: whatever it is offered, as far as is known.</summary>
    public int MilliampsMax { get; private set; }

    public bool IsKnown => PhaseCount > 0;

    /// <summary>It was seen in this visit.</summary>
    public bool IsLearnt => IsKnown && !_isRecalled;

    /// <summary>Another vehicle may come.</summary>
    public void Forget()
    {
        PhaseCount = 0;
        MilliampsMax = 0;
        _isRecalled = false;
        _offerMilliamps = 0;
    }

    /// <summary>What it draws now does not count.</summary>
    public void Interrupt() => _offerMilliamps = 0;

    /// <summary>What it took on an earlier visit.</summary>
    public void Recall(int phaseCount, int milliampsMax)
    {
        PhaseCount = phaseCount;
        MilliampsMax = milliampsMax;
        _isRecalled = true;
    }

    /// <summary>One tick. True: something else is known than before.</summary>
    /// <param name="phasesClosed">Phases that the contactor closes.</param>
    /// <param name="areAll">They are all that are wired.</param>
    /// <param name="currentMilliamps">Drawn on each phase.</param>
    public bool Observe(long nowMs, int offerMilliamps, int phasesClosed, bool areAll, int[] currentMilliamps)
    {
        int most = 0;
        for (int phase = 0; phase < currentMilliamps.Length; phase++)
        {
            most = currentMilliamps[phase] > most ? currentMilliamps[phase] : most;
        }

        if (offerMilliamps != _offerMilliamps || phasesClosed != _phasesClosed || most < DrawingMilliampsMin
            || offerMilliamps == 0)
        {
            _offerMilliamps = offerMilliamps;
            _phasesClosed = phasesClosed;
            _sinceMs = nowMs;
            _most = 0;
            _mask = 0;
            return false;
        }

        _most = most > _most ? most : _most;
        for (int phase = 0; phase < currentMilliamps.Length; phase++)
        {
            bool charges = currentMilliamps[phase] >= DrawingMilliampsMin
                && currentMilliamps[phase] >= most / PhaseShareDivisor;
            _mask |= charges ? 1 << phase : 0;
        }

        return nowMs - _sinceMs >= LearnMs && Learn(areAll);
    }

    private bool Learn(bool areAll)
    {
        int phases = (_mask & 1) + ((_mask >> 1) & 1) + ((_mask >> 2) & 1);
        bool isNew = !IsKnown || _isRecalled;

        // On fewer phases than are wired only more than was known can be seen.
        int phaseCount = (areAll && isNew) || phases > PhaseCount ? phases : PhaseCount;
        bool takesAll = _most >= _offerMilliamps - UnusedMilliampsMin;
        int milliampsMax = takesAll
            ? MilliampsMax != 0 && _most > MilliampsMax + UnusedMilliampsMin ? 0 : MilliampsMax
            : isNew || (MilliampsMax != 0 && _most > MilliampsMax) ? _most : MilliampsMax;
        bool hasChanged = phaseCount != PhaseCount || milliampsMax != MilliampsMax;
        PhaseCount = phaseCount;
        MilliampsMax = milliampsMax;
        _isRecalled &= !areAll;
        return hasChanged;
    }
}
