using MeterFirmware.Basics;
using MeterFirmware.Catalogue;
using MeterFirmware.Hardware;
using MeterFirmware.Metering;
using MeterFirmware.Storage;
using MeterFirmware.Storage.Records;
using MeterFirmware.Tariffs;
using MeterFirmware.Telemetry;

namespace MeterFirmware.SmartMeter;

/// <summary>
/// The smart meter: sensor → Meter → records → telemetry, once a tick. The board calls <see cref="Tick"/>, once a
/// second or faster, and <see cref="PowerFails"/> when it has warning of a loss of supply.
/// </summary>
public sealed partial class SmartMeterProduct : IMeterSink, IInstantSource, IEventSink, IReadingSource
{
    private const int ChargeMs = 60_000;

    private readonly IClock _clock;
    private readonly IPowerSensor _sensor;
    private readonly IRecordLog _records;
    private readonly ICheckpointStore _checkpoints;
    private readonly SmartMeterLimits _limits;
    private readonly MeterTerms _terms;
    private readonly IRelay _relay;
    private readonly int _resetCause;
    private readonly MeteringSettings _metering;
    private readonly Measurement _reading = new Measurement();
    private readonly EventRecord _event = new EventRecord();
    private readonly byte[] _buffer;
    private readonly IMeterRecorder _recorder;
    private readonly QualityRecorder _quality;
    private readonly PrepaymentAccount _account;
    private readonly string[] _rateNames;
    private long _nextCheckpointMs;
    private bool _started;
    private int _sensorFaults;
    private bool _checkpointFailed;
    private bool _intervalEnded;
    private bool _isReopenedLogged;
    private bool _isSwitchWaiting;
    private long _nowMs;
    private long _nextChargeMs;
    private int _accountState = -1;
    private int _relayCommand = NeverCommanded;

    public SmartMeterProduct(SmartMeterParts parts)
    {
        _clock = parts.Clock;
        _sensor = parts.Sensor;
        _records = parts.Records;
        _checkpoints = parts.Checkpoints;
        _limits = parts.Limits;
        _terms = parts.Terms;
        _relay = parts.Relay;
        _resetCause = parts.ResetCause;
        _metering = parts.Metering;
        Meter = parts.Tariffs == null
            ? new Meter(parts.Metering, parts.Tariff, this) : new Meter(parts.Metering, parts.Tariffs, this);
        _recorder = parts.Recorder;
        _quality = parts.Quality;
        _account = parts.Terms == null ? null : parts.Terms.Prepayment;
        _rateNames = new string[parts.Metering.RateCountMax];
        int bytes = Numbers.Greatest(StateBytes + CheckpointStore.OverheadBytes, parts.Telemetry.BufferBytes);
        _buffer = parts.Buffer != null && parts.Buffer.Length >= bytes ? parts.Buffer
            : new byte[Numbers.Greatest(bytes, Numbers.Greatest(IntervalRecord.BytesMax, EventRecord.BytesMax))];
        LoadState();
        IntervalPayload intervals = new IntervalPayload(Meter.Record);
        EventPayload events = new EventPayload(_event);
        Payloads = parts.Freezes == null ? new IRecordPayload[] { intervals, events }
            : new IRecordPayload[] { intervals, events, parts.Freezes };
        if (_quality != null)
        {
            _quality.Attach(Meter, this, _recorder);
        }
    }

    public Meter Meter { get; }

    public TelemetryAgent Telemetry { get; private set; }

    /// <summary>What each kind of its records says.</summary>
    public IRecordPayload[] Payloads { get; }

    /// <summary>Null for a meter without power quality.</summary>
    public QualityRecorder Quality => _quality;

    /// <summary>The last good reading.</summary>
    public Measurement Reading => _reading;

    /// <summary>True when the last tick had a reading.</summary>
    public bool HasReading { get; private set; }

    public EnergyRegisters Registers => Meter.Registers;

    /// <summary>Records that no medium would take: nothing is dropped in silence.</summary>
    public long RecordsRefused { get; private set; }

