using MeterFirmware.Basics;
using MeterFirmware.Calibration;
using MeterFirmware.Carbon;
using MeterFirmware.Catalogue;
using MeterFirmware.Hardware;
using MeterFirmware.Metering;
using MeterFirmware.Storage.Records;
using MeterFirmware.Tariffs;

namespace MeterFirmware.History;

/// <summary>All that a complete meter records, behind the one interface that the product calls. Order at an instant:
/// carbon books, then the freezes see it, then the profile.</summary>
public sealed class MeterRecorder : IMeterRecorder
{
    /// <summary>What <see cref="EventCode.Metrology"/> says: the programming input was closed.</summary>
    public const int ProgrammingOpened = 1;

    /// <summary>What it says else: the board's settings are others than at the last start.</summary>
    public const int SettingsChanged = 2;

    private readonly RecordRing _ring;
    private readonly CarbonAccount _carbon;
    private readonly PulseOutput _pulse;
    private readonly FreezePush _push;
    private readonly int _gridMinutes;
    private readonly int _metrologyMark;
    private Meter _meter;
    private IEventSink _sink;
    private EventRecord _note;
    private Measurement _reading;
    private int _lateCause;
    private bool _isStarted;
    private bool _wasTimed;

    /// <param name="parts">Stores and settings.</param>
    /// <param name="metering">The meter's own settings: rates, tiers, phases, grid.</param>
    public MeterRecorder(HistoryParts parts, MeteringSettings metering)
    {
        int payload = FreezeLayout.PayloadBytesMax(metering.RateCountMax, metering.TierCountMax);
        payload = payload > CalibrationRecord.PayloadBytesMax ? payload : CalibrationRecord.PayloadBytesMax;
        _gridMinutes = metering.GridMinutes;
        _metrologyMark = parts.MetrologyMark;
        _ring = new RecordRing(parts.Records, payload, parts.Limits.Depths(), parts.Buffer);
        _ring.Open();
        Events = new EventMemory(_ring);
        Detector = new EventDetector(parts.Thresholds, Events);
        if (parts.Factors != null)
        {
            Invariant.Require(15 % _gridMinutes == 0, "Carbon needs a grid that divides a quarter hour.");
            _carbon = new CarbonAccount(metering.RateCountMax, parts.Factors, parts.Budget);
        }

        Freezer = new Freezer(parts.Freezes, _ring, metering.TierCountMax, _carbon);
        Freezes = new FreezeReader(_ring);
        _push = parts.Outbox == null ? null : new FreezePush(Freezes, parts.Outbox, FreezeRecord, _ring.Buffer);
        if (parts.Profile != null)
        {
            RecordRing rows = new RecordRing(parts.Profile, LoadProfile.PayloadBytesMax, new int[1]);
            rows.Open();
            Profile = new LoadProfile(rows, metering.PhaseCount);
        }

        if (parts.Pulse != null)
        {
            _pulse = new PulseOutput(parts.Pulse, parts.PulsesPerKwh, parts.PulseMs);
        }
    }

    public EventMemory Events { get; }

    public EventDetector Detector { get; }

    public Freezer Freezer { get; }

    public FreezeReader Freezes { get; }

    /// <summary>The record in which freezes go into the log; others may read one into it between two calls.</summary>
    public FreezeRecord FreezeRecord { get; } = new FreezeRecord();

    /// <summary>Null when there is none.</summary>
    public LoadProfile Profile { get; }

    /// <summary>Null when there is none.</summary>
    public CarbonAccount Carbon => _carbon;

    /// <summary>Null when there is none.</summary>
    public PulseOutput Pulse => _pulse;

    public int SavedBytes => CarbonBytes + (_push == null ? 0 : FreezePush.SavedBytes) + Freezer.SavedBytes;

    public bool WantsCheckpoint => Freezer.HasSettled;

    /// <summary>Erases and refused records of the record ring, for the status message.</summary>
    public int Erases => _ring.Erases;

    public int Refused => _ring.Refused;

    public void Attach(Meter meter, IEventSink events)
    {
        _meter = meter;
        _sink = events;
        _note = events.Event;
        Detector.Attach(meter, events);
        if (Profile != null)
        {
            Profile.Attach(meter);
        }

        if (_carbon != null)
        {
            _carbon.Attach(meter);
        }

        if (_pulse != null)
        {
            _pulse.Attach(meter);
        }
    }

    public void Tick(long nowMs, Measurement reading)
    {
        if (!_isStarted)
        {
            Start();
        }

        _reading = reading;
        if (_meter.IsTimed && !_wasTimed)
        {
            // Boundaries may have passed while there was no calendar.
            _lateCause |= RecordFlags.PowerLoss;
        }

        _wasTimed = _meter.IsTimed;
        if (_lateCause != 0 && _wasTimed)
        {
            long utcSeconds = CivilTime.FloorDivide(_meter.UtcMs, 1000);
            if (_carbon != null)
            {
                _carbon.OnGrid(utcSeconds);
            }

            Freezer.Check(utcSeconds, _lateCause);
            _lateCause = 0;
        }

        if (_wasTimed)
        {
            Freezer.Tick(CivilTime.FloorDivide(_meter.UtcMs, 1000));
        }

        if (_push != null)
        {
            _push.Tick(nowMs);
        }

        Detector.Tick(nowMs, reading);
        if (_pulse != null)
        {
            _pulse.Tick(nowMs);
        }
    }

