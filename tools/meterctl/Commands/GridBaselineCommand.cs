using System.CommandLine;
using MeterFirmware.Tools.Billing.Loads;
using MeterFirmware.Tools.Billing.Tariffs;
using MeterFirmware.Tools.GridServices.Baselines;
using MeterFirmware.Tools.MeterCtl.Grid;
using MeterFirmware.Tools.MeterCtl.Input;
using NodaTime;
using NodaTime.Text;
using Spectre.Console;

namespace MeterFirmware.Tools.MeterCtl.Commands;

/// <summary>`meterctl grid baseline`: what a load would have been without events.</summary>
internal static class GridBaselineCommand
{
    private static readonly string[] _methods = ["10-in-10", "last-5", "5-of-10", "same-day"];
    private static readonly string[] _weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    private static readonly LoadOptions _load = new();

    private static readonly Option<string[]> _event = new("--event")
    {
        Description = "FROM..TO in the load's local time, within one day; may be repeated",
        Required = true,
    };

    private static readonly Option<string> _method = new("--method")
    {
        Description = string.Join('|', _methods),
        Required = true,
    };

    private static readonly Option<string> _weekends = new("--weekends")
    {
        Description = "days that are no working days, comma between; none: all are",
        DefaultValueFactory = _ => "sat,sun",
    };

    private static readonly Option<string?> _holidays =
        new("--holidays") { Description = "dates that are no working days, comma between" };

    private static readonly Option<string?> _zone = new("--timezone")
    {
        Description = "zone of the local times, such as Asia/Shanghai; without it their clocks never change",
    };

    private static readonly Option<string?> _png = new("--png") { Description = "draw the days of the events" };
    private static readonly Option<bool> _json = TariffCommand.JsonOption();

    public static Command Create()
    {
        _method.AcceptOnlyFromAmong(_methods);
        Command command = new("baseline",
            "What a load would have been in the hours of an event.\n\n"
            + "Example: meterctl grid baseline --load load.csv --event 2026-07-14T14:00..2026-07-14T16:00 "
            + "--method 10-in-10 --json")
        {
            _event, _method, _weekends, _holidays, _zone, _png, _json,
        };
        _load.AddTo(command);
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        string? zoneName = parsed.GetValue(_zone);
        DateTimeZone zone = zoneName is null ? DateTimeZone.Utc
            : DateTimeZoneProviders.Tzdb.GetZoneOrNull(zoneName)
                ?? throw new InputException($"--timezone: '{zoneName}' is no zone such as Asia/Shanghai");
        if (parsed.GetValue(_png) is string target)
        {
            OutputFile.Check("--png", target);
        }

        LoadFile load = LoadFile.Read(_load.PathOf(parsed), zone, _load.SettingsOf(parsed));
        LoadOptions.Tell(load);
        LoadDays days = new(load, zone, Weekends(parsed.GetRequiredValue(_weekends)),
            Holidays(parsed.GetValue(_holidays)));
        DemandEvent[] events =
            [.. parsed.GetRequiredValue(_event).Select(text => ReadEvent(text, days.StepSeconds))];
        Array.Sort(events, (a, b) => (a.Date, a.FromSecond).CompareTo((b.Date, b.FromSecond)));
        for (int i = 1; i < events.Length; i++)
        {
            if (events[i].Date == events[i - 1].Date && events[i].FromSecond < events[i - 1].ToSecond)
            {
                throw new InputException($"--event: two events of {events[i].Date:uuuu-MM-dd} overlap");
            }
        }

        string method = parsed.GetRequiredValue(_method);
        Baseline baseline = new(days, (BaselineMethod)Array.IndexOf(_methods, method), events);
        BaselineResult[] results = [.. events.Select(baseline.Of)];
        if (parsed.GetValue(_png) is string png)
        {
            BaselinePicture.Save(png, method, days, results);
            Console.Error.WriteLine($"wrote {png}");
        }

        Write(method, results, baseline.Quality(), zoneName is null ? null : zone, parsed.GetValue(_json));
        return Program.Done;
    }

