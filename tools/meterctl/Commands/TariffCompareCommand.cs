using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using MeterFirmware.Tools.Billing;
using MeterFirmware.Tools.Billing.Loads;
using MeterFirmware.Tools.Billing.Tariffs;
using MeterFirmware.Tools.MeterCtl.Bills;
using MeterFirmware.Tools.MeterCtl.Input;
using MeterFirmware.Tools.MeterCtl.Schedule;
using NodaTime;
using Spectre.Console;

namespace MeterFirmware.Tools.MeterCtl.Commands;

/// <summary>`meterctl tariff compare`: one load under many tariffs, and charging sessions with and without orderly
/// charging.</summary>
internal static class TariffCompareCommand
{
    private const string Help = """
        Prices one load under many tariffs. Local times of the load are those of each tariff's zone, a document's
        validity and currency are left aside. With --sessions also charging sessions, uncontrolled and
        orderly under --site-kw.

        Example:
          meterctl tariff compare --load household.csv --tariff ontario-tou-2025 --tariff ontario-ulo-2025
        """;

    public static Command Create()
    {
        LoadOptions load = new();
        Option<string[]> tariffs = new("--tariff")
        {
            Description = "a tariff document or shipped example; several",
            Required = true
        };
        BillOptions options = new();
        Option<string?> sessions =
            new("--sessions") { Description = "charging sessions: their cost, uncontrolled and orderly" };
        Option<double> siteKw = new("--site-kw")
        {
            Description = "site limit of the charging in kW",
            DefaultValueFactory = _ => 100
        };
        Option<bool> json = new("--json") { Description = "one JSON document on stdout" };
        Command command = new("compare", Help) { tariffs, sessions, siteKw, json };
        load.AddTo(command, takesReactive: true);
        options.AddTo(command);
        command.SetAction(parsed =>
        {
            List<Row> rows = [];
            foreach (string name in parsed.GetValue(tariffs)!)
            {
                TariffFile tariff = TariffFile.Load(name);
                LoadFile file = LoadFile.Read(load.PathOf(parsed), tariff.Zone,
                    load.SettingsOf(parsed, takesExport: true));
                TariffTerms terms = tariff.Model.Terms;
                bool paysExport = tariff.Model.ExportPrices is not null || terms.Discharge is not null
                    || terms.Export is not null || terms.PriceList?.ExportFactor is not null;
                BillDocument bill = BillEngine.Make(options.Fill(parsed, new BillRequest
                {
                    Load = paysExport ? file : file with { ExportMicrojoules = null },
                    Documents = [tariff],
                    IgnoresValidity = true,
                }, isComparison: true));
                (decimal Uncontrolled, decimal Orderly)? charging = parsed.GetValue(sessions) is string path
                    ? Charging(path, tariff, parsed.GetValue(siteKw)) : null;
                rows.Add(new Row(name, bill, charging));
            }

            if (parsed.GetValue(json))
            {
                Console.Out.WriteLine(new JsonArray([.. rows.Select(Json)]).ToJsonString());
            }
            else
            {
                Show(rows);
            }

            return Program.Done;
        });
        return command;
    }

    private static (decimal Uncontrolled, decimal Orderly) Charging(string path, TariffFile tariff, double kilowatts)
    {
        if (kilowatts is not (> 0 and <= 100_000))
        {
            throw new InputException("--site-kw: a number above 0 and at most 100000 was expected");
        }

        SiteOptions site = new() { LimitWatts = (long)(kilowatts * 1000) };
        SchedulePlan plan = new(SessionFile.Load(path, site), new TariffPrices(tariff), site);
        return (plan.Run("uncontrolled").Cost, plan.Run("orderly").Cost);
    }

    private static void Show(List<Row> rows)
    {
        bool hasCharging = rows.Exists(row => row.Charging is not null);
        Table table = new Table().Border(TableBorder.Rounded).AddColumn("tariff");
        string[] columns = ["kWh", "energy", "other lines", "total", "per kWh", .. hasCharging
            ? ["charging uncontrolled", "charging orderly"] : Array.Empty<string>()];
        foreach (string column in columns)
        {
            table.AddColumn(new TableColumn(column).RightAligned());
        }

        foreach (Row row in rows.OrderBy(row => row.Bill.Currency).ThenBy(row => row.Bill.Total))
        {
            string[] cells = [row.Name, Text(row.KilowattHours, 3), Text(row.Energy / 10_000m, 2),
                Text((row.Bill.Total - row.Energy) / 10_000m, 2),
                $"{Text(row.Bill.Total / 10_000m, 2)} {row.Bill.Currency}", row.KilowattHours == 0 ? ""
                    : Text(row.Bill.Total / 10_000m / row.KilowattHours, 4)];
            table.AddRow([.. cells.Select(Markup.Escape), .. row.Charging is { } charging
                ? [Text(charging.Uncontrolled, 2), Text(charging.Orderly, 2)] : Array.Empty<string>()]);
        }

        Screen.Write(table);
    }

    private static JsonNode Json(Row row) => new JsonObject
    {
        ["tariff"] = row.Name,
        ["currency"] = row.Bill.Currency,
        ["kwh"] = Text(row.KilowattHours, 6),
        ["energy"] = Money.Text(row.Energy),
        ["total"] = Money.Text(row.Bill.Total),
        ["chargingUncontrolled"] = row.Charging is { } one ? Text(one.Uncontrolled, 4) : null,
        ["chargingOrderly"] = row.Charging is { } two ? Text(two.Orderly, 4) : null,
    };

    private static string Text(decimal value, int places) => value.ToString($"F{places}", CultureInfo.InvariantCulture);

    private sealed record Row(string Name, BillDocument Bill, (decimal Uncontrolled, decimal Orderly)? Charging)
    {
        public decimal KilowattHours =>
            Bill.Lines.Where(line => line.Kind == BillLineKind.Energy).Sum(line => line.Quantity);

        public long Energy => Bill.Lines.Where(line => line.Kind == BillLineKind.Energy).Sum(line => line.Cost);
    }
}
