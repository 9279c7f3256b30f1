using MeterFirmware.Basics;
using MeterFirmware.ChargerSafety;
using MeterFirmware.Charging;
using MeterFirmware.Commands;
using MeterFirmware.DeviceCore;
using MeterFirmware.EvCharger.Sessions;
using MeterFirmware.Hardware;
using MeterFirmware.Metering;
using MeterFirmware.Storage;
using MeterFirmware.Storage.Records;
using MeterFirmware.Tariffs;
using MeterFirmware.Telemetry;

namespace MeterFirmware.EvCharger;

/// <summary>
/// The charger: sessions say who may, the safety loop says what is safe, the meter says how much, and all of it goes to
/// the journal. The board calls <see cref="Tick"/> every 10 ms, and <see cref="PowerFails"/> when its supply warns.
/// </summary>
public sealed partial class EvChargerProduct : IMeterSink, IReadingSource
{
    private readonly EvChargerParts _parts;
    private readonly SafetyLoop _loop;
    private readonly ChargeInputs _inputs;
    private readonly Measurement _measurement;
    private readonly SessionManager _sessions;
    private readonly OfferArbiter _limits;
    private readonly LoopMonitor _monitor = new LoopMonitor();
    private readonly SessionInputs _session = new SessionInputs();
    private readonly EventRecord _event = new EventRecord();
    private readonly HmacSha256 _hmac = new HmacSha256();

    private readonly SharedRoom _room;
    private readonly CardWatch _cards;
    private readonly ConnectorLatch _latch;
    private readonly StatusLight _light;
    private readonly PhaseSwitch _phases;
    private readonly EnergyTally _tally;
    private readonly VehicleDischarge _discharge;
    private readonly MainsReturn _return;
    private long _lastMs;
    private long _nextCheckpointMs;
    private bool _hadLatchFailed;
    private bool _isAfterPowerLoss;
    private bool _isStarted;
    private string _lastError;

    public EvChargerProduct(EvChargerParts parts)
    {
        Invariant.Require(parts.BillingKey != null
            && parts.BillingKey.Length >= 16, "a billing key of at least 16 bytes");
        _parts = parts;
        _hmac.SetKey(parts.BillingKey, 0, parts.BillingKey.Length);
        _loop = new SafetyLoop(parts.Hardware, parts.Charger);
        _inputs = _loop.Inputs;
        _measurement = _loop.Measurement;
        TariffTable tariff = KeptTariff(parts);
        Meter = new Meter(parts.Metering, new TariffSets(tariff, parts.Metering.RateCountMax,
            parts.Metering.TierCountMax, new DayAheadPrices(DayAheadDays, false)), this);
        Plan?.Share(Meter.Tariffs);
        _sessions = new SessionManager(parts.Sessions);
        Invariant.Require(
            Sessions.TryUseTariff(tariff) && (Plan == null || Plan.TryUseTariff(tariff)),
            "a session tariff has at most 8 rates and no tiers");
        Ledger = OfferArbiter.CanDischarge(parts) ? new SessionLedger() : null;
        StateBytes = StateBytesMax(parts);
        Invariant.Require(StateBytes >= SessionRecord.BytesMax && StateBytes >= IntervalRecord.BytesMax,
            "a state is longer than a record");
        _room = new SharedRoom(StateBytes + CheckpointStore.OverheadBytes);
        _limits = new OfferArbiter(parts, _loop.Measurement, _loop.Controller.State, Meter, _room);
        _discharge = Limits.Discharge;

        UseGrid(parts.GridProfile);

        // A restart by its own will is no outage of the mains.
        _return = new MainsReturn(parts.Telemetry == null ? null : parts.Telemetry.Device, Limits.SetPoints,
            parts.ResetCause == 0);
        _tally = new EnergyTally(parts.Metering.PhaseCount);
        _phases = new PhaseSwitch(parts.Hardware.Contactor, parts.Charger.PhaseCount, parts.PhaseSwitchMs);
        _light = parts.Hardware.Indicator == null ? null : new StatusLight(parts.Hardware.Indicator);
        _cards = parts.Hardware.Cards == null ? null : new CardWatch(parts.Hardware.Cards);
        _latch = parts.Hardware.Lock == null ? null : new ConnectorLatch(parts.Hardware.Lock);
        LoadState();
        Instants = new ChargerInstant(this, _loop, parts.Hardware.Meter);
        Payloads = new IRecordPayload[]
        {
            new IntervalPayload(Meter.Record), new EventPayload(_event), new SessionPayload(),
        };
    }