    private static void Write(
        string method, BaselineResult[] results, (decimal BiasPercent, decimal RrmsePercent)? quality,
        DateTimeZone? zone, bool isJson)
    {
        if (isJson)
        {
            TariffCommand.WriteJson(new
            {
                method,
                events = results.Select(r => new
                {
                    from = Time(r.Event.Date, r.Event.FromSecond, zone),
                    to = Time(r.Event.Date, r.Event.ToSecond, zone),
                    baselineKwh = Kilowatts(r.BaselineWattHours),
                    actualKwh = Kilowatts(r.ActualWattHours),
                    reductionKwh = Kilowatts(r.ReductionWattHours),
                    adjustment = decimal.Round(r.Adjustment, 6),
                }),
                biasPercent = quality is null ? (decimal?)null : decimal.Round(quality.Value.BiasPercent, 3),
                rrmsePercent = quality is null ? (decimal?)null : decimal.Round(quality.Value.RrmsePercent, 3),
            });
            return;
        }

        Table table = new Table().AddColumns("event", "baseline kWh", "actual kWh", "reduction kWh", "factor");
        foreach (BaselineResult r in results)
        {
            string from = Time(r.Event.Date, r.Event.FromSecond, zone);
            table.AddRow($"{from}..{Time(r.Event.Date, r.Event.ToSecond, zone)}",
                $"{r.BaselineWattHours / 1000:0.000}", $"{r.ActualWattHours / 1000:0.000}",
                $"{r.ReductionWattHours / 1000:0.000}", $"{r.Adjustment:0.000}");
        }

        AnsiConsole.Write(table);
        AnsiConsole.WriteLine(quality is null ? $"{method}: no day without an event to judge it by"
            : $"{method}: bias {quality.Value.BiasPercent:0.0} %, relative root mean square error "
                + $"{quality.Value.RrmsePercent:0.0} %, on days without events");
    }

    private static decimal Kilowatts(decimal wattHours) => decimal.Round(wattHours / 1000, 6);

    private static string Time(LocalDate date, int second, DateTimeZone? zone)
    {
        LocalDateTime local = date.AtMidnight().PlusSeconds(second);
        return zone is null ? LocalDateTimePattern.ExtendedIso.Format(local)
            : OffsetDateTimePattern.ExtendedIso.Format(local.InZoneLeniently(zone).ToOffsetDateTime());
    }

    private static DemandEvent ReadEvent(string text, int stepSeconds)
    {
        string[] ends = text.Split("..");
        if (ends.Length != 2 || !TryTime(ends[0], out LocalDateTime from) || !TryTime(ends[1], out LocalDateTime to))
        {
            throw new InputException($"--event: \"{text}\" is not FROM..TO, such as "
                + "2026-07-14T14:00..2026-07-14T16:00");
        }

        long first = Period.Between(from.Date.AtMidnight(), from, PeriodUnits.Seconds).Seconds;
        long last = Period.Between(from.Date.AtMidnight(), to, PeriodUnits.Seconds).Seconds;
        if (last <= first || last > 86_400)
        {
            throw new InputException($"--event: \"{text}\" does not end later on the same day");
        }

        return first % stepSeconds == 0 && last % stepSeconds == 0
            ? new DemandEvent(from.Date, (int)first, (int)last)
            : throw new InputException($"--event: \"{text}\" does not begin and end with an interval of the load "
                + $"({stepSeconds} s)");
    }

    private static bool TryTime(string text, out LocalDateTime time)
    {
        foreach (string format in new[] { "uuuu-MM-dd'T'HH:mm:ss", "uuuu-MM-dd'T'HH:mm" })
        {
            ParseResult<LocalDateTime> parsed = LocalDateTimePattern.CreateWithInvariantCulture(format)
                .Parse(text.Trim());
            if (parsed.Success)
            {
                time = parsed.Value;
                return true;
            }
        }

        time = default;
        return false;
    }

    private static HashSet<IsoDayOfWeek> Weekends(string text) => text == "none" ? [] :
    [
        .. text.Split(',').Select(day => Array.IndexOf(_weekdays, day.Trim()) is >= 0 and int index
            ? (IsoDayOfWeek)(index + 1)
            : throw new InputException($"--weekends: '{day}', of {string.Join(", ", _weekdays)} was expected")),
    ];

    private static HashSet<LocalDate> Holidays(string? text) => text is null ? [] :
    [
        .. text.Split(',').Select(date => LocalDatePattern.Iso.Parse(date.Trim()) is { Success: true } parsed
            ? parsed.Value
            : throw new InputException($"--holidays: '{date}' is no date such as 2026-10-01")),
    ];
}
