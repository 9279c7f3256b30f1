using NodaTime;

namespace MeterFirmware.Tools.Billing.Loads;

/// <summary>
/// The rule of files with as many rows on every day: the hour that spring leaves out has rows, which must be 0 and are
/// left out; the hour that autumn repeats has its rows once, and each is half in the first pass and half in the second.
/// </summary>
internal sealed class WallClock(string path, DateTimeZone zone)
{
    /// <summary>Rows with their UTC seconds; a row's time stays what it was of its interval, start or end.</summary>
    public List<LoadRow> Spread(List<LoadRow> rows, int step, bool isStart)
    {
        List<LoadRow> spread = [];
        long toStart = isStart ? 0 : -step;
        foreach (LoadRow row in rows)
        {
            LocalDateTime start = row.Local.PlusSeconds(toStart);
            NodaTime.TimeZones.ZoneLocalMapping map = zone.MapLocal(start);
            if (map.Count == 0)
            {
                if (row.Value != 0 || row.Export != 0 || row.Reactive != 0
                    || row.Generation != 0)
                {
                    throw new InputException($"{path}:{row.Line}: {row.Local:uuuu-MM-dd'T'HH:mm:ss} lies in the hour "
                        + $"that does not exist; "
                        + "0 was expected with --clock always-96");
                }
            }
            else if (map.Count == 1)
            {
                spread.Add(row with { UtcSeconds = map.Single().ToInstant().ToUnixTimeSeconds() - toStart });
            }
            else
            {
                LoadRow half = row with
                {
                    Value = row.Value / 2,
                    Export = row.Export / 2,
                    Reactive = row.Reactive / 2,
                    Generation = row.Generation / 2,
                };
                spread.Add(half with { UtcSeconds = map.First().ToInstant().ToUnixTimeSeconds() - toStart });
                spread.Add(half with { UtcSeconds = map.Last().ToInstant().ToUnixTimeSeconds() - toStart });
            }
        }

        return [.. spread.OrderBy(row => row.UtcSeconds)];
    }
}
