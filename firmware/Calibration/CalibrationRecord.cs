using System;
using MeterFirmware.Basics;
using MeterFirmware.Hardware;
using MeterFirmware.Tariffs;

namespace MeterFirmware.Calibration;

/// <summary>
/// Who calibrated the meter, when, against what, and how well: the link of the traceability chain that the meter itself
/// carries, with the corrections that came of it.
/// </summary>
public sealed class CalibrationRecord : CalibrationRows
{
    /// <summary>Longest name in bytes of UTF-8.</summary>
    public const int TextBytesMax = 48;

    /// <summary>Columns that every record has. The others follow them, all rows of them, when one of them is not 0: a
    /// record without is as older firmware wrote and reads it.</summary>
    private const int PlainColumnCount = 9;

    private const int IntBytesMax = 5;

    private const int SimulatedMark = 64;

    public const int PayloadBytesMax =
        VarInt.BytesMax * 3 + IntBytesMax * (1 + RowCountMax * ColumnCount) + 3 * (1 + TextBytesMax);

    /// <summary>When, UTC.</summary>
    public long UtcSeconds { get; set; }

    /// <summary>Until when it is good, UTC.</summary>
    public long DueUtcSeconds { get; set; }

    /// <summary>Expanded uncertainty of active energy (k = 2), millionths.</summary>
    public int UncertaintyMillionths { get; set; }

    /// <summary>Who, UTF-8, as the next two at most <see cref="TextBytesMax"/> bytes.</summary>
    public byte[] Operator { get; set; } = new byte[0];

    /// <summary>Reference instrument: make, type, serial number.</summary>
    public byte[] Instrument { get; set; } = new byte[0];

    /// <summary>Number of the reference's own certificate.</summary>
    public byte[] Certificate { get; set; } = new byte[0];

    /// <summary>Made on a simulated bench: no real meter takes it. The mark is added to the count of rows, so firmware
    /// that does not know it refuses the record too.</summary>
    public bool IsSimulated { get; set; }

    /// <summary>True when every field is within its bounds and the traceability is complete.</summary>
    public bool IsComplete => RowCount >= 1 && RowCount <= RowCountMax && HasTexts
        && DueUtcSeconds > UtcSeconds && UncertaintyMillionths > 0 && HasOrderedRanges;

    internal bool HasTexts => IsText(Operator) && IsText(Instrument) && IsText(Certificate);

    /// <summary>Each channel's rows together and rising from 0 mA: no current without a range, none with two.</summary>
    internal bool HasOrderedRanges
    {
        get
        {
            for (int row = 0; row < RowCount; row++)
            {
                bool isFirst = row == 0 || Get(row, Channel) != Get(row - 1, Channel);
                int from = Get(row, FromMilliamps);
                if (isFirst ? from != 0 || (row > 0 && Get(row, Channel) < Get(row - 1, Channel))
                    : from <= Get(row - 1, FromMilliamps))
                {
                    return false;
                }
            }

            return true;
        }
    }

    /// <summary>Writes the record; PayloadBytesMax bytes must be free. Returns the offset behind it.</summary>
    public int Write(byte[] bytes, int at)
    {
        at = VarInt.Write(bytes, at, UtcSeconds);
        at = VarInt.Write(bytes, at, DueUtcSeconds - UtcSeconds);
        at = VarInt.Write(bytes, at, UncertaintyMillionths);
        at = WriteText(bytes, at, Operator);
        at = WriteText(bytes, at, Instrument);
        at = WriteText(bytes, at, Certificate);
        at = VarInt.Write(bytes, at, IsSimulated ? RowCount + SimulatedMark : RowCount);
        at = WriteColumns(bytes, at, 0, PlainColumnCount);
        return HasRangeValues() ? WriteColumns(bytes, at, PlainColumnCount, ColumnCount) : at;
    }

    /// <summary>Reads what <see cref="Write"/> wrote. False: cut, or a value of more than 32 bits; the fields then mean
    /// nothing.
    /// </summary>
    public bool TryRead(byte[] bytes, int at, int end)
    {
        if (!VarInt.TryRead(bytes, ref at, end, out long made) || !VarInt.TryRead(bytes, ref at, end, out long validity)
            || !VarInt.TryRead(bytes, ref at, end, out long uncertainty) || uncertainty != (int)uncertainty)
        {
            return false;
        }

        UtcSeconds = made;
        DueUtcSeconds = made + validity;
        UncertaintyMillionths = (int)uncertainty;
        Operator = ReadText(bytes, ref at, end);
        Instrument = ReadText(bytes, ref at, end);
        Certificate = ReadText(bytes, ref at, end);
        if (!VarInt.TryRead(bytes, ref at, end, out long rows) || rows < 0)
        {
            return false;
        }

        IsSimulated = rows >= SimulatedMark;
        rows -= IsSimulated ? SimulatedMark : 0;
        if (rows > RowCountMax)
        {
            return false;
        }

        RowCount = (int)rows;
        ClearRows();

        return TryReadColumns(bytes, ref at, end, 0, PlainColumnCount)
            && (at == end || (TryReadColumns(bytes, ref at, end, PlainColumnCount, ColumnCount) && at == end));
    }

    private int WriteColumns(byte[] bytes, int at, int from, int to)
    {
        for (int row = 0; row < RowCount; row++)
        {
            for (int column = from; column < to; column++)
            {
                at = VarInt.Write(bytes, at, Get(row, column));
            }
        }

        return at;
    }

    private bool TryReadColumns(byte[] bytes, ref int at, int end, int from, int to)
    {
        for (int row = 0; row < RowCount; row++)
        {
            for (int column = from; column < to; column++)
            {
                if (!VarInt.TryRead(bytes, ref at, end, out long value) || value != (int)value)
                {
                    return false;
                }

                Set(row, column, (int)value);
            }
        }

        return true;
    }

    private bool HasRangeValues()
    {
        int values = 0;
        for (int row = 0; row < RowCount; row++)
        {
            values |= Get(row, RangeGain) | Get(row, RangeOffset) | Get(row, RangePhase);
        }

        return values != 0;
    }

    private static bool IsText(byte[] text) =>
        text.Length > 0 && text.Length <= TextBytesMax && Utf8.TryDecode(text, 0, text.Length, out string _);

    private static int WriteText(byte[] bytes, int at, byte[] text)
    {
        bytes[at] = (byte)text.Length;
        Array.Copy(text, 0, bytes, at + 1, text.Length);
        return at + 1 + text.Length;
    }

    private static byte[] ReadText(byte[] bytes, ref int at, int end)
    {
        int length = at < end ? bytes[at] : 0;
        if (at + 1 + length > end)
        {
            length = 0;
        }

        byte[] text = new byte[length];
        Array.Copy(bytes, at + 1, text, 0, length);
        at += 1 + length;
        return text;
    }
}
