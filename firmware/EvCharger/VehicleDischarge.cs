using MeterFirmware.Basics;
using MeterFirmware.ChargerSafety;
using MeterFirmware.Charging;
using MeterFirmware.Hardware;

namespace MeterFirmware.EvCharger;

/// <summary>
/// Vehicle to grid: once a second decides how much the vehicle is to give back, to sell it or to hold the building's
/// peak down, and in every tick whether it still may. It never closes a contactor and never lifts a limit: it
/// discharges within what the pilot offers, while the state machine holds the contactor for reasons of its own.
/// </summary>
public sealed class VehicleDischarge
{
    /// <summary>Longest permission by one command, s.</summary>
    public const int PermissionSecondsMax = 86_400;

    private const int DecideMs = 1_000;

    // A peak that comes and goes must not switch the contactor each time.
    private const int RestMs = 600_000;

    /// <summary>Slots a tick in which cheap hours are counted: a comparison each.</summary>
    private const int SlotsPerTick = 16;

    // A vehicle that gives back shows its phases by 1 A on the strongest. Until then it is taken to use one.
    private const int ShownMs = 1_000;
    private const int GivingMilliampsMin = 1_000;

    // A vehicle takes up to 5 s to turn round. One that still takes power then is a load, whatever it is told; what its
    // own supply takes while it rests is none.
    private const int TurnMs = 5_000;
    private const long TakingMilliwattsMin = 200_000;

    // Of a vehicle that was not seen charging: what any single-phase one takes, W.
    private const int UnseenWattsMax = 7_000;

    private readonly IBidirectionalSupply _supply;
    private readonly VehicleToGrid _vehicle;
    private readonly PlannedCharging _plan;
    private readonly int _nominalVolts;
    private readonly Measurement _measurement;
    private readonly PhasesShown _giving = new PhasesShown(ShownMs, GivingMilliampsMin);
    private readonly CheapTime _cheap;
    private long _gridUntilMs;
    private int _gridWatts;
    private int _peakWatts;
    private bool _maySell;
    private long _nextDecideMs;
    private long _usedUntilMs;
    private long _nowMs;
    private long _pricedExport = long.MinValue;
    private int _rechargePrice;
    private int _targetPermille;
    private int _wantedWatts;
    private int _toldPermille = -1;
    private bool _may;
    private VehicleGrid _grid;
    private bool _isHeld;
    private long _takingSinceMs;

    /// <param name="vehicle">Bounds and costs; permissions are set here.</param>
    /// <param name="plan">Knows prices and departure.</param>
    /// <param name="measurement">The charger's own meter.</param>
    public VehicleDischarge(
        IBidirectionalSupply supply, VehicleToGrid vehicle, PlannedCharging plan, int nominalVolts,
        Measurement measurement)
    {
        Invariant.Require(plan != null, "giving back needs a plan: its prices and the departure");
        _supply = supply;
        _vehicle = vehicle;
        _plan = plan;
        _nominalVolts = nominalVolts;
        _measurement = measurement;
        _cheap = plan.CreateCheapTime();
        _targetPermille = vehicle.NeededPermille;
    }

    /// <summary>Power that the vehicle is told to give back now, W.</summary>
    public int Watts { get; private set; }

    /// <summary>Null: under no grid profile.</summary>
    public VehicleGrid Grid => _grid;

    /// <summary>It gives back under a grid profile, which judges the mains then: not while it takes power.</summary>
    public bool IsJudgedByProfile { get; private set; }

    /// <summary>The vehicle is to be connected though the plan would wait: it gives back, or may again soon.</summary>
    public bool WantsContactor { get; private set; }

    /// <summary>What may be offered to bring back what was given, as long as nobody says otherwise,
    /// mA a phase.</summary>
    public int RechargeMilliamps { get; set; }

    /// <summary>State of charge as the vehicle says, thousandths; −1 unknown.</summary>
    public int StoredPermille { get; private set; } = -1;

    /// <summary>The most that a vehicle gives back here, W.</summary>
    public int WattsMax => _vehicle.DischargeWattsMax;

    /// <summary>Usable capacity of the battery, Wh: while <see cref="StoredPermille"/> is known, as the vehicle
    /// says.</summary>
    public int CapacityWattHours => _vehicle.CapacityWattHours;

    /// <summary>The grid's permission, with its end; 0 s withdraws it. It does not outlive a restart. False: out of
    /// range, nothing changed.</summary>
    /// <param name="watts">Most that may be given back.</param>
    /// <param name="peakWatts">What the building may draw; 0 = its peak is not looked at.</param>
    /// <param name="maySell">False: no more than the building draws.</param>
    public bool TryPermit(long seconds, long watts, long peakWatts, bool maySell, long nowMs)
    {
        if (seconds < 0 || seconds > PermissionSecondsMax || watts < 0 || watts > SurplusCharging.WattsMax
            || peakWatts < 0
            || peakWatts > SurplusCharging.WattsMax)
        {
            return false;
        }

        _gridUntilMs = nowMs + seconds * 1000;
        _gridWatts = (int)watts;
        _peakWatts = (int)peakWatts;
        _maySell = maySell;
        _nextDecideMs = nowMs;
        return true;
    }

