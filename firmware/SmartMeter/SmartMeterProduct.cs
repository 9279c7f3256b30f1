using MeterFirmware.Basics;
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
public sealed class SmartMeterProduct : IMeterSink, IInstantSource, IEventSink
{
    private const int StateVersion = 1;
    private const int StateHeaderBytes = 12;

    /// <summary>Bits 1 &lt;&lt; TariffPart of a whole tariff.</summary>
    private const int AllParts = 15;

    /// <summary>Records looked through for the newest interval at a start: events come in handfuls.</summary>
    private const int IntervalSearchRecords = 64;

    private readonly SmartMeterParts _parts;
    private readonly Measurement _reading = new Measurement();
    private readonly EventRecord _event = new EventRecord();
    private readonly byte[] _record = new byte[IntervalRecord.BytesMax > EventRecord.BytesMax
        ? IntervalRecord.BytesMax : EventRecord.BytesMax];
    private readonly byte[] _state;
    private readonly int _stateBytes;
    private readonly IMeterRecorder _recorder;
    private long _nextCheckpointMs;
    private bool _started;
    private int _sensorFaults;
    private bool _checkpointFailed;
    private bool _intervalEnded;
    private long _recordedUpToUtcSeconds;

    public SmartMeterProduct(SmartMeterParts parts)
    {
        _parts = parts;
        Meter = new Meter(parts.Metering, parts.Tariff, this);
        _recorder = parts.Recorder;
        _stateBytes = StateHeaderBytes + Meter.SavedBytes + (_recorder == null ? 0 : _recorder.SavedBytes);
        _state = new byte[_stateBytes + CheckpointStore.OverheadBytes];
        LoadState();
        _recordedUpToUtcSeconds = EndOfNewestInterval();
        Telemetry = new TelemetryAgent(parts.Telemetry, parts.Link, parts.Records, this,
            new IRecordPayload[] { new IntervalPayload(), new EventPayload() });
        AnnounceRates();
    }

    public Meter Meter { get; }

    public TelemetryAgent Telemetry { get; }

    /// <summary>The last good reading.</summary>
    public Measurement Reading => _reading;

    /// <summary>True when the last tick had a reading.</summary>
    public bool HasReading { get; private set; }

    /// <summary>Records that no medium would take: nothing is dropped in silence.</summary>
    public long RecordsRefused { get; private set; }

    /// <summary>One turn of the loop.</summary>
    /// <param name="nowMs">Monotonic milliseconds, never smaller than before.</param>
    public void Tick(long nowMs)
    {
        bool timed = _parts.Clock.TryReadUtc(out long utcSeconds, out int milliseconds);
        long utcMs = utcSeconds * 1000 + milliseconds;
        HasReading = _parts.Sensor.TryRead(nowMs, _reading);
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

        // With an interval's end rather than in its middle: then the registers and the log agree after a power cut.
        bool isNearlyDue = _intervalEnded && nowMs >= _nextCheckpointMs - _parts.Limits.CheckpointMs / 2;
        _intervalEnded = false;
        if (isNearlyDue || nowMs >= _nextCheckpointMs || (_recorder != null && _recorder.WantsCheckpoint))
        {
            Checkpoint(nowMs);
        }

        Telemetry.Tick(nowMs, timed ? utcSeconds : 0);
    }

    /// <summary>The board's power-fail input: saves the registers with the supply's last milliseconds.</summary>
    public void PowerFails(long nowMs) => Checkpoint(nowMs);

