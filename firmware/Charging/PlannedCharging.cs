using MeterFirmware.Basics;
using MeterFirmware.Tariffs;

namespace MeterFirmware.Charging;

/// <summary>
/// A charger that plans for itself: turns the session's wishes and the tariff into a ceiling for the offer, a few
/// simulated slots a tick. Without time or prices it charges.
/// </summary>
public sealed class PlannedCharging
{
    /// <summary>Rates of a charging tariff: five in China, some left for special days.</summary>
    public const int RateCountMax = 8;

    /// <summary>Simulated slots a tick: the tick stays far below its 10 ms.</summary>
    public const int SlotsPerTick = 4;

    // Of a driver who tells nothing: eight hours, and what four hours at full current bring.
    private const int UnknownStaySeconds = 8 * 3600;
    private const int UnknownChargeSeconds = 4 * 3600;

    /// <summary>Slots a tick that the cost limit's share is looked up in: no simulation, a comparison each.</summary>
    private const int BudgetSlotsPerTick = 16;

    // A minute of charging shows what the vehicle takes, before anybody relies on it.
    private const int ProbeMs = 60_000;

    private readonly HomeCharger _home;
    private readonly TariffHorizon _tariff;
    private readonly int _nominalVolts;
    private readonly int _slotSeconds;
    private long _slot = -1;
    private long _utcSeconds;
    private long _startWattHours;
    private long _sessionWattHours;
    private readonly CivilTime _time = new CivilTime();
    private long _startUtc;
    private long _storedAtWattHours;
    private long _departureUtc;
    private int _wantedWattHours;
    private int _batteryWattHours;
    private int _storedPermille;
    private int _targetPermille;
    private int _efficiencyPermille = 900;
    private int _ceilingMilliamps;
    private int _limitMilliamps;
    private int _decidedMilliamps;
    private bool _hasBatteryTarget;
    private readonly VehicleMemory _vehicles = new VehicleMemory();
    private readonly VehicleAcceptance _acceptance = new VehicleAcceptance();
    private readonly CostBudget _budget;
    private readonly int _wiredPhases;
    private int _phasesInUse;
    private long _observedMs;
    private int _probedMs;
    private bool _isProbing;
    private bool _isBudgeting;
    private bool _isDeciding;
    private bool _hasChanged;
    private bool _wantsNow;
    private bool _skips;

    /// <param name="home">Planner and driver's wishes.</param>
    /// <param name="tariff">Fills the home charger's prices.</param>
    public PlannedCharging(HomeCharger home, TariffHorizon tariff, int nominalVolts, int slotSeconds)
    {
        _home = home;
        _tariff = tariff;
        _nominalVolts = nominalVolts;
        _slotSeconds = slotSeconds;
        _budget = new CostBudget(home.Prices);
        _wiredPhases = home.Connectors.PhaseCountOf(0);
        _phasesInUse = _wiredPhases;
        LimitMilliamps = int.MaxValue;
    }

    /// <summary>A plan as boards and simulator make it.</summary>
    /// <param name="tariff">The charger's own.</param>
    /// <param name="device">The device's name: its start after a price step is drawn from it.</param>
    /// <param name="phaseCount">Phases that are wired, 1 or 3.</param>
    /// <param name="nominalVolts">Of a phase.</param>
    /// <param name="slotSeconds">A divisor of an hour: 300, 900 …</param>
    /// <param name="spreadSeconds">Window after a price step in which a district's chargers start; 0 = all at once.</param>
    public static PlannedCharging Create(
        TariffTable tariff, string device, int phaseCount, int nominalVolts, int slotSeconds, int spreadSeconds)
    {
        byte[] name = new byte[device.Length];
        for (int i = 0; i < name.Length; i++)
        {
            name[i] = (byte)device[i];
        }

        HomeCharger home = new HomeCharger(new StartSpreader(Crc32.Of(name, 0, name.Length), spreadSeconds), slotSeconds);
        home.Connectors.PhaseMask[0] = (byte)((1 << phaseCount) - 1);
        return new PlannedCharging(
            home, new TariffHorizon(home.Prices, new TariffSets(tariff, RateCountMax, 1, null), slotSeconds), nominalVolts,
            slotSeconds);
    }

