using System.Globalization;
using System.Text;

namespace MeterFirmware.Tools.Billing;

/// <summary>A bill as CSV, a row a line. A name that a spreadsheet would take for a formula gets an
/// apostrophe.</summary>
public static class BillCsv
{
    public static string Write(BillDocument bill)
    {
        StringBuilder text = new("from,until,document,kind,name,quantity,unit,cost,currency,why\r\n");
        foreach (BillSection section in bill.Sections)
        {
            foreach (BillLine line in section.Lines)
            {
                text.AppendJoin(',', section.From.ToString("uuuu-MM-dd", null),
                    section.Until.ToString("uuuu-MM-dd", null), Cell(section.Document),
                    BillKinds.Name(line.Kind), Cell(line.Name),
                        line.Quantity.ToString("0.######", CultureInfo.InvariantCulture), line.Unit,
                    (line.Cost / 10_000m).ToString("0.0000", CultureInfo.InvariantCulture), bill.Currency,
                        Cell(line.Why)).Append("\r\n");
            }
        }

        return text.ToString();
    }

    /// <summary>The full-width signs too: spreadsheets of East Asia take them for the narrow ones.</summary>
    private static string Cell(string text)
    {
        string safe = text.Length > 0 && "=+-@\t\r\n＝＋－＠".Contains(text[0]) ? "'" + text : text;
        return $"\"{safe.Replace("\"", "\"\"")}\"";
    }
}
