using MeterFirmware.Basics;
using MeterFirmware.Charging;
using MeterFirmware.Commands;
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
public sealed partial class EvChargerProduct : IMeterSink
{
    private readonly EvChargerParts _parts;
    private readonly SafetyLoop _loop;
    private readonly SessionInputs _session = new SessionInputs();
    private readonly EventRecord _event = new EventRecord();
    private readonly HmacSha256 _hmac = new HmacSha256();
    private readonly byte[] _record = new byte[SessionRecord.BytesMax > IntervalRecord.BytesMax
        ? SessionRecord.BytesMax : IntervalRecord.BytesMax];
    private readonly byte[] _state;
    private readonly int _stateBytes;
    private readonly CardWatch _cards;
    private readonly ConnectorLatch _latch;
    private readonly StatusLight _light;
    private readonly PhaseSwitch _phases;
    private long _lastMs;
    private long _nextCheckpointMs;
    private bool _hadLatchFailed;
    private bool _hasTicked;
    private bool _isAfterPowerLoss;
    private string _lastError;

    public EvChargerProduct(EvChargerParts parts)
    {
        Invariant.Require(parts.BillingKey != null && parts.BillingKey.Length >= 16, "a billing key of at least 16 bytes");
        _parts = parts;
        _hmac.SetKey(parts.BillingKey, 0, parts.BillingKey.Length);
        _loop = new SafetyLoop(parts.Hardware, parts.Charger);
        TariffTable tariff = KeptTariff(parts);
        Meter = new Meter(parts.Metering, tariff, this);
        Limits = new ChargeLimits(parts, _loop.Measurement, _loop.Controller.State, Meter);
        Ledger = Limits.Discharge == null ? null : new SessionLedger();
        Sessions = new SessionManager(parts.Sessions);
        Invariant.Require(
            Sessions.TryUseTariff(tariff) && (Plan == null || Plan.TryUseTariff(tariff)),
            "a session tariff has at most 8 rates and no tiers");
        _stateBytes = StateHeadBytes + Meter.SavedBytes + Sessions.SavedBytes + ChargerHealth.SavedBytes + ExtensionBytes
            + (Ledger == null ? 0 : SessionLedger.SavedBytes) + PartsBytes(parts);
        _state = new byte[_stateBytes + CheckpointStore.OverheadBytes];
        _phases = new PhaseSwitch(parts.Hardware.Contactor, parts.Charger.PhaseCount, parts.PhaseSwitchMs);
        _light = parts.Hardware.Indicator == null ? null : new StatusLight(parts.Hardware.Indicator);
        _cards = parts.Hardware.Cards == null ? null : new CardWatch(parts.Hardware.Cards);
        _latch = parts.Hardware.Lock == null ? null : new ConnectorLatch(parts.Hardware.Lock);
        LoadState();
        if (parts.Link != null)
        {
            Telemetry = new TelemetryAgent(parts.Telemetry, parts.Link, parts.Records,
                new ChargerInstant(this, _loop, parts.Hardware.Meter),
                new IRecordPayload[] { new IntervalPayload(Meter.Record), new EventPayload(_event), new SessionPayload() });
        }
    }

    public Meter Meter { get; }

    /// <summary>Null: it charges without a plan.</summary>
    public PlannedCharging Plan => _parts.Plan;

    public SessionManager Sessions { get; }

    public ChargerHealth Health { get; } = new ChargerHealth();

    /// <summary>Null without a link.</summary>
    public TelemetryAgent Telemetry { get; }

    public ChargeController Controller => _loop.Controller;

    /// <summary>The meter's last reading.</summary>
    public Measurement Reading => _loop.Measurement;

    /// <summary>Both directions of the running session; null where no vehicle can give back.</summary>
    public SessionLedger Ledger { get; }

    /// <summary>How much may be offered, and who says so.</summary>
    public ChargeLimits Limits { get; }

    /// <summary>Monotonic ms of the last tick.</summary>
    public long NowMs => _lastMs;

    /// <summary>A <see cref="ConnectorStatus"/>.</summary>
    public int Status { get; private set; }

    public long RecordsRefused { get; private set; }

    /// <summary>Most bytes of a checkpoint.</summary>
    public int StateBytes => _stateBytes;

    /// <summary>The safety loop has failed for a second: the board restarts.</summary>
    public bool NeedsRestart => _loop.NeedsRestart;

