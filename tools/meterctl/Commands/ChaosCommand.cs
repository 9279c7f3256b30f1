using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using MeterFirmware.Boards.Simulator.Chaos;
using MeterFirmware.Boards.Simulator.Flash;
using MeterFirmware.Tariffs;
using MeterFirmware.Tools.Billing.Tariffs;
using MeterFirmware.Tools.MeterCtl.Simulation;
using Spectre.Console;

namespace MeterFirmware.Tools.MeterCtl.Commands;

/// <summary><c>meterctl chaos</c>: every fault that the firmware promises to survive, made to happen and counted.</summary>
public static class ChaosCommand
{
    private const string Help = """
        Makes every fault happen that the firmware promises to survive, and prints what it cost. Exit code 1 when a
        promise broke. The full sizes take some minutes; --quick takes some seconds. Same seed, same faults.

        Example: meterctl chaos --quick --json
        """;

    private static readonly JsonSerializerOptions _json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
    };

    public static Command Create()
    {
        Option<int> seed = new("--seed") { Description = "Where the faults hit.", DefaultValueFactory = _ => 1 };
        Option<bool> quick = new("--quick") { Description = "Small sizes." };
        Option<bool> json = new("--json")
        {
            Description =
            "One JSON document on stdout: an array, one object a fault."
        };
        Command command = new("chaos", Help) { seed, quick, json };
        command.SetAction(parsed => Run(parsed.GetValue(seed), parsed.GetValue(quick), parsed.GetValue(json)));
        return command;
    }

    private static int Run(int seed, bool isQuick, bool isJson)
    {
        List<ChaosRow> rows = [];
        foreach ((string name, Func<ChaosResult?> fault) in Faults(seed, isQuick))
        {
            Console.Error.WriteLine($"chaos: {name} …");
            Stopwatch watch = Stopwatch.StartNew();
            rows.Add(Try(name, fault, watch));
        }

        if (isJson)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(rows, _json));
        }
        else
        {
            Print(rows);
        }

        return rows.TrueForAll(row => row.Survived || row.Skipped) ? Program.Done : Program.AnswerIsNo;
    }

    private static IEnumerable<(string Name, Func<ChaosResult?> Fault)> Faults(int seed, bool isQuick)
    {
        TariffTable tariff = TariffFile.Load("china-workplace-five-rates").Table;
        int Size(int quick, int full) => isQuick ? quick : full;
        yield return ("power cut at every write",
            () => JournalChaos.PowerCutAtEveryWrite(seed, Size(500, 10_000), false));
        yield return ("power cut at every byte",
            () => JournalChaos.PowerCutAtEveryWrite(seed + 1, Size(60, 1_000), true));
        yield return ("power cuts in a row", () => JournalChaos.PowerCutsInRow(Size(20, 400), 40));
        yield return ("flipped bit", () => JournalChaos.FlippedBits(Size(9, 1)));
        yield return ("garbage block", () => JournalChaos.GarbageBlocks(Size(50, 2_000)));
        yield return ("refused write", () => JournalChaos.RefusedWrites(Size(1_000, 20_000)));
        yield return ("worn-out flash", () => JournalChaos.WornOut(Size(20, 200)));
        yield return ("power cut in the running meter", () => MeterChaos.PowerCuts(tariff, seed, Size(30, 300)));
        yield return ("outage", () => MeterChaos.Outage(tariff, Size(3, 30)));
        yield return ("hold, meter", () => HoldChaos.Meter(tariff, seed, Size(20, 200)));
        yield return ("hold, charger", () => HoldChaos.Charger(seed, Size(5, 100)));
        yield return ("return", () => HoldChaos.Return(10_000));
        yield return ("mosquitto killed with -9", () => Kill(seed, Size(10, 50), Size(5, 200)));
        yield return ("hostile messages", () => new HostileMessageChaos(seed).Run(Size(20_000, 1_000_000)));
        yield return ("flash life", () => FlashYear(tariff));
    }

    /// <summary>Null: there is no mosquitto to kill.</summary>
    private static ChaosResult? Kill(int seed, int meters, int kills)
    {
        using MosquittoBroker? broker = MosquittoBroker.TryStart();
        return broker == null ? null : BrokerKills.RunAsync(broker, seed, meters, kills).GetAwaiter().GetResult();
    }

    private static ChaosResult FlashYear(TariffTable tariff)
    {
        FlashLife life = new(tariff);
        life.Run(365);
        ChaosFailure.Require(life.Years >= 15, $"{life.Years:F1} years, 15 were promised");
        return new ChaosResult("a year of writing on 256 KB littlefs", life.Closes, 0, 0,
            FormattableString.Invariant(
                $"{life.ErasesTotal} erases, {life.ErasesMax} of the worst block: {life.Years:F0} years at 100 000"));
    }

    private static ChaosRow Try(string name, Func<ChaosResult?> fault, Stopwatch watch)
    {
        try
        {
            if (fault() is not { } result)
            {
                // Not survived: it was not seen. Not failed either: the exit code stays.
                return new ChaosRow(name, 0, 0, 0, false, 0, "skipped: the program for it is not installed", true);
            }

            return new ChaosRow(result.Fault, result.Cases, result.Lost, result.Doubled, result.Survived,
                Elapsed(watch), result.Detail);
        }
        catch (ChaosFailure broken)
        {
            return new ChaosRow(name, 0, 1, 0, false, Elapsed(watch), broken.Message);
        }
    }

    private static double Elapsed(Stopwatch watch) => Math.Round(watch.Elapsed.TotalSeconds, 1);

    private static void Print(List<ChaosRow> rows)
    {
        Table table = new() { Border = TableBorder.Simple };
        foreach (string head in new[] { "fault", "times", "lost", "twice", "survived", "s" })
        {
            table.AddColumn(
                new TableColumn(head)
                {
                    Alignment = head is "fault" or "survived" ? Justify.Left
                    : Justify.Right
                }.PadLeft(0).PadRight(1));
        }

        foreach (ChaosRow row in rows)
        {
            table.AddRow(Markup.Escape(row.Fault), row.Cases.ToString(), row.Lost.ToString(), row.Doubled.ToString(),
                row.Survived ? "[green]yes[/]" : row.Skipped ? "[yellow]skipped[/]" : "[red]NO[/]",
                FormattableString.Invariant($"{row.Seconds:F1}"));
        }

        Screen.Write(table);

        // Below and not beside: some are longer than a terminal is wide.
        AnsiConsole.MarkupLine("[bold]what it cost[/]");
        rows.ForEach(row => AnsiConsole.WriteLine($"{row.Fault}: {row.Detail}"));
    }

    /// <summary>One object of the JSON array; its names are the document's.</summary>
    private sealed record ChaosRow(string Fault, long Cases, long Lost, long Doubled, bool Survived, double Seconds,
        string Detail, bool Skipped = false);
}
