using System.CommandLine;
using System.Text.Json.Nodes;
using MeterFirmware.Charging;
using MeterFirmware.Tools.Billing.Tariffs;
using MeterFirmware.Tools.MeterCtl.Input;
using MeterFirmware.Tools.MeterCtl.Schedule;
using Spectre.Console;

namespace MeterFirmware.Tools.MeterCtl.Commands;

/// <summary>`meterctl schedule`: orderly charging over recorded sessions, beside the published algorithms.</summary>
public static class ScheduleCommand
{
    private const string Help = """
        Plays recorded charging sessions under a site limit with the firmware's own planner and allocator.
        Without --json all algorithms are shown side by side.

        Example:
          meterctl schedule --sessions sessions.csv --tariff workplace-benchmark --site-kw 100 --bound --png load.png
        """;

    public static Command Create()
    {
        Option<string> sessions = new("--sessions") { Description = "CSV with session,station,plug_in,plug_out,energy_kwh", Required = true };
        Option<string> tariff = new("--tariff") { Description = "Tariff file (JSON) or the name of a shipped example: workplace-benchmark", Required = true };
        Option<double> siteKw = new("--site-kw") { Description = "Site limit in kW", Required = true };
        Option<int> phases = new("--phases") { Description = "Phases of each station, 1 or 3", DefaultValueFactory = _ => 1 };
        Option<int> voltage = new("--voltage") { Description = "Nominal phase voltage in V", DefaultValueFactory = _ => 220 };
        Option<double> amps = new("--max-amps") { Description = "Current limit of a station in A", DefaultValueFactory = _ => 30 };
        Option<string> step = new("--step") { Description = "Step: 1m, 2m, 3m, 5m, 6m, 10m, 15m or 30m", DefaultValueFactory = _ => "5m" };
        Option<string?> algorithm = new("--algorithm") { Description = string.Join('|', SchedulePlan.Algorithms) + "|all" };
        Option<bool> spread = new("--spread") { Description = "Single-phase stations take L1, L2, L3 in turn" };
        Option<double> unbalance = new("--unbalance-amps") { Description = "Cap on the difference between phases in A (with --spread)" };
        Option<double> used = new("--used-kwh") { Description = "With a tariff of tiers: kWh that the site used in the tier period before the file begins" };
        Option<bool> unknown = new("--unknown") { Description = "Orderly is told neither energy nor departure, it learns them" };
        Option<string> preference = new("--preference")
        {
            Description = "What orderly puts first: served-first, balanced or price-first",
            DefaultValueFactory = _ => ChargingPreference.NameOf(ChargingPreference.Balanced),
        };
        Option<bool> bound = new("--bound") { Description = "Also the clairvoyant optimum" };
        Option<string?> png = new("--png") { Description = "Draw the site load against limit and prices" };
        Option<string?> pngDay = new("--png-day") { Description = "First local day of the picture, 2018-11-05; default the busiest week" };
        Option<bool> json = new("--json") { Description = "One JSON document on stdout" };
        Command command = new("schedule", Help)
        {
            sessions, tariff, siteKw, phases, voltage, amps, step, algorithm, spread, unbalance, used, unknown, preference, bound, png, pngDay, json,
        };
        command.SetAction(parsed =>
        {
            SiteOptions site = new()
            {
                LimitWatts = Positive(parsed.GetValue(siteKw), "--site-kw", 1000),
                Phases = parsed.GetValue(phases) is (1 or 3) and int n ? n : throw new InputException("--phases: 1 or 3 was expected"),
                Volts = parsed.GetValue(voltage) is (>= 50 and <= 1000) and int v ? v : throw new InputException("--voltage: 50 to 1000 V was expected"),
                StationMilliamps = parsed.GetValue(amps) is (>= 6 and <= 500) and double a
                    ? (int)Math.Round(a * 1000) : throw new InputException("--max-amps: 6 to 500 A was expected"),
                StepSeconds = StepOf(parsed.GetValue(step)!),
                Spread = parsed.GetValue(spread),
                Unknown = parsed.GetValue(unknown),
                Preference = ChargingPreference.TryParse(parsed.GetValue(preference)!, out int preferred) ? preferred
                    : throw new InputException("--preference: served-first, balanced or price-first was expected"),
                UsedWattHours = parsed.GetValue(used) is (>= 0 and <= 1e9) and double u
                    ? (long)Math.Round(u * 1000) : throw new InputException("--used-kwh: 0 to 1000000000 was expected"),
                UnbalanceMilliamps = parsed.GetValue(unbalance) is (>= 0 and <= 10_000) and double cap
                    ? (int)Math.Round(cap * 1000) : throw new InputException("--unbalance-amps: 0 to 10000 A was expected"),
            };
            string? name = parsed.GetValue(algorithm);
            if (name is not null and not "all" && !SchedulePlan.Algorithms.Contains(name))
            {
                throw new InputException($"--algorithm: '{name}', one of {string.Join(", ", SchedulePlan.Algorithms)}, all was expected");
            }

            return Run(
                new Request(parsed.GetValue(sessions)!, parsed.GetValue(tariff)!, name, parsed.GetValue(bound),
                    parsed.GetValue(png), parsed.GetValue(pngDay), parsed.GetValue(json)), site);
        });
        return command;
    }

