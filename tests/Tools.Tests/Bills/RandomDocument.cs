using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.Json.Nodes;

namespace MeterFirmware.Tools.Tests.Bills;

/// <summary>A document for bills with any of the members, all values at random.</summary>
internal static class RandomDocument
{
    private static readonly string[] _rates = ["sharp", "peak", "flat", "valley"];
    private static readonly string[] _zones = ["Asia/Shanghai", "America/Toronto", "Europe/Madrid",
        "Australia/Lord_Howe", "+05:45"];

    /// <param name="isForBillsOnly">With members that no device's document may have.</param>
    public static string Make(Random random, bool isForBillsOnly = false)
    {
        bool Has() => random.Next(2) == 0;
        JsonObject document = new()
        {
            ["name"] = "random",
            ["timezone"] = _zones[random.Next(_zones.Length)],
            ["currency"] = "CNY",
            ["device"] = false,
            ["rates"] = Strings(_rates),
            ["days"] = Days(random),
            ["seasons"] = Seasons(random),
            ["surcharges"] = new JsonArray(new JsonObject { ["name"] = "funds", ["perKwh"] = Price(random, 0.1) }),
        };
        bool hasBase = Has();
        document[hasBase ? "ratios" : "prices"] = Row(random, hasBase ? 0 : -0.2);
        if (hasBase)
        {
            document["basePrices"] =
                new JsonArray([.. new[] { "2025-12-01", "2026-01-31", "2026-04-01", "2026-07-01",
                "2026-10-31" }.Select(from =>
                (JsonNode)new JsonObject { ["from"] = from, ["floating"] = Price(random, 1),
                    ["fixed"] = Price(random, 0.3) })]);
        }

        document["holidays"] = new JsonArray(
            new JsonObject { ["calendar"] = "china", ["day"] = "b" },
            new JsonObject { ["from"] = "2026-04-30", ["to"] = "2026-05-01", ["day"] = "c" },
                new JsonObject { ["date"] = "2026-12-31", ["day"] = "a" });
        Add(document, "tiers", Has(), () => Tiers(random));
        Add(document, "exportPrices", Has(), () => Row(random, -0.2));
        Add(document, "export", isForBillsOnly && document.ContainsKey("exportPrices")
            && random.Next(4) > 0, () => Export(random));
        Add(document, "discharge", (string)document["export"]?["rule"] != "net" && Has(), () => new JsonObject
        {
            ["rates"] = Strings(_rates),
            ["days"] = Days(random),
            ["seasons"] = Seasons(random),
            ["prices"] = Row(random, 0),
        });
        Add(document["discharge"] as JsonObject, "announced", isForBillsOnly && document.ContainsKey("discharge"), () =>
            new JsonArray(new JsonObject { ["name"] = "hot", ["day"] = Day(random) }));
        AddCharges(document, random, isForBillsOnly);
        Add(document, "capacityCharge", Has(), () => Capacity(random));
        Add(document, "powerFactor", Has(), () => new[] { "0.90", "0.85", "0.80" }[random.Next(3)]);
        Add(document, "serviceFee", Has(), () => Has() ? Row(random, 0) : Price(random, 1));
        Add(document, "standingCharge", Has(), () =>
            new JsonObject { [Has() ? "perDay" : "perMonth"] = Price(random, 30) });
        Add(document, "minimumCharge", Has(), () => new JsonObject { ["perMonth"] = Price(random, 5000) });
        Add(document, "taxes", Has(), () => new JsonArray(new JsonObject { ["name"] = "VAT", ["percent"] = "13" },
            new JsonObject
            {
                ["name"] = "city",
                ["percent"] = Price(random, 9, 4),
                ["of"] = Strings(["energy", "powerFactor", "export"])
            }));
        return document.ToJsonString();
    }

    private static void AddCharges(JsonObject document, Random random, bool isForBillsOnly)
    {
        bool Has() => random.Next(2) == 0;
        Add(document, "priceList", Has(), () => PriceList(random));
        Add(document, "announced", Has(), () => new JsonArray(
            new JsonObject { ["name"] = "hot", ["day"] = Day(random) },
            new JsonObject
            {
                ["name"] = "red",
                ["day"] = Day(random),
                ["begins"] = isForBillsOnly ? "06:10" : "00:00",
            }));
        Add(document, "peakCharges", Has(), () => new JsonArray([.. Enumerable.Range(0, 3)
            .Select(i => (JsonNode)Peak(random, $"peak {i}"))]));
        foreach (string fee in new[] { "occupancyFee", "reservationFee" })
        {
            Add(document, fee, Has(), () => new JsonObject
            {
                ["perMinute"] = Price(random, 1),
                ["freeMinutes"] = random.Next(40),
                ["maximum"] = Price(random, 50),
            });
        }
    }

    private static void Add(JsonObject document, string name, bool isWanted, Func<JsonNode> make)
    {
        if (isWanted)
        {
            document[name] = make();
        }
    }

