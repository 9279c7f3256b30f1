using System.CommandLine;
using MeterFirmware.Boards.Simulator.Meters;
using MeterFirmware.Tools.Billing.Loads;
using MeterFirmware.Tools.Billing.Tariffs;
using MeterFirmware.Tools.MeterCtl.Input;
using MeterFirmware.Tools.MeterCtl.Replay;
using NodaTime;
using NodaTime.Text;
using Spectre.Console;

namespace MeterFirmware.Tools.MeterCtl.Commands;

/// <summary>meterctl replay: run the smart-meter firmware over a recorded load.</summary>
public static class ReplayCommand
{
    public static Command Create()
    {
        LoadOptions load = new();
        Option<string> tariff = new("--tariff")
        {
            Description = "tariff file, or the name of a shipped example",
            Required = true
        };
        Option<string> step = new("--step")
        {
            Description = "length of the firmware's tick: 100ms, 1s, 10s, 1m",
            DefaultValueFactory = _ => "1s"
        };
        Option<string[]> outage =
            new("--outage") { Description = "FROM..TO in local time: the meter has no supply; may be repeated" };
        Option<string> show = new("--show")
        {
            Description = "more of what the meter holds, of "
            + string.Join(", ", ReplaySections.Names) + "; comma between"
        };
        Option<string> prepaid =
            new("--prepaid")
            {
                Description = "what is paid in at the start for --show prepayment; alarms at a fifth "
            + "and a twentieth of it",
                DefaultValueFactory = _ => "100"
            };
        Option<bool> json = new("--json") { Description = "one JSON document on stdout" };
        Command command =
            new("replay",
            "Run the smart-meter firmware over a recorded load.\n\nExample: meterctl replay --load load.csv "
            + "--tariff ontario-household --json")
        {
            tariff, step, outage, show, prepaid, json,
        };
        load.AddTo(command);
        command.SetAction((parsed, cancellation) => Task.FromResult(Run(
            load.PathOf(parsed), load.SettingsOf(parsed), parsed.GetValue(tariff)!, parsed.GetValue(step)!,
            parsed.GetValue(outage) ?? [], parsed.GetValue(show), parsed.GetValue(prepaid)!, parsed.GetValue(json),
                cancellation)));
        return command;
    }

    private static int Run(
        string loadPath, LoadSettings settings, string tariffPath, string step, string[] outages, string? show,
            string prepaid, bool json, CancellationToken cancellation)
    {
        int stepMs = StepMs(step);
        IReadOnlyList<string> wanted = ReplaySections.Parse(show);
        long paid = PaidIn(prepaid);
        TariffFile tariff = TariffFile.Load(tariffPath);
        LoadFile load = LoadFile.Read(loadPath, tariff.Zone, settings);
        LoadOptions.Tell(load);
        CheckPower(load);
        tariff = tariff.Covering(load.StartUtcSeconds, load.EndUtcSeconds);
        IReadOnlyList<Outage> dark = ParseOutages(outages, tariff.Zone);
        ReplayResult? recorded = null;
        ReplayResult Whole(Action<double>? progress)
        {
            ReplayResult whole = new ReplayRun(load, tariff.Table, dark, stepMs).Run(progress, cancellation);
            recorded = ReplaySections.NeedRecorder(wanted)
                ? new ReplayRun(load, tariff.Table, dark, stepMs, ReplaySections.Extras(wanted, tariff.Table, paid))
                    .Run(progress, cancellation) : null;
            return whole;
        }

        if (json)
        {
            ReplayResult whole = Whole(null);
            Console.Out.WriteLine(ReplayReport.ToJson(whole, ReplaySections.Build(wanted, whole, recorded)));
            return Program.Done;
        }

        ReplayResult result = AnsiConsole.Progress().Start(context =>
        {
            ProgressTask task = context.AddTask("replaying", maxValue: 1);
            ReplayResult done = Whole(share => task.Value = share);
            task.Value = 1;
            return done;
        });
        ReplayReport.Show(result);
        ReplaySections.Show(ReplaySections.Build(wanted, result, recorded));
        return Program.Done;
    }

    private static void CheckPower(LoadFile load)
    {
        for (int i = 0; i < load.Microjoules.Count; i++)
        {
            long milliwatts = load.Microjoules[i] / (load.StepSeconds * 1000L);
            if (milliwatts > SimulatedMeter.PowerMilliwattsMax)
            {
                throw new InputException($"{load.Path}:{load.Lines[i]}: {milliwatts / 1_000_000} kW, "
                    + $"a meter measures up to {SimulatedMeter.PowerMilliwattsMax / 1_000_000} kW");
            }
        }
    }

    private static long PaidIn(string text) =>
        NumberText.TryRead(text, out decimal amount)
        && amount is > 0 and <= 1_000_000_000 && amount * 10_000 == decimal.Truncate(amount * 10_000)
            ? (long)(amount * 10_000)
            : throw new InputException($"--prepaid: '{text}', an amount above 0 with at most four places was expected");

    private static int StepMs(string text)
    {
        (string unit, int factor) = text.EndsWith("ms", StringComparison.Ordinal) ? ("ms", 1)
            : text.EndsWith('s') ? ("s", 1000)
            : text.EndsWith('m') ? ("m", 60_000) : ("", 0);
        if (factor == 0 || !NumberText.TryReadWhole(text.AsSpan(0, text.Length - unit.Length), out int count)
            || count < 1 || (long)count * factor > 60_000 || 60_000 % (count * factor) != 0)
        {
            throw new InputException($"--step: \"{text}\" is not a divisor of a minute such as 100ms, 1s, 10s or 1m");
        }

        return count * factor;
    }

    private static List<Outage> ParseOutages(string[] texts, DateTimeZone zone)
    {
        List<Outage> outages = [];
        foreach (string text in texts)
        {
            string[] ends = text.Split("..");
            if (ends.Length != 2)
            {
                throw new InputException($"--outage: \"{text}\" is not FROM..TO, such as "
                    + $"2012-01-01T10:00..2012-01-01T12:30");
            }

            long from = LocalInstant(text, ends[0], zone);
            long to = LocalInstant(text, ends[1], zone);
            if (to <= from)
            {
                throw new InputException($"--outage: \"{text}\" does not end after it begins");
            }

            outages.Add(new Outage(from, to));
        }

        outages.Sort((a, b) => a.FromUtcSeconds.CompareTo(b.FromUtcSeconds));
        for (int i = 1; i < outages.Count; i++)
        {
            if (outages[i].FromUtcSeconds < outages[i - 1].ToUtcSeconds)
            {
                throw new InputException("--outage: two outages overlap");
            }
        }

        return outages;
    }

    private static long LocalInstant(string whole, string text, DateTimeZone zone)
    {
        foreach (string format in new[] { "uuuu-MM-dd'T'HH:mm:ss", "uuuu-MM-dd'T'HH:mm" })
        {
            ParseResult<LocalDateTime> parsed = LocalDateTimePattern.CreateWithInvariantCulture(format)
                .Parse(text.Trim());
            if (parsed.Success)
            {
                return parsed.Value.InZoneLeniently(zone).ToInstant().ToUnixTimeSeconds();
            }
        }

        throw new InputException($"--outage: \"{text}\" in \"{whole}\" is not a local time such as 2012-01-01T10:00");
    }
}
