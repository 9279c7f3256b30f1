using MeterFirmware.Basics;

namespace MeterFirmware.Storage.Records;

/// <summary>
/// One event as the capabilities write it and Telemetry reads it; one object, reused. What the values are is fixed by
/// the code: the room that raises an event documents them.
/// </summary>
public sealed class EventRecord
{
    /// <summary>Values an event can carry.</summary>
    public const int ValueCountMax = 8;

    /// <summary>The phase of an event that concerns the whole meter.</summary>
    public const int NoPhase = 255;

    /// <summary>Longest form in bytes; this many must be free for <see cref="Write"/>.</summary>
    public const int BytesMax = 3 + VarInt.BytesMax * (5 + ValueCountMax);

    private const int Version = 1;

    /// <summary>Stable number of the event's kind.</summary>
    public int Code { get; set; }

    /// <summary>0, 1, 2, or <see cref="NoPhase"/>.</summary>
    public int Phase { get; set; } = NoPhase;

    /// <summary>Begin in UTC seconds since 1970 (or since start-up: <see cref="RecordFlags.Untimed"/>).</summary>
    public long StartUtcSeconds { get; set; }

    /// <summary>End in the same count; equal to the start while it lasts and for what has no length.</summary>
    public long EndUtcSeconds { get; set; }

    /// <summary>Bits of <see cref="RecordFlags"/>.</summary>
    public int Flags { get; set; }

    /// <summary>Zone offset at the begin, in seconds east of UTC.</summary>
    public int OffsetSeconds { get; set; }

    /// <summary>How many of <see cref="Values"/> are used, 0 to <see cref="ValueCountMax"/>.</summary>
    public int ValueCount { get; set; }

    /// <summary>Scaled integers whose meaning and unit the code fixes.</summary>
    public long[] Values { get; } = new long[ValueCountMax];

    /// <summary>Writes the record and returns its length; <see cref="BytesMax"/> bytes must be free.</summary>
    public int Write(byte[] bytes, int offset)
    {
        int at = offset;
        bytes[at++] = Version;
        bytes[at++] = (byte)Phase;
        bytes[at++] = (byte)ValueCount;
        at = VarInt.Write(bytes, at, Code);
        at = VarInt.Write(bytes, at, StartUtcSeconds);
        at = VarInt.Write(bytes, at, EndUtcSeconds - StartUtcSeconds);
        at = VarInt.Write(bytes, at, Flags);
        at = VarInt.Write(bytes, at, OffsetSeconds);
        for (int i = 0; i < ValueCount; i++)
        {
            at = VarInt.Write(bytes, at, Values[i]);
        }

        return at - offset;
    }

    /// <summary>Reads what <see cref="Write"/> wrote. False: another version, or cut; the fields then mean
    /// nothing.</summary>
    public bool TryRead(byte[] bytes, int offset, int count)
    {
        int end = offset + count;
        if (count < 3 || bytes[offset] != Version || bytes[offset + 2] > ValueCountMax)
        {
            return false;
        }

        Phase = bytes[offset + 1];
        ValueCount = bytes[offset + 2];
        int at = offset + 3;
        if (!VarInt.TryRead(bytes, ref at, end, out long code) || !VarInt.TryRead(bytes, ref at, end, out long start) ||
            !VarInt.TryRead(bytes, ref at, end, out long length) ||
            !VarInt.TryRead(bytes, ref at, end, out long flags) || !VarInt.TryRead(bytes, ref at, end, out long zone))
        {
            return false;
        }

        Code = (int)code;
        StartUtcSeconds = start;
        EndUtcSeconds = start + length;
        Flags = (int)flags;
        OffsetSeconds = (int)zone;
        for (int i = 0; i < ValueCount; i++)
        {
            if (!VarInt.TryRead(bytes, ref at, end, out long value))
            {
                return false;
            }

            Values[i] = value;
        }

        return at == end;
    }
}