    /// <summary>Bits of <see cref="SensorFault"/> that stand now.</summary>
    public int SensorFaults => _sensor.Faults;

    /// <summary>False while checkpoints fail.</summary>
    public bool IsStoring => !_checkpointFailed;

    /// <summary>One turn of the loop.</summary>
    /// <param name="nowMs">Monotonic milliseconds, never smaller than before.</param>
    public void Tick(long nowMs)
    {
        _nowMs = nowMs;
        bool timed = _clock.TryReadUtc(out long utcSeconds, out int milliseconds);
        long utcMs = utcSeconds * 1000 + milliseconds;
        HasReading = _sensor.TryRead(nowMs, _reading);
        if (HasReading)
        {
            Meter.Accept(nowMs, timed, utcMs, _reading);
        }
        else
        {
            Meter.AcceptNothing(nowMs, timed, utcMs);
        }

        if (!_started)
        {
            Start(nowMs, timed, utcSeconds);
        }

        NoteSensorFaults();
        if (_recorder != null)
        {
            _recorder.Tick(nowMs, HasReading ? _reading : null);
        }

        if (_isSwitchWaiting)
        {
            // It was due in the outage: made now that the recorder runs, and marked.
            _isSwitchWaiting = false;
            NoteTableSwitch(Meter.Tariffs.SwitchedParts, RecordFlags.PowerLoss);
        }

        if (_quality != null)
        {
            _quality.Tick(nowMs, HasReading ? _reading : null);
        }

        if (nowMs >= _nextChargeMs)
        {
            _nextChargeMs = nowMs + ChargeMs;
            ChargeAccount();
        }

        // With an interval's end rather than in its middle: then the registers and the log agree after a power cut.
        bool isNearlyDue = _intervalEnded && nowMs >= _nextCheckpointMs - _limits.CheckpointMs / 2;
        _intervalEnded = false;
        bool isWanted = Meter.ImportDemand.HasRisen || Meter.ExportDemand.HasRisen
            || (_recorder != null && _recorder.WantsCheckpoint);
        if (isNearlyDue || isWanted || nowMs >= _nextCheckpointMs)
        {
            Checkpoint(nowMs);
        }

        Telemetry.Tick(nowMs, timed ? utcSeconds : 0);
        if (Telemetry.TryTakeAlarm(out long upTo, out long sentMax))
        {
            _event.Values[0] = upTo;
            _event.Values[1] = sentMax;
            FinishEvent(EventCode.AcknowledgedUnsent, UtcSeconds(), UtcSeconds(), 2);
        }
    }

    /// <summary>The board's power-fail input: saves the registers with the supply's last milliseconds.</summary>
    public void PowerFails(long nowMs)
    {
        Checkpoint(nowMs);
        if (_quality != null)
        {
            _quality.RecordOpenEvents();
        }
    }

    /// <summary>Puts another compiled tariff in force. False, and nothing changed: more rates than this meter
    /// keeps.</summary>
    public bool TryUseTariff(TariffTable tariff)
    {
        if (_started)
        {
            // What the log proves beyond the saved registers is priced by the table that holds after a power cut.
            Checkpoint(_nowMs);
        }

        return Meter.TryUseTariff(tariff);
    }

    /// <summary>Cost of import less what export is paid, over all settlements, 0.0001 of the currency.</summary>
    public long BilledEver => Meter.ImportCost.TotalEver() - Meter.ExportCost.TotalEver();

    /// <summary>Logs something that was done to the meter, with one value (<see cref="EventCode"/>, 30 to
    /// 38).</summary>
    public void Note(int code, long value)
    {
        _event.Values[0] = value;
        FinishEvent(code, UtcSeconds(), UtcSeconds(), 1);
    }

    /// <summary>Saves the registers and all that is counted with them, now. False: the store refused.</summary>
    public bool TrySave()
    {
        Checkpoint(_nowMs);
        return !_checkpointFailed;
    }

    /// <summary>Takes off the prepaid balance what was used, and acts on where it stands. Every minute by itself; at
    /// once after a top-up.</summary>
    public void ChargeAccount()
    {
        if (_account == null || !_terms.IsPrepaid)
        {
            return;
        }

        _account.Charge(BilledEver);
        int state = (int)_account.State;
        if (state != _accountState)
        {
            NoteAccount(state);
            TryApplyRelay();
        }
    }

