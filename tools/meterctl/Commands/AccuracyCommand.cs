using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using MeterFirmware.Drivers.Ade7953;
using MeterFirmware.Tools.MeterCtl.Bench;
using MeterFirmware.Tools.MeterCtl.Tariffs;
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
        Ade7953Configuration calibration = new();
        IReadOnlyList<BenchPoint> points = bench.Run(options.Class, calibration);
        bool starts = bench.Starts(options.Class, calibration);
        bool standsStill = bench.StandsStill(calibration);
        bool passes = starts && standsStill && points.All(p => p.Passes);
        if (isJson)
        {
            Console.Out.WriteLine(new JsonObject
            {
                ["class"] = options.Class.Name,
                ["source"] = options.Class.Source,
                ["points"] = ToJson(points),
                ["startsAtAmps"] = options.Class.StartOfIb * options.BaseAmps,
                ["starts"] = starts,
                ["standsStillWithoutLoad"] = standsStill,
                ["pass"] = passes,
            }.ToJsonString());
            return passes ? Program.Done : Program.AnswerIsNo;
        }

        Table table = new Table().Border(TableBorder.Rounded).Title($"class {options.Class.Name}, {options.Volts} V, {options.BaseAmps} ({options.MaximumAmps}) A")
            .AddColumn(new TableColumn("I, A").RightAligned()).AddColumn("PF").AddColumn(new TableColumn("error, %").RightAligned())
            .AddColumn(new TableColumn("limit, %").RightAligned()).AddColumn("");
        foreach (BenchPoint point in points)
        {
            table.AddRow(Text(point.Amps, "0.###"), point.PowerFactor, Signed(point.ErrorPercent), $"±{Text(point.LimitPercent, "0.0#")}",
                point.Passes ? "[green]pass[/]" : "[red]FAIL[/]");
        }

        AnsiConsole.Write(table);
        AnsiConsole.MarkupLineInterpolated($"starts at {options.Class.StartOfIb * options.BaseAmps * 1000:F0} mA: {(starts ? "yes" : "NO")}; stands still at 115 % U without load: {(standsStill ? "yes" : "NO")}");
        AnsiConsole.MarkupLineInterpolated($"limits: {options.Class.Source}. Simulated board, not certified.");
        return passes ? Program.Done : Program.AnswerIsNo;
    }

    /// <summary>A percentage with its sign and three places. Rounded first: the format alone prints "-+0.000" for what
    /// rounds to zero from below.</summary>
    internal static string Signed(double percent) => Text(Math.Round(percent, 3) + 0.0, "+0.000;-0.000;+0.000");

    internal static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
