using MeterFirmware.Basics;
using MeterFirmware.Charging;
using MeterFirmware.Hardware;
using MeterFirmware.SiteBus;

namespace MeterFirmware.SiteController;

/// <summary>
/// The product: leads the chargers of a site and plans their charging. Planning is sliced, a bounded number of
/// simulated slots a tick. While time or prices are unknown the site is shared evenly: vehicles charge without a plan.
/// </summary>
public sealed class SiteController : ISitePlan
{
    /// <summary>A planning slot.</summary>
    public const int SlotSeconds = 300;

    /// <summary>Planning slots in a day: the horizon.</summary>
    public const int SlotsPerDay = CivilTime.SecondsPerDay / SlotSeconds;

    /// <summary>Simulated slots a tick.</summary>
    public const int SlotsPerTick = 8;

    // Of a vehicle that tells nothing: four hours, and what two hours at full current bring.
    private const int UnknownStaySlots = 48;
    private const int UnknownDemandSlots = 24;

    // Two days at 63 A: whatever is asked beyond is no vehicle's.
    private const int RemainingMax = 63_000 * 2 * SlotsPerDay;

    private readonly IClock _clock;
    private readonly ChargePlanner _planner;
    private readonly ArrivalProfile _arrivals;
    private readonly Allocator _allocator;
    private readonly StayHistory _history;
    private readonly bool[] _wasPlugged;
    private readonly bool[] _wasFree;
    private readonly bool[] _sawArrival;
    private readonly short[] _waitSlots;
    private readonly int[] _pluggedSlot;
    private readonly long[] _takenMilliampSeconds;
    private readonly byte[] _energyPhases;
    private readonly int[] _phaseMilliamps = new int[LimitTree.PhaseCount];
    private readonly int _sitePhases;
    private readonly int _nominalVolts;
    private long _slot = -1;
    private long _drawnMs;
    private long _nowMs;
    private int _described;
    private bool _isPlanning;
    private bool _wasLeading;
    private bool _arePricesWhole;

    /// <param name="rank">0 leads first.</param>
    /// <param name="safeMilliamps">Commissioned safe current of each member.</param>
    /// <param name="nodesMax">Nodes of the limit tree.</param>
    /// <param name="sitePhases">1 or 3.</param>
    public SiteController(ISiteBus bus, IClock clock, int rank, int[] safeMilliamps, int nodesMax, int sitePhases,
        int nominalVolts)
    {
        Invariant.Require(sitePhases == 1 || sitePhases == 3, "a site has 1 or 3 phases");
        _clock = clock;
        _sitePhases = sitePhases;
        _nominalVolts = nominalVolts;
        Connectors = new Connectors(safeMilliamps.Length);
        Limits = new LimitTree(nodesMax);
        Prices = new PriceHorizon(SlotsPerDay);
        _arrivals = new ArrivalProfile(SlotsPerDay);
        _planner = new ChargePlanner(Connectors, Prices, _arrivals);
        _wasPlugged = new bool[safeMilliamps.Length];
        _wasFree = new bool[safeMilliamps.Length];
        _sawArrival = new bool[safeMilliamps.Length];
        _waitSlots = new short[safeMilliamps.Length];
        _described = safeMilliamps.Length;
        _allocator = new Allocator(Connectors, Limits);
        _history = new StayHistory(safeMilliamps.Length);
        _pluggedSlot = new int[safeMilliamps.Length];
        _takenMilliampSeconds = new long[safeMilliamps.Length];
        _energyPhases = new byte[safeMilliamps.Length];
        Habits = new PlaceHabits(safeMilliamps.Length);
        Report = new PlanReport(Connectors, Prices, SlotSeconds);
        Leader = new SiteLeader(bus, Connectors, Limits, _allocator, rank, safeMilliamps) { Plan = this };
    }

    public Connectors Connectors { get; }

    /// <summary>Limits and the building's load; the board keeps them up to date.</summary>
    public LimitTree Limits { get; }

    /// <summary>Prices by slot of 300 s since 1970 UTC; filled from the tariff or the day-ahead prices.</summary>
    public PriceHorizon Prices { get; }

    public SiteLeader Leader { get; }

    /// <summary>Local time less UTC, and whether today and tomorrow are rest days; from <see cref="Tariff"/> if there
    /// is one.</summary>
    public int OffsetSeconds { get; set; }

