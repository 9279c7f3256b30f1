using MeterFirmware.Arbiter;
using MeterFirmware.Commands;

namespace MeterFirmware.SiteController;

/// <summary>
/// The limit of the site's mains, mA a phase: what was commissioned, lowered from afar by signed commands, never lifted
/// above it. The least of all sources holds (<see cref="LimitSet"/>): a role's ceiling, its limit with an end, its
/// schedule.
/// </summary>
public sealed class SiteLimit
{
    /// <summary>Windows of the schedule, of all roles together.</summary>
    public const int WindowsMax = 16;

    private readonly LimitSet _limits = new LimitSet(SiteLimitSource.Count);

    public SiteLimit(int commissionedMilliamps)
    {
        Ceiling = new SafetyLimit("milliamps", commissionedMilliamps, 0);
        _limits.Set(SiteLimitSource.Commissioned, commissionedMilliamps, LimitSet.Always);
        Milliamps = commissionedMilliamps;
    }

    /// <summary>What each role lowered until it is set anew.</summary>
    public SafetyLimit Ceiling { get; }

    public LimitSchedule Schedule { get; } = new LimitSchedule(WindowsMax);

    /// <summary>The limit in force.</summary>
    public int Milliamps { get; private set; }

    /// <summary>Whose it is, a <see cref="SiteLimitSource"/>.</summary>
    public int Source { get; private set; }

    /// <summary>A role limits for so long; 0 lifts that.</summary>
    public void SetFor(int role, int milliamps, int forMs, long nowMs) =>
        _limits.Set(SiteLimitSource.FirstTimed + role, milliamps, nowMs + forMs);

    /// <summary>The grid's operator limits until then.</summary>
    /// <param name="endMs">Monotonic; <see cref="LimitSet.Always"/>: until it is set anew; one that is
    /// past lifts it.</param>
    public void SetGrid(int milliamps, long endMs) => _limits.Set(SiteLimitSource.Grid, milliamps, endMs);

    /// <summary>Orders from above limit until this is set anew; <see cref="LimitSet.None"/>: they do not.</summary>
    public void SetDispatch(int milliamps) =>
        Tell(SiteLimitSource.Dispatch, milliamps, milliamps != LimitSet.None);

    /// <summary>Finds what holds now.</summary>
    public void Tick(long nowMs, bool isTimed, long utcSeconds)
    {
        for (int role = 0; role < CommandRole.Count; role++)
        {
            Tell(SiteLimitSource.FirstCeiling + role, Ceiling.ValueOf(role),
                Ceiling.ValueOf(role) < Ceiling.Commissioned);
            int scheduled = Schedule.Count == 0 ? LimitSet.None : Schedule.LeastOf(role, isTimed, utcSeconds);
            Tell(SiteLimitSource.FirstSchedule + role, scheduled, scheduled != LimitSet.None);
        }

        Milliamps = _limits.Least(nowMs, out int source);
        Source = source;
    }

    private void Tell(int source, int milliamps, bool holds)
    {
        if (holds)
        {
            _limits.Set(source, milliamps, LimitSet.Always);
        }
        else
        {
            _limits.Clear(source);
        }
    }
}
