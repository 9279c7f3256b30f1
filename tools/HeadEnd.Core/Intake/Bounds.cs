namespace MeterFirmware.Tools.HeadEnds.Intake;

/// <summary>What a message may say at most. Nothing that exists comes near; a number beyond is a fault or an attack,
/// and must neither reach a bill nor settle what was never sent.</summary>
internal static class Bounds
{
    /// <summary>Record numbers and counts: JSON numbers are exact up to 2^53 (RFC 8259, section 6).</summary>
    public const long NumberMax = (1L << 53) - 1;

    /// <summary>Numbers that a device may have given out since its birth, or since the newest record that came: a
    /// hundred days of quarter hours. A device that waits for an acknowledgement comes back with a new birth within the
    /// hour.</summary>
    public const long NumbersAheadMax = 10_000;

    /// <summary>Ranges of numbers beyond the first hole that are kept for one device.</summary>
    public const int RangesAheadMax = 10_000;

    /// <summary>Energy register in Wh (varh): a gigawatt for a hundred years.</summary>
    public const long RegisterWattHoursMax = 1_000_000_000_000_000;

    /// <summary>Rates of a tariff table: 63 in DL/T 645-2007, and in firmware/Tariffs. Not the table in force: a record
    /// from before a table switch keeps its own index.</summary>
    public const int RateCountMax = 63;

    /// <summary>Words of the protocol: kind, reason, flag, name of a rate.</summary>
    public const int WordCharsMax = 32;

    /// <summary>2000-01-01: earlier times are those of a device without a clock, which flags them "untimed".</summary>
    public const long TimedUtcSecondsMin = 946_684_800;

    /// <summary>2100-01-01.</summary>
    public const long UtcSecondsMax = 4_102_444_800;

    /// <summary>Power of any device, unless the head-end is told less: a gigawatt.</summary>
    public const long PowerWattsMax = 1_000_000_000;

    private const int HoursADay = 24;

    /// <summary>Energy of one interval in mWh: a day at the given power, for a device may catch up after an
    /// outage.</summary>
    public static long IntervalMilliwattHoursMax(long powerWattsMax) => powerWattsMax * 1_000 * HoursADay;
}
