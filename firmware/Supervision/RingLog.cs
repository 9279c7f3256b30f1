using MeterFirmware.Basics;

namespace MeterFirmware.Supervision;

/// <summary>
/// The newest log entries in RAM. An entry is a constant text and one number, so that writing costs no allocation and
/// no formatting; the text is made when somebody reads, over MQTT or the serial line.
/// </summary>
public sealed class RingLog
{
    private readonly string[] _texts;
    private readonly long[] _values;
    private readonly long[] _timesMs;
    private readonly byte[] _levels;

    /// <param name="entryCount">Entries kept; about 21 bytes each.</param>
    public RingLog(int entryCount)
    {
        Invariant.Require(entryCount > 0, "a log has room for an entry");
        _texts = new string[entryCount];
        _values = new long[entryCount];
        _timesMs = new long[entryCount];
        _levels = new byte[entryCount];
    }

    /// <summary>Entries above this level are not kept.</summary>
    public int Level { get; set; } = LogLevel.Information;

    /// <summary>The number of the next entry; the first is 0. Grows until restart.</summary>
    public long NextNumber { get; private set; }

    public long OldestNumber => NextNumber > _texts.Length ? NextNumber - _texts.Length : 0;

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

        int slot = (int)(NextNumber % _texts.Length);
        _texts[slot] = text;
        _values[slot] = value;
        _timesMs[slot] = nowMs;
        _levels[slot] = (byte)level;
        NextNumber++;
    }

    /// <summary>Writes entries as members "next" and "entries" of an open JSON object, from a number on, as many as leave
    /// <paramref name="bytesMax"/> bytes of text unfilled at most. Ask again from "next".</summary>
    public void WriteJson(ByteTextWriter writer, long fromNumber, int bytesMax)
    {
        long number = fromNumber < OldestNumber ? OldestNumber : fromNumber;
        int limit = writer.Length + bytesMax;
        writer.Name("entries");
        writer.BeginArray();
        for (; number < NextNumber && writer.Length + EntryBytes(number) < limit; number++)
        {
            int slot = (int)(number % _texts.Length);
            writer.BeginObject();
            writer.Name("n");
            writer.Value(number);
            writer.Name("ms");
            writer.Value(_timesMs[slot]);
            writer.Name("level");
            writer.Value(LogLevel.NameOf(_levels[slot]));
            writer.Name("text");
            writer.Value(_texts[slot]);
            writer.Name("value");
            writer.Value(_values[slot]);
            writer.EndObject();
        }

        writer.EndArray();
        writer.Name("next");
        writer.Value(number);
    }

    /// <summary>Writes one entry as a line of text for the serial line. False: it is no longer, or not yet, there.</summary>
    public bool TryWriteLine(ByteTextWriter writer, long number)
    {
        if (number < OldestNumber || number >= NextNumber)
        {
            return false;
        }

        int slot = (int)(number % _texts.Length);
        writer.Scaled(_timesMs[slot], 3);
        writer.Byte((byte)' ');
        writer.Raw(LogLevel.NameOf(_levels[slot]));
        writer.Byte((byte)' ');
        writer.Raw(_texts[slot]);
        writer.Byte((byte)' ');
        writer.Integer(_values[slot]);
        writer.Raw("\r\n");
        return true;
    }

    /// <summary>The fixed part of an entry and numbers at their longest, and the text with every character escaped.</summary>
    private int EntryBytes(long number) => 120 + 6 * _texts[(int)(number % _texts.Length)].Length;
}
