using MeterFirmware.Basics;

namespace MeterFirmware.Tariffs;

/// <summary>
/// Reads a compiled table front to back and never past its end. The first thing wrong is kept in
/// <see cref="Error"/>; every later read gives 0, so that a caller may check once a section.
/// </summary>
internal sealed class TableReader
{
    private readonly byte[] _bytes;
    private readonly int _end;

    public TableReader(byte[] bytes, int start, int end)
    {
        _bytes = bytes;
        _end = end;
        Position = start;
    }

    public int Position { get; private set; }

    public int Remaining => _end - Position;

    public string Error { get; private set; }

    public bool Failed => Error != null;

    public void Fail(string error)
    {
        if (Error == null)
        {
            Error = error;
        }
    }

    /// <summary>Fails with "NAME out of range" unless minimum ≤ value ≤ maximum.</summary>
    public void RequireRange(long value, long minimum, long maximum, string name)
    {
        if (value < minimum || value > maximum)
        {
            Fail(name + " out of range: " + value.ToString());
        }
    }

    public int Byte()
    {
        if (!Has(1))
        {
            return 0;
        }

        return _bytes[Position++];
    }

    public int UInt16()
    {
        if (!Has(2))
        {
            return 0;
        }

        Position += 2;
        return LittleEndian.ReadUInt16(_bytes, Position - 2);
    }

    /// <summary>Skips bytes that are later read in place; gives where they begin.</summary>
    public int Block(int count)
    {
        if (!Has(count))
        {
            return Position;
        }

        Position += count;
        return Position - count;
    }

    /// <summary>LEB128 without sign, up to 2^56 − 1.</summary>
    public long Unsigned()
    {
        long value = 0;
        for (int shift = 0; shift < 56; shift += 7)
        {
            int next = Byte();
            value |= (long)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        Fail("a number is too long");
        return 0;
    }

    /// <summary>Zigzag LEB128: 0, −1, 1, −2 … as 0, 1, 2, 3 …</summary>
    public long Signed()
    {
        long value = Unsigned();
        return (value & 1) == 0 ? value >> 1 : -(value >> 1) - 1;
    }

    /// <summary>A length byte and that many bytes of UTF-8, at least one.</summary>
    public string Text(int bytesMax, string name)
    {
        int count = Byte();
        RequireRange(count, 1, bytesMax, name + " length");
        if (Failed || !Has(count))
        {
            return "";
        }

        Position += count;
        if (!Utf8.TryDecode(_bytes, Position - count, count, out string text))
        {
            Fail(name + " is not UTF-8");
        }

        return text;
    }

    private bool Has(int count)
    {
        if (Failed)
        {
            return false;
        }

        if (count > Remaining)
        {
            Fail("the table ends too early");
            return false;
        }

        return true;
    }
}
