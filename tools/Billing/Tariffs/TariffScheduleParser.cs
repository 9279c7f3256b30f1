using System.Text.Json;
using System.Text.RegularExpressions;
using MeterFirmware.Tariffs;
using NodaTime;
using NodaTime.Text;

namespace MeterFirmware.Tools.Billing.Tariffs;

/// <summary>Day tables, seasons and holidays of a tariff file. With bad rates only the times are checked.</summary>
internal sealed partial class TariffScheduleParser(TariffFields fields, TariffModel model, bool ratesAreGood)
{
    /// <summary>Of a document that no device holds: a table a month and kind of day, a period a quarter hour.</summary>
    private const int DayTableCountMax = 64;
    private const int PeriodCountMax = 96;
    private const int HolidayEntriesMax = 1000;

    private static readonly Dictionary<string, IsoDayOfWeek> _weekdays = new()
    {
        ["mon"] = IsoDayOfWeek.Monday,
        ["tue"] = IsoDayOfWeek.Tuesday,
        ["wed"] = IsoDayOfWeek.Wednesday,
        ["thu"] = IsoDayOfWeek.Thursday,
        ["fri"] = IsoDayOfWeek.Friday,
        ["sat"] = IsoDayOfWeek.Saturday,
        ["sun"] = IsoDayOfWeek.Sunday,
    };

    private readonly List<string> _dayNames = [];

    public void Parse(JsonValue? days, JsonValue? seasons, JsonValue? holidays)
    {
        if (days != null && fields.IsKind(days, JsonValueKind.Object, "an object of day tables"))
        {
            ParseDays(days);
        }

        if (seasons != null && fields.IsKind(seasons, JsonValueKind.Array, "an array of seasons"))
        {
            ParseSeasons(seasons);
        }

        if (holidays != null && fields.IsKind(holidays, JsonValueKind.Array, "an array of holidays"))
        {
            ParseHolidays(holidays);
        }
    }

    /// <summary>Kinds of days that are announced, each with its day table.</summary>
    public void ParseAnnounced(JsonValue? announced)
    {
        if (announced is null || !fields.IsKind(announced, JsonValueKind.Array, "an array of announced days"))
        {
            return;
        }

        foreach (JsonValue item in announced.Items.Where(item => fields.IsObject(item, ["name", "day"], ["begins"])))
        {
            if (item.Find("name") is JsonValue name && fields.IsName(name, TariffLimits.NameBytesMax)
                && model.Terms.Announced.Exists(one => one.Name == name.Text))
            {
                fields.Add(name, $"{JsonReader.Quote(name.Text)} is given twice");
            }

            int begins = item.Find("begins") is JsonValue time ? Math.Max(0, StartMinute(time)) : 0;
            if (begins > 0 && model.IsForDevices)
            {
                fields.Add(item.Find("begins")!, "an announced day begins at midnight on a device; "
                    + "\"device\": false makes it a document for bills only");
            }

            model.Terms.Announced.Add(new AnnouncedModel(fields.Text(item, "name"), DayTable(item.Find("day")), begins));
        }
    }

    private void ParseDays(JsonValue days)
    {
        int most = model.IsForDevices ? TariffLimits.DayTableCountMax : DayTableCountMax;
        if (days.Members.Count == 0 || days.Members.Count > most)
        {
            fields.Add(days, $"{days.Members.Count} day tables; expected 1 to {most}");
        }

        foreach ((string name, JsonValue day) in days.Members)
        {
            fields.IsNameText(name, day.Path, TariffLimits.NameBytesMax);
            _dayNames.Add(name);
            DayTableModel table = new(name, []);
            model.Days.Add(table);
            if (fields.IsKind(day, JsonValueKind.Array, "an array of periods"))
            {
                ParsePeriods(day, table);
            }
        }
    }

    private void ParsePeriods(JsonValue day, DayTableModel table)
    {
        int most = model.IsForDevices ? TariffLimits.PeriodCountMax : PeriodCountMax;
        if (day.Items.Count == 0 || day.Items.Count > most)
        {
            fields.Add(day, $"{day.Items.Count} periods; expected 1 to {most}");
        }

        int previous = -1;
        for (int i = 0; i < day.Items.Count; i++)
        {
            JsonValue period = day.Items[i];
            if (period.Kind != JsonValueKind.Array || period.Items.Count != 2)
            {
                fields.Add(period, "expected a period such as [\"08:00\", \"peak\"]");
                continue;
            }

            int start = StartMinute(period.Items[0]);
            int rate = ratesAreGood ? fields.Resolve(period.Items[1], "rate", model.Rates) : 0;
            if (start < 0)
            {
                continue;
            }

            string time = JsonReader.Quote(period.Items[0].Text);
            if (i == 0 && start != 0)
            {
                fields.Add(period.Items[0], $"the first period begins at {time}; expected \"00:00\"");
            }
            else if (start == previous)
            {
                fields.Add(period.Items[0], $"two periods begin at {time}");
            }
            else if (start < previous)
            {
                fields.Add(period.Items[0], $"{time} is out of order; expected a time after \"{TimeText(previous)}\"");
            }

            previous = Math.Max(start, previous);
            table.Periods.Add(new PeriodModel(start, rate));
        }
    }

