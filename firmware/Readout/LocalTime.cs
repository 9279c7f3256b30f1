using MeterFirmware.Tariffs;

namespace MeterFirmware.Readout;

/// <summary>Local wall time into UTC.</summary>
internal static class LocalTime
{
    /// <summary>By the offset of the moment that is meant, found by the offset near it. Of the repeated hour the later one.
    /// </summary>
    public static long ToUtc(TariffTable zone, long localSeconds)
    {
        long near = localSeconds - zone.OffsetSecondsAt(localSeconds);
        return localSeconds - zone.OffsetSecondsAt(near);
    }
}
