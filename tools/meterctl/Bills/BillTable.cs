using System.Globalization;
using MeterFirmware.Tools.Billing;
using Spectre.Console;

namespace MeterFirmware.Tools.MeterCtl.Bills;

/// <summary>A bill for a person: a table a section, the energy of each tier under its rate.</summary>
internal static class BillTable
{
    public static void Write(BillDocument bill)
    {
        foreach (BillSection section in bill.Sections)
        {
            Screen.Write(TableOf(section, bill.Currency));
        }

        if (bill.Sections.Count > 1)
        {
            string total = Money.Text(bill.Total);
            int count = bill.Sections.Count;
            AnsiConsole.MarkupLineInterpolated($"[bold]total {total} {bill.Currency}[/] in {count} sections");
        }

        AnsiConsole.WriteLine(BillKinds.RoundingRule);
        foreach (string note in bill.Notes)
        {
            AnsiConsole.MarkupLineInterpolated($"[yellow]note: {note}[/]");
        }
    }

    private static Table TableOf(BillSection section, string currency)
    {
        Table table = new Table().Border(TableBorder.Rounded)
            .Title(Markup.Escape($"{section.From:uuuu-MM-dd} to {section.Until.PlusDays(-1):uuuu-MM-dd}, "
                + $"{section.Document}"))
            .AddColumn("line").AddColumn(new TableColumn("quantity").RightAligned())
                .AddColumn(new TableColumn("price").RightAligned())
            .AddColumn(new TableColumn(currency).RightAligned());
        foreach (BillLine line in section.Lines)
        {
            string price = line.Parts.Count == 1 ? Price(line.Parts[0].PriceMillionths)
                : line.Parts.Count > BillKinds.PartsShownMax ? $"{line.Parts.Count} prices" : "";
            table.AddRow(Markup.Escape(line.Title),
                Quantity(line.Quantity, line.Unit), price, Money.Text(line.Cost));
            foreach (BillPart part in line.Parts.Where(_ => line.Parts.Count is > 1 and <= BillKinds.PartsShownMax))
            {
                table.AddRow($"  tier {part.Tier}", Quantity(part.KilowattHours, "kWh"), Price(part.PriceMillionths),
                    "");
            }
        }

        table.AddEmptyRow();
        table.AddRow("[bold]sum[/]", "", "", $"[bold]{Money.Text(section.Total)}[/]");
        return table;
    }

    private static string Quantity(decimal value, string unit) =>
        string.Create(CultureInfo.InvariantCulture, $"{value:0.###} {unit}");

    private static string Price(long millionths) =>
        (millionths / 1_000_000m).ToString("0.######", CultureInfo.InvariantCulture);
}
