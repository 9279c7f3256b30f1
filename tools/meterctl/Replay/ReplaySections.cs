using System.Text.Json.Nodes;
using MeterFirmware.Boards.Simulator.Meters;
using MeterFirmware.Carbon;
using MeterFirmware.Catalogue;
using MeterFirmware.History;
using MeterFirmware.Metering;
using MeterFirmware.Quality;
using MeterFirmware.Storage;
using MeterFirmware.Storage.Records;
using MeterFirmware.Tariffs;
using Spectre.Console;

namespace MeterFirmware.Tools.MeterCtl.Replay;

/// <summary>
/// What <c>--show</c> adds to a replay. Demand and tiers are those of the whole file; the others come from a second run
/// of the meter with its recorder, because a settlement begins demand and cost anew.
/// </summary>
public static class ReplaySections
{
    public static readonly string[] Names = ["demand", "settlements", "tiers", "events", "prepayment",
        "quality", "carbon"];

    /// <summary>The names in a list such as "demand,events", checked.</summary>
    public static IReadOnlyList<string> Parse(string? text)
    {
        string[] wanted = (text ?? "").Split(',',
            StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        string? unknown = wanted.FirstOrDefault(w => !Names.Contains(w));
        return unknown is null ? wanted
            : throw new InputException($"--show: \"{unknown}\" is none of {string.Join(", ", Names)}");
    }

    internal const int SettlementCountMax = 240;

    /// <summary>True when the second run is needed.</summary>
    public static bool NeedRecorder(IReadOnlyList<string> wanted) => wanted.Any(w => w is not ("demand" or "tiers"));

    /// <summary>Stores and depths for years of settlements; the tariff's emission factor, or the grid's when it has
    /// none.</summary>
    public static ReplayExtras Extras(IReadOnlyList<string> wanted, TariffTable tariff, long prepaid)
    {
        EmissionFactors factors = new();
        if (tariff.CarbonMicrogramsPerKwh > 0)
        {
            factors.YearMicrogramsPerKwh = [(int)Math.Min(int.MaxValue, tariff.CarbonMicrogramsPerKwh)];
        }

        HistoryParts history = new()
        {
            Records = new RamBlockStore(64, 32 * 1024),
            Factors = factors,
            Limits = new HistoryLimits { EventCount = 100, FreezeCounts = [3, 254, 62, SettlementCountMax, 8, 12] },
        };
        return new ReplayExtras(history,
            wanted.Contains("quality") ? new QualitySettings { DeclaredMillivolts = SimulatedMeter.MainsMillivolts }
            : null,
            wanted.Contains("prepayment") ? prepaid : null);
    }

    /// <summary>The wanted sections, by name.</summary>
    public static JsonObject Build(IReadOnlyList<string> wanted, ReplayResult whole, ReplayResult? recorded)
    {
        Meter meter = whole.Meter.Product.Meter;
        JsonObject sections = [];
        foreach (string name in wanted.Distinct())
        {
            sections[name] = name switch
            {
                "demand" => Demand(meter),
                "tiers" => Tiers(meter),
                "settlements" => Settlements(recorded!.Meter.Recorder, meter.Tariff),
                "prepayment" => ReplayAccounts.Prepayment(recorded!),
                "quality" => ReplayAccounts.Quality(recorded!),
                "carbon" => ReplayAccounts.Carbon(recorded!),
                _ => Events(recorded!.Meter.Recorder),
            };
        }

        return sections;
    }

    /// <summary>Each section as a table whose columns are its members.</summary>
    public static void Show(JsonObject sections)
    {
        foreach ((string name, JsonNode? rows) in sections)
        {
            Table table = new Table().Border(TableBorder.Rounded).Title(name);
            JsonObject[] objects = [.. rows!.AsArray().Select(r => r!.AsObject())];
            string[] columns = [.. objects.SelectMany(o => o.Select(m => m.Key)).Distinct()];
            foreach (string column in columns)
            {
                table.AddColumn(column);
            }

            foreach (JsonObject row in objects)
            {
                table.AddRow([.. columns.Select(c => Markup.Escape(row[c]?.ToString().ReplaceLineEndings(" ") ?? ""))]);
            }

            if (columns.Length == 0)
            {
                AnsiConsole.MarkupLine($"no {name}");
            }
            else
            {
                Screen.Write(table);
            }
        }
    }

    private static JsonArray Demand(Meter meter)
    {
        JsonArray rows = [];
        for (int rate = -1; rate < meter.Tariff.RateCount; rate++)
        {
            long ended = rate < 0 ? meter.ImportDemand.MaximumUtcSeconds
                : meter.ImportDemand.RateMaximumUtcSeconds(rate);
            long milliwatts = rate < 0 ? meter.ImportDemand.MaximumMilliwatts
                : meter.ImportDemand.RateMaximumMilliwatts(rate);
            rows.Add(new JsonObject
            {
                ["rate"] = rate < 0 ? "total" : meter.Tariff.RateName(rate),
                ["kw"] = milliwatts / 1_000_000m,
                ["at"] = ended == 0 ? null : Time(ended, meter.Tariff.OffsetSecondsAt(ended)),
            });
        }

        return rows;
    }

    private static JsonArray Tiers(Meter meter)
    {
        JsonArray rows = [];
        for (int tier = 0; tier < meter.Tariff.TierCount; tier++)
        {
            for (int rate = 0; rate < meter.Tariff.RateCount; rate++)
            {
                rows.Add(new JsonObject
                {
                    ["tier"] = tier + 1,
                    ["rate"] = meter.Tariff.RateName(rate),
                    ["wh"] = meter.ImportCost.WattHours(rate, tier),
                    ["cost"] = Money.Text(meter.ImportCost.TierCost(rate, tier)),
                });
            }
        }

        return rows;
    }

    private static JsonArray Settlements(MeterRecorder recorder, TariffTable tariff)
    {
        JsonArray rows = [];
        FreezeReader freeze = recorder.Freezes;
        for (int last = (int)Math.Min(SettlementCountMax, freeze.Count(FreezeKind.Settlement)); last >= 1; last--)
        {
            if (!freeze.TryRead(FreezeKind.Settlement, last))
            {
                continue;
            }

            long cost = 0;
            JsonObject rates = [];
            for (int rate = 0; rate < tariff.RateCount; rate++)
            {
                rates[tariff.RateName(rate)] = freeze.WattHours(EnergyKind.Import, rate);
                for (int tier = 0; tier < freeze.TierCount; tier++)
                {
                    cost += freeze.ImportCost(rate, tier);
                }
            }

            bool hasDemand = freeze.TryDemand(false, -1, out long milliwatts, out long ended);
            long carbon = Enumerable.Range(0, freeze.RateCount).Sum(freeze.CarbonMilligrams);
            rows.Add(new JsonObject
            {
                ["at"] = Time(freeze.NominalUtcSeconds, freeze.OffsetSeconds),
                ["madeAt"] = Time(freeze.MadeUtcSeconds, freeze.OffsetSeconds),
                ["afterOutage"] = (freeze.Flags & RecordFlags.PowerLoss) != 0,
                ["registerWh"] = freeze.WattHours(EnergyKind.Import, -1),
                ["rates"] = rates,
                ["cost"] = Money.Text(cost),
                ["maxDemandKw"] = hasDemand ? milliwatts / 1_000_000m : null,
                ["maxDemandAt"] = hasDemand ? Time(ended, freeze.OffsetSeconds) : null,
                ["co2Kg"] = carbon / 1_000_000m,
            });
        }

        return rows;
    }

    private static JsonArray Events(MeterRecorder recorder)
    {
        List<(long Start, JsonNode Row)> rows = [];
        EventRecord record = new();
        for (int slot = 0; slot < EventSlots.Count; slot++)
        {
            for (int last = 1; last <= 100; last++)
            {
                if (recorder.Events.TryRead(EventSlots.CodeOf(slot), EventSlots.PhaseOf(slot), last, record))
                {
                    rows.Add((record.StartUtcSeconds, new JsonObject
                    {
                        ["event"] = NameOf(record.Code),
                        ["phase"] = record.Phase == EventRecord.NoPhase ? null : record.Phase,
                        ["start"] = Time(record.StartUtcSeconds, record.OffsetSeconds),
                        ["end"] = Time(record.EndUtcSeconds, record.OffsetSeconds),
                        ["values"] = new JsonArray([.. record.Values.Take(record.ValueCount).Select(v => (JsonNode)v)]),
                    }));
                }
            }
        }

        return [.. rows.OrderBy(r => r.Start).Select(r => r.Row)];
    }

    private static string NameOf(int code) =>
        typeof(EventCode).GetFields().FirstOrDefault(f => (int)f.GetRawConstantValue()! == code)?.Name ?? $"{code}";

    internal static string Time(long utcSeconds, int offsetSeconds) => DateTimeOffset.FromUnixTimeSeconds(utcSeconds)
        .ToOffset(TimeSpan.FromSeconds(offsetSeconds)).ToString("yyyy-MM-dd'T'HH:mm:sszzz");
}
