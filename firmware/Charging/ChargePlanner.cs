using MeterFirmware.Basics;

namespace MeterFirmware.Charging;

/// <summary>
/// Decides which sessions charge in the present slot, knowing prices, what is plugged in, and what usually still
/// arrives. Nothing is fixed for later slots: every slot is decided anew, and running sessions have a bonus, so that
/// the decision does not flap. README.md explains why this comes close to the cheapest schedule.
/// Sliced: <see cref="Begin"/>, then <see cref="Step"/> until it is true.
/// </summary>
/// <remarks>
/// A session charges now when it would stay unserved, least laxity first, with only the cheaper slots to come, or only
/// slots up to the present price from the next on; no more is drawn than finds no place in the cheaper slots. When even
/// all slots cannot serve everybody, price no longer counts and everybody first gets the same share of the energy
/// wanted.
/// </remarks>
public sealed class ChargePlanner
{
    private const int ShortageSlotsPermille = 30;

    // Of a day of a kind that was never seen: others will take more than half of the capacity.
    private const int UnknownDayPermille = 450;
    private const int GuardSlots = 2;
    private const int ChargingBonusSlots = 24;
    private const int ChargingBonusSlotsWhenShort = 8;
    private const int ShareRounds = 7;
    private const int ShareFull = 1000;

    private const byte LeftWithCheaper = 1;
    private const byte LeftWithEqual = 2;
    private const byte LeftWithAll = 4;

    // Passes of the simulation. Who stays unserved with only cheaper slots, with slots not dearer than now, with all
    // slots (those that run yield to the others: so it is they who stay unserved and go on); how much it is (nobody
    // yields); whether capacity is short; and the fair share.
    private const int PassCheaper = 0;
    private const int PassEqual = 1;
    private const int PassAll = 2;
    private const int PassAmount = 3;
    private const int PassShortage = 4;
    private const int PassArrivalsOnly = 5;
    private const int PassShare = 6;
    private const int PassCount = 7;

    private readonly Connectors _connectors;
    private readonly PriceHorizon _prices;
    private readonly ArrivalProfile _arrivals;
    private readonly ForwardSimulation _simulation;
    private readonly byte[] _unserved;
    private readonly short[] _slotsAtThisPrice;
    private readonly byte[] _order;
    private readonly int[] _laxity;
    private readonly byte[] _bucket;
    private readonly int[] _phaseMilliamps = new int[3];
    private int _siteMilliamps;
    private int _sitePhases = 1;
    private int _vehicleMilliamps = 32_000;
    private int _nowSlot;
    private int _slotOfDay;
    private bool _restToday;
    private bool _restTomorrow;
    private int _pass;
    private long _leftWithCheaper;
    private long _leftWithArrivals;
    private int _shareLow;
    private int _shareHigh;
    private int _shareTried;

    public ChargePlanner(Connectors connectors, PriceHorizon prices, ArrivalProfile arrivals)
    {
        _connectors = connectors;
        _prices = prices;
        _arrivals = arrivals;
        _simulation = new ForwardSimulation(connectors.Count + ArrivalProfile.BinCount, prices.Slots);
        _unserved = new byte[connectors.Count];
        _slotsAtThisPrice = new short[connectors.Count];
        _order = new byte[connectors.Count];
        _laxity = new int[connectors.Count];
        _bucket = new byte[connectors.Count];
        _pass = PassCount;
        ReservePermille = ChargingPreference.ReservePermilleOf(ChargingPreference.Balanced);
        ShortageReservePermille = ChargingPreference.ShortageReservePermilleOf(ChargingPreference.Balanced);
    }

    /// <summary>Connectors that want current, most urgent first; the first <see cref="OrderCount"/> are
    /// valid.</summary>
    public byte[] Order => _order;

    public int OrderCount { get; private set; }

    /// <summary>End of the companions in <see cref="Order"/>: they follow the connectors that should charge, would
    /// rather wait for a better price, but may charge now so that an unbalance cap does not hold back the
    /// others.</summary>
    public int CompanionEnd { get; private set; }

    /// <summary>Cap on the difference between phases that the plan must respect, mA; 0 = none.</summary>
    public int UnbalanceMilliampsMax
    {
        get => _simulation.UnbalanceMilliampsMax;
        set => _simulation.UnbalanceMilliampsMax = value;
    }

    /// <summary>Part of the usual arrivals for which cheap capacity is kept, in thousandths. Less saves money on quiet
    /// days, more saves energy on busy ones.</summary>
    public int ReservePermille { get; set; }

    /// <summary>Part of the usual arrivals in the question whether capacity is short at all, in thousandths.</summary>
    public int ShortageReservePermille { get; set; }

