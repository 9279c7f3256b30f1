using NodaTime;

namespace MeterFirmware.Tools.Billing.Lists;

/// <summary>A list of the system's peaks: the time at which each begins.</summary>
public static class PeakHours
{
    private const string Header = "time";

    /// <returns>UTC seconds, ascending.</returns>
    public static IReadOnlyList<long> Read(string path, DateTimeZone zone)
    {
        using CsvReader csv = new(path, Header);
        int time = csv.Find(Header);
        ListTimes times = new(csv, zone);
        SortedSet<long> peaks = [];
        while (csv.TryReadRow())
        {
            if (!peaks.Add(times.Utc(time)))
            {
                throw csv.Bad(time, $"'{csv[time]}' is listed twice");
            }
        }

        return [.. peaks];
    }
}
