using MeterFirmware.Basics;

namespace MeterFirmware.SiteBus;

/// <summary>
/// The one frame of leader and members, 64 bytes, little endian, a seal (<see cref="SiteSeal"/>) and a CRC-32 at the
/// end; made once and reused. A status tells what a member does and wants, a grant what it may and what the plan is; a
/// beacon tells standby leaders that one is at work.
/// </summary>
public sealed class SiteFrame
{
    public const int Length = 64;
    public const int Status = 1;
    public const int Grant = 2;
    public const int Beacon = 3;

    /// <summary>On a line that gives turns only: asks a member that got no grant to report.</summary>
    public const int Poll = 4;

    /// <summary>On a line: lowers all members of the leader at once, for some seconds. It raises nobody.</summary>
    public const int Cut = 5;

    /// <summary>Grants are counted modulo this.</summary>
    public const int GrantSequenceCount = 60_000;

    /// <summary>No charger of this kind has more a phase; a frame that says more is refused.</summary>
    public const int MilliampsMax = 200_000;

    /// <summary>No session of a vehicle has more; a frame that says more is refused.</summary>
    public const int WattHoursMax = 100_000_000;

    /// <summary>A month: nobody tells a later departure.</summary>
    public const int SecondsMax = 31 * 86_400;

    /// <summary>Last leadership term; the one after it is the first again.</summary>
    public const int TermMax = 0x0FFF_FFFF;

    /// <summary>A term further ahead than this is no successor's.</summary>
    public const int TermStepMax = 4096;

    /// <summary>Currents of a status have two bytes each, in this unit.</summary>
    public const int MilliampsPerUnit = 4;

    /// <summary>Phases of a charger.</summary>
    public const int PhaseCount = 3;

    internal const int TypeAt = 2;
    internal const int MemberAt = 3;
    internal const int SerialAt = 4;
    internal const int TermAt = 8;
    internal const int SequenceAt = 12;
    internal const int EchoAt = 14;
    internal const int CounterAt = 16;
    internal const int SealAt = 52;

    private const byte Magic = 0xC5;
    private const byte Version = 3;
    private const int CrcAt = 60;

    public byte[] Bytes { get; } = new byte[Length];

    /// <summary><see cref="Status"/>, <see cref="Grant"/>, <see cref="Beacon"/>, <see cref="Poll"/> or
    /// <see cref="Cut"/>.</summary>
    public int Type { get; set; }

    /// <summary>Commissioned number of the member, 0 to 63; of a beacon or a cut the leader's rank.</summary>
    public int Member { get; set; }

    /// <summary>Serial number of the member's device: two devices with one number are told apart by it. Of a beacon the
    /// leader's.</summary>
    public int Serial { get; set; }

    /// <summary>Leadership term, 0 to <see cref="TermMax"/>; a higher one ends a lower one.</summary>
    public int Term { get; set; }

    /// <summary>Counts the sender's frames, modulo 65 536.</summary>
    public int Sequence { get; set; }

    /// <summary>Status: sequence of the grant accepted last. Grant: sequence of the status that it answers.</summary>
    public int Echo { get; set; }

    /// <summary>The sender's restart number (23 bits) and frame number (40 bits), set when it is sealed; 0 =
    /// plain.</summary>
    public long Counter { get; private set; }

    /// <summary>Restart number of the sender; 0 = plain.</summary>
    public int Restart => (int)(Counter >> 40);

    /// <summary>Status: restart number of the leader whose grant was accepted last. Grant: that of the member it is
    /// for.</summary>
    public int PeerRestart { get; set; }

    /// <summary>Grant, cut: limit a phase, mA. Status, decoded: largest of <see cref="DrawnMilliamps"/>.</summary>
    public int Milliamps { get; set; }

    /// <summary>Grant: ms for which the limit holds from the sending of the status on; cut: from its arrival
    /// on.</summary>
    public int ValidMs { get; set; }

    /// <summary>Status: drawn on each of the charger's own phases, mA, rounded up to 4 mA.</summary>
    public int[] DrawnMilliamps { get; } = new int[PhaseCount];

    /// <summary>Status: limit in force, mA.</summary>
    public int LimitMilliamps { get; set; }

    /// <summary>Status: most the vehicle and station could take, mA; 0 = nothing wanted.</summary>
    public int WantedMilliamps { get; set; }

    /// <summary>Status: energy still wanted in Wh; 0 = unknown. Together with <see cref="DeliveredWattHours"/> the
    /// target.</summary>
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

    /// <summary>A grant tells no plan.</summary>
    public void ForgetPlan()
    {
        Reason = 0;
        StartSeconds = 0;
        ReadySeconds = -1;
        PriceMicros = 0;
    }

