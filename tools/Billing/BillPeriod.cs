using MeterFirmware.Tools.Billing.Tariffs;
using NodaTime;

namespace MeterFirmware.Tools.Billing;

/// <summary>The days of a bill and how they are cut: at the months, and where one document follows another.</summary>
internal static class BillPeriod
{
    /// <summary>The period asked for, which the load must cover; without one the load's.</summary>
    public static (LocalDate From, LocalDate Until) Of(BillRequest request, DateTimeZone zone)
    {
        Instant start = Instant.FromUnixTimeSeconds(request.Load.StartUtcSeconds);
        Instant end = Instant.FromUnixTimeSeconds(request.Load.EndUtcSeconds);
        LocalDate first = start.InZone(zone).Date;
        LocalDate last = (end - Duration.Epsilon).InZone(zone).Date.PlusDays(1);
        LocalDate from = request.From ?? first;
        LocalDate until = request.Until ?? last;
        Instant fromInstant = from.AtStartOfDayInZone(zone).ToInstant();
        Instant untilInstant = until.AtStartOfDayInZone(zone).ToInstant();
        bool isWhole = (request.From is null || fromInstant >= start) && (request.Until is null || untilInstant <= end);
        return !isWhole
            ? throw new InputException($"{request.Load.Path}: the load reaches from "
                + $"{start.InZone(zone).LocalDateTime:uuuu-MM-dd'T'HH:mm} "
                + $"to {end.InZone(zone).LocalDateTime:uuuu-MM-dd'T'HH:mm}; the period "
                    + $"{from:uuuu-MM-dd}..{until:uuuu-MM-dd} was expected inside")
            : (from, until);
    }

    public static IEnumerable<SectionPart> Sections(IReadOnlyList<TariffFile> documents, LocalDate from,
        LocalDate until)
    {
        for (LocalDate begin = from; begin < until;)
        {
            LocalDate end = new LocalDate(begin.Year, begin.Month, 1).PlusMonths(1);
            TariffFile document = documents.FirstOrDefault(one =>
                one.Model.Terms.Document?.Until is not LocalDate last || begin < last) ?? documents[^1];
            LocalDate documentEnd = document.Model.Terms.Document?.Until is LocalDate ends
                && ends > begin ? ends : LocalDate.MaxIsoValue;
            end = new[] { end, until, documentEnd, BasePriceEnd(document, begin) }.Min();
            yield return new SectionPart(document, begin, end);
            begin = end;
        }
    }

    private static LocalDate BasePriceEnd(TariffFile document, LocalDate date) =>
        document.Model.Terms.BasePrices.Select(one => (LocalDate?)one.From).FirstOrDefault(one => one > date)
            ?? LocalDate.MaxIsoValue;
}