    /// <summary>What the driver needs at departure, thousandths of the capacity.</summary>
    public int TargetPermille => _targetPermille;

    /// <summary>What the driver needs at departure, thousandths of the capacity, in this session. False: outside 0 to
    /// 1000.</summary>
    public bool TrySetTarget(int permille)
    {
        if (permille < 0 || permille > 1000)
        {
            return false;
        }

        _targetPermille = permille;
        _toldPermille = -1;
        _nextDecideMs = 0;
        return true;
    }

    /// <summary>Gives back under a grid profile from now on; null: under none. Only while no vehicle gives.</summary>
    public void Use(VehicleGrid grid)
    {
        if (_grid != null)
        {
            Release();
        }

        _grid = grid;
    }

    /// <summary>In every tick, before <see cref="Check"/>: the grid profile takes the reading.</summary>
    /// <param name="isMeasured">The mains were read in this tick.</param>
    public void FollowGrid(long nowMs, bool isMeasured)
    {
        if (_grid == null)
        {
            return;
        }

        // No more than is permitted, and nothing beyond the building's own load where it must not be fed in.
        int most = _vehicle.DischargeWattsMax < _gridWatts ? _vehicle.DischargeWattsMax : _gridWatts;
        most = _maySell || _wantedWatts > most ? most : _wantedWatts;
        _grid.Tick(nowMs, isMeasured, _wantedWatts, most);
    }

    /// <summary>Tallies what was given to support the grid. True: an event is over.</summary>
    public bool TakeSupport(long nowMs) => _grid != null && _grid.TakeSupport(nowMs, _isHeld, MeasuredMilliwatts());

    /// <summary>In every tick, before <see cref="Drive"/>: whether the vehicle still may.</summary>
    public void Check(long nowMs, bool isTimed, bool isAuthorized)
    {
        _nowMs = nowMs;
        bool isThere = _supply.TryRead(out bool permits, out int permille, out int capacity);
        StoredPermille = isThere ? permille : -1;
        _vehicle.VehiclePermits = isThere && permits && permille >= 0 && permille <= 1000 && capacity > 0;
        _vehicle.GridPermits = nowMs < _gridUntilMs;
        if (!isAuthorized || !isThere)
        {
            _targetPermille = isAuthorized ? _targetPermille : _vehicle.NeededPermille;
            _toldPermille = -1;
            _giving.Forget();
        }
        else if (_toldPermille != permille)
        {
            // What it gave back the plan must bring again.
            _toldPermille = permille;
            _plan.TrySetBattery(capacity, permille, _targetPermille);
        }

        _vehicle.CapacityWattHours = isThere ? capacity : _vehicle.CapacityWattHours;
        _may = isTimed && isAuthorized && _vehicle.VehiclePermits && _vehicle.GridPermits && !_plan.IsBoosted
            && (_grid == null || _grid.MayGive);
        if (!_may)
        {
            _wantedWatts = 0;
            _usedUntilMs = 0;
        }

        WantsContactor = nowMs < _usedUntilMs;
    }

    /// <summary>Decides once a second, for as long as the last <see cref="Check"/> lets it.</summary>
    /// <param name="exportPrice">What a kWh fed in earns now, millionths.</param>
    /// <param name="buildingWatts">Import of the building without the vehicle, W; int.MinValue = not known.</param>
    /// <param name="phasesInUse">Phases that the contactor closes.</param>
    public void Decide(long nowMs, long utcSeconds, long exportPrice, int buildingWatts, int phasesInUse)
    {
        if (!_may)
        {
            return;
        }

        CountCheapTime(utcSeconds, exportPrice);
        if (nowMs >= _nextDecideMs)
        {
            _nextDecideMs = nowMs + DecideMs;
            _vehicle.ChargeWattsMax = RechargeWatts(phasesInUse);
            _wantedWatts = WattsNow(utcSeconds, StoredPermille, exportPrice, buildingWatts);
            _usedUntilMs = _wantedWatts > 0 ? nowMs + RestMs : _usedUntilMs;
            WantsContactor = nowMs < _usedUntilMs;
        }
    }