    /// <summary>Opens the contactor and ends the offer: for a board that caught a bug, before it restarts.</summary>
    public void MakeSafe()
    {
        _loop.MakeSafe();
        Limits.Discharge?.Release();
    }

    /// <summary>UTC seconds of the clock. False: it is not known.</summary>
    public bool TryReadUtc(out long utcSeconds) => _parts.Clock.TryReadUtc(out utcSeconds, out int _);

    /// <summary>Lowers the ceiling until it is set anew, across restarts. Returns a <see cref="CommandRefusal"/>.</summary>
    public int TrySetCeiling(long milliamps)
    {
        SafetyLimit ceiling = Limits.Ceiling;
        int before = ceiling.Value;
        int refusal = ceiling.TrySet(milliamps);
        if (refusal == CommandRefusal.None && !Checkpoint(NowMs))
        {
            ceiling.TrySet(before);
            return CommandRefusal.StorageFailed;
        }

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

    /// <summary>Chooses how the surplus is followed, across restarts (<see cref="SurplusCharging.TrySet"/>); the board has a
    /// meter for it. Returns a <see cref="CommandRefusal"/>.</summary>
    public int TrySetSurplus(int mode, int importWatts, int exportWatts)
    {
        SurplusCharging surplus = Limits.Surplus;
        int modeBefore = surplus.Mode;
        int importBefore = surplus.ImportWatts;
        int exportBefore = surplus.ExportWatts;
        if (!surplus.TrySet(mode, importWatts, exportWatts))
        {
            return CommandRefusal.OutOfRange;
        }

        if (Checkpoint(NowMs))
        {
            return CommandRefusal.None;
        }

        surplus.TrySet(modeBefore, importBefore, exportBefore);
        return CommandRefusal.StorageFailed;
    }

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

        if (tariff.RateCount > ChargerLimits.RateCount || tariff.TierCount > 1 || !Meter.Tariffs.CanUse(tariff))
        {
            return CommandRefusal.OutOfRange;
        }

        // Kept first: after a power cut it must not fall back to a table that it reported as replaced.
        if (!_parts.TariffStore.TryWrite(bytes, count))
        {
            return CommandRefusal.StorageFailed;
        }

        bool isUsed = Meter.TryUseTariff(tariff) && Sessions.TryUseTariff(tariff) && (Plan == null || Plan.TryUseTariff(tariff));
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

    /// <summary>One turn of the loop, every 10 ms.</summary>
    /// <param name="nowMs">Monotonic milliseconds.</param>
    public void Tick(long nowMs)
    {
        int elapsedMs = _hasTicked ? (int)(nowMs - _lastMs) : 0;
        _hasTicked = true;
        _lastMs = nowMs;
        bool isTimed = _parts.Clock.TryReadUtc(out long utcSeconds, out int milliseconds);

        // Permission first, then what is safe, in one tick: a withdrawn permission ends the offer at once.
        bool mayCharge = Sessions.IsAuthorized && _phases.IsSettled && (_latch == null || _latch.IsLocked);
        _loop.Inputs.IsAuthorized = mayCharge;
        _loop.Inputs.LimitMilliamps = Limits.Tick(nowMs, isTimed, utcSeconds, Sessions, _phases.PhaseCount);
        _phases.Allow(Limits.Phases);
        _loop.Tick(nowMs);
        Limits.Discharge?.Drive(Controller, _phases.PhaseCount);

        MeterTick(nowMs, isTimed, utcSeconds * 1000 + milliseconds);
        SessionTick(nowMs, isTimed, utcSeconds);
        DrainEvents(nowMs);
        _phases.Tick(nowMs, Controller.State.IsClosed);
        TickLatch(nowMs);
        ReadCards(nowMs);
        Status = ConnectorStatus.Of(Controller.State, Sessions, nowMs);
        bool needsPerson = Controller.State.NeedsPerson;
        _light?.Show(Status, Plan != null && Plan.IsWaitingForPrice, needsPerson, nowMs);
        Health.Update(elapsedMs, Controller.IsClosed, Controller.State.ActiveFaults != 0, _loop.Measurement,
            _loop.Inputs.MeterReadable ? _loop.Supply : null);
        if (nowMs >= _nextCheckpointMs)
        {
            Checkpoint(nowMs);
        }

        Telemetry?.Tick(nowMs, isTimed ? utcSeconds : 0);
        if (Telemetry != null && Telemetry.TryTakeAlarm(out long upTo, out long _))
        {
            AppendEvent(EventCode.AcknowledgedUnsent, upTo);
        }
    }

    /// <summary>The board's power-fail input: opens, and saves registers and session with the supply's last milliseconds.</summary>
    public void PowerFails(long nowMs)
    {
        MakeSafe();
        Checkpoint(nowMs);
    }

    void IMeterSink.OnInterval(IntervalRecord record) => Append(RecordKind.Interval, record.Write(_record, 0));

    void IMeterSink.OnClockStep(long fromUtcMs, long toUtcMs) =>
        AppendEvent(EventCode.ClockStep, CivilTime.FloorDivide(toUtcMs - fromUtcMs, 1000));

    void IMeterSink.OnGrid(long utcSeconds)
    {
    }

    void IMeterSink.OnTableSwitch(int parts)
    {
    }

    void IMeterSink.OnDayEnd(long utcSeconds)
    {
    }

    void IMeterSink.OnFault(int fault, bool raised, long utcSeconds) => AppendEvent(EventCode.MeterFaults, raised ? fault : -fault);

    private void MeterTick(long nowMs, bool isTimed, long utcMs)
    {
        if (_loop.Inputs.MeterReadable)
        {
            Meter.Accept(nowMs, isTimed, utcMs, _loop.Measurement);
        }
        else
        {
            Meter.AcceptNothing(nowMs, isTimed, utcMs);
        }
    }

    private void SessionTick(long nowMs, bool isTimed, long utcSeconds)
    {
        ChargeState state = Controller.State;
        _session.NowMs = nowMs;
        _session.Plug = state.Plug;
        _session.IsClosed = state.IsClosed;
        _session.HasLatchedFault = state.NeedsPerson;
        _session.IsTimed = isTimed;
        _session.UtcSeconds = isTimed ? utcSeconds : nowMs / 1000;
        _session.OffsetSeconds = Meter.OffsetSeconds;
        _session.Rate = Meter.Rate;
        _session.WattHours = Meter.Registers.TotalWattHours(EnergyKind.Import);
        _session.Microjoules = Meter.Registers.TotalRemainder(EnergyKind.Import);
        _session.CurrentMilliamps = _loop.CurrentMilliampsMax;
        _session.IsOnline = Telemetry != null && Telemetry.State == LinkState.Online;
        if (_isAfterPowerLoss)
        {
            _isAfterPowerLoss = false;
            CloseAfterPowerLoss(nowMs);
        }

        bool wasActive = Sessions.IsActive;
        _session.HasGivenBack = false;
        if (wasActive && Ledger != null)
        {
            Ledger.Settle(Meter.Registers, Meter.Tariffs);
            _session.HasGivenBack = Ledger.ExportWattHours > 0;
        }

        bool hasEnded = Sessions.Update(_session);
        TellDamage();
        if (hasEnded)
        {
            EndSession();
        }
        else if (Sessions.IsActive && !wasActive)
        {
            Ledger?.Begin(Meter.Registers);
            BeginPlan();
        }

        bool isNew = Sessions.TryAnnounce();
        if (isNew)
        {
            AppendEvent(ChargerEventCode.SessionStarted, Sessions.Record.Number);
        }

        if (AppendSessions() || isNew || (hasEnded && !Sessions.WasEmpty))
        {
            Checkpoint(nowMs);
        }
    }

    private void CloseAfterPowerLoss(long nowMs)
    {
        Ledger?.Complete(Sessions.Record);
        if (!Sessions.CloseAfterPowerLoss(nowMs, Meter.Registers.TotalWattHours(EnergyKind.Import)))
        {
            AppendEvent(ChargerEventCode.SessionDamaged, Sessions.Record.Number);
        }

        EndSession();
    }

    private void EndSession()
    {
        SessionRecord record = Sessions.Record;
        EndPlan();
        if (!Sessions.WasEmpty || record.Reason == SessionReason.Fault)
        {
            Health.NoteSession(record.Reason, Controller.State.ActiveFaults);
        }

        if (!Sessions.WasEmpty)
        {
            Ledger?.Complete(record);
        }
        else if (Sessions.WasAnnounced)
        {
            _event.Values[2] = record.Reason;
            AppendEvent(ChargerEventCode.SessionEmpty, record.Number, 3);
        }
    }

    // What is due: at once as a rule, later where the time was not known.
    private bool AppendSessions()
    {
        bool isAny = false;
        while (Sessions.TryTakeRecord(_session, out SessionRecord record))
        {
            isAny = true;
            Append(RecordKind.Session, record.Write(_record, 0, _hmac));
        }

        return isAny;
    }

    private void TickLatch(long nowMs)
    {
        if (_latch == null)
        {
            return;
        }

        bool isOpen = _loop.Inputs.FeedbackReadable && !_loop.Inputs.FeedbackClosed;
        bool isPlugKnown = _loop.Inputs.PilotReadable && Controller.State.Plug != PlugState.Unknown;
        _latch.Tick(Sessions.IsActive, isPlugKnown, Controller.State, isOpen, _loop.CurrentMilliampsMax, nowMs);
        if (_latch.HasFailed != _hadLatchFailed)
        {
            _hadLatchFailed = _latch.HasFailed;
            AppendEvent(ChargerEventCode.LockFailed, _hadLatchFailed ? 1 : 0);
        }
    }

    private void DrainEvents(long nowMs)
    {
        ChargerEventLog log = _loop.Events;
        for (; log.Count > 0; log.RemoveFirst())
        {
            int value = log.FirstValue;
            switch (log.FirstKind)
            {
                case ChargerEvent.FaultRaised:
                    AppendEvent(ChargerEventCode.FaultRaised, value);
                    if (value == ChargerFault.Welded)
                    {
                        _parts.Hardware.Contactor.TripUpstream();
                        Checkpoint(nowMs);
                    }

                    break;
                case ChargerEvent.FaultCleared:
                    AppendEvent(ChargerEventCode.FaultCleared, value);
                    _nextCheckpointMs = value == ChargerFault.Welded ? nowMs : _nextCheckpointMs;
                    break;
                case ChargerEvent.ForcedOpening:
                    AppendEvent(ChargerEventCode.ForcedOpening, _loop.CurrentMilliampsMax);
                    break;
                case ChargerEvent.WakeRequest:
                    AppendEvent(ChargerEventCode.WakeRequested, Controller.State.OfferMilliamps);
                    break;
                case ChargerEvent.Contactor:
                    if (value != 0)
                    {
                        Health.NoteClosing();
                    }

                    break;
            }
        }

        if ((object)_lastError != (object)_loop.LastError)
        {
            _lastError = _loop.LastError;
            AppendEvent(ChargerEventCode.InternalError, 1);
        }
    }

    private void ReadCards(long nowMs)
    {
        if (_cards == null || !_cards.Tick(nowMs))
        {
            return;
        }

        SessionRefusal refusal = _cards.HasCardLength
            ? Sessions.Present(_cards.Uid, _cards.Length, nowMs)
            : SessionRefusal.BadToken;
        if (refusal != SessionRefusal.None)
        {
            _event.Values[2] = _cards.Length;
            _event.Values[3] = BigEndian(_cards.Uid, 0, 8);
            _event.Values[4] = BigEndian(_cards.Uid, 8, 2);
            AppendEvent(ChargerEventCode.CardRefused, (int)refusal, 5);
        }
    }

    private static long BigEndian(byte[] bytes, int offset, int count)
    {
        long value = 0;
        for (int i = 0; i < count; i++)
        {
            value = (value << 8) | bytes[offset + i];
        }

        return value;
    }

    private void AppendEvent(int code, long value) => AppendEvent(code, value, 2);

    private void AppendEvent(int code, long value, int valueCount)
    {
        _event.Code = code;
        _event.Phase = EventRecord.NoPhase;
        _event.StartUtcSeconds = CivilTime.FloorDivide(Meter.UtcMs, 1000);
        _event.EndUtcSeconds = _event.StartUtcSeconds;
        _event.Flags = Meter.IsTimed ? 0 : RecordFlags.Untimed;
        _event.OffsetSeconds = Meter.OffsetSeconds;
        _event.Values[0] = value;
        _event.Values[1] = Meter.Registers.TotalWattHours(EnergyKind.Import);
        _event.ValueCount = valueCount;
        Append(RecordKind.Event, _event.Write(_record, 0));
    }

    private void Append(int kind, int length)
    {
        if (!_parts.Records.TryAppend(kind, _record, 0, length, out long _))
        {
            RecordsRefused++;
        }
    }
}
