using MeterFirmware.Basics;

namespace MeterFirmware.Storage;

/// <summary>
/// How a record lies in a block: length of payload (2 bytes), kind (1), number (4), check of these seven (1),
/// CRC-32 of header and payload (4), payload. The CRC is salted with the position, so that a copy of a record inside
/// another record's payload, or an old one left by a failed erase, is not taken for a record.
/// </summary>
public static class RecordFormat
{
    public const int HeaderBytes = 12;

    /// <summary>Numbers are stored in 32 bits: at one record a second they last 136 years.</summary>
    public const long NumberMax = 0xFFFF_FFFF;

    /// <summary>Kinds 1 to this are the user's.</summary>
    public const int UserKindMax = 239;

    /// <summary>The journal's own record that names numbers which cannot be read any more: see
    /// <see cref="GapRecord"/>.</summary>
    public const int GapKind = 240;

    /// <summary>The acknowledged cursor, without a number of its own: the number field is the cursor. Payload: nothing,
    /// or the <see cref="JournalIdentity"/>.</summary>
    public const int MarkKind = 255;

    private const int CheckOffset = 7;
    private const int CrcOffset = 8;

    /// <summary>Fills the header of a record whose payload already lies behind it.</summary>
    /// <param name="buffer">Header and payload from index 0.</param>
    /// <param name="payloadBytes">Length of the payload.</param>
    /// <param name="kind">1 to 255.</param>
    /// <param name="number">0 to <see cref="NumberMax"/>.</param>
    /// <param name="position">Where in its block the record will lie.</param>
    public static void Seal(byte[] buffer, int payloadBytes, int kind, long number, int position)
    {
        LittleEndian.WriteUInt16(buffer, 0, payloadBytes);
        buffer[2] = (byte)kind;
        LittleEndian.WriteInt32(buffer, 3, (int)number);
        buffer[CheckOffset] = (byte)Crc32.Of(buffer, 0, CheckOffset);
        LittleEndian.WriteInt32(buffer, CrcOffset, (int)CrcOf(buffer, payloadBytes, position));
    }

    /// <summary>True when the header is whole; the payload may still be damaged or missing.</summary>
    public static bool IsHeader(byte[] buffer) => IsHeader(buffer, 0);

    /// <summary>The same for a header that begins somewhere in the buffer.</summary>
    public static bool IsHeader(byte[] buffer, int offset) =>
        buffer[offset + 2] != 0 && buffer[offset + CheckOffset] == (byte)Crc32.Of(buffer, offset, CheckOffset);

    /// <summary>True when header and payload are as they were sealed for this position.</summary>
    public static bool IsWhole(byte[] buffer, int payloadBytes, int position) =>
        LittleEndian.ReadInt32(buffer, CrcOffset) == (int)CrcOf(buffer, payloadBytes, position);

    public static int PayloadBytesOf(byte[] buffer) => LittleEndian.ReadUInt16(buffer, 0);

    public static int KindOf(byte[] buffer) => buffer[2];

    public static long NumberOf(byte[] buffer) => (uint)LittleEndian.ReadInt32(buffer, 3);

    private static uint CrcOf(byte[] buffer, int payloadBytes, int position)
    {
        uint crc = Crc32.Continue(Crc32.Start ^ (uint)position, buffer, 0, CrcOffset);
        return ~Crc32.Continue(crc, buffer, HeaderBytes, payloadBytes);
    }
}
