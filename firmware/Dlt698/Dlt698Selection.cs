using MeterFirmware.Basics;

namespace MeterFirmware.Dlt698;

/// <summary>Which rows of a record are asked for (RSD): a value, ranges of values, or the last ones.</summary>
public sealed class Dlt698Selection
{
    public const int ConditionsMax = 3;

    private const int SecondUnit = 0;
    private const int MonthUnit = 4;
    private const int YearUnit = 5;

    private static readonly int[] _secondsOfUnit = { 1, 60, 3600, 86_400 };

    private readonly int[] _keys = new int[ConditionsMax];
    private readonly long[] _from = new long[ConditionsMax];
    private readonly long[] _to = new long[ConditionsMax];
    private readonly int[] _units = new int[ConditionsMax];
    private readonly int[] _steps = new int[ConditionsMax];
    private readonly CivilTime _time = new CivilTime();
    private int _count;

    /// <summary>False: it was read to its end, and this server does not know how to select so.</summary>
    public bool IsSupported { get; private set; }

    /// <summary>Above 0: the last n-th row; by value, else.</summary>
    public int Last { get; private set; }

    /// <summary>With <see cref="Last"/>: that row alone, not those behind it.</summary>
    public bool IsSingle { get; private set; }

    /// <summary>No row is earlier than this.</summary>
    public long FromSeconds => _count > 0 && IsTime(_keys[0]) ? _from[0] : long.MinValue;

    /// <summary>Reads it to its end; the reader says whether it was whole.</summary>
    public void Read(Dlt698Reader reader)
    {
        _count = 0;
        Last = 0;
        IsSingle = false;
        IsSupported = true;
        int method = reader.Byte();
        switch (method)
        {
            case 0:
                return;
            case 1:
                ReadValue(reader);
                return;
            case 2:
                ReadRange(reader);
                return;
            case 3:
                for (int left = reader.Length(); left > 0 && reader.IsGood; left--)
                {
                    ReadRange(reader);
                }

                return;
            case 4:
            case 5:
                Add(Dlt698Oi.FreezeTime, ReadTime(reader), 0, SecondUnit, 0);
                _to[0] = _from[0] + 1;
                SkipMeters(reader);
                return;
            case 6:
            case 7:
            case 8:
                long from = ReadTime(reader);
                long to = ReadTime(reader);
                int unit = reader.Byte();
                Add(Dlt698Oi.FreezeTime, from, to, unit, reader.UInt16());
                SkipMeters(reader);
                return;
            case 9:
            case 10:
                Last = reader.Byte();
                IsSingle = method == 9;
                IsSupported = Last > 0;
                if (!IsSingle)
                {
                    SkipMeters(reader);
                }

                return;
            default:
                reader.Fail();
                return;
        }
    }

    /// <summary>Whether the meter's row is asked for.</summary>
    public bool Covers(IDlt698Meter meter)
    {
        for (int i = 0; i < _count; i++)
        {
            bool isThere = meter.TryRowKey(_keys[i], out long value);
            if (!isThere || value < _from[i] || value >= _to[i] || !IsOnStep(i, value))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether no later row is asked for.</summary>
    public bool IsPast(IDlt698Meter meter) => _count > 0 && IsTime(_keys[0])
        && meter.TryRowKey(_keys[0], out long value) && value >= _to[0];

    private static bool IsTime(int key) => key == Dlt698Oi.FreezeTime;

    private void ReadValue(Dlt698Reader reader)
    {
        int key = reader.Int32() >> 16 & 0xFFFF;
        bool isGood = TryKey(reader, out long value);
        Add(key, value, value + 1, SecondUnit, 0);
        IsSupported &= isGood;
    }

    /// <summary>From up to before; an interval, or NULL for all.</summary>
    private void ReadRange(Dlt698Reader reader)
    {
        int key = reader.Int32() >> 16 & 0xFFFF;
        bool isGood = TryKey(reader, out long from);
        isGood &= TryKey(reader, out long to);
        int unit = SecondUnit;
        int step = 0;
        int tag = reader.Byte();
        if (tag == Dlt698Tag.Interval)
        {
            unit = reader.Byte();
            step = reader.UInt16();
        }
        else if (tag != Dlt698Tag.Null)
        {
            reader.Fail();
        }

        Add(key, from, to, unit, step);
        IsSupported &= isGood;
    }

    private static bool TryKey(Dlt698Reader reader, out long value)
    {
        bool isTime = reader.IsGood && reader.Left > 0 && reader.Bytes[reader.At] == Dlt698Tag.DateTimeSeconds;
        return isTime ? reader.TryTime(out value) : reader.TryNumber(out value);
    }

    private long ReadTime(Dlt698Reader reader)
    {
        IsSupported &= reader.TryBareTime(out long value);
        return value;
    }

    private void Add(int key, long from, long to, int unit, int step)
    {
        if (_count == ConditionsMax || unit > YearUnit)
        {
            IsSupported = false;
            return;
        }

        _keys[_count] = key;
        _from[_count] = from;
        _to[_count] = to;
        _units[_count] = unit;
        _steps[_count] = step;
        _count++;
    }

    private bool IsOnStep(int i, long value)
    {
        int step = _steps[i];
        if (step == 0)
        {
            return true;
        }

        if (_units[i] < MonthUnit)
        {
            return (value - _from[i]) % ((long)step * _secondsOfUnit[_units[i]]) == 0;
        }

        // The same day and time of day, so many months later.
        _time.Set(_from[i]);
        int month = _time.Year * 12 + _time.Month;
        int day = _time.Day;
        int second = _time.SecondOfDay;
        _time.Set(value);
        int months = _time.Year * 12 + _time.Month - month;
        return months % (_units[i] == YearUnit ? 12 * step : step) == 0 && _time.Day == day
            && _time.SecondOfDay == second;
    }

    /// <summary>A collector's choice of meters (MS). This meter is one: none and all mean it, the rest is not
    /// supported.</summary>
    private void SkipMeters(Dlt698Reader reader)
    {
        int kind = reader.Byte();
        IsSupported &= kind <= 1;
        if (kind <= 1)
        {
            return;
        }

        for (int left = reader.Length(); left > 0 && reader.IsGood; left--)
        {
            switch (kind)
            {
                case 2:
                    reader.Skip(1);
                    break;
                case 3:
                    reader.Skip(reader.Length());
                    break;
                case 4:
                    reader.Skip(2);
                    break;
                case 5:
                case 6:
                case 7:
                    reader.Skip(1);
                    reader.SkipData();
                    reader.SkipData();
                    break;
                default:
                    reader.Fail();
                    break;
            }
        }
    }
}