    /// <summary>What the plan allows now, mA a phase; int.MaxValue = it does not limit.</summary>
    public int LimitMilliamps
    {
        get => IsLed ? int.MaxValue : _limitMilliamps;
        private set => _limitMilliamps = value;
    }

    /// <summary>A site's leader plans for this charger: this plan only keeps the driver's wishes.</summary>
    public bool IsLed { get; set; }

    /// <summary>Energy still wanted, Wh, at least 1 while a target was told; 0: none was.</summary>
    public int RemainingWattHours => _wantedWattHours == 0 ? 0 : Wanted() > 0 ? Wanted() : 1;

    /// <summary>Departure that was told, UTC seconds; 0: none was.</summary>
    public long DepartureUtc => _departureUtc;

    /// <summary>What the session's time limit leaves, s; −1 without one. A session that ends is planned until its end.</summary>
    public long SecondsLeft { get; set; } = -1;

    /// <summary>What its cost limit leaves, ten-thousandths of the currency; −1 without one. Looked at anew each slot.</summary>
    public long CostLeft { get; set; } = -1;

    /// <summary>When the vehicle leaves or its session ends, whichever comes first, UTC seconds; 0 unknown.</summary>
    public long EndUtc(long utcSeconds)
    {
        long over = utcSeconds + SecondsLeft;
        return SecondsLeft < 0 || (_departureUtc > 0 && _departureUtc < over) ? _departureUtc : over;
    }

    public bool WantsNow => _wantsNow;

    public bool SkipsPlan => _skips;

    /// <summary>What the vehicle takes, as far as it was seen.</summary>
    public VehicleAcceptance Acceptance => _acceptance;

    /// <summary>It charges for a moment to see what the vehicle takes; then the plan goes on.</summary>
    public bool IsProbing => _isProbing;

    /// <summary>What the connector does and why, a <see cref="PlanReason"/>.</summary>
    public PlanReason Reason => IsSpread ? PlanReason.WaitingForPrice : _home.Report.ReasonOf(0, (int)_slot);

    /// <summary>The cheap hour has come, and the start waits for its own time in it.</summary>
    public bool IsSpread { get; private set; }

    /// <summary>Nothing is offered because a cheaper time comes.</summary>
    public bool IsWaitingForPrice => LimitMilliamps == 0 && Reason == PlanReason.WaitingForPrice;

    public int SlotSeconds => _slotSeconds;

    /// <summary>Counts time before the end at prices of this plan, fee included.</summary>
    public CheapTime CreateCheapTime() => new CheapTime(_home.Prices, _slotSeconds);

    /// <summary>Plans by the day-ahead lists and announced days of the device.</summary>
    public void Share(TariffSets device) => _tariff.Share(device);

    /// <summary>Plans by another tariff. False: more rates than a session's; nothing changed.</summary>
    public bool TryUseTariff(TariffTable tariff) => _tariff.TryUse(tariff);

    /// <summary>The driver wants to charge now, or leaves the plan in this session.</summary>
    public bool IsBoosted => _wantsNow || _skips;

    /// <summary>The driver wants to charge now, whatever the price, until the vehicle leaves.</summary>
    public void Boost(bool isOn)
    {
        _wantsNow = isOn;
        _home.Boost(isOn);
        _hasChanged = true;
    }

    /// <summary>The driver skips the plan in this session only.</summary>
    public void SkipOnce()
    {
        _skips = true;
        _home.SkipOnce();
        _hasChanged = true;
    }

    /// <summary>A session begins: what the driver's vehicle took before is recalled.</summary>
    /// <param name="key">Check sum of the token; 0: nobody was named, and any vehicle may have come.</param>
    public void BeginVisit(uint key)
    {
        _acceptance.Forget();
        _probedMs = 0;
        if (key != 0)
        {
            _vehicles.TryRecall(key, _acceptance);
        }
    }

