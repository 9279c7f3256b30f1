using MeterFirmware.Charging;

namespace MeterFirmware.SiteController;

/// <summary>
/// A phase at the mains that stays above its limit though the members keep theirs: a phase is wired wrongly, a meter
/// is, or the building alone draws it. Members that the mains do not show where they are commissioned are lowered
/// first; then all. If that does not help they get their share back for an hour. Every overload is an event.
/// </summary>
/// <remarks>
/// <code>
///   Quiet --above for 10 s, members not seen on another phase--> Lowered --15 s, no less--> GivenUp --1 h--> Quiet
///     '------above for 2 min--> (all)  Lowered     Lowered --below for long--> Quiet
/// </code>
/// </remarks>
public sealed class OverloadWatch
{
    /// <summary>Above the limit for so long is no start of a motor, and longer than members need to follow.</summary>
    public const int LikelyMs = 10_000;

    /// <summary>After this all are lowered, whoever is thought to be the cause.</summary>
    public const int AllMs = 120_000;

    /// <summary>A member's report, its grant and its vehicle together take less.</summary>
    public const int EffectMs = 15_000;

    /// <summary>So long nothing is tried again that did not help.</summary>
    public const int GivenUpMs = 3_600_000;

    private const int SampleMs = 500;
    private const int OverMilliampsMin = 300;
    private const int UnseenMilliampsMin = 2000;
    private const int RestMilliamps = 1000;
    private const int RelaxMs = 30_000;
    private const int RelaxPart = 8;
    private const int RelaxMilliampsMin = 200;

    private readonly LimitTree _limits;
    private readonly SiteEvents _events;
    private readonly int[] _mains = new int[LimitTree.PhaseCount];
    private readonly int[] _told = new int[LimitTree.PhaseCount];
    private readonly int[] _overMs = new int[LimitTree.PhaseCount];
    private readonly int[] _lowered = new int[LimitTree.PhaseCount];
    private int _cause = -1;
    private int _before;
    private int _asked;
    private bool _isProven;
    private long _loweredMs;
    private long _relaxedMs;
    private long _givenUpMs = long.MinValue / 2;

    public OverloadWatch(LimitTree limits, SiteEvents events)
    {
        _limits = limits;
        _events = events;
    }

    /// <summary>What the members' share of a phase is lowered by, mA.</summary>
    public int LoweredBy(int phase) => _lowered[phase];

    /// <summary>Takes a phase of a sample.</summary>
    /// <param name="milliamps">At the mains, mA.</param>
    /// <param name="toldMilliamps">What members say that they draw there, mA.</param>
    public void Take(int phase, int milliamps, int toldMilliamps)
    {
        _mains[phase] = milliamps;
        _told[phase] = toldMilliamps;
        bool isOver = milliamps > _limits.PhaseLimitOf(0, phase) + OverMilliampsMin;

        // A moment below the limit does not begin the time anew.
        int overMs = _overMs[phase] + (isOver ? SampleMs : -SampleMs);
        _overMs[phase] = overMs < 0 ? 0 : overMs > AllMs ? AllMs : overMs;
    }

    /// <summary>All phases of a sample are taken: decides.</summary>
    public void Decide(int phases, long nowMs)
    {
        for (int phase = 0; phase < phases; phase++)
        {
            if (_overMs[phase] >= LikelyMs)
            {
                _events.Raise(SiteEvents.Overload, phase, nowMs);
            }
        }

        if (_cause >= 0)
        {
            Follow(phases, nowMs);
            return;
        }

        for (int phase = 0; phase < phases && nowMs - _givenUpMs >= GivenUpMs; phase++)
        {
            int over = _mains[phase] - _limits.PhaseLimitOf(0, phase);
            if (_overMs[phase] >= LikelyMs && over > OverMilliampsMin && Lower(phase, over, phases, nowMs))
            {
                _cause = phase;
                _before = _mains[phase];
                _isProven = false;
                return;
            }
        }
    }

    // Lowers those phases whose members the mains do not show; after a while all.
    private bool Lower(int cause, int over, int phases, long nowMs)
    {
        bool isAny = false;
        for (int pass = 0; pass < 2 && !isAny; pass++)
        {
            for (int phase = 0; phase < phases && (pass == 0 || _overMs[cause] >= AllMs); phase++)
            {
                bool isUnseen = phase != cause && _told[phase] - _mains[phase] >= UnseenMilliampsMin;
                if (isUnseen || (pass == 1 && _told[phase] >= UnseenMilliampsMin))
                {
                    isAny = true;
                    _lowered[phase] += over;
                }

                if (isUnseen)
                {
                    _events.Raise(SiteEvents.WrongPhase, phase, nowMs);
                }
            }
        }

        _asked = over;
        _loweredMs = nowMs;
        _relaxedMs = nowMs;
        return isAny;
    }

    private void Follow(int phases, long nowMs)
    {
        if (nowMs - _loweredMs < EffectMs)
        {
            return;
        }

        int over = _mains[_cause] - _limits.PhaseLimitOf(0, _cause);
        if (!_isProven && _before - _mains[_cause] < _asked / 4)
        {
            _events.Raise(SiteEvents.NotOurs, _cause, nowMs);
            _givenUpMs = nowMs;
            Release();
            return;
        }

        _isProven = true;
        if (over > OverMilliampsMin)
        {
            Lower(_cause, over, phases, nowMs);
        }
        else if (over < -RestMilliamps && nowMs - _relaxedMs >= RelaxMs)
        {
            _relaxedMs = nowMs;
            Relax((-over - RestMilliamps) / RelaxPart, phases);
        }
    }

    private void Relax(int milliamps, int phases)
    {
        int less = milliamps > RelaxMilliampsMin ? milliamps : RelaxMilliampsMin;
        bool isAny = false;
        for (int phase = 0; phase < phases; phase++)
        {
            _lowered[phase] = _lowered[phase] > less ? _lowered[phase] - less : 0;
            isAny |= _lowered[phase] > 0;
        }

        if (!isAny)
        {
            _cause = -1;
        }
    }

    private void Release()
    {
        _cause = -1;
        for (int phase = 0; phase < LimitTree.PhaseCount; phase++)
        {
            _lowered[phase] = 0;
        }
    }
}
