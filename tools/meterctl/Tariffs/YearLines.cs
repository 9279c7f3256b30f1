using MeterFirmware.Tools.Billing;
using NodaTime;

namespace MeterFirmware.Tools.MeterCtl.Tariffs;

/// <summary>A tariff's year for a terminal: in each month the days that are alike share a line of 48 half
/// hours.</summary>
internal static class YearLines
{
    /// <summary>Rates of the half hours, and the days of the month that have them.</summary>
    public sealed record Line(int Month, int[] Rates, List<LocalDate> Days)
    {
        /// <summary>"1-2 5-9": spans of days.</summary>
        public string DayText()
        {
            List<string> spans = [];
            for (int i = 0; i < Days.Count;)
            {
                int end = i;
                while (end + 1 < Days.Count && Days[end + 1] == Days[end].PlusDays(1))
                {
                    end++;
                }

                spans.Add(end == i ? $"{Days[i].Day}" : $"{Days[i].Day}-{Days[end].Day}");
                i = end + 1;
            }

            return string.Join(' ', spans);
        }
    }

    /// <summary>Half hours, so that a day fits 48 columns; a quarter hour that differs shows at its half
    /// hour.</summary>
    public static List<Line> Of(YearMap map)
    {
        List<Line> lines = [];
        for (int day = 0; day < map.Rates.GetLength(0); day++)
        {
            LocalDate date = new LocalDate(map.Year, 1, 1).PlusDays(day);
            int at = day;
            int[] rates = [.. Enumerable.Range(0, 48).Select(half => map.Rates[at, half * 2 + 1])];
            Line? alike = lines.Find(line => line.Month == date.Month && line.Rates.SequenceEqual(rates));
            if (alike is null)
            {
                lines.Add(new Line(date.Month, rates, [date]));
            }
            else
            {
                alike.Days.Add(date);
            }
        }

        return lines;
    }
}