    private static JsonObject Days(Random random) => new(new[] { "a", "b", "c" }.Select(name =>
    {
        List<int> starts =
            [.. Enumerable.Range(0, random.Next(1, 9)).Select(_ => random.Next(1, 1440)).Append(0).Distinct().Order()];
        return KeyValuePair.Create(name, (JsonNode)new JsonArray([.. starts.Select(start =>
            (JsonNode)Strings([$"{start / 60:00}:{start % 60:00}", _rates[random.Next(_rates.Length)]]))]));
    }));

    private static JsonArray Seasons(Random random) =>
        new([.. new[] { "01-31", "04-01", "07-01", "10-25" }.Take(random.Next(1, 5))
        .Select(from => (JsonNode)new JsonObject
    {
        ["from"] = from, ["weekday"] = Day(random), ["weekend"] = Day(random),
        ["days"] = new JsonObject { ["sat"] = Day(random), ["wed"] = Day(random) },
    })]);

    private static JsonNode Tiers(Random random)
    {
        string period = new[] { "day", "month", "season", "year" }[random.Next(4)];
        JsonObject tiers = new()
        {
            ["period"] = period,
            ["steps"] = new JsonArray(Step("0", random), Step("0.5", random), Step("2500.125", random)),
        };
        Add(tiers, "startMonth", period == "year", () => random.Next(1, 13));
        Add(tiers, "seasons", period is "month" or "season", () =>
            new JsonArray([.. new[] { "02-01", "10-31" }.Select(from => (JsonNode)new JsonObject
        {
            ["from"] = from, ["fromKwh"] = new JsonArray(0, random.Next(1, 40), random.Next(50, 2000)),
        })]));
        return tiers;
    }

    private static JsonObject Step(string from, Random random) => new()
    {
        ["fromKwh"] = JsonNode.Parse(from),
        ["add"] = new JsonObject { ["peak"] = Price(random, 0.2), ["valley"] = Price(random, 0.2) },
    };

    private static JsonObject Capacity(Random random)
    {
        string by = new[] { "kva", "agreed-demand", "actual-demand" }[random.Next(3)];
        JsonObject capacity = new() { ["by"] = by, ["perMonth"] = Price(random, 50) };
        Add(capacity, "freePercent", by == "agreed-demand", () => "105");
        Add(capacity, "excessFactor", by == "agreed-demand", () => "2");
        Add(capacity, "floorPercentOfKva", random.Next(2) == 0, () => "0.5");
        Add(capacity, "discount", random.Next(2) == 0, () =>
            new JsonObject { ["fromKwhPerKva"] = Price(random, 1), ["percent"] = "90" });
        return capacity;
    }

    private static JsonObject PriceList(Random random)
    {
        JsonObject list = new()
        {
            ["minutes"] = new[] { 15, 30, 60 }[random.Next(3)],
            ["add"] = new JsonObject { ["peak"] = Price(random, 0.2), ["flat"] = "-0.05" },
        };
        Add(list, "factor", random.Next(2) == 0, () => Price(random, 2));
        Add(list, "maximum", random.Next(2) == 0, () => "0.25");
        Add(list, "exportFactor", random.Next(2) == 0, () => Price(random, 1));
        return list;
    }

    private static JsonObject Peak(Random random, string name)
    {
        bool isListed = random.Next(3) == 0;
        JsonObject charge = new()
        {
            ["name"] = name,
            ["by"] = isListed ? "coincident" : "highest",
            ["perMonth"] = Price(random, 20),
            ["minutes"] = new[] { 15, 30, 60 }[random.Next(3)],
            ["months"] = random.Next(1, 13),
        };
        Add(charge, "days", !isListed, () => random.Next(1, 4));
        Add(charge, "rates", !isListed && random.Next(2) == 0, () => Strings(["peak", "valley"]));
        Add(charge, "minimumKw", random.Next(2) == 0, () => "0.7");
        return charge;
    }

    private static JsonObject Export(Random random)
    {
        if (random.Next(3) == 0)
        {
            return new JsonObject { ["rule"] = "buy-all" };
        }

        string surplus = new[] { "carry", "paid", "lapses" }[random.Next(3)];
        JsonObject rule = new() { ["rule"] = "net", ["surplus"] = surplus };
        Add(rule, "settlementMonth", surplus == "carry" && random.Next(2) == 0, () => random.Next(1, 13));
        return rule;
    }

    private static JsonObject Row(Random random, double least) => new(_rates.Select(rate =>
        KeyValuePair.Create(rate, (JsonNode)Number(least + random.NextDouble() * 1.5, 6))));

    private static string Day(Random random) => new[] { "a", "b", "c" }[random.Next(3)];

    private static JsonArray Strings(IEnumerable<string> texts) => new([.. texts.Select(text => (JsonNode)text)]);

    private static string Price(Random random, double most, int places = 6) =>
        Number(random.NextDouble() * most, places);

    private static string Number(double value, int places) =>
        Math.Round((decimal)value, places).ToString("0.######", CultureInfo.InvariantCulture);
}
