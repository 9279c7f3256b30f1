using MeterFirmware.Basics;

namespace MeterFirmware.EvCharger;

/// <summary>What the session's driver wants, told to the plan: the session's limits and departure, and what a loss of
/// supply must not make it forget.</summary>
public sealed partial class EvChargerProduct
{
    private const long PlanWattHoursMax = 1_000_000;
    private const int WantsNowBit = 1;
    private const int SkipsPlanBit = 2;
    private const int NoTarget = -1;

    // Of the state that was saved, for the session that goes on.
    private int _keptWishes;
    private int _keptPermille = NoTarget;

    /// <summary>What was told by command is kept over a loss of supply: a checkpoint is begun in the next
    /// round.</summary>
    public void KeepSoon() => _nextCheckpointMs = NowMs;

    /// <summary>Tells the plan the running session's limits, and when its driver means to leave; not before it runs,
    /// because a permission may lapse and another vehicle come.</summary>
    public void TellPlan()
    {
        if (Plan != null && Sessions.IsActive)
        {
            long wattHours = Sessions.Limits.WattHours;
            Plan.TrySetTarget(wattHours < PlanWattHoursMax
                ? wattHours : PlanWattHoursMax, Sessions.Limits.DepartureUtc);
        }
    }

    private void BeginPlan()
    {
        if (Plan == null)
        {
            return;
        }

        Plan.BeginVisit(VisitKey());
        TellPlan();
        if (Sessions.IsResumed)
        {
            if ((_keptWishes & WantsNowBit) != 0)
            {
                Plan.Boost(true);
            }

            if ((_keptWishes & SkipsPlanBit) != 0)
            {
                Plan.SkipOnce();
            }

            if (_keptPermille != NoTarget && Limits.Discharge != null)
            {
                Limits.Discharge.TrySetTarget(_keptPermille);
            }
        }

        _keptWishes = 0;
        _keptPermille = NoTarget;
    }

    private void EndPlan()
    {
        if (Plan != null)
        {
            Plan.EndVisit(VisitKey());
        }
    }

    // Of a token; without one any vehicle may have come.
    private uint VisitKey()
    {
        int length = Sessions.Record.TokenLength;
        if (length == 0)
        {
            return 0;
        }

        uint key = Crc32.Of(Sessions.Record.Token, 0, length);
        return key == 0 ? 1 : key;
    }
}
