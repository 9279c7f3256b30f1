using MeterFirmware.Basics;
using MeterFirmware.Hardware;
using MeterFirmware.Metering;
using MeterFirmware.Storage;
using MeterFirmware.Storage.Records;
using MeterFirmware.Telemetry;

namespace MeterFirmware.EvCharger;

/// <summary>
/// The charger: sessions say who may, the safety loop says what is safe, the meter says how much, and all of it goes to
/// the journal. The board calls <see cref="Tick"/> every 10 ms, and <see cref="PowerFails"/> when its supply warns.
/// </summary>
public sealed class EvChargerProduct : IMeterSink, IInstantSource
{
    private const int StateVersion = 1;
    private const int CardMs = 200;
    private const int CardPauseMs = 2_000;
    private const int StateHeadBytes = 12;

    private readonly EvChargerParts _parts;
    private readonly SafetyLoop _loop;
    private readonly SessionInputs _session = new SessionInputs();
    private readonly EventRecord _event = new EventRecord();
    private readonly HmacSha256 _hmac = new HmacSha256();
    private readonly byte[] _record = new byte[SessionRecord.BytesMax > IntervalRecord.BytesMax
        ? SessionRecord.BytesMax : IntervalRecord.BytesMax];
    private readonly byte[] _state;
    private readonly int _stateBytes;
    private readonly byte[] _card = new byte[ChargerLimits.TokenBytesMax];
    private readonly Measurement _supply = new Measurement();
    private readonly StatusLight _light;
    private readonly PhaseSwitch _phases;
    private long _lastMs;
    private long _nextCheckpointMs;
    private long _nextCardMs;
    private long _limitUntilMs;
    private int _limitMilliamps;
    private bool _hasTicked;
    private bool _isAfterPowerLoss;
    private string _lastError;

    public EvChargerProduct(EvChargerParts parts)
    {
        Invariant.Require(parts.BillingKey != null && parts.BillingKey.Length >= 16, "a billing key of at least 16 bytes");
        _parts = parts;
        _hmac.SetKey(parts.BillingKey, 0, parts.BillingKey.Length);
        _loop = new SafetyLoop(parts.Hardware, parts.Charger);
        Meter = new Meter(parts.Metering, parts.Tariff, this);
        Sessions = new SessionManager(parts.Sessions);
        Invariant.Require(Sessions.TryUseTariff(parts.Tariff), "a session tariff has at most 8 rates and no tiers");
        _stateBytes = StateHeadBytes + Meter.SavedBytes + Sessions.SavedBytes + ChargerHealth.SavedBytes;
        _state = new byte[_stateBytes + CheckpointStore.OverheadBytes];
        _phases = new PhaseSwitch(parts.Hardware.Contactor, parts.Charger.PhaseCount, parts.PhaseSwitchMs);
        _light = parts.Hardware.Indicator == null ? null : new StatusLight(parts.Hardware.Indicator);
        LoadState();
        if (parts.Link != null)
        {
            Telemetry = new TelemetryAgent(parts.Telemetry, parts.Link, parts.Records, this,
                new IRecordPayload[] { new IntervalPayload(), new EventPayload(), new SessionPayload() });
        }
    }

    public Meter Meter { get; }

    public SessionManager Sessions { get; }

    public ChargerHealth Health { get; } = new ChargerHealth();

    /// <summary>Null without a link.</summary>
    public TelemetryAgent Telemetry { get; }

    public ChargeController Controller => _loop.Controller;

    /// <summary>A <see cref="ConnectorStatus"/>.</summary>
    public int Status { get; private set; }

    public long RecordsRefused { get; private set; }

    /// <summary>Sets the offer's ceiling from above, mA per phase, for so long; then the safe current counts again.
    /// The commissioned ceiling of the station stays above it. False: below 0, or no time.</summary>
    public bool TrySetLimit(int milliamps, int forMs, long nowMs)
    {
        if (milliamps < 0 || forMs <= 0)
        {
            return false;
        }

        _limitMilliamps = milliamps;
        _limitUntilMs = nowMs + forMs;
        return true;
    }