    /// <summary>It is over: what was seen is kept.</summary>
    public void EndVisit(uint key)
    {
        if (key != 0 && _acceptance.IsLearnt)
        {
            _vehicles.Remember(key, _acceptance);
        }
    }

    /// <summary>Vehicles that were here, for the saved state.</summary>
    public VehicleMemory Vehicles => _vehicles;

    /// <summary>Before <see cref="Tick"/>: what the vehicle draws under the offer that stands.</summary>
    /// <param name="phasesInUse">Phases that the contactor closes.</param>
    public void Observe(long nowMs, int offerMilliamps, int phasesInUse, int[] currentMilliamps)
    {
        _probedMs += _isProbing && _probedMs < ProbeMs ? (int)(nowMs - _observedMs) : 0;
        _observedMs = nowMs;
        _hasChanged |= phasesInUse != _phasesInUse;
        _phasesInUse = phasesInUse;
        _hasChanged |= _acceptance.Observe(nowMs, offerMilliamps, phasesInUse, phasesInUse == _wiredPhases, currentMilliamps);
    }

    /// <summary>Instead of <see cref="Observe"/> while it gives back: that shows nothing of what it takes.</summary>
    public void ObserveNothing(long nowMs)
    {
        _observedMs = nowMs;
        _acceptance.Interrupt();
    }

    /// <summary>Energy wanted in this session, Wh (0 = unknown), and departure, UTC seconds (0 = unknown; in the past: it
    /// should have left, so it charges now). False: a negative value, nothing changed.</summary>
    public bool TrySetTarget(long wattHours, long departureUtc)
    {
        if (wattHours < 0 || wattHours > 1_000_000 || departureUtc < 0)
        {
            return false;
        }

        _wantedWattHours = (int)wattHours;
        _departureUtc = departureUtc;
        _hasBatteryTarget = false;
        _hasChanged = true;
        return true;
    }

    /// <summary>The vehicle's battery: the target becomes a state of charge, and energy that it cannot hold is not planned.
    /// False: a capacity below 0 or above 1 000 kWh, or shares outside 0 to 1000; nothing changed.</summary>
    public bool TrySetBattery(int capacityWattHours, int storedPermille, int targetPermille)
    {
        if (capacityWattHours < 0 || capacityWattHours > 1_000_000 || storedPermille < 0 || storedPermille > 1000
            || targetPermille < 0 || targetPermille > 1000)
        {
            return false;
        }

        _batteryWattHours = capacityWattHours;
        _storedPermille = storedPermille;
        _targetPermille = targetPermille;
        _hasBatteryTarget = true;
        _storedAtWattHours = _sessionWattHours;
        _wantedWattHours = (int)_sessionWattHours
            + BatteryNeed.WattHours(capacityWattHours, storedPermille, targetPermille, _efficiencyPermille);
        _hasChanged = true;
        return true;
    }

