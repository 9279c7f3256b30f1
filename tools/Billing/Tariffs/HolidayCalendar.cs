using System.Text.Json;
using NodaTime;
using NodaTime.Text;

namespace MeterFirmware.Tools.Billing.Tariffs;

/// <summary>Lists of holidays that ship as data (Data/calendars.json): days off, and weekend days that are
/// worked.</summary>
public sealed class HolidayCalendar
{
    private static readonly Dictionary<string, HolidayCalendar> _all = Load();

    private HolidayCalendar()
    {
    }

    public static IEnumerable<string> Names => _all.Keys;

    /// <summary>Years of which the list is known.</summary>
    public SortedSet<int> Years { get; } = [];

    public HashSet<LocalDate> Rest { get; } = [];

    public HashSet<LocalDate> Work { get; } = [];

    public static HolidayCalendar? Find(string name) => _all.GetValueOrDefault(name);

    private static Dictionary<string, HolidayCalendar> Load()
    {
        using Stream stream = typeof(HolidayCalendar).Assembly.GetManifestResourceStream("data:calendars.json")!;
        using JsonDocument document = JsonDocument.Parse(stream);
        Dictionary<string, HolidayCalendar> all = [];
        foreach (JsonProperty calendar in document.RootElement.EnumerateObject())
        {
            HolidayCalendar one = new();
            foreach (JsonProperty year in calendar.Value.GetProperty("years").EnumerateObject())
            {
                one.Years.Add(int.Parse(year.Name, System.Globalization.CultureInfo.InvariantCulture));
                foreach (JsonElement span in year.Value.GetProperty("rest").EnumerateArray())
                {
                    string[] ends = span.GetString()!.Split("..");
                    for (LocalDate date = Date(ends[0]); date <= Date(ends[1]); date = date.PlusDays(1))
                    {
                        one.Rest.Add(date);
                    }
                }

                one.Work.UnionWith(year.Value.GetProperty("work").EnumerateArray()
                    .Select(date => Date(date.GetString()!)));
            }

            all.Add(calendar.Name, one);
        }

        return all;
    }

    private static LocalDate Date(string text) => LocalDatePattern.Iso.Parse(text).GetValueOrThrow();
}
