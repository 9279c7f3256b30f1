using MeterFirmware.Basics;

namespace MeterFirmware.Storage;

/// <summary>
/// Payload of a record of kind <see cref="RecordFormat.GapKind"/>: numbers that were given out and cannot be read any
/// more. Made by the journal itself and delivered like any other record, so that a loss is never silent.
/// </summary>
public static class GapRecord
{
    public const int Bytes = 16;

    /// <summary>Unacknowledged records gave way to newer ones because the store was full.</summary>
    public const int ReasonFull = 1;

    /// <summary>The store's bytes were damaged: flipped bits, a torn or vanished block.</summary>
    public const int ReasonDamaged = 2;

    /// <summary>More than one reason: gaps that were themselves dropped are merged into a later one.</summary>
    public const int ReasonMixed = 3;

    public static void Write(byte[] payload, int offset, int reason, int lane, long first, long last, int count)
    {
        payload[offset] = (byte)reason;
        payload[offset + 1] = (byte)lane;
        LittleEndian.WriteUInt16(payload, offset + 2, 0);
        LittleEndian.WriteInt32(payload, offset + 4, (int)first);
        LittleEndian.WriteInt32(payload, offset + 8, (int)last);
        LittleEndian.WriteInt32(payload, offset + 12, count);
    }

    public static int ReasonOf(byte[] payload, int offset) => payload[offset];

    /// <summary>The lane that lost records; 255 when it is not known.</summary>
    public static int LaneOf(byte[] payload, int offset) => payload[offset + 1];

    public static long FirstOf(byte[] payload, int offset) => (uint)LittleEndian.ReadInt32(payload, offset + 4);

    public static long LastOf(byte[] payload, int offset) => (uint)LittleEndian.ReadInt32(payload, offset + 8);

    /// <summary>How many records of the lane were lost between first and last; other lanes' numbers in the range may
    /// be readable. For damage: an upper bound.</summary>
    public static int CountOf(byte[] payload, int offset) => LittleEndian.ReadInt32(payload, offset + 12);
}