    public void OnGrid(long utcSeconds)
    {
        if (!_isStarted)
        {
            return;
        }

        if (_carbon != null)
        {
            _carbon.OnGrid(utcSeconds);
            WarnOfCarbon();
        }

        Freezer.Check(utcSeconds, 0);
        if (Profile != null)
        {
            Profile.OnGrid(utcSeconds, _reading);
        }
    }

    public void OnClockStep(long fromUtcMs, long toUtcMs)
    {
        _lateCause |= RecordFlags.ClockStep;
        Freezer.ClockStepped(CivilTime.FloorDivide(toUtcMs, 1000));
    }

    public void OnTableSwitch(int parts, int flags) => Freezer.TryFreezeNow(FreezeKind.TableSwitch, parts, flags);

    public void OnEvent(EventRecord record)
    {
        long operatorCode = OperatorCode;
        if (record.Code == EventCode.ClockStep)
        {
            operatorCode = ClockOperatorCode;
            ClockOperatorCode = 0;
        }

        AddOperator(record, operatorCode);
        if (record.Code == EventCode.DemandCleared)
        {
            AddMaximum(record, _meter.ImportDemand);
            AddMaximum(record, _meter.ExportDemand);
        }

        Events.TryAdd(record);
    }

    public void OnEventEnd(EventRecord record)
    {
        AddOperator(record, OperatorCode);
        Events.TryEnd(record);
    }

    public void CheckpointDone() => Freezer.SettlementSaved();

    public void Save(byte[] bytes, int offset)
    {
        if (_carbon != null)
        {
            _carbon.Save(bytes, offset);
        }

        if (_push != null)
        {
            _push.Save(bytes, offset + CarbonBytes);
        }

        Freezer.Save(bytes, offset + SavedBytes - Freezer.SavedBytes);
    }

    public void Load(byte[] bytes, int offset, int count, int rates)
    {
        int carbonBytes = _carbon == null ? 0 : CarbonAccount.SavedBytesOf(rates);
        if (_carbon != null && count >= carbonBytes)
        {
            _carbon.Load(bytes, offset, rates);
        }

        // 0.1.0 kept nothing of the freezer. What is there behind the carbon account is known by its length.
        int behind = count - carbonBytes;
        if (_push != null && (behind == FreezePush.SavedBytes || behind == FreezePush.SavedBytes + Freezer.SavedBytes))
        {
            _push.Load(bytes, offset + carbonBytes);
        }

        if (behind == Freezer.SavedBytes || behind == FreezePush.SavedBytes + Freezer.SavedBytes)
        {
            Freezer.Load(bytes, offset + count - Freezer.SavedBytes);
        }
    }

    /// <summary>Who commands what is done now, as the protocol names him; 0 nobody in person. Events carry
    /// it.</summary>
    public long OperatorCode { get; set; }

    /// <summary>Who set the clock: for the step that the next tick finds.</summary>
    public long ClockOperatorCode { get; set; }

    /// <summary>Logs what was done to the meter, with one value (see <see cref="EventCode"/>, 30 to 36).</summary>
    public void Note(int code, long value)
    {
        _note.Values[0] = value;
        Log(code, 1);
    }

    /// <summary>Keeps that metrological parameters may change, or did. False: the store refused.</summary>
    /// <param name="what"><see cref="ProgrammingOpened"/> or <see cref="SettingsChanged"/>.</param>
    public bool TryNoteMetrology(int what)
    {
        _note.Values[0] = what;
        _note.Values[1] = _metrologyMark;
        return Log(EventCode.Metrology, 2);
    }

    /// <summary>Clears the event memory; the clearing itself is the first event after it, with the value
    /// given.</summary>
    public void ClearEvents(long value)
    {
        Events.Clear(CivilTime.FloorDivide(_meter.UtcMs, 1000));
        Note(EventCode.EventClear, value);
    }

    /// <summary>Clears the events of one code, all phases; an event with the value given.</summary>
    public void ClearEvents(int code, long value)
    {
        Events.Clear(code, CivilTime.FloorDivide(_meter.UtcMs, 1000));
        Note(EventCode.EventClear, value);
    }

    /// <summary>Clears demand, costs, carbon and freezes before commissioning; an event that stays. The energy
    /// registers are never set back.</summary>
    public void ClearMeter()
    {
        _meter.ClearDemand();
        _meter.ImportCost.Clear();
        _meter.ExportCost.Clear();
        if (_carbon != null)
        {
            _carbon.Clear();
        }

        for (int kind = 0; kind < FreezeKind.Count; kind++)
        {
            _ring.TryClear(RecordSlot.OfFreeze(kind), CivilTime.FloorDivide(_meter.UtcMs, 1000));
        }

        Log(EventCode.MeterClear, 0);
    }

