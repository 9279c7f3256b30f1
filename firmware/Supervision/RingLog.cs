using MeterFirmware.Basics;

namespace MeterFirmware.Supervision;

/// <summary>
/// The newest log entries in RAM. An entry is a constant text and one number, so that writing costs no allocation and
/// no formatting; the text is made when somebody reads, over MQTT or the serial line.
/// </summary>
public sealed class RingLog
{
    /// <summary>Different texts among the entries, at most: with one more the oldest entries give way early.</summary>
    public const int TextsMax = 16;

    // Entries hold their text's place, a byte instead of a reference of twelve.
    private readonly string[] _texts = new string[TextsMax];
    private readonly byte[] _textOf;
    private readonly long[] _values;
    private readonly long[] _timesMs;
    private readonly byte[] _levels;

    /// <param name="entryCount">Entries kept; 18 bytes each.</param>
    public RingLog(int entryCount)
    {
        Invariant.Require(entryCount > 0, "a log has room for an entry");
        _textOf = new byte[entryCount];
        _values = new long[entryCount];
        _timesMs = new long[entryCount];
        _levels = new byte[entryCount];
    }

    /// <summary>Entries above this level are not kept.</summary>
    public int Level { get; set; } = LogLevel.Information;

    /// <summary>The number of the next entry; the first is 0. Grows until restart.</summary>
    public long NextNumber { get; private set; }

    public long OldestNumber { get; private set; }

    /// <summary>Adds an entry.</summary>
    /// <param name="nowMs">Monotonic ms.</param>
    /// <param name="level">One of <see cref="LogLevel"/>.</param>
    /// <param name="text">A constant; it is kept by reference.</param>
    /// <param name="value">A number that belongs to it.</param>
    public void Write(long nowMs, int level, string text, long value)
    {
        if (level > Level)
        {
            return;
        }

        if (NextNumber - OldestNumber == _textOf.Length)
        {
            OldestNumber++;
        }

        int place = PlaceFor(text);
        int slot = (int)(NextNumber % _textOf.Length);
        _textOf[slot] = (byte)place;
        _values[slot] = value;
        _timesMs[slot] = nowMs;
        _levels[slot] = (byte)level;
        NextNumber++;
    }

    /// <summary>Writes entries as members "next" and "entries" of an open JSON object, from a number on, as many as
    /// leave
    /// <paramref name="bytesMax"/> bytes of text unfilled at most. Ask again from "next".</summary>
    public void WriteJson(ByteTextWriter writer, long fromNumber, int bytesMax)
    {
        long number = fromNumber < OldestNumber ? OldestNumber : fromNumber;
        int limit = writer.Length + bytesMax;
        writer.Name("entries");
        writer.BeginArray();
        for (; number < NextNumber && writer.Length + EntryBytes(number) < limit; number++)
        {
            int slot = (int)(number % _textOf.Length);
            writer.BeginObject();
            writer.Name("n");
            writer.Value(number);
            writer.Name("ms");
            writer.Value(_timesMs[slot]);
            writer.Name("level");
            writer.Value(LogLevel.NameOf(_levels[slot]));
            writer.Name("text");
            writer.Value(_texts[_textOf[slot]]);
            writer.Name("value");
            writer.Value(_values[slot]);
            writer.EndObject();
        }

        writer.EndArray();
        writer.Name("next");
        writer.Value(number);
    }

    /// <summary>Writes one entry as a line of text for the serial line. False: it is no longer, or not yet,
    /// there.</summary>
    public bool TryWriteLine(ByteTextWriter writer, long number)
    {
        if (number < OldestNumber || number >= NextNumber)
        {
            return false;
        }

        int slot = (int)(number % _textOf.Length);
        writer.Scaled(_timesMs[slot], 3);
        writer.Byte((byte)' ');
        writer.Raw(LogLevel.NameOf(_levels[slot]));
        writer.Byte((byte)' ');
        writer.Raw(_texts[_textOf[slot]]);
        writer.Byte((byte)' ');
        writer.Integer(_values[slot]);
        writer.Raw("\r\n");
        return true;
    }

    /// <summary>The fixed part of an entry and numbers at their longest, and the text with every character
    /// escaped.</summary>
    private int EntryBytes(long number) => 120 + 6 * _texts[_textOf[(int)(number % _textOf.Length)]].Length;

    /// <summary>The text's place: its own, an empty one, or one that no entry needs any more.</summary>
    private int PlaceFor(string text)
    {
        int place = 0;
        while (place < TextsMax && _texts[place] != null && _texts[place] != text)
        {
            place++;
        }

        if (place == TextsMax)
        {
            place = UnusedPlace();
        }

        _texts[place] = text;
        return place;
    }

    private int UnusedPlace()
    {
        while (true)
        {
            for (int place = 0; place < TextsMax; place++)
            {
                if (!IsUsed(place))
                {
                    return place;
                }
            }

            OldestNumber++;
        }
    }

    private bool IsUsed(int place)
    {
        for (long number = OldestNumber; number < NextNumber; number++)
        {
            if (_textOf[(int)(number % _textOf.Length)] == place)
            {
                return true;
            }
        }

        return false;
    }
}
