using MeterFirmware.Basics;
using MeterFirmware.Dlt645;
using MeterFirmware.Dlt645Meter;
using MeterFirmware.Dlt698;
using MeterFirmware.History;

namespace MeterFirmware.Dlt698Meter;

/// <summary>Rows of records: freezes 5000 to 5006, events 30xx. One record is open at a time, its rows go from the
/// older
/// to the newer.</summary>
internal sealed class RecordRows
{
    public const int Minute = 0x5002;
    public const int Hour = 0x5003;
    private const int Month = 0x5006;
    private const int Records = 2;
    private const int Columns = 3;
    private const int NoKind = -1;
    private const int NewestRow = 2;
    private const int RowFrom = 1;
    private const int OldestRow = 0;
    private const int IntervalOfFirstClass = 0x04000A02;

    private readonly MeterReadout _meter;
    private readonly MinuteColumns _minutes;
    private readonly CivilTime _time = new CivilTime();
    private int _oi;
    private int _kind;
    private int _event;
    private long _events;
    private int _current;
    private int _next;
    private bool _isFirst;
    private bool _hasRow;
    private long _freezeTime;
    private long _freezeNumber;

    public RecordRows(MeterReadout meter)
    {
        _meter = meter;
        _minutes = new MinuteColumns(meter);
    }

    /// <summary>GET of a record itself: rows are asked for with a selection; attribute 3 lists what they
    /// keep.</summary>
    public int GetList(int oi, int attribute, Dlt698Writer writer)
    {
        if (!TryFind(oi))
        {
            return Dlt698Error.NoObject;
        }

        if (attribute != Columns)
        {
            return attribute == Records ? Dlt698Error.Refused : Dlt698Error.Undefined;
        }

        RecordColumns.Write(oi, writer);
        return Dlt698Error.None;
    }

    /// <param name="isSingle">With <paramref name="last"/>: that row must be there.</param>
    public int Open(int oad, long fromLocalSeconds, int last, bool isSingle)
    {
        _isFirst = true;
        _hasRow = false;
        if (!TryFind(oad >> 16 & 0xFFFF))
        {
            return Dlt698Error.NoObject;
        }

        if ((oad >> 8 & 0xFF) != Records || (oad & 0xFF) != 0)
        {
            return Dlt698Error.Undefined;
        }

        if (_oi == Minute)
        {
            return SeekMinute(fromLocalSeconds, last, isSingle);
        }

        // Upwards from the newest, as far as rows are wanted; TryNext goes down from there.
        _next = 0;
        int found = 0;
        while ((last == 0 || found < last) && TryRow(_next + 1) && _freezeTime >= fromLocalSeconds)
        {
            found += IsOfObject() ? 1 : 0;
            _next++;
        }

        _next = isSingle && found < last ? 0 : _next;
        return Dlt698Error.None;
    }

    public bool TryNext()
    {
        if (_oi == Minute)
        {
            _hasRow = _isFirst ? _hasRow : _hasRow && _meter.TryNextProfile();
            _isFirst = false;
            return _hasRow;
        }

        _hasRow = false;
        while (!_hasRow && _next > 0)
        {
            _hasRow = TryRow(_next) && IsOfObject();
            _next--;
        }

        return _hasRow;
    }

    public bool TryKey(int oi, out long value)
    {
        value = 0;
        switch (oi)
        {
            case Dlt698Oi.FreezeTime:
                value = _oi == Minute ? _meter.ProfileTime : _freezeTime;
                return _event == 0;
            case Dlt698Oi.FreezeNumber:
                value = _freezeNumber;
                return _kind != NoKind;
            case Dlt698Oi.EventNumber:
                value = _events - _current + 1;
                return _event != 0;
            case Dlt698Oi.EventBegin:
                return TryEventTime(EventObject.BeginField(_oi), out value);
            case Dlt698Oi.EventEnd:
                return TryEventTime(EventObject.EndField(_oi), out value);
            default:
                return false;
        }
    }

    public void Write(int oad, Dlt698Writer writer)
    {
        int oi = oad >> 16 & 0xFFFF;
        int attribute = oad >> 8 & 0xFF;
        int index = oad & 0xFF;
        bool isTime = oi == Dlt698Oi.FreezeTime || oi == Dlt698Oi.EventBegin || oi == Dlt698Oi.EventEnd;
        if (TryKey(oi, out long value))
        {
            if (isTime)
            {
                writer.Time(true, value);
            }
            else
            {
                writer.Number(Dlt698Tag.UInt32, value);
            }
        }
        else if (_oi == Minute)
        {
            _minutes.Write(oi, attribute, index, writer);
        }
        else if (_kind != NoKind && oi < 0x0100 && (oi & 0x0F) == 0 && (attribute == 2 || attribute == 4))
        {
            Energy(oi >> 4, attribute == 4, index, writer);
        }
        else if (_kind != NoKind && (oi == 0x1010 || oi == 0x1020) && attribute == 2)
        {
            Demand(oi == 0x1020, index, writer);
        }
        else
        {
            writer.Null();
        }
    }