    public bool IsRestDay { get; set; }

    public bool IsRestTomorrow { get; set; }

    /// <summary>Fills <see cref="Prices"/> from the tariff; null: the board fills them.</summary>
    public TariffHorizon Tariff { get; set; }

    /// <summary>Tier that the site's consumption has reached, from 0; the prices of all slots are those of this
    /// tier.</summary>
    public int Tier { get; set; }

    /// <summary>Somebody wants power to be drawn now: shared evenly, nobody waits for a price.</summary>
    public bool SharesNow { get; set; }

    /// <summary>What the vehicles of each place take.</summary>
    public PlaceHabits Habits { get; }

    /// <summary>What each driver is told.</summary>
    public PlanReport Report { get; }

    /// <summary>Largest difference between two phases' charging currents, mA; 0 = not limited. Planned and
    /// enforced.</summary>
    public int UnbalanceMilliampsMax
    {
        get => _allocator.UnbalanceMilliampsMax;
        set
        {
            _allocator.UnbalanceMilliampsMax = value;
            _planner.UnbalanceMilliampsMax = value;
        }
    }

    /// <summary>What the operator wants, one of <see cref="ChargingPreference"/>.</summary>
    public void Prefer(int preference) => _planner.Prefer(preference);

    /// <summary>Arrivals and stays learnt from since the start.</summary>
    public int Lessons { get; private set; }

    /// <summary>Slots decided since the start.</summary>
    public int PlanCount { get; private set; }

    /// <summary>Bytes that <see cref="SaveLearnt"/> writes for so many members.</summary>
    public static int LearntBytesOf(int members) => ArrivalProfile.StateBytes + StayHistory.StateBytesOf(members);

    /// <summary>Writes the usual arrivals and stays. The caller adds a check sum.</summary>
    public void SaveLearnt(byte[] target, int offset)
    {
        _arrivals.Save(target, offset);
        _history.Save(target, offset + ArrivalProfile.StateBytes);
    }

    /// <summary>Reads what <see cref="SaveLearnt"/> wrote. False: a part of it none of ours can be.</summary>
    /// <param name="withStays">It was written for as many members as there are; else only the arrivals are
    /// taken.</param>
    public bool TryRestoreLearnt(byte[] source, int offset, bool withStays) =>
        _arrivals.TryLoad(source, offset)
        && (!withStays || _history.TryLoad(source, offset + ArrivalProfile.StateBytes));

    public void Tick(long nowMs)
    {
        _nowMs = nowMs;
        Leader.Tick(nowMs);
        bool knows = _clock.TryReadUtc(out long utcSeconds, out int milliseconds);
        long slot = CivilTime.FloorDivide(utcSeconds, SlotSeconds);
        bool hasNewPrices = knows && slot >= 0 && FillPrices(utcSeconds);
        NoteDraw(nowMs);
        if (!knows || slot < 0 || !Prices.IsKnown((int)slot) || SharesNow)
        {
            Leader.PlanOrder = null;
            _isPlanning = false;
            _slot = -1;
            return;
        }

        // A clock step is only another slot: limits and their validity run on the monotonic clock.
        bool isNewSlot = slot != _slot;
        _slot = slot;
        bool isNewcomer = HasNewcomer(nowMs);
        bool isDue = isNewSlot || isNewcomer || hasNewPrices || Leader.HasNewWishes || !_wasLeading;
        _wasLeading = Leader.IsLeading;
        if (isDue && Leader.IsLeading && _arePricesWhole)
        {
            Leader.HasNewWishes = false;
            BeginPlan(nowMs, utcSeconds);
        }

        if (_isPlanning && _planner.Step(SlotsPerTick))
        {
            _isPlanning = false;
            PlanCount++;
            _described = 0;
            Leader.PlanOrder = _planner.Order;
            Leader.PlanOrderCount = _planner.OrderCount;
            Leader.PlanCompanionEnd = _planner.CompanionEnd;
        }
        else if (_described < Connectors.Count)
        {
            // One member a tick: it looks through the whole day.
            int cheaper = Report.NextCheaperSlot(_described, (int)_slot);
            _waitSlots[_described++] = (short)(cheaper - (int)_slot);
        }
    }

