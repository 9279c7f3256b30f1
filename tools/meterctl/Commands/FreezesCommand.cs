using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using MeterFirmware.Tools.HeadEnds;
using Microsoft.Data.Sqlite;
using Spectre.Console;

namespace MeterFirmware.Tools.MeterCtl.Commands;

/// <summary>`meterctl freezes`: what the head-end was sent of days, settlements and table switches.</summary>
internal static class FreezesCommand
{
    private static readonly string[] _kinds = ["daily", "settlement", "instant", "table-switch"];

    public static Command Create()
    {
        Option<string> database = new("--database") { Description = "SQLite file of the head-end", Required = true };
        Option<string?> device = new("--device") { Description = "One device's; all without it" };
        Option<string?> kind = new("--kind")
        {
            Description =
            "daily, settlement, instant or table-switch; all without it"
        };
        Option<bool> json = new("--json") { Description = "One JSON document on stdout" };
        Command command = new("freezes",
            "Shows the frozen registers that devices sent: totals, rates, maximum demand, cost.\n\n" +
            "Example: meterctl simulate --meters 2 --hours 50 --database meters.sqlite && meterctl freezes --database "
                + "meters.sqlite --kind daily")
        {
            database, device, kind, json,
        };
        command.SetAction(parsed =>
            Run(parsed.GetValue(database)!, parsed.GetValue(device), parsed.GetValue(kind), parsed.GetValue(json)));
        return command;
    }

    private static int Run(string database, string? device, string? kind, bool isJson)
    {
        if (kind != null && !_kinds.Contains(kind))
        {
            throw new InputException($"--kind: '{kind}' is not one of {string.Join(", ", _kinds)}");
        }

        if (!File.Exists(database))
        {
            throw new InputException($"--database: {database} does not exist");
        }

        IReadOnlyList<FrozenRegisters> freezes;
        try
        {
            using IHeadEndStore store = SqliteStore.OpenReadOnly(database);
            freezes = store.Freezes(device, kind);
        }
        catch (SqliteException e)
        {
            throw new InputException($"--database: {database}: {e.Message}");
        }

        if (isJson)
        {
            JsonArray rows = [.. freezes.Select(freeze => JsonNode.Parse(freeze.Body.GetRawText()))];
            Console.Out.WriteLine(
                new JsonObject { ["freezes"] = rows }.ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
        }
        else
        {
            Show(freezes);
        }

        return freezes.Count > 0 ? Program.Done : Program.AnswerIsNo;
    }

    private static void Show(IReadOnlyList<FrozenRegisters> freezes)
    {
        bool isAnyLate = freezes.Any(freeze => freeze.Made != freeze.Nominal);
        string[] texts = isAnyLate ? ["device", "freeze", "stands for", "late"] : ["device", "freeze", "stands for"];
        Table table = new Table().Border(TableBorder.Simple)
            .AddColumns([.. texts.Select(head => new TableColumn(head).PadLeft(0).PadRight(1))])
            .AddColumns(
                [.. new[] { "import kWh", "export kWh", "max. kW",
                    "cost" }.Select(head => new TableColumn(head).RightAligned().PadLeft(0).PadRight(1))]);
        foreach (FrozenRegisters freeze in freezes)
        {
            string demand = freeze.Member("importDemand") is { } watts
                ? (watts.GetDecimal() / 1000).ToString("0.000", CultureInfo.InvariantCulture) : "-";
            string time = freeze.Nominal.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
            string late = freeze.Made == freeze.Nominal ? ""
                : $"{freeze.Made - freeze.Nominal:g} {freeze.Flags}".Trim();
            string[] cells =
            [
                freeze.Device, $"{freeze.Kind} {freeze.Ordinal}", time, .. isAnyLate ? [late] : Array.Empty<string>(),
                Thousandths(freeze.ImportWh), Thousandths(freeze.ExportWh), demand,
                freeze.Member("cost")?.GetString() ?? "-",
            ];
            table.AddRow([.. cells.Select(cell => new Text(cell))]);
        }

        Screen.Write(table);
        AnsiConsole.WriteLine(
            $"{freezes.Count} freezes of {freezes.Select(freeze => freeze.Device).Distinct().Count()} devices");
    }

    private static string Thousandths(long wattHours) =>
        (wattHours / 1000m).ToString("0.000", CultureInfo.InvariantCulture);
}
