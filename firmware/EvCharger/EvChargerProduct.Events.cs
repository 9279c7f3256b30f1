using MeterFirmware.Basics;
using MeterFirmware.Catalogue;
using MeterFirmware.ChargerSafety;
using MeterFirmware.Metering;
using MeterFirmware.Storage.Records;

namespace MeterFirmware.EvCharger;

/// <summary>What happens becomes records of the journal.</summary>
public sealed partial class EvChargerProduct
{
    void IMeterSink.OnInterval(IntervalRecord record) =>
        AppendTaken(RecordKind.Interval, record.Write(_room.Take(), 0));

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

    void IMeterSink.OnFault(int fault, bool raised, long utcSeconds) =>
        AppendEvent(EventCode.MeterFaults, raised ? fault : -fault);

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
                    _isWeldNew |= value == ChargerFault.Welded;
                    break;
                case ChargerEvent.FaultCleared:
                    AppendEvent(ChargerEventCode.FaultCleared, value);
                    _isWeldNew |= value == ChargerFault.Welded;
                    break;
                case ChargerEvent.ForcedOpening:
                    AppendEvent(ChargerEventCode.ForcedOpening, value);
                    break;
                case ChargerEvent.WakeRequest:
                    AppendEvent(ChargerEventCode.WakeRequested, value);
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

    // Every start leaves a record, and says why where more is known than a loss of supply.
    private void TellStart(long nowMs)
    {
        long end = Meter.IsTimed ? CivilTime.FloorDivide(Meter.UtcMs, 1000) : nowMs / 1000;
        long saved = Meter.SavedUtcSeconds;
        Append(EventCode.PowerUp, saved > 0 && saved <= end ? saved : end, end,
            Meter.Registers.TotalWattHours(EnergyKind.Import), Meter.Registers.TotalWattHours(EnergyKind.Export), 2);
        if (_parts.ResetCause != 0)
        {
            AppendEvent(EventCode.Reset, _parts.ResetCause);
        }
    }

    private void AppendEvent(int code, long value) => AppendEvent(code, value, 2);

    private void AppendEvent(int code, long value, int valueCount)
    {
        long utcSeconds = CivilTime.FloorDivide(Meter.UtcMs, 1000);
        Append(code, utcSeconds, utcSeconds, value, Meter.Registers.TotalWattHours(EnergyKind.Import), valueCount);
    }

    private void Append(int code, long startUtcSeconds, long endUtcSeconds, long first, long second, int valueCount)
    {
        _event.Code = code;
        _event.Phase = EventRecord.NoPhase;
        _event.StartUtcSeconds = startUtcSeconds;
        _event.EndUtcSeconds = endUtcSeconds;
        _event.Flags = Meter.IsTimed ? 0 : RecordFlags.Untimed;
        _event.OffsetSeconds = Meter.OffsetSeconds;
        _event.Values[0] = first;
        _event.Values[1] = second;
        _event.ValueCount = valueCount;
        AppendTaken(RecordKind.Event, _event.Write(_room.Take(), 0));
    }

    // What was written to the front of the room.
    private void AppendTaken(int kind, int length)
    {
        if (!_parts.Records.TryAppend(kind, _room.Bytes, 0, length, out long _))
        {
            RecordsRefused++;
        }
    }
}