    /// <summary>Puts another compiled tariff in force. False, and nothing changed: more rates than this meter keeps.</summary>
    public bool TryUseTariff(TariffTable tariff)
    {
        if (!Meter.CanUse(tariff))
        {
            return false;
        }

        if (_recorder != null)
        {
            _recorder.OnTableSwitch(AllParts);
        }

        Invariant.Require(Meter.TryUseTariff(tariff), "The tariff's size was checked.");
        AnnounceRates();
        AppendEvent(EventCode.TariffChanged, UtcSeconds(), UtcSeconds());
        return true;
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

    int IInstantSource.SensorFaults => _parts.Sensor.Faults;

    void IInstantSource.WriteExtra(ByteTextWriter json)
    {
    }

    void IMeterSink.OnInterval(IntervalRecord record)
    {
        // After a power cut without warning the checkpoint may be older than the log: an interval that was open in it and
        // is recorded already would carry its energy a second time.
        bool isReopened = (record.Flags & RecordFlags.PowerLoss) != 0 && (record.Flags & RecordFlags.Untimed) == 0;
        if (!isReopened || record.StartUtcSeconds >= _recordedUpToUtcSeconds)
        {
            Append(RecordKind.Interval, record.Write(_record, 0));
        }

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

    void IEventSink.Append(EventRecord record) => Append(RecordKind.Event, record.Write(_record, 0));

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
        _nextCheckpointMs = nowMs + _parts.Limits.CheckpointMs;
        long end = timed ? utcSeconds : nowMs / 1000;
        long start = Meter.SavedUtcSeconds > 0 && Meter.SavedUtcSeconds <= end ? Meter.SavedUtcSeconds : end;
        AppendEvent(EventCode.PowerUp, start, end);
        if (_checkpointFailed)
        {
            AppendEvent(EventCode.CheckpointFailed, start, end);
        }
    }

    private void AnnounceRates()
    {
        string[] names = new string[Meter.Tariff.RateCount];
        for (int rate = 0; rate < names.Length; rate++)
        {
            names[rate] = Meter.Tariff.RateName(rate);
        }

        Telemetry.Announce(names);
    }

    private void NoteSensorFaults()
    {
        int faults = _parts.Sensor.Faults;
        if (faults != _sensorFaults)
        {
            AppendChange(EventCode.SensorFaults, _sensorFaults, faults);
            _sensorFaults = faults;
        }
    }

    private void Checkpoint(long nowMs)
    {
        _nextCheckpointMs = nowMs + _parts.Limits.CheckpointMs;
        LittleEndian.WriteInt32(_state, 0, StateVersion);
        LittleEndian.WriteInt32(_state, 4, Meter.Registers.RateCount);
        LittleEndian.WriteInt32(_state, 8, 0);
        int length = Meter.Save(_state, StateHeaderBytes);
        if (_recorder != null)
        {
            _recorder.Save(_state, length);
            length += _recorder.SavedBytes;
        }

        bool failed = !_parts.Checkpoints.TryWrite(_state, length);
        if (failed && !_checkpointFailed)
        {
            AppendEvent(EventCode.CheckpointFailed, UtcSeconds(), UtcSeconds());
        }

        _checkpointFailed = failed;
        if (_recorder != null)
        {
            // Also when it failed: trying again every tick would wear the flash out.
            _recorder.CheckpointDone();
        }
    }

    private void LoadState()
    {
        int length = 0;
        if (_parts.Checkpoints.TryReadNewest(_state, out length, out bool older))
        {
            // A state without the recorder's part is of a firmware before it: the registers are what counts.
            bool fits = length >= StateHeaderBytes + Meter.SavedBytes && LittleEndian.ReadInt32(_state, 0) == StateVersion
                && LittleEndian.ReadInt32(_state, 4) == Meter.Registers.RateCount;

            // An older copy is loaded all the same; the first tick reports that what was counted since then is lost.
            bool isLoaded = fits && Meter.TryLoad(_state, StateHeaderBytes);
            _checkpointFailed = older || !isLoaded;
        }

        if (_recorder == null)
        {
            return;
        }

        _recorder.Attach(Meter, this);
        if (length == _stateBytes)
        {
            _recorder.Load(_state, StateHeaderBytes + Meter.SavedBytes);
        }
    }

    /// <summary>Where the newest interval record of the log ends; 0 when none is among its newest records.</summary>
    private long EndOfNewestInterval()
    {
        IntervalRecord record = new IntervalRecord();
        long last = _parts.Records.NextNumber - 1;
        for (long number = last; number > last - IntervalSearchRecords && number >= _parts.Records.OldestNumber; number--)
        {
            if (_parts.Records.TryRead(number, _record, out int count, out int kind) && kind == RecordKind.Interval
                && record.TryRead(_record, 0, count) && (record.Flags & RecordFlags.Untimed) == 0)
            {
                return record.EndUtcSeconds;
            }
        }

        return 0;
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
