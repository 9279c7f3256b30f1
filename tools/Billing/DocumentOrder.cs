using MeterFirmware.Tools.Billing.Tariffs;
using NodaTime;

namespace MeterFirmware.Tools.Billing;

/// <summary>Documents of one bill follow each other without a gap or an overlap, in one zone and currency.</summary>
internal static class DocumentOrder
{
    public static void Check(IReadOnlyList<TariffFile> documents, LocalDate from, LocalDate until)
    {
        for (int i = 0; i + 1 < documents.Count; i++)
        {
            (TariffFile a, TariffFile b) = (documents[i], documents[i + 1]);
            LocalDate? end = a.Model.Terms.Document?.Until;
            LocalDate? begin = b.Model.Terms.Document?.From;
            if (end is null || begin is null)
            {
                throw new InputException(end is null
                    ? $"{a.FileName}: $.document.until: missing; {b.FileName} follows it"
                    : $"{b.FileName}: $.document.from: missing; it follows {a.FileName}");
            }

            if (end != begin)
            {
                throw new InputException($"{b.FileName}: $.document.from: {begin:uuuu-MM-dd} leaves "
                    + $"{(begin > end ? "a gap after" : "an overlap with")} "
                    + $"{a.FileName}, which holds until {end:uuuu-MM-dd}");
            }

            if (a.Model.TimeZone.Id != b.Model.TimeZone.Id || a.Model.Currency != b.Model.Currency)
            {
                throw new InputException($"{b.FileName}: $.timezone, $.currency: those of {a.FileName} were expected");
            }
        }

        if (documents[0].Model.Terms.Document?.From > from)
        {
            throw new InputException($"{documents[0].FileName}: $.document.from: it holds from "
                + $"{documents[0].Model.Terms.Document!.From:uuuu-MM-dd}, the bill begins {from:uuuu-MM-dd}");
        }

        if (documents[^1].Model.Terms.Document?.Until < until)
        {
            throw new InputException($"{documents[^1].FileName}: $.document.until: it holds until "
                + $"{documents[^1].Model.Terms.Document!.Until:uuuu-MM-dd}, the bill ends {until:uuuu-MM-dd}");
        }

        foreach (TariffFile file in documents)
        {
            if (file.Model.Terms.BasePrices is [BasePriceModel first, ..]
                && first.From > new[] { from, file.Model.Terms.Document?.From ?? from }.Max())
            {
                throw new InputException($"{file.FileName}: $.basePrices[0].from: no base price before "
                    + $"{first.From:uuuu-MM-dd}, the bill begins {from:uuuu-MM-dd}");
            }
        }
    }
}
