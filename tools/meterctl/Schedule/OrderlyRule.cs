using System.Diagnostics;
using MeterFirmware.Charging;

namespace MeterFirmware.Tools.MeterCtl.Schedule;

/// <summary>The firmware's planner and allocator, fed with what a site controller would know at each step.</summary>
public sealed class OrderlyRule : IStepRule
{
    private const int HorizonSeconds = 86_400;

    private readonly SiteOptions _site;
    private readonly StepPrices _prices;
    private readonly Connectors _connectors;
    private readonly PriceHorizon _horizon;
    private readonly ArrivalProfile _arrivals;
    private readonly ChargePlanner _planner;
    private readonly LimitTree _tree = new(1);
    private readonly Allocator _allocator;
    private readonly Stopwatch _watch = new();
    private readonly int _slots;
    private readonly StationPhases _phases;
    private readonly DriverGuess? _guess;
    private int _knownUntil;
    private int _tier;

    public OrderlyRule(SiteOptions site, StepPrices prices, int connectors = Connectors.CountMax)
    {
        _site = site;
        _prices = prices;
        _slots = HorizonSeconds / site.StepSeconds;
        _connectors = new Connectors(connectors);
        _horizon = new PriceHorizon(_slots);
        _arrivals = new ArrivalProfile(_slots);
        _planner = new ChargePlanner(_connectors, _horizon, _arrivals);
        _planner.Prefer(site.Preference);
        if (site.Reserves is { } other)
        {
            (_planner.ReservePermille, _planner.ShortageReservePermille) = other;
        }

        _allocator = new Allocator(_connectors, _tree) { UnbalanceMilliampsMax = site.UnbalanceMilliamps };
        _phases = new StationPhases(site);
        _guess = site.Unknown ? new DriverGuess(site, prices) : null;
        SetLimits();
    }

    public string Name => "orderly";

    /// <summary>Decisions made with at least one vehicle there.</summary>
    public int Plans { get; private set; }

    /// <summary>Time for all of them.</summary>
    public TimeSpan PlanTime => _watch.Elapsed;

    /// <summary>The longest decision.</summary>
    public TimeSpan LongestPlan { get; private set; }

    /// <summary>Largest difference between two phases in any step, mA.</summary>
    public int UnbalanceMilliamps { get; private set; }

    public void PlugIn(int index, ActiveSession session)
    {
        int connector = 0;
        while (connector < _connectors.Count && _connectors.IsPluggedIn[connector])
        {
            connector++;
        }

        if (connector == _connectors.Count)
        {
            throw new InputException(
                $"line {session.Session.Line}: session '{session.Session.Id}': more than {_connectors.Count} vehicles "
                    + $"at once, one controller holds {Connectors.CountMax}");
        }

        int demand = MilliampSlots(session.Session.DemandMillijoules);
        int stay = session.Session.StaySteps;
        _guess?.Expect(session.Session, out demand, out stay);
        session.Connector = connector;
        _connectors.PhaseMask[connector] = (byte)_phases.MaskOf(session.Session.Station);
        _connectors.PlugIn(connector, _site.StationMilliamps, demand, index + stay);
        _arrivals.SetDay(_prices.DayNumber(index), _prices.IsRestDay(index));
        _arrivals.Add(_prices.SlotOfDay(index), demand * _site.Phases, stay);
    }

    public void PlugOut(int index, ActiveSession session)
    {
        _connectors.PlugOut(session.Connector);
        _guess?.Learn(session);
    }

    public void Decide(int index, IReadOnlyList<ActiveSession> active, int tier)
    {
        _knownUntil = tier == _tier ? _knownUntil : index;
        _tier = tier;
        _arrivals.SetDay(_prices.DayNumber(index), _prices.IsRestDay(index));
        for (; _knownUntil < Math.Min(index + _slots, _prices.Count); _knownUntil++)
        {
            _horizon.Set(_knownUntil, _prices.PriceMicros(_knownUntil, tier));
        }

        if (active.Count == 0)
        {
            return;
        }

        foreach (ActiveSession session in active)
        {
            _connectors.RemainingMilliampSlots[session.Connector] = _guess is null
                ? MilliampSlots(session.RemainingMillijoules)
                : _guess.Remaining(session, _connectors.DemandMilliampSlots[session.Connector]);
            _connectors.IsCharging[session.Connector] = session.IsCharging;
        }

        Plan(index);
        foreach (ActiveSession session in active)
        {
            session.OfferMillijoules = _connectors.OfferMilliamps[session.Connector] * _site.MillijoulesPerMilliamp;
        }
    }

    private void Plan(int index)
    {
        TimeSpan before = _watch.Elapsed;
        _watch.Start();
        int tomorrow = Math.Min(index + _slots, _prices.Count - 1);
        _planner.Begin(index, _prices.SlotOfDay(index), _prices.IsRestDay(index), _prices.IsRestDay(tomorrow));
        while (!_planner.Step(int.MaxValue))
        {
        }

        _allocator.AllocateInOrder(_planner.Order, _planner.OrderCount, _planner.CompanionEnd);
        _watch.Stop();
        Plans++;
        TimeSpan taken = _watch.Elapsed - before;
        LongestPlan = taken > LongestPlan ? taken : LongestPlan;
        int low = Math.Min(_allocator.PhaseSumOf(0), Math.Min(_allocator.PhaseSumOf(1), _allocator.PhaseSumOf(2)));
        int high = Math.Max(_allocator.PhaseSumOf(0), Math.Max(_allocator.PhaseSumOf(1), _allocator.PhaseSumOf(2)));
        UnbalanceMilliamps = Math.Max(UnbalanceMilliamps, high - low);
    }

    private void SetLimits()
    {
        int all = (int)Math.Min(int.MaxValue, _site.LimitWatts * 1000 / _site.Volts);
        bool threePhase = _site.Phases == 3 || _site.Spread;
        int phase = threePhase ? all / 3 : all;
        _tree.SetLimit(0, phase, all);
        _planner.UnbalanceMilliampsMax = _site.UnbalanceMilliamps;
        _planner.SetCapacity(all, [phase, phase, phase], threePhase ? 3 : 1, _site.StationMilliamps);
    }

    private int MilliampSlots(long millijoules) =>
        (int)((millijoules + _site.MillijoulesPerMilliamp - 1) / _site.MillijoulesPerMilliamp);
}