    void ISitePlan.Describe(int member, SiteFrame grant)
    {
        if (_slot < 0 || Leader.PlanOrder == null || PlanCount == 0)
        {
            return;
        }

        int slot = (int)_slot;
        int start = slot + _waitSlots[member];
        PlanReason reason = Report.ReasonOf(member, slot, start);
        bool waitsForPrice = reason == PlanReason.WaitingForPrice;
        bool waits = waitsForPrice || reason == PlanReason.WaitingForCapacity;
        start = waitsForPrice ? start : slot;
        grant.Reason = (int)reason;
        grant.PriceMicros = Prices.At(start);
        grant.StartSeconds = waitsForPrice ? SecondsUntil(start) : 0;

        // Who waits is ready by the departure that its driver told; who told none is told none.
        bool isKnown = waits ? Leader.Wishes.DepartureMs[member] >= 0 : Leader.Wishes.WattHours[member] > 0;
        long ready = waits ? (Leader.Wishes.DepartureMs[member] - _nowMs) / 1000
            : SecondsUntil(Report.ReadySlot(member, slot));
        grant.ReadySeconds = isKnown ? (int)(ready > 0 ? ready : 0) : -1;
    }

    private int SecondsUntil(int slot)
    {
        if (!_clock.TryReadUtc(out long utcSeconds, out int milliseconds))
        {
            return 0;
        }

        long seconds = (long)slot * SlotSeconds - utcSeconds;
        return (int)(seconds > 0 ? seconds : 0);
    }

    // True when the horizon has just become whole, at the start or after other prices came. A plan on half of the
    // prices would start vehicles only to stop them again.
    private bool FillPrices(long utcSeconds)
    {
        if (Tariff == null)
        {
            _arePricesWhole = true;
            return false;
        }

        bool was = _arePricesWhole;
        _arePricesWhole = Tariff.Tick(utcSeconds, Tier);
        OffsetSeconds = Tariff.OffsetSeconds;
        IsRestDay = Tariff.IsRestDay;
        IsRestTomorrow = Tariff.IsRestTomorrow;
        return _arePricesWhole && !was;
    }

    // What each vehicle took, for those who tell nothing next time.
    private void NoteDraw(long nowMs)
    {
        long elapsedMs = nowMs - _drawnMs;
        if (elapsedMs < 1000)
        {
            return;
        }

        _drawnMs = nowMs;
        for (int i = 0; i < _takenMilliampSeconds.Length; i++)
        {
            if (Connectors.IsPluggedIn[i])
            {
                See(i);
            }

            _takenMilliampSeconds[i] += Connectors.IsPluggedIn[i]
                ? (long)Leader.DrawnMilliampsOf(i) * elapsedMs / 1000 : 0;

            // The member's own account also has what flowed before we were there.
            long told = MilliampSlots(i, Leader.Wishes.DeliveredWattHours[i]) * SlotSeconds;
            _takenMilliampSeconds[i] = told > _takenMilliampSeconds[i] ? told : _takenMilliampSeconds[i];
        }
    }

    private long MilliampSlots(int i, long wattHours) =>
        wattHours * 3_600_000
        / ((long)_nominalVolts * (_energyPhases[i] > 0 ? _energyPhases[i] : Connectors.PhaseCountOf(i)) * SlotSeconds);

    // What it was seen to take, or, until it has charged, what is taken at its place. Limits are not built on the
    // latter.
    private void See(int i)
    {
        int used = Leader.Draw.UsedMask(i);
        int takes = Leader.TakesMilliampsOf(i);
        Habits.See(i, takes, used);
        int usual = used == 0 || takes == 0 ? Habits.MilliampsOf(i) : takes;
        Connectors.TakesMilliamps[i] = usual + SiteFrame.MilliampsPerUnit < Leader.DrawnMilliampsOf(i) ? 0 : usual;
        int mask = used == 0 ? Habits.PhasesOf(i) : used;
        _energyPhases[i] = (byte)((mask & 1) + ((mask >> 1) & 1) + ((mask >> 2) & 1));
    }

