using MeterFirmware.Basics;

namespace MeterFirmware.Dlt698;

/// <summary>Reads a message, high byte first. What lies behind its end is 0, and <see cref="IsGood"/> is false from
/// then
/// on: a caller asks once, at the end. Allocates nothing after construction.</summary>
public sealed class Dlt698Reader
{
    // An array of day tables of periods is three deep.
    private const int DepthMax = 5;

    private byte[] _bytes;
    private int _end;

    /// <summary>False: the message was shorter than what was read, or had data of an unknown type.</summary>
    public bool IsGood { get; private set; }

    /// <summary>Place of the next byte.</summary>
    public int At { get; private set; }

    /// <summary>Bytes that are left.</summary>
    public int Left => _end - At;

    public byte[] Bytes => _bytes;

    public void Begin(byte[] bytes, int at, int end)
    {
        _bytes = bytes;
        _end = end;
        At = at;
        IsGood = at <= end;
    }

    /// <summary>Goes back to a place that was read before.</summary>
    public void Return(int at)
    {
        At = at;
        IsGood = true;
    }

    /// <summary>The rest is not to be understood.</summary>
    public void Fail() => IsGood = false;

    public int Byte()
    {
        if (!IsGood || At >= _end)
        {
            IsGood = false;
            return 0;
        }

        int value = _bytes[At];
        At++;
        return value;
    }

    public int UInt16() => (Byte() << 8) | Byte();

    /// <summary>Four bytes, such as an object with attribute and index.</summary>
    public int Int32() => (UInt16() << 16) | UInt16();

    public long UInt32() => Int32() & 0xFFFF_FFFFL;

    public void Skip(int count)
    {
        if (!IsGood || count < 0 || count > Left)
        {
            IsGood = false;
            return;
        }

        At += count;
    }

    /// <summary>Length or count: below 80 one byte, 81 one byte behind it, 82 two.</summary>
    public int Length()
    {
        int first = Byte();
        if (first < 0x80)
        {
            return first;
        }

        IsGood = IsGood && first <= 0x82 && first > 0x80;
        return first == 0x81 ? Byte() : UInt16();
    }

    /// <summary>Passes data over. An unknown type ends the message.</summary>
    public void SkipData() => SkipData(0);

    /// <summary>A whole number of any type. False: other data, which is passed over.</summary>
    public bool TryNumber(out long value)
    {
        value = 0;
        int start = At;
        switch (Byte())
        {
            case Dlt698Tag.Bool:
            case Dlt698Tag.UInt8:
            case Dlt698Tag.Enum:
                value = Byte();
                return IsGood;
            case Dlt698Tag.Int8:
                value = (sbyte)Byte();
                return IsGood;
            case Dlt698Tag.UInt16:
                value = UInt16();
                return IsGood;
            case Dlt698Tag.Int16:
                value = (short)UInt16();
                return IsGood;
            case Dlt698Tag.UInt32:
                value = UInt32();
                return IsGood;
            case Dlt698Tag.Int32:
                value = Int32();
                return IsGood;
            default:
                At = start;
                SkipData();
                return false;
        }
    }

    /// <summary>A date_time_s as local seconds since 1970. False: other data, which is passed over, or no date.
    /// </summary>
    public bool TryTime(out long localSeconds)
    {
        localSeconds = 0;
        if (IsGood && Left > 0 && _bytes[At] == Dlt698Tag.DateTimeSeconds)
        {
            At++;
            return TryBareTime(out localSeconds);
        }

        SkipData();
        return false;
    }

    /// <summary>The same without its type in front.</summary>
    public bool TryBareTime(out long localSeconds)
    {
        localSeconds = 0;
        int year = UInt16();
        int month = Byte();
        int day = Byte();
        int hour = Byte();
        int minute = Byte();
        int second = Byte();
        if (!IsGood || year < 1970 || year > 2999 || month < 1 || month > 12 || day < 1
            || day > CivilTime.DaysInMonth(year, month) || hour > 23 || minute > 59 || second > 59)
        {
            return false;
        }

        localSeconds = CivilTime.DaysFromDate(year, month, day) * CivilTime.SecondsPerDay
            + (hour * 60 + minute) * 60 + second;
        return true;
    }

    /// <summary>Head of an array or structure of exactly so many parts. False: something else.</summary>
    public bool TryParts(int tag, int count) => Byte() == tag && Length() == count && IsGood;

    private void SkipData(int depth)
    {
        int tag = Byte();
        switch (tag)
        {
            case Dlt698Tag.Null:
                return;
            case Dlt698Tag.Array:
            case Dlt698Tag.Structure:
                int count = Length();
                IsGood = IsGood && depth < DepthMax;
                for (int i = 0; i < count && IsGood; i++)
                {
                    SkipData(depth + 1);
                }

                return;
            case Dlt698Tag.Bits:
                Skip((Length() + 7) / 8);
                return;
            case Dlt698Tag.Octets:
            case Dlt698Tag.Text:
            case Dlt698Tag.Utf8:
            case Dlt698Tag.Address:
            case Dlt698Tag.Mac:
            case Dlt698Tag.Random:
                Skip(Length());
                return;
            default:
                Skip(SizeOf(tag));
                return;
        }
    }

    /// <summary>Bytes of a type of fixed length; −1: none.</summary>
    private static int SizeOf(int tag)
    {
        switch (tag)
        {
            case Dlt698Tag.Bool:
            case Dlt698Tag.Int8:
            case Dlt698Tag.UInt8:
            case Dlt698Tag.Enum:
                return 1;
            case Dlt698Tag.Int16:
            case Dlt698Tag.UInt16:
            case Dlt698Tag.Oi:
            case Dlt698Tag.ScaleUnit:
                return 2;
            case Dlt698Tag.Time:
            case Dlt698Tag.Interval:
                return 3;
            case Dlt698Tag.Int32:
            case Dlt698Tag.UInt32:
            case Dlt698Tag.Float32:
            case Dlt698Tag.Oad:
            case Dlt698Tag.Omd:
                return 4;
            case Dlt698Tag.Date:
                return 5;
            case Dlt698Tag.DateTimeSeconds:
                return 7;
            case Dlt698Tag.Int64:
            case Dlt698Tag.UInt64:
            case Dlt698Tag.Float64:
                return 8;
            case Dlt698Tag.DateTime:
                return 10;
            default:
                return -1;
        }
    }
}
