using MeterFirmware.Basics;
using MeterFirmware.Charging;

namespace MeterFirmware.SiteController;

/// <summary>An interval of a site as it stands in the journal; one object, reused.</summary>
public sealed class SiteRecord
{
    /// <summary>Phases of a site.</summary>
    public const int PhaseCountMax = LimitTree.PhaseCount;

    private const int Version = 1;

    // With the transformer's figures at the end; written only where one is watched.
    private const int TransformerVersion = 2;
    private const int TransformerBytes = 15;

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

    /// <summary>Of <see cref="LoadingPermille"/>.</summary>
    public const int NoTransformer = -1;

    /// <summary>A transformer is watched, and the next three mean something.</summary>
    public bool HasTransformer => LoadingPermille != NoTransformer;

    /// <summary>Highest loading of its strongest phase, permille of the rating.</summary>
    public int LoadingPermille = NoTransformer;

    /// <summary>Highest hot spot, tenths of a degree Celsius.</summary>
    public int HotSpotTenths;

    /// <summary>Life that the interval cost, s.</summary>
    public int LifeSeconds;

    /// <summary>Longest form in bytes of a site with so many members.</summary>
    public static int BytesOf(int members) =>
        3 + VarInt.BytesMax * 8 + (PhaseCountMax + members) * MemberBytes + TransformerBytes;

    /// <summary>Writes the record and returns its length; <see cref="BytesOf"/> bytes must be free.</summary>
    public int Write(byte[] bytes, int offset)
    {
        int at = offset;
        bytes[at++] = (byte)(HasTransformer ? TransformerVersion : Version);
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

        if (HasTransformer)
        {
            at = VarInt.Write(bytes, at, LoadingPermille);
            at = VarInt.Write(bytes, at, HotSpotTenths);
            at = VarInt.Write(bytes, at, LifeSeconds);
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
        if (count < 3 || bytes[offset] < Version || bytes[offset] > TransformerVersion
            || bytes[offset + 1] > PhaseCountMax
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
            && TryReadRow(bytes, ref at, end, MemberWattHours, MemberCount)
            && TryReadTransformer(bytes, ref at, end, bytes[offset] == TransformerVersion) && at == end;
    }

    private bool TryReadTransformer(byte[] bytes, ref int at, int end, bool isThere)
    {
        LoadingPermille = NoTransformer;
        if (!isThere)
        {
            return true;
        }

        bool isRead = VarInt.TryRead(bytes, ref at, end, out long loading);
        isRead &= VarInt.TryRead(bytes, ref at, end, out long hotSpot);
        isRead &= VarInt.TryRead(bytes, ref at, end, out long life);
        LoadingPermille = (int)loading;
        HotSpotTenths = (int)hotSpot;
        LifeSeconds = (int)life;
        return isRead && loading >= 0;
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