    /// <summary>Whole days of today's kind that must be known; on a day that is less known it counts as if others took
    /// more than half of the capacity, so that it is sooner short. 0 where nobody else arrives.</summary>
    public int KnownDaysMin { get; set; }

    /// <summary>Even with every slot at every price somebody, or a usual arrival, would stay unserved.</summary>
    public bool IsShort { get; private set; }

    /// <summary>The same share of the energy wanted that everybody present can still get, in thousandths.</summary>
    public int FairSharePermille { get; private set; }

    /// <summary>Sets reserves and caution as the operator wants them.</summary>
    /// <param name="preference">One of <see cref="ChargingPreference"/>.</param>
    public void Prefer(int preference)
    {
        ReservePermille = ChargingPreference.ReservePermilleOf(preference);
        ShortageReservePermille = ChargingPreference.ShortageReservePermilleOf(preference);
        KnownDaysMin = ChargingPreference.KnownDaysMinOf(preference);
    }

    /// <summary>What the site can carry now and, as far as known, later.</summary>
    /// <param name="siteMilliamps">Summed over the phases.</param>
    /// <param name="phaseMilliamps">Limit of each phase; index 0 to 2.</param>
    /// <param name="sitePhases">1 or 3.</param>
    /// <param name="vehicleMilliamps">What an arriving vehicle usually draws a phase.</param>
    public void SetCapacity(int siteMilliamps, int[] phaseMilliamps, int sitePhases, int vehicleMilliamps)
    {
        _siteMilliamps = siteMilliamps > 0 ? siteMilliamps : 0;
        for (int phase = 0; phase < 3; phase++)
        {
            _phaseMilliamps[phase] = phaseMilliamps[phase] > 0 ? phaseMilliamps[phase] : 0;
        }

        _sitePhases = sitePhases;
        _vehicleMilliamps = vehicleMilliamps;
    }

    /// <summary>Starts a decision for a slot.</summary>
    /// <param name="nowSlot">Absolute slot, 0 or above.</param>
    /// <param name="slotOfDay">The same slot counted from local midnight.</param>
    public void Begin(int nowSlot, int slotOfDay, bool isRestDay, bool isRestTomorrow)
    {
        Invariant.Require(nowSlot >= 0 && slotOfDay >= 0, "slots count from 0");
        _nowSlot = nowSlot;
        _slotOfDay = slotOfDay;
        _restToday = isRestDay;
        _restTomorrow = isRestTomorrow;
        _prices.Prepare(nowSlot);
        for (int i = 0; i < _connectors.Count; i++)
        {
            _unserved[i] = 0;
        }

        IsShort = false;
        FairSharePermille = ShareFull;
        _pass = 0;
        BeginPass();
    }

    /// <summary>Works through at most a number of simulated slots; true when the decision stands in
    /// <see cref="Connectors.WantedMilliamps"/> and <see cref="Order"/>.</summary>
    public bool Step(int slotsMax)
    {
        if (_pass >= PassCount)
        {
            return true;
        }

        if (!_simulation.Step(slotsMax))
        {
            return false;
        }

        EndPass();
        if (_pass < PassCount)
        {
            BeginPass();
            return false;
        }

        Choose();
        return true;
    }

    private void BeginPass()
    {
        int now = _prices.At(_nowSlot);
        int first = _pass == PassShare ? 0 : 1;
        int part = _pass < PassShare && _arrivals.DaysOf(_restToday) < KnownDaysMin ? UnknownDayPermille : 1000;
        _simulation.SetCapacity(Part(_siteMilliamps, part), Part(_phaseMilliamps[0], part),
            Part(_phaseMilliamps[1], part),
            Part(_phaseMilliamps[2], part));
        _simulation.Clear();
        if (_pass != PassArrivalsOnly)
        {
            AddSessions(first, _pass == PassShare ? _shareTried : ShareFull, _pass <= PassAll);
        }

        if (_pass < PassShare)
        {
            AddArrivals(_pass < PassShortage ? ReservePermille : ShortageReservePermille);
        }

        bool isCheaper = _pass == PassCheaper || _pass == PassAmount;
        int ceiling = isCheaper ? now - 1 : _pass == PassEqual ? now : int.MaxValue;
        _simulation.Begin(_prices, _nowSlot, ceiling, first);
    }

    private static int Part(int milliamps, int permille) => (int)((long)milliamps * permille / 1000);

