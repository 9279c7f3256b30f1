using MeterFirmware.Tools.Billing.Lists;
using MeterFirmware.Tools.Billing.Tariffs;
using NodaTime;

namespace MeterFirmware.Tools.Billing;

/// <summary>What a bill says beside its lines: what nobody has checked, which list was not at hand, what came
/// late.</summary>
internal static class BillNotes
{
    public static IEnumerable<string> Of(BillRequest request, LocalDate from, LocalDate until)
    {
        foreach (TariffFile file in request.Documents)
        {
            TariffTerms terms = file.Model.Terms;
            if (terms.Document is { Uncertain.Length: > 0 } document)
            {
                yield return $"{file.Model.Name}: {document.Uncertain}";
            }

            foreach (CalendarModel calendar in terms.Calendars)
            {
                IEnumerable<int> unknown = Enumerable.Range(from.Year, until.PlusDays(-1).Year - from.Year + 1)
                    .Except(HolidayCalendar.Find(calendar.Name)!.Years);
                foreach (int year in unknown)
                {
                    yield return $"{file.Model.Name}: the list of holidays {calendar.Name} has no {year}: none were "
                        + "taken";
                }
            }

            foreach (string missing in Missing(request, terms))
            {
                yield return $"{file.Model.Name}: {missing}";
            }
        }

        if (Carried(request) is string carried)
        {
            yield return carried;
        }

        foreach (string late in Late(request, from, until))
        {
            yield return late;
        }

        if (request.Load.Skipped.Count > 0)
        {
            yield return $"{request.Load.Skipped.Count} rows or intervals of {request.Load.Path} were left out";
        }
    }

    private static IEnumerable<string> Missing(BillRequest request, TariffTerms terms)
    {
        if (terms.AnnouncedKinds.Any() && request.Announced is null)
        {
            yield return "no list of announced days (--announced): every day was an ordinary one";
        }

        if (terms.PriceList is not null && request.Prices is null)
        {
            yield return "no list of prices (--prices): the tariff's own prices held";
        }

        if (terms.PeakCharges.Exists(one => one.IsCoincident) && request.Peaks is null)
        {
            yield return "no list of the system's peaks (--peaks): their demand was 0";
        }
    }

    /// <summary>Net metering carries energy on; what came before the load nobody told.</summary>
    private static string? Carried(BillRequest request)
    {
        DateTimeZone zone = request.Documents[0].Zone;
        LocalDate first = Instant.FromUnixTimeSeconds(request.Load.StartUtcSeconds).InZone(zone).Date;
        TariffModel model = (request.Documents.FirstOrDefault(one =>
            one.Model.Terms.Document?.Until is not LocalDate until || first < until) ?? request.Documents[^1]).Model;
        bool isCarried = model.Terms.Export is { IsNet: true, Surplus: SurplusRule.Carry } rule
            && (first.Day != 1 || first.PlusDays(-1).Month != rule.SettlementMonth);
        return request.Load.ExportMicrojoules is null || !isCarried ? null
            : $"{model.Name}: net metering: what was carried before {first:uuuu-MM-dd}, where the load begins, is not "
            + "known: nothing was taken";
    }

    private static IEnumerable<string> Late(BillRequest request, LocalDate from, LocalDate until)
    {
        DateTimeZone zone = request.Documents[0].Zone;
        foreach (AnnouncedDay day in request.Announced ?? [])
        {
            // Imported and discharged energy may each have a kind of the name, with a begin of its own.
            foreach (int beginsMinute in request.Documents.SelectMany(one => one.Model.Terms.AnnouncedKinds)
                .Where(one => one.Name == day.Name).Select(one => one.BeginsMinute).Distinct())
            {
                LocalDateTime begin = day.Date.AtMidnight().PlusMinutes(beginsMinute);
                Instant announced = Instant.FromUnixTimeSeconds(Math.Max(day.AnnouncedUtc, 0));
                bool isBilled = day.Date >= from.PlusDays(-1) && day.Date < until;
                if (!isBilled || announced <= begin.InZoneLeniently(zone).ToInstant())
                {
                    continue;
                }

                bool isOver = announced >= begin.PlusDays(1).InZoneLeniently(zone).ToInstant();
                yield return $"{day.Name} of {day.Date:uuuu-MM-dd} was announced at "
                    + $"{announced.InZone(zone).LocalDateTime:uuuu-MM-dd'T'HH:mm}, "
                    + (isOver ? "after its end: it never held" : "after its begin: it held from then on");
            }
        }
    }
}