    /// <summary>Keeps a calibration; an event, and the energy uncertainty of the carbon account from now on. False: the
    /// record is not complete, or the store refused.</summary>
    public bool TryAddCalibration(CalibrationRecord record)
    {
        if (!record.IsComplete)
        {
            return false;
        }

        long ordinal = CalibrationCount + 1;
        int at = _ring.Begin(RecordSlot.Calibration, ordinal);
        if (!_ring.TryCommit(record.Write(_ring.Buffer, at), record.UtcSeconds))
        {
            return false;
        }

        UseUncertainty(record);
        Note(EventCode.CalibrationChanged, ordinal);
        return true;
    }

    /// <summary>Reads a calibration, 1 = the newest. False: there is none.</summary>
    public bool TryReadCalibration(int last, CalibrationRecord record) =>
        _ring.TryRead(RecordSlot.Calibration, CalibrationCount - last + 1)
        && record.TryRead(_ring.Buffer, _ring.PayloadAt, _ring.PayloadAt + _ring.PayloadBytes);

    /// <summary>Calibrations since manufacture: the newest one's ordinal.</summary>
    public long CalibrationCount => _ring.NewestOrdinal(RecordSlot.Calibration);

    /// <summary>True when the newest calibration is this one, byte by byte.</summary>
    public bool IsNewestCalibration(byte[] bytes, int count)
    {
        bool isSame = _ring.TryRead(RecordSlot.Calibration, CalibrationCount) && _ring.PayloadBytes == count;
        for (int i = 0; i < count && isSame; i++)
        {
            isSame = _ring.Buffer[_ring.PayloadAt + i] == bytes[i];
        }

        return isSame;
    }

    private int CarbonBytes => _carbon == null ? 0 : _carbon.SavedBytes;

    private void Start()
    {
        _isStarted = true;
        if (_push != null)
        {
            _push.Start();
        }

        _lateCause = RecordFlags.PowerLoss;
        Detector.EndInterrupted();
        long saved = _meter.CheckpointUtcSeconds;
        if (_carbon != null && saved > 0)
        {
            _carbon.Resume(saved + _meter.Tariffs.InForce(TariffPart.Seasons).OffsetSecondsAt(saved));
        }

        Freezer.Attach(_meter, Freezes);
        CalibrationRecord newest = new CalibrationRecord();
        if (TryReadCalibration(1, newest))
        {
            UseUncertainty(newest);
        }

        // A supply that failed between the record and its event.
        if (Events.Count(EventCode.CalibrationChanged, 0) < CalibrationCount)
        {
            Note(EventCode.CalibrationChanged, CalibrationCount);
        }

        EventRecord last = new EventRecord();
        bool isKnown = Events.TryRead(EventCode.Metrology, 0, 1, last)
            && last.ValueCount >= 2 && last.Values[1] == _metrologyMark;
        if (_metrologyMark != 0 && !isKnown)
        {
            TryNoteMetrology(SettingsChanged);
        }
    }

    private void UseUncertainty(CalibrationRecord record)
    {
        if (_carbon != null)
        {
            _carbon.EnergyUncertaintyMillionths = record.UncertaintyMillionths;
        }
    }

    private void WarnOfCarbon()
    {
        while (_carbon.TryWarn(out int which, out int level, out long reached, out long allowed))
        {
            _note.Values[0] = which;
            _note.Values[1] = level;
            _note.Values[2] = reached;
            _note.Values[3] = allowed;
            Log(EventCode.CarbonWarning, 4);
        }
    }

    private bool Log(int code, int ownValues)
    {
        _note.Code = code;
        _note.Phase = EventRecord.NoPhase;
        _note.StartUtcSeconds = CivilTime.FloorDivide(_meter.UtcMs, 1000);
        _note.EndUtcSeconds = _note.StartUtcSeconds;
        _note.Flags = _meter.IsTimed ? 0 : RecordFlags.Untimed;
        _note.OffsetSeconds = _meter.OffsetSeconds;
        _note.Values[ownValues] = _meter.Registers.TotalWattHours(EnergyKind.Import);
        _note.Values[ownValues + 1] = _meter.Registers.TotalWattHours(EnergyKind.Export);
        _note.ValueCount = ownValues + 2;
        AddOperator(_note, OperatorCode);
        _sink.Append(_note);
        return Events.TryAdd(_note);
    }

    private static void AddOperator(EventRecord record, long operatorCode)
    {
        if (operatorCode != 0)
        {
            record.Values[record.ValueCount] = operatorCode;
            record.ValueCount++;
        }
    }

    private static void AddMaximum(EventRecord record, DemandMeter demand)
    {
        record.Values[record.ValueCount] = demand.MaximumMilliwatts;
        record.Values[record.ValueCount + 1] = demand.MaximumUtcSeconds;
        record.ValueCount += 2;
    }
}
