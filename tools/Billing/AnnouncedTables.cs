using MeterFirmware.Tools.Billing.Lists;
using MeterFirmware.Tools.Billing.Tariffs;
using NodaTime;

namespace MeterFirmware.Tools.Billing;

/// <summary>The day tables of announced days: they go before holiday, day of the week and season. A day may begin at
/// another clock time than midnight; one that is announced late holds from that moment on.</summary>
internal sealed class AnnouncedTables(TariffModel model, IReadOnlyList<AnnouncedDay> days)
{
    private readonly Dictionary<LocalDate, (AnnouncedModel Kind, AnnouncedDay Day)> _days = days
        .Select(day => (Kind: model.Terms.Announced.Find(one => one.Name == day.Name), Day: day))
        .Where(one => one.Kind is not null).ToDictionary(one => one.Day.Date, one => (one.Kind!, one.Day));

    /// <summary>The table at a moment; −1: the ordinary one.</summary>
    /// <param name="date">Local date.</param>
    /// <param name="minute">Of the wall clock.</param>
    /// <param name="utc">UTC seconds.</param>
    public int TableAt(LocalDate date, int minute, long utc)
    {
        if (_days.TryGetValue(date, out (AnnouncedModel Kind, AnnouncedDay Day) today) && minute >= today.Kind.BeginsMinute)
        {
            return utc >= today.Day.AnnouncedUtc ? today.Kind.DayTable : -1;
        }

        return _days.TryGetValue(date.PlusDays(-1), out (AnnouncedModel Kind, AnnouncedDay Day) last)
            && minute < last.Kind.BeginsMinute && utc >= last.Day.AnnouncedUtc ? last.Kind.DayTable : -1;
    }

    /// <summary>The next moment after this one at which the table may be another.</summary>
    /// <param name="midnightUtc">UTC second at which the wall clock of the date would show 00:00.</param>
    public long UntilUtc(LocalDate date, long midnightUtc, long utc)
    {
        long until = long.MaxValue;
        foreach (LocalDate one in new[] { date.PlusDays(-1), date })
        {
            if (_days.TryGetValue(one, out (AnnouncedModel Kind, AnnouncedDay Day) day))
            {
                foreach (long cut in new[] { midnightUtc + day.Kind.BeginsMinute * 60L, day.Day.AnnouncedUtc })
                {
                    until = cut > utc ? Math.Min(until, cut) : until;
                }
            }
        }

        return until;
    }
}