    /// <summary>After the state machine, in every tick: the vehicle follows only while the contactor stays closed in
    /// order.</summary>
    public void Drive(ChargeController controller, int phasesInUse)
    {
        ChargeState state = controller.State;
        bool isHeld = WantsContactor && state.IsClosed && !state.IsStopping && state.IsPwm && state.ActiveFaults == 0;

        // Within the offer on each phase that the vehicle uses: what protects against too much current in is the same
        // for current out.
        int phases = 1;
        if (isHeld && Watts > 0)
        {
            int shown = _giving.Observe(_nowMs, phasesInUse > 1, _measurement.CurrentMilliamps);
            phases = _giving.Count < phasesInUse ? _giving.Count : phasesInUse;
            phases = shown > 0 && shown < phases ? shown : phases > 1 ? phases : 1;
        }

        long bearable = (long)state.OfferMilliamps * _nominalVolts * phases / 1000;
        int watts = !isHeld ? 0 : _grid == null ? _wantedWatts : _grid.Watts;
        watts = watts < bearable ? watts : (int)bearable;
        bool isTaken = _supply.TryHold(isHeld, watts);
        Watts = isTaken ? watts : 0;
        if (_grid != null)
        {
            NoteDirection(isTaken && isHeld && _wantedWatts > 0);
        }
    }

    // Whether it is a source or a load now, for what judges the mains in the next tick.
    private void NoteDirection(bool isGiving)
    {
        bool isTaking = MeasuredMilliwatts() > TakingMilliwattsMin;
        _takingSinceMs = isGiving && _isHeld && isTaking ? _takingSinceMs : _nowMs;
        _isHeld = isGiving;
        IsJudgedByProfile = isGiving && _nowMs - _takingSinceMs < TurnMs;
    }

    private long MeasuredMilliwatts()
    {
        long sum = 0;
        for (int phase = 0; phase < Measurement.PhaseCountMax; phase++)
        {
            sum += _measurement.ActivePowerMilliwatts[phase];
        }

        return sum;
    }

    /// <summary>Lets go, whatever is decided.</summary>
    public void Release()
    {
        _isHeld = false;
        IsJudgedByProfile = false;
        Watts = 0;
        _supply.TryHold(false, 0);
    }

    // What the offer brings back: on the phases, and up to the current, that the vehicle was seen to take.
    private int RechargeWatts(int phasesInUse)
    {
        VehicleAcceptance seen = _plan.Acceptance;
        int phases = seen.IsKnown ? seen.PhaseCount : _giving.Count > 1 ? _giving.Count : 1;
        phases = phases < phasesInUse ? phases : phasesInUse;
        bool takesLess = seen.MilliampsMax > 0 && seen.MilliampsMax < RechargeMilliamps;
        int milliamps = takesLess ? seen.MilliampsMax : RechargeMilliamps;
        int watts = (int)((long)milliamps * _nominalVolts * phases / 1000);
        return seen.IsKnown || watts < UnseenWattsMax ? watts : UnseenWattsMax;
    }

    private int WattsNow(long utcSeconds, int permille, long exportPrice, int buildingWatts)
    {
        long toDeparture = _plan.EndUtc(utcSeconds) - utcSeconds;
        if (_plan.DepartureUtc == 0 || toDeparture <= 0 || exportPrice > int.MaxValue)
        {
            // Who does not say when he leaves gets no energy taken.
            return 0;
        }

        int seconds = toDeparture < int.MaxValue ? (int)toDeparture : int.MaxValue;
        int stored = (int)((long)_vehicle.CapacityWattHours * permille / 1000);
        int needed = (int)((long)_vehicle.CapacityWattHours * _targetPermille / 1000);

        // A slot is kept in reserve: a vehicle needs its time to start and to ramp up.
        int slot = _plan.SlotSeconds;
        int sold = _maySell
            ? _vehicle.DischargeWatts(
                stored, needed, seconds, slot, (int)exportPrice, _rechargePrice, _cheap.Seconds - slot)
            : 0;
        bool isPeakKnown = _peakWatts > 0 && buildingWatts != int.MinValue;
        int shaved = isPeakKnown
            ? _vehicle.PeakShavingWatts(buildingWatts, _peakWatts, stored, needed, seconds, slot)
            : 0;
        int watts = sold > shaved ? sold : shaved;
        return watts < _gridWatts ? watts : _gridWatts;
    }

    // Time before the end at prices that pay for giving back now, a part a tick.
    private void CountCheapTime(long utcSeconds, long exportPrice)
    {
        if (!_maySell || exportPrice > int.MaxValue)
        {
            return;
        }

        if (exportPrice != _pricedExport)
        {
            _pricedExport = exportPrice;
            _rechargePrice = _vehicle.RechargePriceMax((int)exportPrice);
        }

        int now = (int)(utcSeconds / _plan.SlotSeconds);
        int end = (int)(_plan.EndUtc(utcSeconds) / _plan.SlotSeconds);
        _cheap.Step(_rechargePrice, now, end, SlotsPerTick);
    }
}
