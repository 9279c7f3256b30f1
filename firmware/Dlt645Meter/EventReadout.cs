using MeterFirmware.Basics;
using MeterFirmware.Catalogue;
using MeterFirmware.Dlt645;
using MeterFirmware.History;
using MeterFirmware.Metering;
using MeterFirmware.Storage.Records;
using L = MeterFirmware.Dlt645.Dlt645Label;

namespace MeterFirmware.Dlt645Meter;

/// <summary>Event records, 03 xx, from the event memory. A field that the memory does not keep (energies of a phase, of
/// a quadrant, sums of durations) is no value.</summary>
internal sealed class EventReadout
{
    private const int None = 0;
    private const int Operations = 0x30;
    private const int StatusBits = 16;
    private const int RelayOpened = 0x1D;
    private const int RelayClosed = 0x1E;

    private readonly EventMemory _events;
    private readonly EventDetector _detector;
    private readonly EventRecord _record = new EventRecord();
    private readonly Dlt645Item _item = new Dlt645Item();
    private readonly CivilTime _time = new CivilTime();
    private int _selected;
    private bool _isThere;

    /// <param name="recorder">Null: there are no events.</param>
    public EventReadout(MeterRecorder recorder)
    {
        _events = recorder == null ? null : recorder.Events;
        _detector = recorder == null ? null : recorder.Detector;
    }

    public void Forget() => _selected = 0;

    public bool TryRead(int di, int field, out long value)
    {
        value = 0;
        int type = (di >> 16) & 0xFF;
        int kind = (di >> 8) & 0xFF;
        int row = di & 0xFF;
        int code = EventItems.CodeOf(type, kind);
        if (code == None || _events == null || !Dlt645Catalogue.TryDescribe(di, _item))
        {
            return false;
        }

        int label = _item.LabelOf(field);
        if (row == 0)
        {
            // Kinds that share a code are not counted apart.
            bool isShared = code == EventCode.RelayOperated || (code == EventCode.Programming && kind != 0);
            value = isShared ? 0 : _events.Count(code, label / L.PhaseA == 0 ? 0 : label / L.PhaseA - 1);
            return !isShared && label % L.PhaseA == L.Count;
        }

        return TrySelect(di, code, type, kind, row) && TryField(label, field, code, type, out value);
    }

    private bool TrySelect(int di, int code, int type, int kind, int row)
    {
        if (di == _selected)
        {
            return _isThere;
        }

        _selected = di;
        int phase = type == Operations || kind == 0 ? 0 : kind - 1;
        int wanted = row;
        _isThere = false;
        for (int last = 1; !_isThere && _events.TryRead(code, phase, last, _record); last++)
        {
            wanted -= IsOf(type, kind) ? 1 : 0;
            _isThere = wanted == 0;
        }

        return _isThere;
    }

    /// <summary>Whether the record is of the identifier's kind, where kinds share an event code.</summary>
    private bool IsOf(int type, int kind)
    {
        if (type == RelayOpened || type == RelayClosed)
        {
            return _record.Values[0] == (type == RelayClosed ? 1 : 0);
        }

        if (type != Operations || kind < 0x05 || kind > 0x0C)
        {
            return true;
        }

        int written = (int)_record.Values[0];
        int group = written >> 16;
        int table = written & 0xFFFF;
        switch (kind)
        {
            case 0x05:
                return (group == 0x0401 || group == 0x0402) && table > 0;
            case 0x06:
                return (group == 0x0401 || group == 0x0402) && table == 0;
            case 0x07:
                return group == 0x0400 && table >> 8 == 0x08;
            case 0x08:
                return group == 0x0403;
            case 0x0C:
                return group == 0x0400 && table >> 8 == 0x0B;
            default:
                return written == 0x04000601 + kind - 0x09;
        }
    }

    private bool TryField(int label, int field, int code, int type, out long value)
    {
        bool isAtEnd = (label & L.AtEnd) != 0;
        bool isOfPhase = (label & (L.AtEnd - 1)) >= L.PhaseA;
        bool isLasting = EventDetector.IsWatched(code);
        bool isOpen = isLasting && _record.ValueCount == 2;
        value = 0;
        switch (label & (L.PhaseA - 1))
        {
            case L.When:
            case L.Begin:
            case L.Before:
                return TryTime(_record.StartUtcSeconds, out value);
            case L.End:
            case L.After:
                return !isOpen && TryTime(_record.EndUtcSeconds, out value);
            case L.Operator:
                return TryOperator(code, out value);
            case L.Identifier:
                // One write is one event; the standard's ten identifiers are of a session.
                value = _record.Values[0] & 0xFFFF_FFFFL;
                return field == 2 && EventItems.OwnValues(code) == 1;
            case L.ForwardActive:
            case L.ReverseActive:
                int at = EventItems.OwnValues(code) + ((label & (L.PhaseA - 1)) == L.ReverseActive ? 1 : 0)
                    + (isAtEnd ? 2 : 0);
                bool isKept = !isOfPhase && at < _record.ValueCount && (isLasting || !isAtEnd);
                value = isKept ? EnergyRegisters.DisplayHundredths(_record.Values[at]) : 0;
                return isKept;
            case L.Unbalance:
                // Permille into hundredths of a percent.
                value = _record.Values[4] * 10;
                return isLasting && !isOpen;
            case L.Demand:
            case L.DemandTime:
                return code == EventCode.DemandCleared && TryDemand(field - 2, out value);
            default:
                return false;
        }
    }

    private bool TryOperator(int code, out long value)
    {
        int at = EventItems.OwnValues(code) + 2;
        int without = code == EventCode.DemandCleared ? at + 4 : at;
        bool isNamed = _record.ValueCount > without;
        value = isNamed ? _record.Values[at] : 0;
        return isNamed;
    }

    private bool TryDemand(int field, out long value)
    {
        int at = _record.ValueCount - 4 + field;
        value = 0;
        if (_record.ValueCount < 6)
        {
            return false;
        }

        bool isTime = field % 2 == 1;
        long kept = _record.Values[at];
        value = !isTime ? kept / 100
            : kept == 0 ? 0 : Dlt645Time.ToMinuteDigits(kept + _record.OffsetSeconds, _time);
        return true;
    }

    private bool TryTime(long utcSeconds, out long value)
    {
        value = Dlt645Time.ToSecondDigits(utcSeconds + _record.OffsetSeconds, _time);
        return (_record.Flags & RecordFlags.Untimed) == 0;
    }

    /// <summary>What lasts now, as bits of status words 4 to 6 (a phase) or 7 (the whole meter).</summary>
    public int Lasting(bool isOfPhase, int phase)
    {
        int bits = 0;
        for (int bit = 0; bit < StatusBits && _detector != null; bit++)
        {
            int code = isOfPhase ? EventItems.PhaseStatus(bit) : EventItems.MeterStatus(bit);
            bits |= code != None && _detector.IsLasting(code, phase) ? 1 << bit : 0;
        }

        return bits;
    }
}
