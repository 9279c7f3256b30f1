using MeterFirmware.Basics;

namespace MeterFirmware.SiteBus;

/// <summary>
/// The one frame of leader and members, 44 bytes, little endian, CRC-32 at the end; made once and reused.
/// A status tells what a member does, a grant what it may; a beacon tells standby leaders that one is at work.
/// </summary>
public sealed class SiteFrame
{
    public const int Length = 44;
    public const int Status = 1;
    public const int Grant = 2;
    public const int Beacon = 3;

    /// <summary>On a line that gives turns only: asks a member that got no grant to report.</summary>
    public const int Poll = 4;

    /// <summary>Grants are counted modulo this.</summary>
    public const int GrantSequenceCount = 60_000;

    private const byte Magic = 0xC5;
    private const byte Version = 1;
    private const int CrcAt = 40;

    public byte[] Bytes { get; } = new byte[Length];

    /// <summary><see cref="Status"/>, <see cref="Grant"/> or <see cref="Beacon"/>.</summary>
    public int Type { get; set; }

    /// <summary>Commissioned number of the member, 0 to 63; of a beacon the leader's rank.</summary>
    public int Member { get; set; }

    /// <summary>Serial number of the member's device: two devices with one number are told apart by it.</summary>
    public int Serial { get; set; }

    /// <summary>Leadership term; a higher one ends a lower one.</summary>
    public int Term { get; set; }

    /// <summary>Counts the sender's frames, modulo 65 536.</summary>
    public int Sequence { get; set; }

    /// <summary>Status: sequence of the grant accepted last. Grant: sequence of the status that it answers.</summary>
    public int Echo { get; set; }

    /// <summary>Status: largest phase current drawn, mA. Grant: limit a phase, mA.</summary>
    public int Milliamps { get; set; }

    /// <summary>Status: limit in force, mA. Grant: ms for which the limit holds from the sending of the status on.</summary>
    public int Second { get; set; }

    /// <summary>Status: most the vehicle and station could take, mA; 0 = nothing wanted.</summary>
    public int WantedMilliamps { get; set; }

    /// <summary>Status: energy wanted in Wh; 0 = unknown.</summary>
    public int WantedWattHours { get; set; }

    /// <summary>Status: seconds until departure; −1 = unknown.</summary>
    public int DepartureSeconds { get; set; }

    public void Encode()
    {
        byte[] b = Bytes;
        b[0] = Magic;
        b[1] = Version;
        b[2] = (byte)Type;
        b[3] = (byte)Member;
        LittleEndian.WriteInt32(b, 4, Serial);
        LittleEndian.WriteInt32(b, 8, Term);
        LittleEndian.WriteUInt16(b, 12, Sequence);
        LittleEndian.WriteUInt16(b, 14, Echo);
        LittleEndian.WriteInt32(b, 16, Milliamps);
        LittleEndian.WriteInt32(b, 20, Second);
        LittleEndian.WriteInt32(b, 24, WantedMilliamps);
        LittleEndian.WriteInt32(b, 28, WantedWattHours);
        LittleEndian.WriteInt32(b, 32, DepartureSeconds);
        LittleEndian.WriteInt32(b, 36, 0);
        LittleEndian.WriteInt32(b, CrcAt, (int)Crc32.Of(b, 0, CrcAt));
    }

    /// <summary>Whether two bytes can be the first ones of a frame.</summary>
    public static bool MayBegin(byte first, byte second) => first == Magic && second == Version;

    /// <summary>Whether <see cref="Bytes"/> are a frame of ours, undamaged.</summary>
    public bool IsWhole() => MayBegin(Bytes[0], Bytes[1])
        && Crc32.Of(Bytes, 0, CrcAt) == (uint)LittleEndian.ReadInt32(Bytes, CrcAt);

    /// <summary>Reads <see cref="Bytes"/>. False: not ours, damaged, another version or figures out of range.</summary>
    public bool TryDecode(int length)
    {
        byte[] b = Bytes;
        if (length != Length || !IsWhole())
        {
            return false;
        }

        Type = b[2];
        Member = b[3];
        Serial = LittleEndian.ReadInt32(b, 4);
        Term = LittleEndian.ReadInt32(b, 8);
        Sequence = LittleEndian.ReadUInt16(b, 12);
        Echo = LittleEndian.ReadUInt16(b, 14);
        Milliamps = LittleEndian.ReadInt32(b, 16);
        Second = LittleEndian.ReadInt32(b, 20);
        WantedMilliamps = LittleEndian.ReadInt32(b, 24);
        WantedWattHours = LittleEndian.ReadInt32(b, 28);
        DepartureSeconds = LittleEndian.ReadInt32(b, 32);
        return Type >= Status && Type <= Beacon && Term >= 0 && Milliamps >= 0 && Second >= 0
            && WantedMilliamps >= 0 && WantedWattHours >= 0;
    }
}