    private void AddSessions(int firstOffset, int sharePermille, bool yields)
    {
        for (int i = 0; i < _connectors.Count; i++)
        {
            int remaining = _connectors.RemainingMilliampSlots[i];
            if (sharePermille < ShareFull)
            {
                long given = (long)_connectors.DemandMilliampSlots[i] - remaining;
                long target = (long)_connectors.DemandMilliampSlots[i] * sharePermille / ShareFull - given;
                remaining = target > 0 ? (int)target : 0;
            }

            // Everyone keeps his place, so that item and connector have the same number.
            bool wants = _connectors.IsPluggedIn[i];
            int end = _connectors.DepartureSlot[i] - _nowSlot;
            if (_pass >= PassShortage && (end <= 0 || _connectors.IsCharging[i]))
            {
                // What its own station cannot bring any more although it charges, or is late, is no shortage of the
                // others'.
                int slots = end > firstOffset ? end - firstOffset : 0;
                slots = slots < _prices.Slots ? slots : _prices.Slots;
                int possible = slots * _connectors.RateOf(i);
                remaining = remaining < possible ? remaining : possible;
            }

            _simulation.Add(
                wants ? remaining : 0, _connectors.RateOf(i), firstOffset, end > 0 ? end : 0, _connectors.PhaseMask[i],
                yields && _connectors.IsCharging[i]);
        }
    }

    private void AddArrivals(int permille)
    {
        int perBin = _arrivals.SlotsPerBin;
        int bin = _slotOfDay / perBin;
        int binStart = bin * perBin - _slotOfDay;
        int mask = _sitePhases == 1 ? 1 : 7;
        for (int ahead = 1; ahead < ArrivalProfile.BinCount; ahead++)
        {
            int at = bin + ahead;
            bool tomorrow = at >= ArrivalProfile.BinCount;
            at = tomorrow ? at - ArrivalProfile.BinCount : at;
            bool rest = tomorrow ? _restTomorrow : _restToday;
            int energy = (int)((long)_arrivals.EnergyOf(rest, at) * permille / 1000 / _sitePhases);
            int count = _arrivals.CountMilliOf(rest, at);
            if (energy == 0 || count < 10)
            {
                continue;
            }

            // They come in the middle of the half hour and stay a quarter of an hour at least.
            int first = binStart + ahead * perBin + perBin / 2;
            int stay = _arrivals.EndSlotOf(rest, at) - (at * perBin + perBin / 2);
            stay = stay > perBin / 2 ? stay : perBin / 2;
            int rate = (int)((long)_vehicleMilliamps * (count > 1000 ? count : 1000) / 1000 / _sitePhases);
            _simulation.Add(energy, rate, first, first + stay, mask, false);
        }
    }

    private void EndPass()
    {
        if (_pass <= PassAll)
        {
            byte flag = _pass == PassCheaper ? LeftWithCheaper : _pass == PassEqual ? LeftWithEqual : LeftWithAll;
            for (int i = 0; i < _connectors.Count; i++)
            {
                _unserved[i] |= _simulation.LeftOf(i) > 0 ? flag : (byte)0;
            }

            if (_pass == PassEqual)
            {
                CountSlotsAtThisPrice();
            }
        }
        else if (_pass == PassAmount)
        {
            _leftWithCheaper = 0;
            for (int i = 0; i < _connectors.Count; i++)
            {
                _leftWithCheaper += (long)_simulation.LeftOf(i) * _connectors.PhaseCountOf(i);
            }
        }
        else if (_pass == PassShortage)
        {
            _leftWithArrivals = LeftOver();
        }
        else if (_pass == PassArrivalsOnly)
        {
            // Arrivals that nobody could serve (a mean stay too short for a mean energy) are no shortage of ours.
            IsShort = _leftWithArrivals - LeftOver() > (long)_siteMilliamps * ShortageSlotsPermille / 1000;
            _shareLow = 0;
            _shareHigh = ShareFull;
            _shareTried = ShareFull;
        }
        else
        {
            EndShareRound();
            return;
        }

        _pass++;
    }

    // Bisection for the largest share of each demand that all present can get in the slots that are left.
    private void EndShareRound()
    {
        bool fits = LeftOver() <= Connectors.MilliampsMin;
        if (fits)
        {
            _shareLow = _shareTried;
        }
        else
        {
            _shareHigh = _shareTried;
        }

        if (_shareHigh - _shareLow <= ShareFull >> ShareRounds || _shareLow == ShareFull)
        {
            FairSharePermille = _shareLow;
            _pass++;
            return;
        }

        _shareTried = (_shareLow + _shareHigh) / 2;
    }

    private long LeftOver()
    {
        long left = 0;
        for (int i = 0; i < _simulation.Count; i++)
        {
            left += _simulation.LeftOf(i);
        }

        return left;
    }

