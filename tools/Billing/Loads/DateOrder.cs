using NodaTime;

namespace MeterFirmware.Tools.Billing.Loads;

/// <summary>
/// Whether 03/04/2026 is in March or in April. Certain when only one order makes a date of every row, or times that go
/// on step by step; else an error with its option. MM/dd/yyyy HH:mm:ss is month first, as it always was here.
/// </summary>
internal static class DateOrder
{
    public static bool IsDayFirst(CsvTable table, ColumnChoice choice, LoadSettings settings)
    {
        if (settings.DateOrder is string given)
        {
            return given == "day-first";
        }

        List<(int Line, string Text)> cells = [.. table.Rows.Where(row => row.Cells.Length > choice.Time)
            .Select(row => (row.Line, LoadColumns.BeforeTo(row.Cells[choice.Time]))).Where(cell => IsOpen(cell.Item2))];
        if (cells.Count == 0)
        {
            return false;
        }

        (int monthGood, int monthSteps) = Judge(cells, false);
        (int dayGood, int daySteps) = Judge(cells, true);
        if (monthGood != dayGood)
        {
            return dayGood > monthGood;
        }

        // Months and days differ only where the date does: one day alone tells nothing.
        bool isAlike = cells.All(cell => TimeText.TryRead(cell.Text, false, out ParsedTime a)
            && TimeText.TryRead(cell.Text, true, out ParsedTime b) && a.Local == b.Local);
        return isAlike || monthSteps < daySteps || IsOld(cells[0].Text) && monthSteps == daySteps ? false
            : daySteps < monthSteps ? true
            : throw table.Bad(cells[0].Line, choice.Time, $"'{cells[0].Text}' may be month first or day first; "
                + "--date-order month-first or --date-order day-first says which");
    }

    /// <summary>A date that does not begin with its year, with '/' or '-' between.</summary>
    private static bool IsOpen(string text) => text.Length >= 6 && text.AsSpan(0, 4).ContainsAnyExceptInRange('0', '9')
        && text.AsSpan().ContainsAny('/', '-')
        && (TimeText.TryRead(text, false, out ParsedTime _) || TimeText.TryRead(text, true, out ParsedTime _));

    /// <summary>How many cells are dates in this order, and how many different steps there are between
    /// neighbours.</summary>
    private static (int Good, int Steps) Judge(List<(int Line, string Text)> cells, bool isDayFirst)
    {
        int good = 0;
        LocalDateTime? before = null;
        HashSet<long> steps = [];
        foreach ((int _, string text) in cells)
        {
            if (!TimeText.TryRead(text, isDayFirst, out ParsedTime time))
            {
                continue;
            }

            good++;
            if (before is LocalDateTime last)
            {
                steps.Add(Period.Between(last, time.Local, PeriodUnits.Minutes).Minutes);
            }

            before = time.Local;
        }

        return (good, steps.Count);
    }

    /// <summary>MM/dd/yyyy HH:mm:ss, the one form of this kind that was read before there was a choice.</summary>
    private static bool IsOld(string text) => text.Length == 19 && text[2] == '/' && text[5] == '/' && text[13] == ':'
        && text[16] == ':';
}