    /// <summary>Asks for 1 or 3 phases; done when the vehicle has stopped and paused.</summary>
    public bool TryRequestPhases(int phaseCount) => _phases.TryRequest(phaseCount, _parts.Charger.PhaseCount);

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
        bool mayCharge = Sessions.IsAuthorized && _phases.IsSettled && IsLocked();
        _loop.Inputs.IsAuthorized = mayCharge;
        _loop.Inputs.LimitMilliamps = nowMs < _limitUntilMs ? _limitMilliamps : _parts.SafeMilliamps;
        _loop.Tick(nowMs);

        MeterTick(nowMs, isTimed, utcSeconds * 1000 + milliseconds);
        SessionTick(nowMs, isTimed, utcSeconds);
        DrainEvents(nowMs);
        _phases.Tick(nowMs, Controller.State.IsClosed);
        ReadCards(nowMs);
        Status = ConnectorStatus.Of(Controller.State, Sessions, nowMs);
        _light?.Show(Status, (Controller.State.ActiveFaults & (ChargerFault.LatchedMask | ChargerFault.PersonalMask)) != 0, nowMs);
        Health.Update(elapsedMs, Controller.IsClosed, Controller.State.ActiveFaults != 0, _loop.Measurement, ReadSupply(nowMs));
        if (nowMs >= _nextCheckpointMs)
        {
            Checkpoint(nowMs);
        }

