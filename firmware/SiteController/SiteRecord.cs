using MeterFirmware.Basics;
using MeterFirmware.Charging;

namespace MeterFirmware.SiteController;

/// <summary>An interval of a site as it stands in the journal; one object, reused.</summary>
public sealed class SiteRecord
{
    /// <summary>Phases of a site.</summary>
    public const int PhaseCountMax = LimitTree.PhaseCount;

    private const int Version = 1;

    // A member's Wh fit 31 bits, which take five bytes.
    private const int MemberBytes = 5;

    public SiteRecord(int membersMax)
    {
        MemberWattHours = new int[membersMax];
    }

    /// <summary>Bits of <see cref="Storage.Records.RecordFlags"/>.</summary>
    public int Flags;

    /// <summary>Begin, UTC seconds, or seconds since the start where the time was not known.</summary>
    public long StartUtcSeconds;

    public long EndUtcSeconds;

    /// <summary>Zone offset at the end, in seconds east of UTC.</summary>
    public int OffsetSeconds;

    /// <summary>The register at the end, Wh.</summary>
    public long ImportWattHours;

    /// <summary>Drawn in the interval, mWh.</summary>
    public long ImportMilliwattHours;

    /// <summary>The least limit of the mains that was in force, mA a phase …</summary>
    public int LimitMilliamps;

    /// <summary>… and whose it was, a <see cref="SiteLimitSource"/>.</summary>
    public int LimitSource;

    /// <summary>Phases of the site, 1 or 3.</summary>
    public int PhaseCount;

    /// <summary>Highest current of each phase at the mains, mA.</summary>
    public readonly int[] PeakMilliamps = new int[PhaseCountMax];

    public int MemberCount;

    /// <summary>Drawn by each member in the interval, Wh.</summary>
    public readonly int[] MemberWattHours;

    /// <summary>Longest form in bytes of a site with so many members.</summary>
    public static int BytesOf(int members) => 3 + VarInt.BytesMax * 8 + (PhaseCountMax + members) * MemberBytes;

    /// <summary>Writes the record and returns its length; <see cref="BytesOf"/> bytes must be free.</summary>
    public int Write(byte[] bytes, int offset)
    {
        int at = offset;
        bytes[at++] = Version;
        bytes[at++] = (byte)PhaseCount;
        bytes[at++] = (byte)MemberCount;
        at = VarInt.Write(bytes, at, Flags);
        at = VarInt.Write(bytes, at, StartUtcSeconds);
        at = VarInt.Write(bytes, at, EndUtcSeconds - StartUtcSeconds);
        at = VarInt.Write(bytes, at, OffsetSeconds);
        at = VarInt.Write(bytes, at, ImportWattHours);
        at = VarInt.Write(bytes, at, ImportMilliwattHours);
        at = VarInt.Write(bytes, at, LimitMilliamps);
        at = VarInt.Write(bytes, at, LimitSource);
        for (int phase = 0; phase < PhaseCount; phase++)
        {
            at = VarInt.Write(bytes, at, PeakMilliamps[phase]);
        }

        for (int i = 0; i < MemberCount; i++)
        {
            at = VarInt.Write(bytes, at, MemberWattHours[i]);
        }

        return at - offset;
    }

    /// <summary>Reads what <see cref="Write"/> wrote. False: another version, more members, or cut; the fields then
    /// mean
    /// nothing.</summary>
    public bool TryRead(byte[] bytes, int offset, int count)
    {
        int end = offset + count;
        int at = offset + 3;
        if (count < 3 || bytes[offset] != Version || bytes[offset + 1] > PhaseCountMax
            || bytes[offset + 2] > MemberWattHours.Length
            || !VarInt.TryRead(bytes, ref at, end, out long flags)
            || !VarInt.TryRead(bytes, ref at, end, out StartUtcSeconds)
            || !VarInt.TryRead(bytes, ref at, end, out long length)
            || !VarInt.TryRead(bytes, ref at, end, out long zone)
            || !VarInt.TryRead(bytes, ref at, end, out ImportWattHours)
            || !VarInt.TryRead(bytes, ref at, end, out ImportMilliwattHours)
            || !VarInt.TryRead(bytes, ref at, end, out long limit)
            || !VarInt.TryRead(bytes, ref at, end, out long source))
        {
            return false;
        }

        PhaseCount = bytes[offset + 1];
        MemberCount = bytes[offset + 2];
        Flags = (int)flags;
        EndUtcSeconds = StartUtcSeconds + length;
        OffsetSeconds = (int)zone;
        LimitMilliamps = (int)limit;
        LimitSource = (int)source;
        return TryReadRow(bytes, ref at, end, PeakMilliamps, PhaseCount)
            && TryReadRow(bytes, ref at, end, MemberWattHours, MemberCount) && at == end;
    }

    private static bool TryReadRow(byte[] bytes, ref int at, int end, int[] row, int count)
    {
        for (int i = 0; i < count; i++)
        {
            if (!VarInt.TryRead(bytes, ref at, end, out long value))
            {
                return false;
            }

            row[i] = (int)value;
        }

        return true;
    }
}
