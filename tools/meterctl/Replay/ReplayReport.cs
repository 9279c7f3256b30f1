using System.Text.Json;
using System.Text.Json.Nodes;
using MeterFirmware.Basics;
using MeterFirmware.Metering;
using MeterFirmware.Tariffs;
using Spectre.Console;

namespace MeterFirmware.Tools.MeterCtl.Replay;

/// <summary>Shows a replay's result: as the contract's JSON document, or as tables for a person.</summary>
public static class ReplayReport
{
    private static readonly JsonSerializerOptions _indented = new()
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping
    };

    public static string ToJson(ReplayResult result, JsonObject? sections = null)
    {
        Meter meter = result.Meter.Product.Meter;
        TariffTable tariff = meter.Tariff;
        JsonObject rates = [];
        for (int rate = 0; rate < tariff.RateCount; rate++)
        {
            rates[tariff.RateName(rate)] = new JsonObject
            {
                ["wh"] = meter.Registers.RateRounded(EnergyKind.Import, rate),
                ["cost"] = Money.Text(meter.ImportCost.RateCost(rate)),
            };
        }

        JsonArray daily = [];
        foreach (ReplayDay day in result.Days)
        {
            JsonObject perRate = [];
            for (int rate = 0; rate < tariff.RateCount; rate++)
            {
                perRate[tariff.RateName(rate)] = WattHours(day.RateMilliwattHours[rate]);
            }

            daily.Add(new JsonObject
            {
                ["date"] = day.Date.ToString("yyyy-MM-dd"),
                ["wh"] = WattHours(day.MilliwattHours),
                ["rates"] = perRate
            });
        }

        JsonObject document = new()
        {
            ["totalWh"] = meter.Registers.TotalRounded(EnergyKind.Import),
            ["unmeteredWh"] = Basics.Scaling.DivideRounded(result.UnmeteredMicrojoules, Scaling.MicrojoulesPerWattHour),
            ["rates"] = rates,
            ["cost"] = Money.Text(meter.ImportCost.Total()),
            ["maxDemand"] = MaximumDemand(meter),
            ["intervals"] = result.Intervals,
            ["daily"] = daily,
        };
        foreach ((string name, JsonNode? section) in sections ?? [])
        {
            document[name] = section!.DeepClone();
        }

        return document.ToJsonString(_indented);
    }

    public static void Show(ReplayResult result)
    {
        Meter meter = result.Meter.Product.Meter;
        TariffTable tariff = meter.Tariff;
        Table table = new Table().Border(TableBorder.Rounded).AddColumn("rate")
            .AddColumn(new TableColumn("kWh").RightAligned())
            .AddColumn(new TableColumn($"cost {tariff.Currency}").RightAligned());
        for (int rate = 0; rate < tariff.RateCount; rate++)
        {
            table.AddRow(Markup.Escape(tariff.RateName(rate)),
                KilowattHours(meter.Registers.RateRounded(EnergyKind.Import, rate)),
                Money.Text(meter.ImportCost.RateCost(rate)));
        }

        table.AddEmptyRow();
        table.AddRow("[bold]total[/]", $"[bold]{KilowattHours(meter.Registers.TotalRounded(EnergyKind.Import))}[/]",
            $"[bold]{Money.Text(meter.ImportCost.Total())}[/]");
        Screen.Write(table);
        JsonObject demand = MaximumDemand(meter);
        AnsiConsole.MarkupLine($"highest 15-minute demand [bold]{demand["kw"]}[/] kW at {demand["at"]}");
        double seconds = result.Elapsed.TotalSeconds;
        AnsiConsole.MarkupLine(
            $"{result.Intervals} interval records over {result.Days.Count} days; {result.Ticks:N0} ticks in "
                + $"{seconds:F1} s ({result.Ticks / seconds:N0} ticks/s)");
        if (result.UnmeteredMicrojoules > 0)
        {
            double unmetered = (double)result.UnmeteredMicrojoules / Scaling.MicrojoulesPerWattHour;
            AnsiConsole.MarkupLine($"[yellow]{unmetered:F1} Wh flowed while the meter had no supply[/]");
        }
    }

    private static string KilowattHours(long wattHours) =>
        (wattHours / 1000m).ToString("N3", System.Globalization.CultureInfo.InvariantCulture);

    private static long WattHours(long milliwattHours) => Basics.Scaling.DivideRounded(milliwattHours, 1000);

    private static JsonObject MaximumDemand(Meter meter)
    {
        DemandMeter demand = meter.ImportDemand;
        string? at = null;
        if (demand.MaximumUtcSeconds > 0)
        {
            TimeSpan offset = TimeSpan.FromSeconds(meter.Tariff.OffsetSecondsAt(demand.MaximumUtcSeconds));
            at = DateTimeOffset.FromUnixTimeSeconds(demand.MaximumUtcSeconds).ToOffset(offset)
                .ToString("yyyy-MM-dd'T'HH:mm:sszzz");
        }

        return new JsonObject { ["kw"] = demand.MaximumMilliwatts / 1_000_000m, ["at"] = at };
    }
}
