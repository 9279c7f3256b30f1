using System.CommandLine;
using System.Diagnostics;
using MeterFirmware.Tools.Billing.Tariffs;
using MeterFirmware.Tools.HeadEnds;
using MeterFirmware.Tools.MeterCtl.Demo;
using MeterFirmware.Tools.MeterCtl.Input;
using MeterFirmware.Tools.MeterCtl.Simulation;
using Spectre.Console;

namespace MeterFirmware.Tools.MeterCtl.Commands;

/// <summary>meterctl demo: a street of meters, a broker and a head-end in one process.</summary>
public static class DemoCommand
{
    private const int SessionRatesMax = 8;

    public static Command Create()
    {
        Option<int> meters = new("--meters")
        {
            Description = "meters in the street, 1 to 500",
            DefaultValueFactory = _ => 20
        };
        Option<int?> chargers = new("--chargers")
        {
            Description =
            "charge points with cars coming and going, 0 to 20 (default 2; 0 when the tariff has tiers, which "
                + "charging sessions do not bill)"
        };
        Option<string> tariff = new("--tariff")
        {
            Description = "tariff file, or the name of a shipped example",
            DefaultValueFactory = _ => "china-workplace-five-rates"
        };
        Option<string> picture = new("--picture")
        {
            Description = "PNG of the day's load",
            DefaultValueFactory = _ => "meterctl-demo.png"
        };
        Option<bool> plain = new("--plain") { Description = "acknowledgements without mac: the devices get no secret" };
        Command command = new("demo",
            "Run a street of meters against an embedded broker and head-end for one simulated day.\n\nExample: "
                + "meterctl demo --meters 50 --picture day.png")
        {
            meters, chargers, tariff, picture, plain,
        };
        command.SetAction((parsed, cancellation) => RunAsync(
            parsed.GetValue(meters), parsed.GetValue(chargers), parsed.GetValue(tariff)!, parsed.GetValue(picture)!,
            parsed.GetValue(plain), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(int meterCount, int? wantedChargers, string tariffPath, string picturePath,
        bool isPlain,
        CancellationToken cancellation)
    {
        if (meterCount is < 1 or > 500)
        {
            throw new InputException($"--meters: {meterCount} is outside of 1 to 500");
        }

        if (wantedChargers is < 0 or > 20)
        {
            throw new InputException($"--chargers: {wantedChargers} is outside of 0 to 20");
        }

        OutputFile.Check("--picture", picturePath);
        TariffFile tariff = TariffFile.Load(tariffPath);
        bool fitsSessions = tariff.Table.TierCount <= 1 && tariff.Table.RateCount <= SessionRatesMax;
        if (wantedChargers > 0 && !fitsSessions)
        {
            throw new InputException(
                $"--chargers: charging sessions are billed by at most {SessionRatesMax} rates and without tiers; "
                    + $"{tariffPath} has {tariff.Table.RateCount} rates and {tariff.Table.TierCount} tiers");
        }

        int chargerCount = wantedChargers ?? (fitsSessions ? 2 : 0);
        DateOnly day = new(2026, 7, 15);
        Stopwatch watch = Stopwatch.StartNew();
        await using DemoRun run = await DemoRun.StartAsync(tariff, meterCount, chargerCount, day, fitsSessions
            && chargerCount > 0, isPlain);
        bool isDrained = await Task.Run(() => Watch(run, cancellation), CancellationToken.None);
        if (cancellation.IsCancellationRequested)
        {
            Console.Out.WriteLine($"stopped at {DemoScreen.ProgressText(run)}");
            return Program.AnswerIsNo;
        }

        bool isEqual = DemoScreen.ShowComparison(run);
        isEqual &= DemoScreen.ShowHome(run);
        SavePicture(run, picturePath);
        AnsiConsole.MarkupLine(
            $"one day of {meterCount} meters{(chargerCount > 0 ? $" and {chargerCount} chargers" : "")} in "
                + $"{watch.Elapsed.TotalSeconds:F1} s; picture: "
                + $"[bold]{Markup.Escape(Path.GetFullPath(picturePath))}[/]");
        return isDrained && isEqual ? Program.Done : Program.AnswerIsNo;
    }

    /// <summary>Runs the day; the screen is drawn anew five times a second, or a line every tenth of the day is printed
    /// where there is no terminal.</summary>
    private static bool Watch(DemoRun run, CancellationToken cancellation)
    {
        Task<bool> day = Task.Run(() => run.Run(cancellation), CancellationToken.None);
        if (AnsiConsole.Profile.Capabilities.Interactive && !Console.IsOutputRedirected)
        {
            AnsiConsole.Live(DemoScreen.Live(run)).Start(context =>
            {
                while (!day.Wait(200, CancellationToken.None))
                {
                    context.UpdateTarget(DemoScreen.Live(run));
                }

                context.UpdateTarget(DemoScreen.Live(run));
            });
            return day.Result;
        }

        for (int tenth = 1; !day.IsCompleted; tenth++)
        {
            while (!day.Wait(50, CancellationToken.None) && run.Share * 10 < tenth)
            {
            }

            Console.Out.WriteLine(DemoScreen.ProgressText(run));
        }

        return day.Result;
    }

    private static void SavePicture(DemoRun run, string path)
    {
        int[] rates = new int[96];
        double[] all = Kilowatts(run, null, rates);
        double[] chargers = new double[96];
        foreach (FleetCharger charger in run.Chargers)
        {
            chargers = [.. chargers.Zip(Kilowatts(run, charger.Device, rates), (sum, one) => sum + one)];
        }

        string what =
            $"{run.Meters.Count} meters{(run.Chargers.Count > 0 ? $" and {run.Chargers.Count} chargers" : "")}, "
                + $"{run.Day:yyyy-MM-dd}, {run.Tariff.Table.Name}";
        DayPicture.Save(path, what, [.. all.Zip(chargers, (sum, part) => sum - part)], chargers, rates,
            run.Tariff.Table);
    }

    /// <summary>Mean power of each quarter hour, of a device or of all (null), with the rate of each.</summary>
    private static double[] Kilowatts(DemoRun run, string? device, int[] rates)
    {
        double[] kilowatts = new double[rates.Length];
        foreach (IntervalTotal interval in run.HeadEnd.Intervals(device))
        {
            long quarter = (interval.StartUtcSeconds - run.DayStartUtcSeconds) / 900;
            if (interval.StartUtcSeconds >= run.DayStartUtcSeconds && quarter < kilowatts.Length)
            {
                kilowatts[quarter] += interval.ImportMilliwattHours * 4 / 1e6;
                rates[quarter] = interval.Rate;
            }
        }

        return kilowatts;
    }
}