    /// <summary>Writes <see cref="Bytes"/>, plain; what is out of range is cut to it.</summary>
    public void Encode()
    {
        byte[] b = Bytes;
        for (int i = CounterAt; i < CrcAt; i++)
        {
            b[i] = 0;
        }

        b[0] = Magic;
        b[1] = Version;
        b[TypeAt] = (byte)Type;
        b[MemberAt] = (byte)Member;
        LittleEndian.WriteInt32(b, SerialAt, Serial);
        LittleEndian.WriteInt32(b, TermAt, Term);
        LittleEndian.WriteUInt16(b, SequenceAt, Sequence);
        LittleEndian.WriteUInt16(b, EchoAt, Echo);
        LittleEndian.WriteInt32(b, 24, PeerRestart);
        if (Type == Grant)
        {
            LittleEndian.WriteInt32(b, 28, Numbers.Within(Milliamps, 0, MilliampsMax));
            LittleEndian.WriteInt32(b, 32, ValidMs);
            LittleEndian.WriteInt32(b, 36, StartSeconds);
            LittleEndian.WriteInt32(b, 40, PriceMicros);
            LittleEndian.WriteInt32(b, 44, ReadySeconds);
            LittleEndian.WriteInt32(b, 48, Reason);
        }
        else if (Type == Cut)
        {
            LittleEndian.WriteInt32(b, 28, Numbers.Within(Milliamps, 0, MilliampsMax));
            LittleEndian.WriteInt32(b, 32, ValidMs);
        }
        else if (Type == Status)
        {
            EncodeStatus(b);
        }

        Finish(b, 0);
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

        Type = b[TypeAt];
        Member = b[MemberAt];
        Serial = LittleEndian.ReadInt32(b, SerialAt);
        Term = LittleEndian.ReadInt32(b, TermAt);
        Sequence = LittleEndian.ReadUInt16(b, SequenceAt);
        Echo = LittleEndian.ReadUInt16(b, EchoAt);
        Counter = LittleEndian.ReadInt64(b, CounterAt);
        PeerRestart = LittleEndian.ReadInt32(b, 24);
        bool isGood = Term >= 0 && Term <= TermMax && Counter >= 0 && Restart <= SiteSeal.RestartMax;
        return isGood
            && (Type == Beacon || (Type == Cut && TryDecodeCut(b)) || (Type == Grant && TryDecodeGrant(b))
                || (Type == Status && TryDecodeStatus(b)));
    }

    /// <summary>Writes the CRC of a frame at an offset.</summary>
    internal static void Finish(byte[] bytes, int offset) =>
        LittleEndian.WriteInt32(bytes, offset + CrcAt, (int)Crc32.Of(bytes, offset, CrcAt));

    private void EncodeStatus(byte[] b)
    {
        LittleEndian.WriteUInt16(b, 28, Numbers.Within(WantedMilliamps, 0, MilliampsMax) / MilliampsPerUnit);
        for (int phase = 0; phase < PhaseCount; phase++)
        {
            int drawn = Numbers.Within(DrawnMilliamps[phase], 0, MilliampsMax);
            LittleEndian.WriteUInt16(b, 30 + 2 * phase, (drawn + MilliampsPerUnit - 1) / MilliampsPerUnit);
        }

        LittleEndian.WriteUInt16(b, 36,
            (Numbers.Within(LimitMilliamps, 0, MilliampsMax) + MilliampsPerUnit - 1) / MilliampsPerUnit);
        LittleEndian.WriteUInt16(b, 38, State);
        LittleEndian.WriteInt32(b, 40, Numbers.Within(WantedWattHours, 0, WattHoursMax));
        LittleEndian.WriteInt32(b, 44, Numbers.Within(DepartureSeconds, -1, SecondsMax));
        LittleEndian.WriteInt32(b, 48, Numbers.Within(DeliveredWattHours, 0, WattHoursMax));
    }

    private bool TryDecodeCut(byte[] b)
    {
        Milliamps = LittleEndian.ReadInt32(b, 28);
        ValidMs = LittleEndian.ReadInt32(b, 32);
        return Milliamps >= 0 && Milliamps <= MilliampsMax && ValidMs >= 0;
    }

    private bool TryDecodeGrant(byte[] b)
    {
        Milliamps = LittleEndian.ReadInt32(b, 28);
        ValidMs = LittleEndian.ReadInt32(b, 32);
        StartSeconds = LittleEndian.ReadInt32(b, 36);
        PriceMicros = LittleEndian.ReadInt32(b, 40);
        ReadySeconds = LittleEndian.ReadInt32(b, 44);
        Reason = LittleEndian.ReadInt32(b, 48);
        return Milliamps >= 0 && Milliamps <= MilliampsMax && ValidMs >= 0 && Reason >= 0
            && StartSeconds >= -1 && StartSeconds <= SecondsMax && ReadySeconds >= -1 && ReadySeconds <= SecondsMax;
    }

    private bool TryDecodeStatus(byte[] b)
    {
        WantedMilliamps = LittleEndian.ReadUInt16(b, 28) * MilliampsPerUnit;
        Milliamps = 0;
        for (int phase = 0; phase < PhaseCount; phase++)
        {
            DrawnMilliamps[phase] = LittleEndian.ReadUInt16(b, 30 + 2 * phase) * MilliampsPerUnit;
            Milliamps = DrawnMilliamps[phase] > Milliamps ? DrawnMilliamps[phase] : Milliamps;
        }

        LimitMilliamps = LittleEndian.ReadUInt16(b, 36) * MilliampsPerUnit;
        State = LittleEndian.ReadUInt16(b, 38);
        WantedWattHours = LittleEndian.ReadInt32(b, 40);
        DepartureSeconds = LittleEndian.ReadInt32(b, 44);
        DeliveredWattHours = LittleEndian.ReadInt32(b, 48);
        return Milliamps <= MilliampsMax && WantedMilliamps <= MilliampsMax && LimitMilliamps <= MilliampsMax
            && WantedWattHours >= 0 && WantedWattHours <= WattHoursMax && DeliveredWattHours >= 0
            && DeliveredWattHours <= WattHoursMax && DepartureSeconds >= -1 && DepartureSeconds <= SecondsMax;
    }
}
