using MeterFirmware.Tools.Billing.Tariffs;
using NodaTime;
using NodaTime.Text;

namespace MeterFirmware.Tools.Billing.Lists;

/// <summary>A list of announced days: date, name, and if it is known the time of the announcement. The same day twice
/// is once, and the first announcement counts; two kinds of one date are an error.</summary>
public static class AnnouncedDays
{
    private const string Header = "date,name,announced";

    /// <param name="path">As the user gave it.</param>
    /// <param name="documents">Their kinds of days are the names that a row may have.</param>
    public static IReadOnlyList<AnnouncedDay> Read(string path, IReadOnlyList<TariffFile> documents)
    {
        string[] names =
            [.. documents.SelectMany(one => one.Model.Terms.AnnouncedKinds).Select(one => one.Name).Distinct()];
        if (names.Length == 0)
        {
            throw new InputException($"{path}: the tariff has no announced days ($.announced, $.discharge.announced)");
        }

        using CsvReader csv = new(path, Header);
        (int date, int name, int announced) = (csv.Find("date"), csv.Find("name"), csv.Header.IndexOf("announced"));
        Dictionary<LocalDate, (AnnouncedDay Day, int Line)> days = [];
        while (csv.TryReadRow())
        {
            AnnouncedDay day = Row(csv, documents[0].Zone, date, name, announced);
            if (!names.Contains(day.Name))
            {
                throw csv.Bad(name, $"'{day.Name}', {TariffFields.List(names)} was expected");
            }

            if (days.TryGetValue(day.Date, out (AnnouncedDay Day, int Line) first) && first.Day.Name != day.Name)
            {
                throw csv.Bad(name, $"'{day.Name}' on {day.Date:uuuu-MM-dd}, which line {first.Line} announces as "
                    + $"'{first.Day.Name}'");
            }

            if (first.Day is null || day.AnnouncedUtc < first.Day.AnnouncedUtc)
            {
                days[day.Date] = (day, csv.Line);
            }
        }

        return [.. days.Values.Select(one => one.Day).OrderBy(one => one.Date)];
    }

    private static AnnouncedDay Row(CsvReader csv, DateTimeZone zone, int date, int name, int announced)
    {
        LocalDate day = LocalDatePattern.Iso.Parse(csv[date]).TryGetValue(default, out LocalDate read) ? read
            : throw csv.Bad(date, $"'{csv[date]}', a date such as 2026-07-01 was expected");
        bool isKnown = announced >= 0 && csv[announced].Length > 0;
        return new AnnouncedDay(day, csv[name], isKnown ? new ListTimes(csv, zone).Utc(announced) : long.MinValue);
    }
}