    public Meter Meter { get; }

    /// <summary>The wait when the mains are back.</summary>
    public MainsReturn Return => _return;

    /// <summary>Null: it charges without a plan.</summary>
    public PlannedCharging Plan => _parts.Plan;

    public SessionManager Sessions => _sessions;

    public ChargerHealth Health { get; } = new ChargerHealth();

    /// <summary>Null without a link.</summary>
    public TelemetryAgent Telemetry { get; private set; }

    /// <summary>What an instant reading of it says.</summary>
    public IInstantSource Instants { get; }

    /// <summary>What each kind of its records says.</summary>
    public IRecordPayload[] Payloads { get; }

    public ChargeController Controller => _loop.Controller;

    /// <summary>Whether the loop comes round as often as the safety part needs.</summary>
    public LoopMonitor Monitor => _monitor;

    /// <summary>The meter's last reading.</summary>
    public Measurement Reading => _loop.Measurement;

    /// <summary>Both directions of the running session; null where no vehicle can give back.</summary>
    public SessionLedger Ledger { get; }

    /// <summary>How much may be offered, and who says so.</summary>
    public OfferArbiter Limits => _limits;

    /// <summary>Monotonic ms of the last tick.</summary>
    public long NowMs => _lastMs;

    /// <summary>A <see cref="ConnectorStatus"/>.</summary>
    public int Status { get; private set; }

    public long RecordsRefused { get; private set; }

    /// <summary>The last tick had a reading of the charger's meter.</summary>
    public bool HasReading => _loop.HasReading;

    public EnergyRegisters Registers => Meter.Registers;

    /// <summary>Bits of <see cref="SensorFault"/> of the charger's meter that stand now.</summary>
    public int SensorFaults => _parts.Hardware.Meter.Faults;

    /// <summary>False while checkpoints fail.</summary>
    public bool IsStoring { get; private set; } = true;

    /// <summary>Most bytes of a checkpoint.</summary>
    public int StateBytes { get; }

    /// <summary>The safety loop has failed for a second: the board restarts.</summary>
    public bool NeedsRestart => _loop.NeedsRestart;

    /// <summary>Talks by this agent from now on; once, before the first tick.</summary>
    /// <param name="telemetry">Null: to nobody.</param>
    public void Use(TelemetryAgent telemetry)
    {
        Telemetry = telemetry;
        if (GridProfile != null)
        {
            TellGrid();
        }
    }

    /// <summary>Opens the contactor and ends the offer: for a board that caught a bug, before it restarts.</summary>
    public void MakeSafe()
    {
        _loop.MakeSafe();
        Limits.Discharge?.Release();
    }

    /// <summary>UTC seconds of the clock. False: it is not known.</summary>
    public bool TryReadUtc(out long utcSeconds) => _parts.Clock.TryReadUtc(out utcSeconds, out int _);

    /// <summary>Lowers a role's ceiling until it is set anew, across restarts.</summary>
    /// <returns>A <see cref="CommandRefusal"/>.</returns>
    public int TrySetCeiling(int role, long milliamps)
    {
        SafetyLimit ceiling = Limits.Ceiling;
        int before = ceiling.ValueOf(role);
        int refusal = ceiling.TrySet(role, milliamps);
        if (refusal == CommandRefusal.None && !Checkpoint(NowMs))
        {
            ceiling.TrySet(role, before);
            return CommandRefusal.StorageFailed;
        }

        Limits.Lower(ceiling.Value);
        return refusal;
    }

    /// <summary>Takes the charger into or out of service, across restarts. False: it could not be stored.</summary>
    public bool TrySetAvailability(bool isOperative)
    {
        bool before = Sessions.IsOperative;
        Sessions.IsOperative = isOperative;
        if (Checkpoint(NowMs))
        {
            return true;
        }

        Sessions.IsOperative = before;
        return false;
    }