    /// <summary>The terms of the prepaid account were set: also what they say of the relay holds from now on.</summary>
    public void FollowPrepayment()
    {
        ChargeAccount();
        if (_relay != null && _terms.IsPrepaid)
        {
            TryApplyRelay();
        }
    }

    /// <summary>Opens or closes the load relay by command; closed only while a prepaid balance allows. False: there is
    /// none, or it did not obey.</summary>
    public bool TrySetRelay(bool closed)
    {
        _relayCommand = closed ? CommandedClosed : CommandedOpen;
        bool isDone = TryApplyRelay();

        // It must come back as commanded after a loss of supply.
        Checkpoint(_nowMs);
        return isDone;
    }

    /// <summary>Clears the maximum demands by command: an event.</summary>
    public void ClearDemand()
    {
        AppendEvent(EventCode.DemandCleared, UtcSeconds(), UtcSeconds());
        Meter.ClearDemand();
    }

    Measurement IInstantSource.Measurement => _reading;

    bool IInstantSource.HasMeasurement => HasReading;

    long IInstantSource.ImportWattHours => Meter.Registers.TotalWattHours(EnergyKind.Import);

    long IInstantSource.ExportWattHours => Meter.Registers.TotalWattHours(EnergyKind.Export);

    int IInstantSource.Rate => Meter.Rate;

    int IInstantSource.OffsetSeconds => Meter.OffsetSeconds;

    int IInstantSource.SensorFaults => _sensor.Faults;

    void IInstantSource.WriteExtra(ByteTextWriter json)
    {
        if (_account != null && _terms.IsPrepaid)
        {
            json.Name("balance");
            json.ValueMoney(_account.Balance);
            json.Name("prepayment");
            json.Value((int)_account.State);
        }

        if (_quality != null)
        {
            _quality.WriteMembers(json);
        }
    }

    void IMeterSink.OnInterval(IntervalRecord record)
    {
        // After a power cut without warning the checkpoint may be older than the log: an interval that was open in it
        // and is recorded already would carry its energy a second time.
        if (!_isReopenedLogged)
        {
            Append(RecordKind.Interval, record.Write(_buffer, 0));
        }

        _isReopenedLogged = false;
        _intervalEnded = true;
    }

    void IMeterSink.OnClockStep(long fromUtcMs, long toUtcMs)
    {
        AppendEvent(EventCode.ClockStep, CivilTime.FloorDivide(fromUtcMs, 1000), CivilTime.FloorDivide(toUtcMs, 1000));
        if (_recorder != null)
        {
            _recorder.OnClockStep(fromUtcMs, toUtcMs);
        }
    }

    void IMeterSink.OnGrid(long utcSeconds)
    {
        if (_recorder != null)
        {
            _recorder.OnGrid(utcSeconds);
        }
    }

    EventRecord IEventSink.Event => _event;

    void IEventSink.Append(EventRecord record) => Append(RecordKind.Event, record.Write(_buffer, 0));

    void IMeterSink.OnTableSwitch(int parts)
    {
        if (_started)
        {
            NoteTableSwitch(parts, 0);
        }
        else
        {
            _isSwitchWaiting = true;
        }
    }

    void IMeterSink.OnDayEnd(long utcSeconds)
    {
    }

    void IMeterSink.OnFault(int fault, bool raised, long utcSeconds)
    {
        int before = raised ? Meter.Faults & ~fault : Meter.Faults | fault;
        AppendChange(EventCode.MeterFaults, before, Meter.Faults);
    }

