using System.Text.Json;
using NodaTime;
using NodaTime.Text;

namespace MeterFirmware.Tools.Billing.Tariffs;

/// <summary>
/// Holidays of a tariff: one date, a span of dates, or a list by year that ships (its days off take a day table, the
/// days that are worked instead take the season's weekday table). A date that two entries name is an error, except that
/// a date or a span goes before a list: that is how a tariff gives some of the list's days their own table.
/// </summary>
internal sealed class TariffHolidayParser(TariffFields fields, TariffModel model, Func<JsonValue?, int> dayTable)
{
    private const int SpanDaysMax = 60;
    private static readonly LocalDate _firstDate = new(1970, 1, 1);

    /// <summary>The device counts days in 16 bits from 1970.</summary>
    private static readonly LocalDate _lastDate = new(2148, 12, 31);

    private readonly Dictionary<LocalDate, string> _seen = [];
    private readonly HashSet<LocalDate> _listed = [];

    public void Parse(JsonValue holiday)
    {
        if (holiday.Kind == JsonValueKind.Object && holiday.Find("calendar") is JsonValue calendar)
        {
            if (fields.IsObject(holiday, ["calendar", "day"], []))
            {
                List(calendar, dayTable(holiday.Find("day")));
            }

            return;
        }

        bool isSpan = holiday.Kind == JsonValueKind.Object && holiday.Find("from") is not null;
        if (!fields.IsObject(holiday, isSpan ? ["from", "to", "day"] : ["date", "day"], []))
        {
            return;
        }

        int table = dayTable(holiday.Find("day"));
        LocalDate? from = Date(holiday.Find(isSpan ? "from" : "date"));
        LocalDate? to = isSpan ? Date(holiday.Find("to")) : from;
        if (from is not LocalDate first || to is not LocalDate last)
        {
            return;
        }

        if (last < first || Period.DaysBetween(first, last) >= SpanDaysMax)
        {
            fields.Add(holiday.Find("to")!,
                $"expected a date from {first:uuuu-MM-dd} on, at most {SpanDaysMax} days of it");
            return;
        }

        for (LocalDate date = first; date <= last; date = date.PlusDays(1))
        {
            Add(holiday, isSpan ? holiday : holiday.Find("date")!, date, table);
        }
    }

    private void Add(JsonValue holiday, JsonValue at, LocalDate date, int table)
    {
        if (!_seen.TryAdd(date, holiday.Path))
        {
            fields.Add(at, $"\"{date:uuuu-MM-dd}\" is given twice, first in {_seen[date]}");
            return;
        }

        if (_listed.Remove(date))
        {
            model.Holidays.RemoveAll(one => one.Date == date);
        }

        model.Holidays.Add(new HolidayModel(date, table));
    }

    private void List(JsonValue calendar, int table)
    {
        if (!fields.IsKind(calendar, JsonValueKind.String, "the name of a list of holidays"))
        {
            return;
        }

        if (HolidayCalendar.Find(calendar.Text) is not HolidayCalendar list)
        {
            fields.Add(calendar,
                $"unknown list {JsonReader.Quote(calendar.Text)}; expected one of "
                + $"{TariffFields.List(HolidayCalendar.Names)}");
            return;
        }

        model.Terms.Calendars.Add(new CalendarModel(calendar.Text, table));
        foreach (LocalDate date in list.Rest.Where(date => !_seen.ContainsKey(date)))
        {
            Take(date, table);
        }

        foreach (LocalDate date in list.Work.Where(date => !_seen.ContainsKey(date)))
        {
            SeasonModel? season = model.SeasonOf(date);
            Take(date, season?.WeekdayTable ?? -1);
        }
    }

    private void Take(LocalDate date, int table)
    {
        if (_listed.Add(date))
        {
            model.Holidays.Add(new HolidayModel(date, table));
        }
    }

    private LocalDate? Date(JsonValue? value)
    {
        if (value is null || !fields.IsKind(value, JsonValueKind.String, "a date such as \"2026-10-01\""))
        {
            return null;
        }

        bool isRead = LocalDatePattern.Iso.Parse(value.Text).TryGetValue(default, out LocalDate day)
            && day >= _firstDate && day <= _lastDate;
        if (!isRead)
        {
            fields.Add(value,
                $"{JsonReader.Quote(value.Text)} is no date; expected one such as \"2026-10-01\", 1970 to 2148");
        }

        return isRead ? day : null;
    }
}