    /// <summary>One tick.</summary>
    /// <param name="isPlugged">A session runs and its vehicle is there.</param>
    /// <param name="wattHours">Import register.</param>
    /// <param name="ceilingMilliamps">What cable, station and all others allow.</param>
    public void Tick(bool isTimed, long utcSeconds, bool isPlugged, long wattHours, int ceilingMilliamps)
    {
        Connectors connectors = _home.Connectors;
        if (isPlugged != connectors.IsPluggedIn[0])
        {
            Plug(isPlugged, wattHours, ceilingMilliamps);
        }

        _sessionWattHours = isPlugged ? wattHours - _startWattHours : 0;
        bool hasPrices = isTimed && _tariff.Tick(utcSeconds, 0);
        if (isPlugged && isTimed && !hasPrices)
        {
            // Prices are looked up a few a tick: as before the first decision nothing is offered,
            // and what was decided holds.
            _limitMilliamps = _slot < 0 ? 0 : _limitMilliamps;
            return;
        }

        if (!isPlugged || !hasPrices)
        {
            LimitMilliamps = int.MaxValue;
            IsSpread = false;
            _startUtc = 0;
            _isDeciding = false;
            _isProbing = false;
            _slot = -1;
            return;
        }

        long slot = utcSeconds / _slotSeconds;
        if (slot != _slot || _hasChanged || ceilingMilliamps != _ceilingMilliamps)
        {
            Begin(slot, utcSeconds, ceilingMilliamps);
        }

        Decide(utcSeconds);

        // A start of its own within the slot; a vehicle that charges already goes on.
        IsSpread = (_limitMilliamps == 0 || _isProbing) && utcSeconds < _startUtc;
        LimitMilliamps = IsSpread ? 0 : _decidedMilliamps;
        bool isTold = _wantedWattHours > 0 || _departureUtc > 0;
        bool wantsProbe = isTold && !_acceptance.IsKnown && _probedMs < ProbeMs && !_isDeciding;
        _isProbing = _limitMilliamps == 0 && (wantsProbe || (_isProbing && _isDeciding));
        LimitMilliamps = _isProbing ? ceilingMilliamps : _limitMilliamps;
    }

    // A part of the decision; until it stands the one before holds.
    private void Decide(long utcSeconds)
    {
        if (!_isDeciding)
        {
            return;
        }

        Connectors connectors = _home.Connectors;
        if (_isBudgeting)
        {
            if (_budget.Step(BudgetSlotsPerTick))
            {
                _isBudgeting = false;
                int affordable = MilliampSlots(_budget.WattHours);
                if (affordable < connectors.RemainingMilliampSlots[0])
                {
                    connectors.RemainingMilliampSlots[0] = affordable;
                    connectors.DemandMilliampSlots[0] = affordable;
                }

                BeginHome(utcSeconds);
            }

            return;
        }

        if (_home.Step(SlotsPerTick))
        {
            // A vehicle that takes less than it may is offered all of it: so it shows when it takes more.
            int offer = connectors.OfferMilliamps[0];
            _isDeciding = false;
            _decidedMilliamps = offer > 0 && offer >= connectors.MilliampsMax[0] ? _ceilingMilliamps : offer;
            _startUtc = _slot * _slotSeconds + _home.StartSeconds;
        }
    }

    /// <summary>One line for the driver, e.g. "waiting for 00:00, price 0.35; ready 06:40 at the latest".</summary>
    public void Write(ByteTextWriter writer)
    {
        if (_slot < 0)
        {
            writer.Raw(_home.Connectors.IsPluggedIn[0] ? "no plan: time or prices are missing" : "no vehicle");
            return;
        }

        if (_isProbing)
        {
            writer.Raw("seeing what the vehicle takes; ");
        }

        if (IsSpread)
        {
            _time.Set(_startUtc + _tariff.OffsetSeconds);
            writer.Raw("starting at ");
            writer.Padded(_time.Hour, 2);
            writer.Byte((byte)':');
            writer.Padded(_time.Minute, 2);
            writer.Raw(", apart from the neighbours; price ");
            writer.Scaled(_home.Prices.At((int)_slot) / 100, 4);
            return;
        }

        _home.Report.Write(writer, 0, (int)_slot, 0, _tariff.OffsetSeconds);
    }

    private void Plug(bool isPlugged, long wattHours, int ceilingMilliamps)
    {
        _startWattHours = wattHours;
        _hasChanged = true;
        if (isPlugged)
        {
            _home.Connectors.PlugIn(0, ceilingMilliamps, 0, 0);
            _home.Boost(_wantsNow);
            if (_skips)
            {
                _home.SkipOnce();
            }

            return;
        }

        // Wishes are those of one session.
        _home.Connectors.PlugOut(0);
        _wantedWattHours = 0;
        _departureUtc = 0;
        _hasBatteryTarget = false;
        _batteryWattHours = 0;
        _wantsNow = false;
        _skips = false;
        SecondsLeft = -1;
        CostLeft = -1;
        _acceptance.Forget();
    }

