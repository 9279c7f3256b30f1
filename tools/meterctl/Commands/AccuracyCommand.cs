using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using MeterFirmware.Drivers.Ade7953;
using MeterFirmware.Tools.Billing.Tariffs;
using MeterFirmware.Tools.MeterCtl.Bench;
using Spectre.Console;

namespace MeterFirmware.Tools.MeterCtl.Commands;

/// <summary>meterctl accuracy: every load point of an accuracy class on a simulated bench.</summary>
public static class AccuracyCommand
{
    public static Command Create()
    {
        Option<bool> json = new("--json") { Description = "one JSON document on stdout" };
        Command command = new("accuracy", """
            Run the meter's driver and registers over the load points of an accuracy class on a simulated bench.
            Exit code 1 when a point is outside of its limit. Simulated, not certified.

            Example: meterctl accuracy --class 1 --ib 5 --imax 60 --current-error-ppm 4000
            """)
        {
            json,
        };
        BenchOptions.AddTo(command);
        command.SetAction(parsed => Run(BenchOptions.From(parsed), parsed.GetValue(json)));
        return command;
    }

    internal static JsonArray ToJson(IEnumerable<BenchPoint> points) => [.. points.Select(p => (JsonNode)new JsonObject
    {
        ["amps"] = Math.Round(p.Amps, 4),
        ["powerFactor"] = p.PowerFactor,
        ["errorPercent"] = Math.Round(p.ErrorPercent, 4),
        ["limitPercent"] = p.LimitPercent,
        ["pass"] = p.Passes,
    })];

    private static int Run(BenchOptions options, bool isJson)
    {
        MeterBench bench = new(options, TariffFile.Load("shanghai-household").Table);
        Ade7953Settings calibration = options.Chip();
        IReadOnlyList<BenchPoint> points = bench.Run(options.Class, calibration);
        BenchTest start = bench.Starts(options.Class, calibration);
        BenchTest still = bench.StandsStill(options.Class, calibration);
        BenchTest constant = bench.Constant(calibration);
        bool passes = start.Passes && still.Passes && constant.Passes && points.All(p => p.Passes);
        if (isJson)
        {
            Console.Out.WriteLine(new JsonObject
            {
                ["class"] = options.Class.Name,
                ["source"] = options.Class.Source,
                ["points"] = ToJson(points),
                ["startsAtAmps"] = start.Amps,
                ["starts"] = start.Passes,
                ["standsStillWithoutLoad"] = still.Passes,
                ["pulsesPerKwh"] = options.PulsesPerKwh,
                ["startingCurrent"] = ToJson(start),
                ["noLoad"] = ToJson(still),
                ["meterConstant"] = ToJson(constant),
                ["pass"] = passes,
            }.ToJsonString());
            return passes ? Program.Done : Program.AnswerIsNo;
        }

        Screen.Write(Layout(options, points));
        Line("starting current", start, $"{AccuracyClass.StartPulses} or more");
        Line("no load, 115 % U", still, $"at most {AccuracyClass.NoLoadPulsesMax}");
        Line("meter constant", constant, $"the register's at {options.PulsesPerKwh} imp/kWh, ±1");
        AnsiConsole.MarkupLine(passes ? "[green]PASS[/]" : "[red]FAIL[/]");
        AnsiConsole.MarkupLineInterpolated($"limits: {options.Class.Source}. Simulated board, not certified.");
        return passes ? Program.Done : Program.AnswerIsNo;
    }

    /// <summary>A laboratory's layout: a row for each current, error and limit side by side for each power factor.</summary>
    private static Table Layout(BenchOptions options, IReadOnlyList<BenchPoint> points)
    {
        string ofBase = options.Class.Name is "1" or "A" or "B" or "C" or "D" or "E" ? "Ib" : "In";
        Table table = new Table().Border(TableBorder.Rounded)
            .Title(
                $"class {options.Class.Name}, {options.Volts} V, {options.BaseAmps} ({options.MaximumAmps}) A, 50 Hz, "
                    + $"{options.PulsesPerKwh} imp/kWh: error of active energy, % (limit)")
            .AddColumn(new TableColumn($"I / {ofBase}").RightAligned())
            .AddColumn(new TableColumn("I, A").RightAligned());
        foreach ((string name, _, _) in MeterBench.PowerFactors)
        {
            table.AddColumn(new TableColumn($"cos φ {name}").RightAligned());
        }

        table.AddColumn("");
        foreach (IGrouping<double, BenchPoint> row in points.GroupBy(p => p.Amps).OrderBy(g => g.Key))
        {
            table.AddRow(
            [
                Text(row.Key / options.BaseAmps, "0.####"), Text(row.Key, "0.####"),
                .. MeterBench.PowerFactors.Select(f => Cell(row.FirstOrDefault(p => p.PowerFactor == f.Name))),
                row.All(p => p.Passes) ? "[green]pass[/]" : "[red]FAIL[/]",
            ]);
        }

        return table;
    }

    private static string Cell(BenchPoint? point) => point is null ? "–"
        : $"{(point.Passes ? "" : "[red]")}{Signed(point.ErrorPercent)} "
            + $"(±{Text(point.LimitPercent, "0.0#")}){(point.Passes ? "" : "[/]")}";

    private static void Line(string name, BenchTest test, string wanted)
    {
        string current = test.Amps >= 1 ? Text(test.Amps, "0.###") + " A" : Text(test.Amps * 1000, "0.#") + " mA";
        Console.Out.WriteLine(
            $"{name,-17} {Text(test.Volts, "0.#")} V, {current}, {Text(test.Seconds, "0")} s: {test.Pulses} pulses "
                + $"({wanted}): {(test.Passes ? "pass" : "FAIL")}");
    }

    private static JsonObject ToJson(BenchTest test) => new()
    {
        ["volts"] = Math.Round(test.Volts, 3),
        ["amps"] = Math.Round(test.Amps, 6),
        ["seconds"] = Math.Round(test.Seconds, 1),
        ["pulses"] = test.Pulses,
        ["pass"] = test.Passes,
    };

    /// <summary>A percentage with its sign and three places. Rounded first: the format alone prints "-+0.000" for what
    /// rounds to zero from below.</summary>
    internal static string Signed(double percent) => Text(Math.Round(percent, 3) + 0.0, "+0.000;-0.000;+0.000");

    internal static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
