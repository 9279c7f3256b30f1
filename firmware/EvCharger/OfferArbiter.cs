using MeterFirmware.Arbiter;
using MeterFirmware.Basics;
using MeterFirmware.ChargerSafety;
using MeterFirmware.ChargerSafety.Pilot;
using MeterFirmware.Charging;
using MeterFirmware.Commands;
using MeterFirmware.EvCharger.Sessions;
using MeterFirmware.Hardware;
using MeterFirmware.Metering;

namespace MeterFirmware.EvCharger;

/// <summary>
/// How much may be offered now. The safe current counts while nobody says anything; a site's grant, a limit by command
/// and a charging profile each take its place, the least of them holds, and none lifts what was commissioned
/// (<see cref="OfferSource"/>). Within that the first set-point is obeyed: the driver's who wants to charge now, before
/// that of plan and surplus.
/// </summary>
public sealed class OfferArbiter
{
    private readonly EvChargerParts _parts;
    private readonly Measurement _measurement;
    private readonly Meter _meter;
    private readonly SitePlace _site;
    private readonly ChargeState _state;
    private bool _isForPlan;
    private int _toldMilliamps;
    private int _toldPhases = ChargeInputs.PhaseCountMax;

    /// <param name="measurement">The charger's own meter's reading.</param>
    /// <param name="state">The safety loop's.</param>
    /// <param name="meter">Its registers and tariff.</param>
    /// <param name="room">For what is read and stored.</param>
    public OfferArbiter(
        EvChargerParts parts, Measurement measurement, ChargeState state, Meter meter, SharedRoom room)
    {
        _parts = parts;
        _measurement = measurement;
        _meter = meter;
        _state = state;
        _site = parts.Site == null
            ? null : new SitePlace(parts.Site, parts.Plan, state, parts.Charger.StationMilliampsMax);
        Ceiling = new SafetyLimit("milliamps", parts.Charger.StationMilliampsMax, 0);
        Profiles = parts.ProfileStore == null
            ? null
            : new ChargerProfiles(parts.ProfileStore, parts.Charger.NominalMillivolts, parts.Charger.PhaseCount,
                room);
        Surplus = parts.Hardware.GridMeter == null ? null : new SurplusCharging(
            parts.Hardware.GridMeter, parts.Charger.NominalMillivolts / 1000, parts.Charger.PhaseCount,
                parts.Charger.StationMilliampsMax);
        Discharge = !CanDischarge(parts)
            ? null
            : new VehicleDischarge(
                parts.Hardware.Bidirectional, parts.VehicleToGrid, parts.Plan,
                parts.Charger.NominalMillivolts / 1000, measurement);
    }

    /// <summary>The board can let a vehicle give back, and is commissioned for it.</summary>
    public static bool CanDischarge(EvChargerParts parts) =>
        parts.Hardware.Bidirectional != null && parts.VehicleToGrid != null;

    /// <summary>What limits the offer, mA a phase, by <see cref="OfferSource"/>.</summary>
    public LimitSet Sources { get; } = new LimitSet(OfferSource.Count);

    /// <summary>What is wanted within the limits, mA a phase from 0 up, by <see cref="SetPointSource"/>. Driver and
    /// price are this class's own; who sets another is obeyed before them.</summary>
    public SetPoints SetPoints { get; } = new SetPoints();

    /// <summary>The station's current limit, mA per phase: commissioned, lowered from afar.</summary>
    public SafetyLimit Ceiling { get; }

    /// <summary>Null: the board keeps none.</summary>
    public ChargerProfiles Profiles { get; }

    /// <summary>Null: it belongs to no site.</summary>
    public SitePlace Site => _site;

    /// <summary>Null: the board has no meter at the grid point.</summary>
    public SurplusCharging Surplus { get; }

    /// <summary>Null: the board cannot let a vehicle give back.</summary>
    public VehicleDischarge Discharge { get; }

    /// <summary>Phases that may be used now, 1 to 3.</summary>
    public int Phases { get; private set; } = ChargeInputs.PhaseCountMax;

