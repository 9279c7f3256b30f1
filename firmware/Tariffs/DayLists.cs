namespace MeterFirmware.Tariffs;

/// <summary>Which of a few lists, each of one local day, gives way to a new one. Days are numbers since
/// 1970-01-01.</summary>
public static class DayLists
{
    /// <summary>A place without a list, and a today that is not known.</summary>
    public const long NoDay = long.MinValue;

    // Days that can be told from past ones by their rank.
    private const long PastRank = 1L << 40;

    /// <summary>The place for a day's list: its own, else a free one, else that of the day that is least wanted, so
    /// that one of a wrong day never costs today's or tomorrow's its place. Least wanted is the past, then the farthest
    /// future; without a calendar the oldest. −1: every list that is kept is wanted more.</summary>
    /// <param name="days">Day of each place.</param>
    /// <param name="day">Of the new list.</param>
    /// <param name="today">The local day now.</param>
    public static int PlaceFor(long[] days, long day, long today)
    {
        int worst = 0;
        for (int place = 0; place < days.Length; place++)
        {
            if (days[place] == day)
            {
                return place;
            }

            worst = Rank(days[place], today) > Rank(days[worst], today) ? place : worst;
        }

        return Rank(days[worst], today) > Rank(day, today) ? worst : -1;
    }

    /// <summary>The higher, the less it is wanted.</summary>
    private static long Rank(long day, long today) =>
        day == NoDay ? long.MaxValue : today == NoDay ? -day : day < today ? PastRank + today - day : day - today;
}
