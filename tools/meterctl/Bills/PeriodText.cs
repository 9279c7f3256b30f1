using NodaTime;
using NodaTime.Text;

namespace MeterFirmware.Tools.MeterCtl.Bills;

/// <summary>A period as options have it: a month, a year, or two days.</summary>
internal static class PeriodText
{
    public static (LocalDate? From, LocalDate? Until) Parse(string? text)
    {
        if (text is null)
        {
            return (null, null);
        }

        string[] ends = text.Split("..");
        if (ends.Length == 2 && TryDate(ends[0], out LocalDate from) && TryDate(ends[1], out LocalDate until)
            && from < until)
        {
            return (from, until);
        }

        if (ends.Length == 1 && TryDate(text + "-01", out LocalDate month))
        {
            return (month, month.PlusMonths(1));
        }

        return ends.Length == 1 && text.Length == 4 && TryDate(text + "-01-01", out LocalDate year)
            ? (year, year.PlusYears(1))
            : throw new InputException($"--period: '{text}', 2026-03, 2026 or 2026-03-01..2026-04-01 was expected");
    }

    private static bool TryDate(string text, out LocalDate date) =>
        LocalDatePattern.Iso.Parse(text).TryGetValue(default, out date);
}