    private void CountSlotsAtThisPrice()
    {
        for (int i = 0; i < _connectors.Count; i++)
        {
            int end = _connectors.DepartureSlot[i] - _nowSlot;
            end = end < _prices.Slots ? end : _prices.Slots;
            _slotsAtThisPrice[i] = (short)(end > 0 ? _simulation.AdmittedBefore(end) + 1 : 0);
        }
    }

    private void Choose()
    {
        bool shared = FairSharePermille < ShareFull;
        bool priceCounts = !shared && !IsShort;
        OrderCount = 0;
        for (int i = 0; i < _connectors.Count; i++)
        {
            _connectors.WantedMilliamps[i] = 0;
            if (Wants(i) && ChargesNow(i, priceCounts))
            {
                Rank(i, shared, priceCounts, _connectors.DepartureSlot[i] <= _nowSlot);
                Ask(i);
                Insert(i);
            }
        }

        if (priceCounts)
        {
            Trim();
        }

        CompanionEnd = OrderCount;
        for (int i = 0; i < _connectors.Count && UnbalanceMilliampsMax > 0; i++)
        {
            if (Wants(i) && _connectors.WantedMilliamps[i] == 0)
            {
                Ask(i);
                _order[CompanionEnd++] = (byte)i;
            }
        }
    }

    // Draws no more at this price than what finds no place in the cheaper slots; those in a hurry always.
    private void Trim()
    {
        long budget = _leftWithCheaper;
        int kept = 0;
        for (int at = 0; at < OrderCount; at++)
        {
            int i = _order[at];
            bool waits = (_bucket[i] & 1) != 0 && !_connectors.SkipsPlan[i] && !_connectors.ForcedNow[i];
            if (waits && budget <= 0)
            {
                _connectors.WantedMilliamps[i] = 0;
                continue;
            }

            budget -= (long)_connectors.WantedMilliamps[i] * _connectors.PhaseCountOf(i);
            _order[kept++] = (byte)i;
        }

        OrderCount = kept;
    }

    private bool Wants(int i) => _connectors.IsPluggedIn[i] && _connectors.RemainingMilliampSlots[i] > 0;

    private bool ChargesNow(int i, bool priceCounts) => !priceCounts || _unserved[i] != 0
        || _connectors.DepartureSlot[i] <= _nowSlot || _connectors.ForcedNow[i] || _connectors.SkipsPlan[i];

    private void Ask(int i)
    {
        int wanted = _connectors.RemainingMilliampSlots[i];
        wanted = wanted < Connectors.MilliampsMin ? Connectors.MilliampsMin : wanted;
        int most = _connectors.MilliampsMax[i];
        _connectors.WantedMilliamps[i] = wanted < most ? wanted : most;
    }

    private void Rank(int i, bool shared, bool priceCounts, bool late)
    {
        int rate = _connectors.RateOf(i);
        int remaining = _connectors.RemainingMilliampSlots[i];
        long target = remaining;
        if (shared)
        {
            long demand = _connectors.DemandMilliampSlots[i];
            target = demand * FairSharePermille / ShareFull - (demand - remaining);
            target = target > 0 ? target : 0;
        }

        int ahead = _connectors.DepartureSlot[i] - _nowSlot;
        ahead = ahead < _prices.Slots ? ahead : _prices.Slots;
        int slots = late ? 0 : priceCounts ? _slotsAtThisPrice[i] : ahead;
        long laxity = (long)slots * rate - target;
        bool hurried = (!shared && (_unserved[i] & LeftWithEqual) != 0) || laxity < (long)GuardSlots * rate;
        bool lost = !shared && (_unserved[i] & LeftWithAll) != 0;
        _bucket[i] =
            (byte)((_connectors.ForcedNow[i] ? 0 : 8) + (lost ? 0 : 4) + (target > 0 ? 0 : 2) + (hurried ? 0 : 1));
        int bonus = priceCounts ? ChargingBonusSlots : ChargingBonusSlotsWhenShort;
        laxity -= _connectors.IsCharging[i] ? (long)bonus * rate : 0;
        _laxity[i] = (int)laxity;
    }

    private void Insert(int connector)
    {
        int at = OrderCount;
        while (at > 0 && IsBefore(connector, _order[at - 1]))
        {
            _order[at] = _order[at - 1];
            at--;
        }

        _order[at] = (byte)connector;
        OrderCount++;
    }

    private bool IsBefore(int one, int other) =>
        _bucket[one] < _bucket[other] || (_bucket[one] == _bucket[other] && _laxity[one] < _laxity[other]);
}
