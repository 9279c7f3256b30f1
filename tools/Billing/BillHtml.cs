using System.Globalization;
using System.Net;
using System.Text;
using MeterFirmware.Tools.Billing.Tariffs;

namespace MeterFirmware.Tools.Billing;

/// <summary>A bill as one HTML page without a script or a file beside it, with the picture of each tariff's
/// year.</summary>
public static class BillHtml
{
    private const string Style = """
        body{font:15px/1.45 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1c1c1c}
        table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.25rem .6rem;
        border-bottom:1px solid #ddd;vertical-align:top}
        td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
        small{color:#666}tr.sum td{font-weight:600;border-top:2px solid #444}
        svg{width:100%;height:auto}@media print{body{margin:0}}
        """;

    public static string Write(BillDocument bill, IReadOnlyList<TariffFile> documents)
    {
        StringBuilder html = new();
        html.Append("<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
            + "content=\"width=device-width\">")
            .Append("<title>Bill</title><style>").Append(Style).Append("</style></head><body>\n");
        html.Append("<h1>Bill: ").Append(Money(bill.Total)).Append(' ').Append(Encode(bill.Currency)).Append("</h1>\n");
        foreach (BillSection section in bill.Sections)
        {
            Section(html, section, bill.Currency);
        }

        foreach (string note in bill.Notes)
        {
            html.Append("<p><strong>Note:</strong> ").Append(Encode(note)).Append("</p>\n");
        }

        html.Append("<p><small>").Append(Encode(BillKinds.RoundingRule)).Append("</small></p>\n");
        foreach (TariffFile document in documents)
        {
            html.Append("<h2>").Append(Encode(document.Model.Name)).Append("</h2>\n")
                .Append(YearMap.Of(document.Model, bill.Sections[^1].From.Year).ToSvg());
        }

        return html.Append("</body></html>\n").ToString();
    }

    private static void Section(StringBuilder html, BillSection section, string currency)
    {
        html.Append(CultureInfo.InvariantCulture,
            $"<h2>{section.From:uuuu-MM-dd} to "
            + $"{section.Until.PlusDays(-1):uuuu-MM-dd}</h2><p>{Encode(section.Document)}</p>\n")
            .Append("<table><tr><th>line</th><th class=\"n\">quantity</th><th class=\"n\">").Append(Encode(currency))
                .Append("</th></tr>\n");
        foreach (BillLine line in section.Lines)
        {
            string parts =
                string.Join("<br>", line.Parts.Where(_ => line.Parts.Count <= BillKinds.PartsShownMax
                    && (line.Parts.Count > 1 || line.Kind == BillLineKind.Energy))
                .Select(part =>
                Encode(string.Create(CultureInfo.InvariantCulture,
                    $"tier {part.Tier}: {part.KilowattHours:0.######} kWh × "
                    + $"{part.PriceMillionths / 1_000_000m:0.######}"))));
            html.Append("<tr><td>").Append(Encode(line.Name)).Append("<br><small>")
                .Append(Encode(BillKinds.Name(line.Kind))).Append(": ").Append(Encode(line.Why))
                .Append(parts.Length > 0 ? "<br>" + parts : "").Append("</small></td><td class=\"n\">")
                .Append(CultureInfo.InvariantCulture, $"{line.Quantity:0.###} {Encode(line.Unit)}")
                    .Append("</td><td class=\"n\">")
                .Append(Money(line.Cost)).Append("</td></tr>\n");
        }

        html.Append("<tr class=\"sum\"><td>sum</td><td></td><td class=\"n\">").Append(Money(section.Total))
            .Append("</td></tr></table>\n");
    }

    private static string Encode(string text) => WebUtility.HtmlEncode(text);

    private static string Money(long tenThousandths) =>
        (tenThousandths / 10_000m).ToString("0.0000", CultureInfo.InvariantCulture);
}
