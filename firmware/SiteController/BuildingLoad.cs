using MeterFirmware.Charging;

namespace MeterFirmware.SiteController;

/// <summary>
/// The building's own load on each phase, from a meter at the mains. What members draw is told late, so the mains of
/// some seconds ago are compared with the most that members told around that moment: their own rise is never taken for
/// the building's. What counts is the greatest load of the last seconds, because loads pulse. Above the limit the
/// newest sample counts, less all that members can be drawing by now.
/// </summary>
public sealed class BuildingLoad
{
    // Samples of the mains before it is known what members drew: a report, and a round of 64 members on a line.
    private const int LateSamples = 7;

    // Ten seconds: a hob's or a kiln's pulses are shorter.
    private const int HeldSamples = 20;

    // Within what a meter resolves.
    private const int OverloadMilliampsMin = 100;

    private const int FallMilliampsMin = 250;

    private readonly SiteLeader _leader;
    private readonly LimitTree _limits;
    private readonly int _members;
    private readonly int[] _mains = new int[LimitTree.PhaseCount * LateSamples];
    private readonly int[] _found = new int[LimitTree.PhaseCount * HeldSamples];
    private readonly int[] _counted = new int[LimitTree.PhaseCount];
    private int _late;
    private int _held;

    public BuildingLoad(SiteLeader leader, LimitTree limits, int members)
    {
        _leader = leader;
        _limits = limits;
        _members = members;
    }

    /// <summary>A new sample of all phases follows.</summary>
    public void Begin()
    {
        _late = _late + 1 < LateSamples ? _late + 1 : 0;
        _held = _held + 1 < HeldSamples ? _held + 1 : 0;
    }

    /// <summary>Takes a phase's current at the mains, mA, import positive; returns the building's load that counts,
    /// mA.</summary>
    /// <param name="isFirst">Nothing is known of the seconds before.</param>
    public int Take(int phase, int milliamps, bool isFirst, long nowMs)
    {
        int late = phase * LateSamples;
        int held = phase * HeldSamples;
        for (int i = 0; i < LateSamples && isFirst; i++)
        {
            _mains[late + i] = milliamps;
        }

        // The place that is written next holds the oldest sample.
        _mains[late + _late] = milliamps;
        int oldest = _mains[late + (_late + 1 < LateSamples ? _late + 1 : 0)];
        int high = 0;
        int may = 0;
        for (int i = 0; i < _members; i++)
        {
            // A silent member's draw is unknown. The leader already reserves it, so it counts twice (the safe side).
            if (_leader.IsHeard(i, nowMs))
            {
                high += _leader.Draw.HighOnPhase(i, phase);
                may += _leader.MayDrawOnPhase(i, phase, nowMs);
            }
        }

        int found = oldest - high;
        bool isOver = milliamps > _limits.PhaseLimitOf(0, phase) + OverloadMilliampsMin;
        found = isOver && milliamps - may > found ? milliamps - may : found;
        for (int i = 0; i < HeldSamples && isFirst; i++)
        {
            _found[held + i] = found;
        }

        _found[held + _held] = found;
        int most = found;
        for (int i = 0; i < HeldSamples; i++)
        {
            most = _found[held + i] > most ? _found[held + i] : most;
        }

        // Offers do not follow the last digit.
        int counted = _counted[phase];
        _counted[phase] = most > counted || counted - most >= FallMilliampsMin ? most : counted;
        return _counted[phase];
    }
}
