using System;
using MeterFirmware.Basics;

namespace MeterFirmware.Dlt698;

/// <summary>Writes a message, high byte first. What does not fit is left out, and <see cref="IsFull"/> is true from
/// then
/// on: a caller asks once, at the end. Allocates nothing after construction.</summary>
public sealed class Dlt698Writer
{
    private readonly byte[] _bytes;
    private readonly CivilTime _time = new CivilTime();

    /// <param name="bytes">Where the message goes.</param>
    public Dlt698Writer(byte[] bytes)
    {
        _bytes = bytes;
        Limit = bytes.Length;
    }

    /// <summary>Place behind the last byte that may be written.</summary>
    public int Limit { get; set; }

    /// <summary>Place of the next byte.</summary>
    public int At { get; private set; }

    public bool IsFull { get; private set; }

    public void Begin(int at)
    {
        At = at;
        IsFull = false;
    }

    /// <summary>Takes back what was written behind a place.</summary>
    public void Return(int at) => Begin(at);

    public void Byte(int value)
    {
        if (At >= Limit)
        {
            IsFull = true;
            return;
        }

        _bytes[At] = (byte)value;
        At++;
    }

    public void UInt16(int value)
    {
        Byte(value >> 8);
        Byte(value);
    }

    public void UInt32(long value)
    {
        UInt16((int)(value >> 16));
        UInt16((int)value);
    }

    public void UInt64(long value)
    {
        UInt32(value >> 32);
        UInt32(value);
    }

    /// <summary>Length or count in front of what follows.</summary>
    public void Length(int length)
    {
        if (length >= 0x100)
        {
            Byte(0x82);
            Byte(length >> 8);
        }
        else if (length >= 0x80)
        {
            Byte(0x81);
        }

        Byte(length);
    }

    /// <summary>Puts in the count that one byte at a place was left for; room is made for a longer one.</summary>
    public void FillCount(int at, int count)
    {
        int end = At;
        int more = count >= 0x100 ? 2 : count >= 0x80 ? 1 : 0;
        if (IsFull || end + more > Limit)
        {
            IsFull = true;
            return;
        }

        Array.Copy(_bytes, at + 1, _bytes, at + 1 + more, end - at - 1);
        At = at;
        Length(count);
        At = end + more;
    }

    public void Null() => Byte(Dlt698Tag.Null);

    public void StartArray(int count)
    {
        Byte(Dlt698Tag.Array);
        Length(count);
    }

    public void StartStructure(int count)
    {
        Byte(Dlt698Tag.Structure);
        Length(count);
    }

    /// <summary>A whole number of 8, 16, 32 or 64 bits behind its type.</summary>
    public void Number(int tag, long value)
    {
        Byte(tag);
        switch (tag)
        {
            case Dlt698Tag.UInt8:
            case Dlt698Tag.Int8:
            case Dlt698Tag.Enum:
                Byte((int)value);
                return;
            case Dlt698Tag.UInt16:
            case Dlt698Tag.Int16:
                UInt16((int)value);
                return;
            case Dlt698Tag.UInt32:
            case Dlt698Tag.Int32:
                UInt32(value);
                return;
            default:
                UInt64(value);
                return;
        }
    }

    /// <summary>A local time to the second behind its type; no time is all FF.</summary>
    public void Time(bool isThere, long localSeconds)
    {
        Byte(Dlt698Tag.DateTimeSeconds);
        if (isThere)
        {
            BareDate(localSeconds);
            BareTimeOfDay();
            return;
        }

        for (int i = 0; i < 7; i++)
        {
            Byte(0xFF);
        }
    }

    /// <summary>Date with weekday behind its type; 0 is Sunday.</summary>
    public void Date(long localSeconds)
    {
        Byte(Dlt698Tag.Date);
        BareDate(localSeconds);
        Byte(_time.DayOfWeek);
    }

    /// <summary>Local time to the millisecond without its type; no time is all FF.</summary>
    public void BareDateTime(bool isThere, long localSeconds)
    {
        if (!isThere)
        {
            for (int i = 0; i < 10; i++)
            {
                Byte(0xFF);
            }

            return;
        }

        BareDate(localSeconds);
        Byte(_time.DayOfWeek);
        BareTimeOfDay();
        UInt16(0);
    }

    /// <summary>Digits as an octet string, high digits first.</summary>
    public void Digits(long digits, int count)
    {
        Byte(Dlt698Tag.Octets);
        Length(count);
        long weight = 1;
        for (int i = 1; i < count; i++)
        {
            weight *= 100;
        }

        for (; count > 0; count--)
        {
            int pair = (int)(digits / weight % 100);
            Byte((pair / 10 << 4) | pair % 10);
            weight /= 100;
        }
    }

    /// <summary>A text, cut or filled with blanks to a length, without type and length.</summary>
    public void BareText(string text, int length)
    {
        for (int i = 0; i < length; i++)
        {
            Byte(i < text.Length ? text[i] : ' ');
        }
    }

    public void Copy(byte[] bytes, int at, int count)
    {
        for (int i = 0; i < count; i++)
        {
            Byte(bytes[at + i]);
        }
    }

    private void BareDate(long localSeconds)
    {
        _time.Set(localSeconds);
        UInt16(_time.Year);
        Byte(_time.Month);
        Byte(_time.Day);
    }

    private void BareTimeOfDay()
    {
        Byte(_time.Hour);
        Byte(_time.Minute);
        Byte(_time.Second);
    }
}