    /// <summary>Sets a role's limit of the offer, mA per phase, for so long; of all that run the least holds. Without
    /// any the safe current counts again. False: below 0, above what was commissioned, or no time.</summary>
    public bool TrySet(int role, int milliamps, int forMs, long nowMs)
    {
        if (milliamps < 0 || forMs <= 0 || milliamps > Ceiling.Commissioned)
        {
            return false;
        }

        Sources.Set(OfferSource.FirstCommand + role, milliamps, nowMs + forMs);
        Lower(milliamps);
        return true;
    }

    /// <summary>The limit now, mA a phase; 0 before the first decision. What a command or the ceiling lowers holds at
    /// once, all else from the next <see cref="Decide"/>.</summary>
    public int Milliamps { get; private set; }

    /// <summary>A ceiling or a limit by command was set: one that is lower does not wait for the next decision, nor
    /// does a decision between two calls of <see cref="Hear"/> lift it again.</summary>
    public void Lower(int milliamps)
    {
        Milliamps = Numbers.Least(Milliamps, milliamps);
        _toldMilliamps = Numbers.Least(_toldMilliamps, milliamps);
    }

    /// <summary>A session begins: what was decided for none does not hold for it, and nothing is offered before the
    /// next <see cref="Decide"/>.</summary>
    public void Wait() => Milliamps = 0;

    /// <summary>Hears what others say: site, command, profiles.</summary>
    /// <param name="phasesInUse">Phases that the contactor closes.</param>
    public void Hear(long nowMs, bool isTimed, long utcSeconds, SessionManager sessions, int phasesInUse)
    {
        int told = Told(nowMs, isTimed, utcSeconds, sessions, phasesInUse);
        _toldMilliamps = told;
        Lower(told);
    }

    /// <summary>Decides what may be offered, after <see cref="Hear"/>: plan, surplus and giving back within what others
    /// say.</summary>
    /// <param name="phasesInUse">Phases that the contactor closes.</param>
    public void Decide(long nowMs, bool isTimed, long utcSeconds, SessionManager sessions, int phasesInUse)
    {
        Phases = _toldPhases;
        int limit = Numbers.Least(_toldMilliamps, Ceiling.Value);
        int own = Own(nowMs, isTimed, utcSeconds, sessions, phasesInUse, limit);
        bool isDrivers = _parts.Plan != null && _parts.Plan.IsBoosted;
        SetPoints.Set(isDrivers ? SetPointSource.Driver : SetPointSource.Price, own, LimitSet.Always);
        SetPoints.Clear(isDrivers ? SetPointSource.Price : SetPointSource.Driver);
        SetPoints.TryGet(nowMs, out int wanted, out int _);
        Milliamps = Numbers.Least(limit, wanted);
    }

    // The plan may wait, but not with a contactor that has just closed for it, where others allow the least current. A
    // look at a vehicle is over after its minute.
    private int Planned(int limit)
    {
        _isForPlan &= _state.IsClosed;
        int planned = Numbers.Least(_parts.Plan.LimitMilliamps, limit);
        if (planned >= PilotDuty.OfferMilliampsMin)
        {
            _isForPlan = _state.IsClosed && !_parts.Plan.IsProbing;
            return planned;
        }

        bool isHeld = _isForPlan && limit >= PilotDuty.OfferMilliampsMin
            && ContactorRule.IsYoung(_state, _parts.Charger);
        return isHeld ? PilotDuty.OfferMilliampsMin : planned;
    }

