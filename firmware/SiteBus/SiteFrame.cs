using MeterFirmware.Basics;

namespace MeterFirmware.SiteBus;

/// <summary>
/// The one frame of leader and members, 48 bytes, little endian, CRC-32 at the end; made once and reused.
/// A status tells what a member does and wants, a grant what it may and what the plan is; a beacon tells standby leaders that one is at work.
/// </summary>
public sealed class SiteFrame
{
    public const int Length = 48;
    public const int Status = 1;
    public const int Grant = 2;
    public const int Beacon = 3;

    /// <summary>On a line that gives turns only: asks a member that got no grant to report.</summary>
    public const int Poll = 4;

    /// <summary>Grants are counted modulo this.</summary>
    public const int GrantSequenceCount = 60_000;

    private const byte Magic = 0xC5;
    private const byte Version = 2;
    private const int CrcAt = 44;

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

    /// <summary>Status: energy still wanted in Wh; 0 = unknown. Together with <see cref="DeliveredWattHours"/> the target.</summary>
    public int WantedWattHours { get; set; }

    /// <summary>Status: energy of this session so far, Wh.</summary>
    public int DeliveredWattHours { get; set; }

    /// <summary>Status: seconds until departure; −1 = unknown.</summary>
    public int DepartureSeconds { get; set; }

    /// <summary>Status: bits of <see cref="SiteMemberState"/>.</summary>
    public int State { get; set; }

    /// <summary>Grant: why, a number of Charging's PlanReason; 0 = there is no plan.</summary>
    public int Reason { get; set; }

    /// <summary>Grant: seconds until the plan lets it charge; 0 = now, −1 = unknown.</summary>
    public int StartSeconds { get; set; }

    /// <summary>Grant: seconds until its vehicle is ready; −1 = unknown.</summary>
    public int ReadySeconds { get; set; }

    /// <summary>Grant: price at the start in millionths of the currency per kWh; may be below 0.</summary>
    public int PriceMicros { get; set; }

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
        bool isGrant = Type == Grant;
        LittleEndian.WriteInt32(b, 24, isGrant ? StartSeconds : WantedMilliamps);
        LittleEndian.WriteInt32(b, 28, isGrant ? PriceMicros : WantedWattHours);
        LittleEndian.WriteInt32(b, 32, isGrant ? ReadySeconds : DepartureSeconds);
        LittleEndian.WriteInt32(b, 36, isGrant ? 0 : DeliveredWattHours);
        LittleEndian.WriteInt32(b, 40, isGrant ? Reason : State);
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
        return Type >= Status && Type <= Beacon && Term >= 0 && Milliamps >= 0 && Second >= 0 && TryDecodeRest(b);
    }

    private bool TryDecodeRest(byte[] b)
    {
        if (Type == Grant)
        {
            StartSeconds = LittleEndian.ReadInt32(b, 24);
            PriceMicros = LittleEndian.ReadInt32(b, 28);
            ReadySeconds = LittleEndian.ReadInt32(b, 32);
            Reason = LittleEndian.ReadInt32(b, 40);
            return Reason >= 0;
        }

        WantedMilliamps = LittleEndian.ReadInt32(b, 24);
        WantedWattHours = LittleEndian.ReadInt32(b, 28);
        DepartureSeconds = LittleEndian.ReadInt32(b, 32);
        DeliveredWattHours = LittleEndian.ReadInt32(b, 36);
        State = LittleEndian.ReadInt32(b, 40);
        return WantedMilliamps >= 0 && WantedWattHours >= 0 && DeliveredWattHours >= 0;
    }
}