    /// <summary>False: this meter keeps no such record.</summary>
    private bool TryFind(int oi)
    {
        _oi = oi;
        _event = EventObject.IdentifierOf(oi);
        _kind = oi == 0x5000 ? FreezeKind.Instant
            : oi == Hour ? FreezeKind.Hourly
            : oi == 0x5004 ? FreezeKind.Daily
            : oi == 0x5005 || oi == Month ? FreezeKind.Settlement
            : NoKind;
        return oi == Minute || _kind != NoKind || _event != 0;
    }

    /// <summary>Takes in the row that is so many behind the newest, 1 itself.</summary>
    private bool TryRow(int last)
    {
        _current = last;
        if (_kind != NoKind)
        {
            return _meter.TryReadFreeze(_kind, last, out _freezeTime, out _freezeNumber);
        }

        _freezeTime = long.MaxValue;
        return last <= Dlt645Catalogue.EventDepth && _meter.TryRead(_event, 0, out _events) && last <= _events;
    }

    /// <summary>Month freezes are the settlements at the turn of a month; an event without a time was cleared, or fell
    /// into a time without a clock.</summary>
    private bool IsOfObject()
    {
        if (_event != 0)
        {
            return TryEventTime(EventObject.BeginField(_oi), out _);
        }

        if (_oi != Month)
        {
            return true;
        }

        _time.Set(_freezeTime);
        return _time.Day == 1 && _time.SecondOfDay == 0;
    }

    private int SeekMinute(long fromLocalSeconds, int last, bool isSingle)
    {
        if (last == 0)
        {
            bool isAll = fromLocalSeconds == long.MinValue;
            _hasRow = _meter.TrySeekProfile(0, isAll ? OldestRow : RowFrom, isAll ? 0 : fromLocalSeconds);
            return Dlt698Error.None;
        }

        // Rows lie on a grid: the last n-th is so many intervals back.
        _hasRow = _meter.TrySeekProfile(0, NewestRow, 0);
        if (_hasRow && last > 1)
        {
            bool isKnown = _meter.TryRead(IntervalOfFirstClass, 0, out long minutes) && minutes > 0;
            long back = (last - 1) * (isKnown ? minutes : 15) * CivilTime.SecondsPerMinute;
            long at = _meter.ProfileTime - back;
            _hasRow = _meter.TrySeekProfile(0, RowFrom, at) && (!isSingle || _meter.ProfileTime == at);
        }

        return Dlt698Error.None;
    }

    private bool TryEventTime(int field, out long localSeconds)
    {
        localSeconds = 0;
        return _event != 0 && _meter.TryRead(_event + _current, field, out long digits)
            && Dlt645Time.TryFromSecondDigits(digits, out localSeconds);
    }

    private void Energy(int quantity, bool isFine, int index, Dlt698Writer writer)
    {
        int count = 0;
        while (_meter.TryReadFrozen(_kind, _current, quantity, count, isFine, out _))
        {
            count++;
        }

        if (index > count || count == 0)
        {
            writer.Null();
            return;
        }

        if (index == 0)
        {
            writer.StartArray(count);
        }

        for (int rate = index == 0 ? 0 : index - 1; rate < (index == 0 ? count : index); rate++)
        {
            _meter.TryReadFrozen(_kind, _current, quantity, rate, isFine, out long value);
            writer.Number(EnergyData.TagOf(quantity, isFine), value);
        }
    }

    private void Demand(bool isExport, int index, Dlt698Writer writer)
    {
        int count = 0;
        while (_oi != Hour && _meter.TryReadFrozenDemand(_kind, _current, isExport, count, false, out _))
        {
            count++;
        }

        if (index > count || count == 0)
        {
            writer.Null();
            return;
        }

        if (index == 0)
        {
            writer.StartArray(count);
        }

        for (int rate = index == 0 ? 0 : index - 1; rate < (index == 0 ? count : index); rate++)
        {
            _meter.TryReadFrozenDemand(_kind, _current, isExport, rate, false, out long value);
            _meter.TryReadFrozenDemand(_kind, _current, isExport, rate, true, out long digits);
            EnergyData.WriteDemand(writer, value, digits);
        }
    }
}