    private void Begin(long slot, long utcSeconds, int ceilingMilliamps)
    {
        Connectors connectors = _home.Connectors;
        bool isNew = _slot < 0;
        _slot = slot;
        _hasChanged = false;
        _ceilingMilliamps = ceilingMilliamps;
        if (isNew)
        {
            // Nothing is offered before the first decision, which takes some seconds: a day's slots, a few a call.
            _utcSeconds = utcSeconds;
            _decidedMilliamps = 0;
            LimitMilliamps = 0;
        }

        int takes = Takes(ceilingMilliamps);
        long end = EndUtc(utcSeconds);
        end = end > 0 ? end : _utcSeconds + UnknownStaySeconds;
        int phases = _acceptance.IsKnown && _acceptance.PhaseCount < _phasesInUse ? _acceptance.PhaseCount : _phasesInUse;
        connectors.PhaseMask[0] = (byte)((1 << phases) - 1);
        connectors.MilliampsMax[0] = takes;
        connectors.DepartureSlot[0] = (int)(end / _slotSeconds);
        connectors.RemainingMilliampSlots[0] = Remaining(takes);
        connectors.DemandMilliampSlots[0] = connectors.RemainingMilliampSlots[0];
        connectors.IsCharging[0] = connectors.OfferMilliamps[0] > 0;
        _isDeciding = true;
        _isBudgeting = CostLeft >= 0;
        if (_isBudgeting)
        {
            long slotWattHours = (long)takes * _nominalVolts * phases * _slotSeconds / 3_600_000;
            _budget.Begin((int)slot, connectors.DepartureSlot[0], (int)slotWattHours, CostLeft);
        }
        else
        {
            BeginHome(utcSeconds);
        }
    }

    private void BeginHome(long utcSeconds)
    {
        long local = utcSeconds + _tariff.OffsetSeconds;
        _home.Begin((int)_slot, (int)(local % CivilTime.SecondsPerDay / _slotSeconds), (int)(local / CivilTime.SecondsPerDay),
            _home.Connectors.MilliampsMax[0]);
    }

    // What it takes of a ceiling; no offer is below 6 A.
    private int Takes(int ceilingMilliamps)
    {
        int takes = _acceptance.MilliampsMax;
        if (takes == 0 || takes >= ceilingMilliamps || ceilingMilliamps <= Connectors.MilliampsMin)
        {
            return ceilingMilliamps;
        }

        return takes > Connectors.MilliampsMin ? takes : Connectors.MilliampsMin;
    }

    private int Remaining(int ceilingMilliamps)
    {
        long full = (long)UnknownChargeSeconds / _slotSeconds * ceilingMilliamps;
        if (_wantedWattHours == 0 && !_hasBatteryTarget)
        {
            return (int)full;
        }

        long wattHours = Wanted();
        if (wattHours <= 0)
        {
            // What a vehicle still takes beyond a wish in Wh is its own affair: it may trickle at the minimum. A state of
            // charge below full is where it is to stand.
            return _hasBatteryTarget && _targetPermille < 1000 ? 0 : 1;
        }

        return MilliampSlots(wattHours);
    }

    private int MilliampSlots(long wattHours)
    {
        long slots = wattHours * 3_600_000 / ((long)_nominalVolts * _home.Connectors.PhaseCountOf(0) * _slotSeconds) + 1;
        return (int)(slots < int.MaxValue ? slots : int.MaxValue);
    }

    // What the session still wants, as far as the battery can take it; 0 or below: served.
    private int Wanted()
    {
        long wattHours = _wantedWattHours - _sessionWattHours;
        if (_batteryWattHours > 0)
        {
            int now = _storedPermille
                + (int)((_sessionWattHours - _storedAtWattHours) * _efficiencyPermille / _batteryWattHours);
            wattHours = BatteryNeed.Bound((int)wattHours, _batteryWattHours, now, _efficiencyPermille);
        }

        return (int)wattHours;
    }
}