    /// <summary>Minutes from midnight, or −1 and an error.</summary>
    private int StartMinute(JsonValue value)
    {
        if (!fields.IsKind(value, JsonValueKind.String, "a time such as \"08:00\""))
        {
            return -1;
        }

        Match match = TimePattern().Match(value.Text);
        int hour = match.Success ? int.Parse(match.Groups[1].ValueSpan) : 99;
        int minute = match.Success ? int.Parse(match.Groups[2].ValueSpan) : 99;
        if (hour > 23 || minute > 59)
        {
            fields.Add(value, $"{JsonReader.Quote(value.Text)} is no time; expected \"00:00\" to \"23:59\"");
            return -1;
        }

        return hour * 60 + minute;
    }

    private void ParseSeasons(JsonValue seasons)
    {
        if (seasons.Items.Count is 0 or > TariffLimits.SeasonCountMax)
        {
            fields.Add(seasons, $"{seasons.Items.Count} seasons; expected 1 to {TariffLimits.SeasonCountMax}");
        }

        AnnualDate previous = default;
        bool isFirst = true;
        foreach (JsonValue season in seasons.Items)
        {
            if (!fields.IsObject(season, ["from", "weekday", "weekend"], ["days", "prices"]))
            {
                continue;
            }

            int weekday = DayTable(season.Find("weekday"));
            int weekend = DayTable(season.Find("weekend"));
            if (season.Find("from") is not JsonValue from || !TrySeasonDate(fields, from, out AnnualDate date))
            {
                continue;
            }

            if (!isFirst && date == previous)
            {
                fields.Add(from, $"two seasons begin on {JsonReader.Quote(from.Text)}");
            }
            else if (!isFirst && date < previous)
            {
                fields.Add(from,
                    $"{JsonReader.Quote(from.Text)} is out of order; expected a date after "
                    + $"\"{previous.Month:00}-{previous.Day:00}\"");
            }

            previous = isFirst || date > previous ? date : previous;
            isFirst = false;
            SeasonModel added = new(date.Month, date.Day, weekday, weekend);
            model.Seasons.Add(added);
            if (season.Find("days") is JsonValue days)
            {
                ParseWeekdays(days, added);
            }
        }
    }

    /// <summary>Days of the week that have their own table.</summary>
    private void ParseWeekdays(JsonValue days, SeasonModel season)
    {
        if (!fields.IsKind(days, JsonValueKind.Object, "an object of day tables by day of the week"))
        {
            return;
        }

        foreach ((string name, JsonValue table) in days.Members)
        {
            if (!_weekdays.TryGetValue(name, out IsoDayOfWeek day))
            {
                fields.Add(table,
                    $"unknown day {JsonReader.Quote(name)}; expected one of {TariffFields.List(_weekdays.Keys)}");
            }
            else if (DayTable(table) is >= 0 and int number)
            {
                season.Days[day] = number;
            }
        }
    }

    public static bool TrySeasonDate(TariffFields fields, JsonValue value, out AnnualDate date)
    {
        date = default;
        if (!fields.IsKind(value, JsonValueKind.String, "a date such as \"06-01\""))
        {
            return false;
        }

        if (value.Text == "02-29")
        {
            fields.Add(value, "\"02-29\" is not in every year; a season begins on 02-28 or 03-01");
            return false;
        }

        if (!SeasonPattern().IsMatch(value.Text)
            || !LocalDatePattern.Iso.Parse("2001-" + value.Text).TryGetValue(default, out LocalDate day))
        {
            fields.Add(value, $"{JsonReader.Quote(value.Text)} is no date; expected month and day such as \"06-01\"");
            return false;
        }

        date = new AnnualDate(day.Month, day.Day);
        return true;
    }

    private void ParseHolidays(JsonValue holidays)
    {
        TariffHolidayParser parser = new(fields, model, DayTable);
        holidays.Items.ForEach(parser.Parse);
        if (holidays.Items.Count > HolidayEntriesMax)
        {
            fields.Add(holidays, $"{holidays.Items.Count} holidays; expected at most {HolidayEntriesMax}");
        }
    }

    private int DayTable(JsonValue? value) => value is null ? -1 : fields.Resolve(value, "day table", _dayNames);

    private static string TimeText(int minutes) => $"{minutes / 60:00}:{minutes % 60:00}";

    [GeneratedRegex(@"^(\d\d):(\d\d)\z", RegexOptions.ECMAScript)]
    private static partial Regex TimePattern();

    [GeneratedRegex(@"^\d\d-\d\d\z", RegexOptions.ECMAScript)]
    private static partial Regex SeasonPattern();
}