    private bool HasNewcomer(long nowMs)
    {
        bool any = false;
        for (int i = 0; i < _wasPlugged.Length; i++)
        {
            bool came = Connectors.IsPluggedIn[i] && !_wasPlugged[i];
            // A member that fell silent teaches nothing.
            if (!Connectors.IsPluggedIn[i] && _wasPlugged[i] && _sawArrival[i] && Leader.IsHeard(i, nowMs))
            {
                Lessons++;
                Habits.Leave(i);
                _history.Learn(KeyOf(i), (int)(_takenMilliampSeconds[i] / SlotSeconds), (int)_slot - _pluggedSlot[i]);
            }

            if (came)
            {
                _pluggedSlot[i] = (int)_slot;
                _takenMilliampSeconds[i] = 0;
                See(i);
                int slotOfDay = (int)((_slot * SlotSeconds + OffsetSeconds) % CivilTime.SecondsPerDay / SlotSeconds);
                Expect(i, nowMs);

                // Who stood there when we began came earlier: as an arrival of now he would be learnt twice.
                _sawArrival[i] = _wasFree[i];
                if (_wasFree[i])
                {
                    Lessons++;
                    _arrivals.Add(
                        slotOfDay, Connectors.DemandMilliampSlots[i] * Connectors.PhaseCountOf(i),
                        Connectors.DepartureSlot[i] - (int)_slot);
                }

                any = true;
            }

            _wasFree[i] |= !Connectors.IsPluggedIn[i] && Leader.IsHeard(i, nowMs);

            _wasPlugged[i] = Connectors.IsPluggedIn[i];
        }

        return any;
    }

    private void BeginPlan(long nowMs, long utcSeconds)
    {
        long local = utcSeconds + OffsetSeconds;
        _arrivals.SetDay((int)(local / CivilTime.SecondsPerDay), IsRestDay);
        for (int i = 0; i < Connectors.Count; i++)
        {
            if (Connectors.IsPluggedIn[i])
            {
                Expect(i, nowMs);
            }
        }

        Limits.Reset();
        for (int phase = 0; phase < LimitTree.PhaseCount; phase++)
        {
            _phaseMilliamps[phase] = Limits.PhaseLeftOf(0, phase);
        }

        int usual = Connectors.MilliampsMin;
        for (int i = 0; i < Connectors.Count; i++)
        {
            usual = Connectors.MilliampsMax[i] > usual ? Connectors.MilliampsMax[i] : usual;
        }

        _planner.SetCapacity(Limits.SumLeftOf(0), _phaseMilliamps, _sitePhases, usual);
        _planner.Begin((int)_slot, (int)(local % CivilTime.SecondsPerDay / SlotSeconds), IsRestDay, IsRestTomorrow);
        _isPlanning = true;
    }

    // The member's number: who uses a place is mostly the same.
    private static uint KeyOf(int member) => (uint)(member + 1);

    // What the member reported, or the usual of its place, or that of nobody in particular.
    private void Expect(int i, long nowMs)
    {
        if (!_history.TryExpect(KeyOf(i), out int usualMilliampSlots, out int usualStaySlots))
        {
            usualMilliampSlots = UnknownDemandSlots * Connectors.MilliampsMax[i];
            usualStaySlots = UnknownStaySlots;
        }

        long wattHours = Leader.Wishes.WattHours[i];
        long taken = _takenMilliampSeconds[i] / SlotSeconds;
        long remaining = usualMilliampSlots - taken;
        if (wattHours > 0)
        {
            remaining = MilliampSlots(i, wattHours) + 1;
        }
        else if (remaining < Connectors.MilliampsMin)
        {
            // It wants current, so it is not served, whatever is usual.
            remaining = Connectors.MilliampsMin;
        }

        remaining = remaining < RemainingMax ? remaining : RemainingMax;
        Connectors.RemainingMilliampSlots[i] = (int)remaining;
        Connectors.IsCharging[i] = Connectors.OfferMilliamps[i] > 0;
        if (remaining > Connectors.DemandMilliampSlots[i])
        {
            Connectors.DemandMilliampSlots[i] = (int)remaining;
        }

        long departureMs = Leader.Wishes.DepartureMs[i];
        bool isNew = Connectors.DepartureSlot[i] == int.MaxValue;
        if (departureMs >= 0)
        {
            Connectors.DepartureSlot[i] = (int)(_slot + (departureMs - nowMs) / (SlotSeconds * 1000));
        }
        else if (isNew)
        {
            Connectors.DepartureSlot[i] = (int)_slot + usualStaySlots;
        }
    }
}