    private static int Run(Request request, SiteOptions site)
    {
        if (site.Spread && site.Phases != 1)
        {
            throw new InputException("--spread: only for single-phase stations (--phases 1)");
        }

        if (request.Png is not null)
        {
            OutputFile.Check("--png", request.Png);
        }

        TariffPrices prices = Prices(request);
        SchedulePlan plan = new(SessionFile.Load(request.Sessions, site), prices, site);
        (long Millijoules, decimal Cost)? bound = request.Bound ? plan.Bound() : null;
        string[] names = request.Algorithm switch
        {
            "all" => SchedulePlan.Algorithms,
            null => request.Json && request.Png is null ? ["orderly"] : SchedulePlan.Algorithms,
            string one => [one],
        };
        List<ScheduleResult> results = [];
        foreach (string name in names)
        {
            try
            {
                results.Add(plan.Run(name));
            }
            catch (InputException e)
            {
                throw new InputException($"{request.Sessions}: {e.Message}");
            }
        }

        if (request.Png is not null)
        {
            SchedulePicture.Save(request.Png, plan, results, prices.Currency, request.PngDay);
            Console.Error.WriteLine($"wrote {request.Png}");
        }

        if (request.Json)
        {
            ScheduleResult shown = results.Count == 1 ? results[0] : results[^1];
            JsonNode document = request.Algorithm == "all"
                ? new JsonObject { ["runs"] = new JsonArray([.. results.Select(r => ScheduleJson.Of(r, site, bound))]) }
                : ScheduleJson.Of(shown, site, bound);
            Console.Out.WriteLine(document.ToJsonString());
            return Program.Done;
        }

        Screen.Write(ScheduleTable.Of(results, site, bound));
        return Program.Done;
    }

    private static TariffPrices Prices(Request request)
    {
        TariffPrices prices = new(TariffFile.Load(request.Tariff));
        return !request.Bound || prices.TierCount == 1 ? prices : throw new InputException(
            $"--bound: {request.Tariff} has tiers, whose price depends on what was drawn before; the bound knows one price at each moment");
    }

    private static long Positive(double value, string option, int scale) =>
        value > 0 && value <= 100_000 ? (long)Math.Floor(value * scale + 1e-6)
            : throw new InputException($"{option}: a number above 0 and at most 100000 was expected");

    private static int StepOf(string text)
    {
        int minutes = 0;
        bool isRead = text.EndsWith('m') && NumberText.TryReadWhole(text.AsSpan(0, text.Length - 1), out minutes);
        return isRead && minutes > 0 && 30 % minutes == 0
            ? minutes * 60
            : throw new InputException($"--step: '{text}', minutes that divide half an hour (1m to 30m) were expected");
    }

    private sealed record Request(
        string Sessions, string Tariff, string? Algorithm, bool Bound, string? Png, string? PngDay, bool Json);
}