    private void Start(long nowMs, bool timed, long utcSeconds)
    {
        _started = true;
        _nextCheckpointMs = nowMs + _limits.CheckpointMs;
        long end = timed ? utcSeconds : nowMs / 1000;
        long start = Meter.SavedUtcSeconds > 0 && Meter.SavedUtcSeconds <= end ? Meter.SavedUtcSeconds : end;
        AppendEvent(EventCode.PowerUp, start, end);
        if (_checkpointFailed)
        {
            AppendEvent(EventCode.CheckpointFailed, start, end);
        }

        if (_resetCause != 0)
        {
            Note(EventCode.Reset, _resetCause);
        }

        if (_relayCommand != NeverCommanded)
        {
            // The coil dropped with the supply.
            TryApplyRelay();
        }
    }

    /// <summary>Talks by this agent from now on; once, before the first tick.</summary>
    public void Use(TelemetryAgent telemetry)
    {
        Telemetry = telemetry;
        AnnounceRates();
    }

    private void AnnounceRates()
    {
        for (int rate = 0; rate < _rateNames.Length; rate++)
        {
            _rateNames[rate] = rate < Meter.Tariff.RateCount ? Meter.Tariff.RateName(rate) : null;
        }

        Telemetry.Announce(_rateNames);
    }

    private void NoteAccount(int state)
    {
        bool isFirst = _accountState < 0;
        _accountState = state;
        if (!isFirst || state != (int)PrepaymentState.Normal)
        {
            _event.Values[0] = state;
            _event.Values[1] = _account.Balance;
            FinishEvent(EventCode.Prepayment, UtcSeconds(), UtcSeconds(), 2);
        }
    }

    private void NoteTableSwitch(int parts, int flags)
    {
        if (_recorder != null)
        {
            _recorder.OnTableSwitch(parts, flags);
        }

        AnnounceRates();
        AppendEvent(EventCode.TariffChanged, UtcSeconds(), UtcSeconds());
    }

    private bool TryApplyRelay()
    {
        if (_relay == null)
        {
            return false;
        }

        bool isAllowed = _account == null || !_terms.IsPrepaid || !_terms.OpensRelay || _account.IsSupplyAllowed;
        bool close = _relayCommand != CommandedOpen && isAllowed;
        if (_relay.TryReadFeedback(out bool isClosed) && isClosed == close)
        {
            return true;
        }

        bool isDone = _relay.TrySet(close);
        if (isDone)
        {
            Note(EventCode.RelayOperated, close ? 1 : 0);
        }

        return isDone;
    }

    private void NoteSensorFaults()
    {
        int faults = _sensor.Faults;
        if (faults != _sensorFaults)
        {
            AppendChange(EventCode.SensorFaults, _sensorFaults, faults);
            _sensorFaults = faults;
        }
    }

    private long UtcSeconds() => CivilTime.FloorDivide(Meter.UtcMs, 1000);

    private void AppendChange(int code, int before, int now)
    {
        _event.Values[0] = before;
        _event.Values[1] = now;
        FinishEvent(code, UtcSeconds(), UtcSeconds(), 2);
    }

    private void AppendEvent(int code, long startUtcSeconds, long endUtcSeconds) =>
        FinishEvent(code, startUtcSeconds, endUtcSeconds, 0);

    /// <summary>Every event carries the import and export totals behind its own values.</summary>
    private void FinishEvent(int code, long startUtcSeconds, long endUtcSeconds, int ownValues)
    {
        _event.Code = code;
        _event.Phase = EventRecord.NoPhase;
        _event.StartUtcSeconds = startUtcSeconds;
        _event.EndUtcSeconds = endUtcSeconds;
        _event.Flags = Meter.IsTimed ? 0 : RecordFlags.Untimed;
        _event.OffsetSeconds = Meter.OffsetSeconds;
        _event.Values[ownValues] = Meter.Registers.TotalWattHours(EnergyKind.Import);
        _event.Values[ownValues + 1] = Meter.Registers.TotalWattHours(EnergyKind.Export);
        _event.ValueCount = ownValues + 2;
        if (_recorder != null)
        {
            // First: it knows who commanded what was done.
            _recorder.OnEvent(_event);
        }

        Append(RecordKind.Event, _event.Write(_buffer, 0));
    }

    private void Append(int kind, int length)
    {
        if (!_records.TryAppend(kind, _buffer, 0, length, out long _))
        {
            RecordsRefused++;
        }
    }
}