    private int Own(long nowMs, bool isTimed, long utcSeconds, SessionManager sessions, int phasesInUse, int limit)
    {
        long importWattHours = _meter.Registers.TotalWattHours(EnergyKind.Import);
        PlannedCharging plan = _parts.Plan;
        int planned = limit;
        if (plan != null)
        {
            if (Discharge != null && Discharge.WantsContactor)
            {
                plan.ObserveNothing(nowMs);
            }
            else
            {
                int offered = _state.IsClosed ? _state.OfferMilliamps : 0;
                plan.Observe(nowMs, offered, phasesInUse, _measurement.CurrentMilliamps);
            }

            if (sessions.IsAuthorized)
            {
                plan.SecondsLeft = sessions.SecondsLeft;
                plan.CostLeft = sessions.CostLeft;
            }

            plan.Tick(isTimed, utcSeconds, sessions.IsAuthorized, importWattHours, limit);
            planned = Planned(limit);
        }

        FollowSurplus(nowMs, phasesInUse, limit);
        if (DecideDischarge(nowMs, utcSeconds, phasesInUse, limit))
        {
            // The plan may wait, but the vehicle must be connected to give back: others' limits hold as ever.
            return limit;
        }

        if (Surplus == null)
        {
            return planned;
        }

        if (Surplus.Mode == SurplusCharging.Off || (plan != null && plan.IsBoosted))
        {
            return planned;
        }

        Phases = Numbers.Least(Phases, Surplus.Phases);
        if (Surplus.Mode == SurplusCharging.Only)
        {
            return Numbers.Least(limit, Surplus.LimitMilliamps);
        }

        // With a plan its current is the minimum: it knows when waiting costs the driver his departure.
        int minimum = plan != null ? planned : PilotDuty.OfferMilliampsMin;
        return Numbers.Least(limit, minimum > Surplus.LimitMilliamps ? minimum : Surplus.LimitMilliamps);
    }

    private void FollowSurplus(long nowMs, int phasesInUse, int limit)
    {
        if (Surplus == null)
        {
            return;
        }

        if (_state.Plug == PlugState.Gone)
        {
            Surplus.ForgetVehicle();
        }

        Surplus.Tick(nowMs, _measurement, phasesInUse, limit, ContactorRule.MayInterrupt(_state, _parts.Charger));
    }

    // True: the vehicle gives back, or may again soon.
    private bool DecideDischarge(long nowMs, long utcSeconds, int phasesInUse, int limit)
    {
        if (Discharge == null)
        {
            return false;
        }

        // From surplus alone nobody knows what comes back.
        bool isBySurplus = Surplus != null && Surplus.Mode == SurplusCharging.Only && !_parts.Plan.IsBoosted;
        int cable = _parts.Charger.ReadsCable ? Numbers.Least(_state.CableMilliamps, limit) : limit;
        int building = Surplus != null && Surplus.IsGridKnown ? Surplus.BuildingWatts : int.MinValue;
        Discharge.RechargeMilliamps = isBySurplus || cable < PilotDuty.OfferMilliampsMin ? 0 : cable;
        Discharge.Decide(nowMs, utcSeconds, _meter.Tariffs.ExportPrice(), building, phasesInUse);
        return Discharge.WantsContactor;
    }

    // What others say: a site's limit is obeyed for its stated time and then falls to the safe current by itself.
    private int Told(long nowMs, bool isTimed, long utcSeconds, SessionManager sessions, int phasesInUse)
    {
        _toldPhases = ChargeInputs.PhaseCountMax;
        Sources.Set(OfferSource.Ceiling, Ceiling.Value, LimitSet.Always);
        if (_site != null)
        {
            int granted = _site.Tick(
                nowMs, isTimed, utcSeconds, sessions, _measurement.CurrentMilliamps, _parts.Charger.PhaseCount,
                _meter.Registers.TotalWattHours(EnergyKind.Import));
            Sources.Set(OfferSource.Site, granted, LimitSet.Always);
        }

        if (Profiles != null)
        {
            HearProfiles(isTimed, utcSeconds, sessions, phasesInUse);
        }

        int told = Sources.Least(nowMs, OfferSource.FirstGrant, OfferSource.Count, out int _);
        int most = Sources.Least(nowMs, 0, OfferSource.FirstGrant, out int _);
        return Numbers.Least(told == LimitSet.None ? _parts.SafeMilliamps : told, most);
    }

    private void HearProfiles(bool isTimed, long utcSeconds, SessionManager sessions, int phasesInUse)
    {
        Profiles.Tick(isTimed, utcSeconds, sessions, phasesInUse);
        _toldPhases = Numbers.Least(_toldPhases, Profiles.Phases);
        if (Profiles.Speaks)
        {
            Sources.Set(OfferSource.Profiles, Profiles.LimitMilliamps, LimitSet.Always);
        }
        else if (!isTimed && Profiles.Count > 0)
        {
            // Which of them holds is not known: nobody may then lift the limit above the safe current.
            Sources.Set(OfferSource.Profiles, _parts.SafeMilliamps, LimitSet.Always);
        }
        else
        {
            Sources.Clear(OfferSource.Profiles);
        }
    }
}
