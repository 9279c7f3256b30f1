using System;
using MeterFirmware.Basics;

namespace MeterFirmware.Recording;

/// <summary>
/// Who calibrated the meter, when, against what, and how well: the link of the traceability chain that the meter itself
/// carries. One row for each channel and current range; a channel's rows have the same registers, for the chip has one
/// set of them, and what the firmware corrects on top in their range.
/// </summary>
public sealed class CalibrationRecord
{
    public const int RowCountMax = 8;

    /// <summary>Longest name in bytes of UTF-8.</summary>
    public const int TextBytesMax = 48;

    // Columns of a row.
    public const int Channel = 0;

    /// <summary>Lower end of the current range, mA.</summary>
    public const int FromMilliamps = 1;

    /// <summary>Gain registers, as the chip's data sheet counts them.</summary>
    public const int VoltageGain = 2;
    public const int CurrentGain = 3;
    public const int PowerGain = 4;

    /// <summary>Offset of active power in the chip's counts.</summary>
    public const int PowerOffset = 5;

    /// <summary>Phase in the chip's steps.</summary>
    public const int Phase = 6;

    /// <summary>Largest error of active energy before and after, millionths.</summary>
    public const int ErrorBefore = 7;
    public const int ErrorAfter = 8;

    /// <summary>What the firmware corrects in this range: millionths, mW, µrad (CurrentRangeTable of the ADE7953's driver).
    /// </summary>
    public const int RangeGain = 9;
    public const int RangeOffset = 10;
    public const int RangePhase = 11;
    public const int ColumnCount = 12;

    /// <summary>Columns that every record has. The others follow them, all rows of them, when one of them is not 0: a record
    /// without is as older firmware wrote and reads it.</summary>
    private const int PlainColumnCount = 9;

    private const int IntBytesMax = 5;

    public const int PayloadBytesMax =
        VarInt.BytesMax * 3 + IntBytesMax * (1 + RowCountMax * ColumnCount) + 3 * (1 + TextBytesMax);

    private readonly int[] _rows = new int[RowCountMax * ColumnCount];

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

    public int RowCount { get; set; }

    public int Get(int row, int column) => _rows[row * ColumnCount + column];

    public void Set(int row, int column, int value) => _rows[row * ColumnCount + column] = value;

    /// <summary>True when every field is within its bounds and the traceability is complete.</summary>
    public bool IsComplete => RowCount >= 1 && RowCount <= RowCountMax && IsText(Operator) && IsText(Instrument)
        && IsText(Certificate) && DueUtcSeconds > UtcSeconds && UncertaintyMillionths > 0 && HasOrderedRanges();

    /// <summary>Writes the record; PayloadBytesMax bytes must be free. Returns the offset behind it.</summary>
    public int Write(byte[] bytes, int at)
    {
        at = VarInt.Write(bytes, at, UtcSeconds);
        at = VarInt.Write(bytes, at, DueUtcSeconds - UtcSeconds);
        at = VarInt.Write(bytes, at, UncertaintyMillionths);
        at = WriteText(bytes, at, Operator);
        at = WriteText(bytes, at, Instrument);
        at = WriteText(bytes, at, Certificate);
        at = VarInt.Write(bytes, at, RowCount);
        at = WriteColumns(bytes, at, 0, PlainColumnCount);
        return HasRangeValues() ? WriteColumns(bytes, at, PlainColumnCount, ColumnCount) : at;
    }

    /// <summary>Reads what <see cref="Write"/> wrote. False: cut; the fields then mean nothing.</summary>
    public bool TryRead(byte[] bytes, int at, int end)
    {
        if (!VarInt.TryRead(bytes, ref at, end, out long made) || !VarInt.TryRead(bytes, ref at, end, out long validity)
            || !VarInt.TryRead(bytes, ref at, end, out long uncertainty))
        {
            return false;
        }

        UtcSeconds = made;
        DueUtcSeconds = made + validity;
        UncertaintyMillionths = (int)uncertainty;
        Operator = ReadText(bytes, ref at, end);
        Instrument = ReadText(bytes, ref at, end);
        Certificate = ReadText(bytes, ref at, end);
        if (!VarInt.TryRead(bytes, ref at, end, out long rows) || rows < 0 || rows > RowCountMax)
        {
            return false;
        }

        RowCount = (int)rows;
        for (int i = 0; i < _rows.Length; i++)
        {
            _rows[i] = 0;
        }

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
                if (!VarInt.TryRead(bytes, ref at, end, out long value))
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

    /// <summary>Each channel's rows together and rising from 0 mA: no current without a range, none with two.</summary>
    private bool HasOrderedRanges()
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

    private static bool IsText(byte[] text) => text.Length > 0 && text.Length <= TextBytesMax;

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