        Telemetry?.Tick(nowMs, isTimed ? utcSeconds : 0);
    }

    /// <summary>The board's power-fail input: opens, and saves registers and session with the supply's last milliseconds.</summary>
    public void PowerFails(long nowMs)
    {
        _loop.MakeSafe();
        Checkpoint(nowMs);
    }

    Measurement IInstantSource.Measurement => _loop.Measurement;

    bool IInstantSource.HasMeasurement => _loop.Inputs.MeterReadable;

    long IInstantSource.ImportWattHours => Meter.Registers.TotalWattHours(EnergyKind.Import);

    long IInstantSource.ExportWattHours => Meter.Registers.TotalWattHours(EnergyKind.Export);

    int IInstantSource.Rate => Meter.Rate;

    int IInstantSource.OffsetSeconds => Meter.OffsetSeconds;

    int IInstantSource.SensorFaults => _parts.Hardware.Meter.Faults;

    void IInstantSource.WriteExtra(ByteTextWriter json)
    {
        json.Name("connector");
        json.BeginObject();
        json.Name("status");
        json.Value(ConnectorStatus.NameOf(Status));
        json.Name("pilot");
        json.Value(Controller.StateName);
        json.Name("dutyPercent");
        json.ValueScaled(Controller.DutyHundredths, 2);
        json.Name("offerMilliamps");
        json.Value(Controller.State.OfferMilliamps);
        json.Name("contactor");
        json.Value(Controller.IsClosed);
        json.Name("faults");
        json.BeginArray();
        for (int fault = 0; fault < ChargerFault.Count; fault++)
        {
            if (Controller.State.Has(fault))
            {
                json.Value(ChargerFault.NameOf(fault));
            }
        }

        json.EndArray();
        if (Sessions.IsActive)
        {
            json.Name("session");
            json.Value(Sessions.Record.Number);
            json.Name("sessionWh");
            json.Value(Meter.Registers.TotalWattHours(EnergyKind.Import) - Sessions.Record.StartWattHours);
            json.Name("sessionCost");
            json.ValueMoney(Sessions.CostSoFar());
        }

        json.EndObject();
    }

    void IMeterSink.OnInterval(IntervalRecord record) => Append(RecordKind.Interval, record.Write(_record, 0));

    void IMeterSink.OnClockStep(long fromUtcMs, long toUtcMs) =>
        AppendEvent(EventCode.ClockStep, CivilTime.FloorDivide(toUtcMs - fromUtcMs, 1000));

    void IMeterSink.OnGrid(long utcSeconds)
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
        _session.IsConnected = state.IsConnected;
        _session.IsClosed = state.IsClosed;
        _session.HasLatchedFault = (state.ActiveFaults & (ChargerFault.LatchedMask | ChargerFault.PersonalMask)) != 0;
        _session.IsTimed = isTimed;
        _session.UtcSeconds = isTimed ? utcSeconds : nowMs / 1000;
        _session.OffsetSeconds = Meter.OffsetSeconds;
        _session.Rate = Meter.Rate;
        _session.WattHours = Meter.Registers.TotalWattHours(EnergyKind.Import);
        _session.Microjoules = Meter.Registers.TotalRemainder(EnergyKind.Import);
        _session.CurrentMilliamps = _loop.Measurement.CurrentMilliamps[0];
        if (_isAfterPowerLoss)
        {
            _isAfterPowerLoss = false;
            Sessions.CloseAfterPowerLoss(nowMs);
            AppendSession();
        }

        bool wasActive = Sessions.IsActive;
        if (Sessions.Update(_session))
        {
            AppendSession();
            Lock(false);
            Checkpoint(nowMs);
        }
        else if (Sessions.IsActive && !wasActive)
        {
            Lock(true);
            AppendEvent(ChargerEventCode.SessionStarted, Sessions.Record.Number);
            Checkpoint(nowMs);
        }
    }

    private void AppendSession()
    {
        Health.NoteSession(Sessions.Record.Reason, Controller.State.ActiveFaults);
        Append(RecordKind.Session, Sessions.Record.Write(_record, 0, _hmac));
    }

    // Without a lock (tethered cable) nothing need be locked.
    private bool IsLocked()
    {
        IConnectorLock motor = _parts.Hardware.Lock;
        return motor == null || (motor.TryReadFeedback(out bool isLocked) && isLocked);
    }

    private void Lock(bool isLocked)
    {
        if (_parts.Hardware.Lock != null)
        {
            // A motor that refuses shows in its end switch, which IsLocked reads.
            _parts.Hardware.Lock.TrySet(isLocked);
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
                    AppendEvent(ChargerEventCode.ForcedOpening, _loop.Measurement.CurrentMilliamps[0]);
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
        if (_parts.Hardware.Cards == null || nowMs < _nextCardMs)
        {
            return;
        }

        _nextCardMs = nowMs + CardMs;
        if (!_parts.Hardware.Cards.TryReadUid(nowMs, _card, out int length))
        {
            return;
        }

        // The card still lies there: not twice for one showing.
        _nextCardMs = nowMs + CardPauseMs;
        SessionRefusal refusal = Sessions.Present(_card, length, nowMs);
        if (refusal != SessionRefusal.None)
        {
            AppendEvent(ChargerEventCode.CardRefused, (int)refusal);
        }
    }

    private Measurement ReadSupply(long nowMs) =>
        _parts.Hardware.SupplyMeter != null && _parts.Hardware.SupplyMeter.TryRead(nowMs, _supply) ? _supply : null;

    private void Checkpoint(long nowMs)
    {
        _nextCheckpointMs = nowMs + _parts.CheckpointMs;
        LittleEndian.WriteInt32(_state, 0, StateVersion);
        LittleEndian.WriteInt32(_state, 4, Meter.Registers.RateCount);
        LittleEndian.WriteInt32(_state, 8, Controller.State.Has(ChargerFault.Welded) ? 1 : 0);
        int at = Meter.Save(_state, StateHeadBytes);
        at = Sessions.Save(_state, at);
        at = Health.Save(_state, at);
        if (!_parts.Checkpoints.TryWrite(_state, at))
        {
            RecordsRefused++;
        }
    }

    private void LoadState()
    {
        bool fits = _parts.Checkpoints.TryReadNewest(_state, out int length, out bool _) && length == _stateBytes
            && LittleEndian.ReadInt32(_state, 0) == StateVersion
            && LittleEndian.ReadInt32(_state, 4) == Meter.Registers.RateCount;
        if (!fits || !Meter.TryLoad(_state, StateHeadBytes))
        {
            return;
        }

        int at = StateHeadBytes + Meter.SavedBytes;
        _isAfterPowerLoss = Sessions.TryLoad(_state, at) && Sessions.IsActive;
        Health.Load(_state, at + Sessions.SavedBytes);
        if (LittleEndian.ReadInt32(_state, 8) != 0)
        {
            // A weld survives a restart: only a person ends it.
            Controller.RestoreWeld();
        }
    }

    private void AppendEvent(int code, long value)
    {
        _event.Code = code;
        _event.Phase = EventRecord.NoPhase;
        _event.StartUtcSeconds = CivilTime.FloorDivide(Meter.UtcMs, 1000);
        _event.EndUtcSeconds = _event.StartUtcSeconds;
        _event.Flags = Meter.IsTimed ? 0 : RecordFlags.Untimed;
        _event.OffsetSeconds = Meter.OffsetSeconds;
        _event.Values[0] = value;
        _event.Values[1] = Meter.Registers.TotalWattHours(EnergyKind.Import);
        _event.ValueCount = 2;
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