    /// <summary>Chooses how the surplus is followed, across restarts (<see cref="SurplusCharging.TrySet"/>); the board
    /// has a meter for it. Returns a <see cref="CommandRefusal"/>.</summary>
    public int TrySetSurplus(int mode, int importWatts, int exportWatts, int lackSeconds)
    {
        SurplusCharging surplus = Limits.Surplus;
        int modeBefore = surplus.Mode;
        int importBefore = surplus.ImportWatts;
        int exportBefore = surplus.ExportWatts;
        int lackBefore = surplus.LackSeconds;
        if (!surplus.TrySet(mode, importWatts, exportWatts, lackSeconds))
        {
            return CommandRefusal.OutOfRange;
        }

        if (Checkpoint(NowMs))
        {
            return CommandRefusal.None;
        }

        surplus.TrySet(modeBefore, importBefore, exportBefore, lackBefore);
        return CommandRefusal.StorageFailed;
    }

    /// <summary>Why a tariff cannot hold here: what does not fit; null: it can.</summary>
    public string WhyNot(TariffTable tariff) => tariff.TierCount > 1 ? "no tiers: a session has no year to count over"
        : tariff.RateCount > ChargerLimits.RateCount
            ? tariff.RateCount.ToString() + " rates, a session holds " + ChargerLimits.RateCount.ToString()
        : tariff.Discharge != null && tariff.Discharge.PriceCount > ChargerLimits.RateCount
            ? tariff.Discharge.PriceCount.ToString() + " discharge prices, a session holds "
                + ChargerLimits.RateCount.ToString()
        : Meter.Tariffs.WhyNot(tariff);

    /// <summary>Takes a day's prices or an announced day, for meter, bills and plan, kept across restarts: a
    /// <see cref="CommandRefusal"/>.</summary>
    public int TakePrices(FlatJson arguments, RefusalNote note)
    {
        int refusal = PriceCommand.Execute(Meter.Tariffs, arguments, _room.Take(), Today, note);
        if (refusal != CommandRefusal.None)
        {
            return refusal;
        }

        bool isKept = Checkpoint(NowMs);
        if (!isKept)
        {
            ReloadPrices();
        }

        Meter.TariffChanged();
        return isKept ? CommandRefusal.None : CommandRefusal.StorageFailed;
    }

    private long Today => !_isTimed ? DayLists.NoDay
        : CivilTime.FloorDivide(_utcSeconds + Meter.OffsetSeconds, CivilTime.SecondsPerDay);

    /// <summary>Puts another tariff in force for meter, sessions and plan, kept across restarts. Returns a
    /// <see cref="CommandRefusal"/>: a session is billed by one tariff from beginning to end.</summary>
    /// <param name="bytes">The compiled table, with <see cref="CheckpointStore.OverheadBytes"/> behind it.</param>
    public int TryUseTariff(TariffTable tariff, byte[] bytes, int count)
    {
        if (_parts.TariffStore == null)
        {
            return CommandRefusal.NotSupported;
        }

        if (Sessions.IsActive)
        {
            return CommandRefusal.Busy;
        }

        if (WhyNot(tariff) != null)
        {
            return CommandRefusal.OutOfRange;
        }

        // Kept first: after a power cut it must not fall back to a table that it reported as replaced.
        if (!_parts.TariffStore.TryWrite(bytes, count))
        {
            return CommandRefusal.StorageFailed;
        }

        bool isUsed = Meter.TryUseTariff(tariff) && Sessions.TryUseTariff(tariff)
            && (Plan == null || Plan.TryUseTariff(tariff));
        Invariant.Require(isUsed, "the tariff was checked");
        return CommandRefusal.None;
    }

    /// <summary>Asks for a self-test of the residual-current monitor. False: the contactor is closed.</summary>
    public bool TryTestMonitor() => Controller.TryTestMonitor();

    /// <summary>Asks for 1 or 3 phases; done when the vehicle has stopped and paused.</summary>
    public bool TryRequestPhases(int phaseCount) => _phases.TryRequest(phaseCount, _parts.Charger.PhaseCount);

    /// <summary>Drives the lock's motor anew. False: the board has none.</summary>
    public bool TryRetryLock()
    {
        _latch?.Retry();
        return _latch != null;
    }

    /// <summary>A person at the charger, or a technician's command, resets what needs a person.</summary>
    public void Reset() => _loop.Inputs.IsReset = true;

    /// <summary>The board's power-fail input: opens, and saves registers and session with the supply's last
    /// milliseconds.</summary>
    public void PowerFails(long nowMs)
    {
        MakeSafe();
        Measure(nowMs);
        Checkpoint(nowMs);
    }
}
