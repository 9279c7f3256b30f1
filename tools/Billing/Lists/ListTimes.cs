using MeterFirmware.Tools.Billing.Loads;
using NodaTime;

namespace MeterFirmware.Tools.Billing.Lists;

/// <summary>Times of a list's rows. One without an offset is local: in the repeated hour of autumn the first row that
/// names it is the first pass, the next one the second.</summary>
internal sealed class ListTimes(CsvReader csv, DateTimeZone zone)
{
    private long _last = long.MinValue;

    public long Utc(int column)
    {
        // A date that is another one with the day first is none.
        bool isRead = TimeText.TryRead(csv[column], false, out ParsedTime time) && time.IsFull
            && TimeText.TryRead(csv[column], true, out ParsedTime other) && other.Local == time.Local;
        if (!isRead || time.Local.Year is < 1972 or > 2098)
        {
            throw csv.Bad(column, $"'{csv[column]}', a time such as 2026-07-01T14:00 was expected");
        }

        ZonedDateTime[] places = time.OffsetSeconds is int offset
            ? [time.Local.WithOffset(Offset.FromSeconds(offset)).ToInstant().InZone(zone)]
            : [.. Places(time.Local)];
        ZonedDateTime[] later = [.. places.Where(one => one.ToInstant().ToUnixTimeSeconds() > _last)];
        _last = (later.Length > 0 ? later[0] : places.Length > 0 ? places[0]
            : throw csv.Bad(column, $"'{csv[column]}' is in the hour that the change of the clocks leaves out"))
            .ToInstant().ToUnixTimeSeconds();
        return _last;
    }

    private IEnumerable<ZonedDateTime> Places(LocalDateTime local)
    {
        NodaTime.TimeZones.ZoneLocalMapping mapping = zone.MapLocal(local);
        return mapping.Count switch
        {
            0 => [],
            1 => [mapping.Single()],
            _ => [mapping.First(), mapping.Last()],
        };
    }
}
