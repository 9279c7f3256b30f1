using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MeterFirmware.Tools.Billing;
using MeterFirmware.Tools.Billing.Tariffs;
using MeterFirmware.Tools.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Bills;

/// <summary>Contradictions of a document are refused with their path; documents follow each other without a
/// gap.</summary>
[TestClass]
public sealed class BillDocumentTests
{
    private const string Plain = """
        {"name":"x","timezone":"+08:00","currency":"CNY","rates":["peak","valley"],
        "days":{"w":[["00:00","valley"],["08:00","peak"]]},
        "seasons":[{"from":"01-01","weekday":"w","weekend":"w"}],"prices":{"peak":"0.6","valley":"0.3"}}
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("mf-bill").FullName;

    [TestCleanup]
    public void Delete() => Directory.Delete(_folder, true);

    [TestMethod]
    [DataRow("""{"document":{"from":"2026-05-01","until":"2026-05-01"}}""",
        "$.document.until: the document ends before it begins")]
    [DataRow("""{"document":{"from":"=NOW()"}}""", "$.document.from: \"=NOW()\" is no date")]
    [DataRow("""{"basePrices":[{"from":"2026-01-01","floating":"0.5"}],"ratios":{"peak":"1.7","valley":"0.4"}}""",
        "$.prices: a tariff has either")]
    [DataRow("""{"prices":null,"basePrices":[{"from":"2026-01-01","floating":"0.5"}]}""",
        "$.basePrices: base prices without \"ratios\"")]
    [DataRow("""
        {"prices":null,"basePrices":[{"from":"2026-02-01","floating":"0.5"},{"from":"2026-01-01","floating":"0.4"}],
        "ratios":{"peak":"1","valley":"1"},"device":false}
        """,
        "$.basePrices[1].from: \"2026-01-01\" is out of order")]
    [DataRow("""
        {"prices":null,"basePrices":[{"from":"2026-01-01","floating":"0.5"},{"from":"2026-02-01","floating":"0.4"}],
        "ratios":{"peak":"1","valley":"1"}}
        """,
        "$.basePrices: more than one base price: a device cannot hold it")]
    [DataRow("""{"seasons":[{"from":"01-01","weekday":"w","weekend":"w","days":{"someday":"w"}}],"device":false}""",
        "$.seasons[0].days.someday: unknown day")]
    [DataRow("""{"holidays":[{"calendar":"mars","day":"w"}]}""", "$.holidays[0].calendar: unknown list \"mars\"")]
    [DataRow("""{"holidays":[{"from":"2026-05-05","to":"2026-05-01","day":"w"}]}""",
        "$.holidays[0].to: expected a date from 2026-05-05 on")]
    [DataRow("""{"holidays":[{"from":"2026-05-01","to":"2026-05-05","day":"w"},{"date":"2026-05-03","day":"w"}]}""",
        "$.holidays[1].date: \"2026-05-03\" is given twice, first in $.holidays[0]")]
    [DataRow("""{"capacityCharge":{"by":"kva","perMonth":"30","freePercent":"105"}}""",
        "$.capacityCharge.freePercent: only \"agreed-demand\" has it")]
    [DataRow("""{"capacityCharge":{"by":"volts","perMonth":"30"}}""", "$.capacityCharge.by: expected \"kva\"")]
    [DataRow("""{"powerFactor":"0.95"}""", "$.powerFactor: expected \"0.90\", \"0.85\" or \"0.80\"")]
    [DataRow("""{"taxes":[{"name":"a","percent":"13","of":["energy","Tax"]}]}""",
        "$.taxes[0].of[1]: expected energy, surcharge")]
    [DataRow("""{"taxes":[{"name":"a","percent":"13"},{"name":"a","percent":"1"}]}""",
        "$.taxes[1].name: \"a\" is given twice")]
    [DataRow("""{"taxes":[{"name":"a","percent":13}]}""", "$.taxes[0].percent: expected a percentage as a string")]
    [DataRow("""{"standingCharge":{"perDay":"1","perMonth":"30"}}""", "$.standingCharge: expected either")]
    [DataRow("""{"tiers":{"period":"month","startMonth":4,"steps":[{"fromKwh":0,"add":{}}]},"device":false}""",
        "$.tiers.startMonth: expected a month")]
    [DataRow("""
        {"tiers":{"period":"month","seasons":[{"from":"05-01","fromKwh":[0,5]}],"steps":[{"fromKwh":0,"add":{}}]},
        "device":false}
        """,
        "$.tiers.seasons[0].fromKwh: expected 1 thresholds")]
    [DataRow("""
        {"discharge":{"rates":["x"],"days":{"d":[["00:00","y"]]},
        "seasons":[{"from":"01-01","weekday":"d","weekend":"d"}],"prices":{"x":"1"}}}
        """,
        "$.discharge.days.d[0][1]: unknown rate \"y\"")]
    [DataRow("""{"announced":[{"name":"hot","day":"x"}]}""", "$.announced[0].day: unknown day table \"x\"")]
    [DataRow("""{"announced":[{"name":"hot","day":"w"},{"name":"hot","day":"w"}]}""",
        "$.announced[1].name: \"hot\" is given twice")]
    [DataRow("""{"announced":[{"name":"hot","day":"w","begins":"06:00"}]}""",
        "$.announced[0].begins: an announced day begins at midnight on a device")]
    [DataRow("""{"reservationFee":{"perMinute":"0.1","freeMinutes":1.5}}""",
        "$.reservationFee.freeMinutes: expected whole minutes")]
    [DataRow("""{"priceList":{"minutes":20}}""", "$.priceList.minutes: expected 15, 30 or 60")]
    [DataRow("""{"priceList":{"minutes":15,"add":{"noon":"1"}}}""", "$.priceList.add.noon: unknown rate \"noon\"")]
    [DataRow("""{"peakCharges":[{"name":"a","by":"luck","perMonth":"1"}]}""",
        "$.peakCharges[0].by: expected \"highest\" or \"coincident\"")]
    [DataRow("""{"peakCharges":[{"name":"a","by":"coincident","perMonth":"1","days":3}]}""",
        "$.peakCharges[0].days: only \"highest\" has it")]
    [DataRow("""{"peakCharges":[{"name":"a","by":"highest","perMonth":"1","months":25}]}""",
        "$.peakCharges[0].months: 25; expected a whole number from 1 to 24")]
    [DataRow("""{"peakCharges":[{"name":"a","by":"highest","perMonth":"1","rates":["noon"]}]}""",
        "$.peakCharges[0].rates[0]: unknown rate \"noon\"")]
    [DataRow("""{"export":{"rule":"net","surplus":"paid"}}""",
        "$.export: exported energy is paid, and \"exportPrices\" are missing")]
    [DataRow("""{"export":{"rule":"buy-all","surplus":"carry"},"exportPrices":{"peak":"1","valley":"1"}}""",
        "$.export.surplus: only \"net\" has it")]
    [DataRow("""{"export":{"rule":"net","surplus":"lapses","settlementMonth":3}}""",
        "$.export.settlementMonth: only what is carried is settled")]
    [DataRow("""{"device":"no"}""", "$.device: expected true or false")]
    [DataRow("""{"surcharges":[{"name":"funds","perKwh":0.03}]}""",
        "$.surcharges[0].perKwh: expected a price as a string")]
    public void AContradictionHasItsPath(string members, string expected)
    {
        List<TariffProblem> problems = [];
        Assert.IsNull(TariffFile.TryParse(Encoding.UTF8.GetBytes(With(members)), "x.json", problems));
        Assert.IsTrue(problems.Any(problem =>
            problem.Describe("").StartsWith(": " + expected, StringComparison.Ordinal)),
            string.Join("\n", problems.Select(problem => problem.Describe(""))));
    }

    [TestMethod]
    [DataRow("2026-04-01", "2026-04-01", "", 0)]
    [DataRow("2026-04-01", "2026-04-02", "$.document.from: 2026-04-02 leaves a gap after", 2)]
    [DataRow("2026-04-02", "2026-04-01", "$.document.from: 2026-04-01 leaves an overlap with", 2)]
    public void TwoDocumentsFollowEachOtherToTheDay(string until, string from, string expected, int exitCode)
    {
        string first = Write("a.json", $$$"""{"document":{"number":"1","until":"{{{until}}}"}}""");
        string second = Write("b.json", $$$"""
            {"document":{"number":"2","from":"{{{from}}}"},"prices":{"peak":"0.7","valley":"0.3"}}
            """);
        string load = Path.Combine(_folder, "load.csv");
        File.WriteAllLines(load,
            ["time,kwh", .. Enumerable.Range(0, 48).Select(i =>
            $"2026-0{(i < 24 ? "3-31" : "4-01")}T{i % 24:00}:00,1")]);
        CommandLine run = CommandLine.Run("bill", "--load", load, "--stamp", "start", "--tariff", second, "--tariff",
            first, "--json");
        Assert.AreEqual(exitCode, run.ExitCode, run.Errors);
        StringAssert.Contains(run.Errors, expected);
        if (exitCode == 0)
        {
            JsonElement[] sections =
                [.. JsonDocument.Parse(run.Output).RootElement.GetProperty("sections").EnumerateArray()];
            CollectionAssert.AreEqual(new[] { "x, 1", "x, 2" },
                sections.Select(section => section.GetProperty("document").GetString()).ToArray());
            Assert.AreEqual("9.6000", sections[0].GetProperty("lines")[0].GetProperty("cost").GetString());
            Assert.AreEqual("11.2000", sections[1].GetProperty("lines")[0].GetProperty("cost").GetString());
        }
    }

    [TestMethod]
    public void TiersAreThoseOfTheDocumentThatHoldsAndCountFromTheirPeriodsBegin()
    {
        string load = TwoDays("kwh", _ => "1");
        const string Tiers = """
            "tiers":{"period":"year","steps":[{"fromKwh":0,"add":{}},{"fromKwh":10,"add":{"valley":"0.1"}},
            {"fromKwh":30,"add":{"valley":"0.2"}}]}
            """;
        string plain = Write("plain.json", """{"document":{"from":"2026-04-01"}}""");
        string tiered = Write("tiered.json", $$$"""{"document":{"until":"2026-04-01"},{{{Tiers}}}}""");
        CollectionAssert.AreEqual(new[] { "9.6000", "2.4000", "9.6000", "2.4000" }, Costs(load, tiered, plain));

        // 24 kWh before it: 6 hours in its second tier, 2 in its third.
        plain = Write("plain.json", """{"document":{"until":"2026-04-01"}}""");
        tiered = Write("tiered.json", $$$"""{"document":{"from":"2026-04-01"},{{{Tiers}}}}""");
        CollectionAssert.AreEqual(new[] { "9.6000", "2.4000", "9.6000", "3.4000" }, Costs(load, plain, tiered));
    }

    [TestMethod]
    public void WhyListsTheIntervalsOfItsLineOnly()
    {
        string load = TwoDays("import_kwh,export_kwh", hour => hour == 20 ? "1,3" : "1,0");
        string first = Write("a.json", """
            {"document":{"until":"2026-04-01"},"exportPrices":{"peak":"0.2","valley":"0.1"}}
            """);
        string second = Write("b.json", """
            {"document":{"from":"2026-04-01"},"rates":["top","valley"],
            "days":{"w":[["00:00","valley"],["20:00","top"]]},
            "prices":{"top":"0.7","valley":"0.3"},"exportPrices":{"top":"0.2","valley":"0.1"},"device":false,
            "serviceFee":{"top":"0.8","valley":"0.4"},"surcharges":[{"name":"funds","perKwh":"0.03"}]}
            """);
        (int Count, string Price) Why(string name)
        {
            CommandLine run = CommandLine.Run("bill", "--load", load, "--tariff", first, "--tariff", second,
                "--charging", "--why", name, "--json");
            Assert.AreEqual(0, run.ExitCode, run.Errors);
            JsonElement rows = JsonDocument.Parse(run.Output).RootElement.GetProperty("intervals");
            return (rows.GetArrayLength(), rows[rows.GetArrayLength() - 1].GetProperty("price").GetString());
        }

        Assert.AreEqual((4, "0.7"), Why("top"));
        Assert.AreEqual((16, "0.2"), Why("peak, exported"));
        Assert.AreEqual((4, "0.8"), Why("service fee, top"));
        Assert.AreEqual((24, "0.03"), Why("funds"));
    }

    [TestMethod]
    [DataRow("--format", "text")]
    [DataRow("--why", "peak")]
    public void WhatWritesNoFileTakesNone(string option, string value)
    {
        string output = Path.Combine(_folder, "out.txt");
        CommandLine run = CommandLine.Run("bill", "--load", TwoDays("kwh", _ => "1"), "--tariff",
            Write("t.json", "{}"), option, value, "--out", output);
        Assert.AreEqual(2, run.ExitCode, run.Output);
        StringAssert.Contains(run.Errors, "--out: --format csv");
    }

    [TestMethod]
    public void NamesThatAreFormulasOrTagsDoNoHarmInCsvAndHtml()
    {
        string tariff = Write("t.json", """
            {"name":"<script>alert(1)</script>","surcharges":[{"name":"=HYPERLINK(1)","perKwh":"0.1"},
            {"name":"＝1+1","perKwh":"0.1"}]}
            """);
        string load = Path.Combine(_folder, "load.csv");
        File.WriteAllText(load, "time,kwh\n2026-03-03T01:00,1\n2026-03-03T02:00,1\n");
        string csv = CommandLine.Run("bill", "--load", load, "--tariff", tariff, "--format", "csv").Output;
        StringAssert.Contains(csv, "\"'=HYPERLINK(1)\"");
        StringAssert.Contains(csv, "\"'＝1+1\"");
        string html = CommandLine.Run("bill", "--load", load, "--tariff", tariff, "--format", "html").Output;
        Assert.IsFalse(html.Contains("<script", StringComparison.Ordinal));
        StringAssert.Contains(html, "&lt;script&gt;");
        StringAssert.Contains(html, "<svg");
    }

    [TestMethod]
    [DataRow("--kva", "$.capacityCharge: --kva says", """{"capacityCharge":{"by":"kva","perMonth":"30"}}""")]
    [DataRow("--agreed-kw", "$.capacityCharge: --agreed-kw says",
        """{"capacityCharge":{"by":"agreed-demand","perMonth":"30"}}""")]
    [DataRow("--power-factor", "$.powerFactor: the load has no reactive energy", """{"powerFactor":"0.90"}""")]
    public void WhatTheDocumentNeedsOfTheCustomerIsAskedFor(string option, string expected, string members)
    {
        string tariff = Write("t.json", members);
        string load = Path.Combine(_folder, "load.csv");
        File.WriteAllText(load, "time,kwh\n2026-03-03T01:00,1\n2026-03-03T02:00,1\n");
        CommandLine run = CommandLine.Run("bill", "--load", load, "--tariff", tariff);
        Assert.AreEqual(2, run.ExitCode);
        StringAssert.Contains(run.Errors, expected);
        Assert.AreEqual(0,
            CommandLine.Run("bill", "--load", load, "--tariff", tariff, option, option == "--power-factor" ? "0.93"
            : "100").ExitCode);
    }

    [TestMethod]
    public void ADocumentForBillsOnlyIsRefusedWhereADeviceIsMeant()
    {
        string tariff = Write("t.json", """{"device":false,"prices":{"peak":"-0.6","valley":"0.3"}}""");
        Assert.AreEqual(0, CommandLine.Run("tariff", "validate", tariff).ExitCode);
        CommandLine run = CommandLine.Run("tariff", "compile", tariff, "--out", Path.Combine(_folder, "t.mft"));
        Assert.AreEqual(2, run.ExitCode, run.Output);
        StringAssert.Contains(run.Errors, "a document for bills only; no device's table can hold it");
        Assert.IsFalse(File.Exists(Path.Combine(_folder, "t.mft")));
    }

    /// <summary>31 March and 1 April by the hour.</summary>
    private string TwoDays(string columns, Func<int, string> cells)
    {
        string path = Path.Combine(_folder, "two-days.csv");
        File.WriteAllLines(path, ["start," + columns, .. Enumerable.Range(0, 48).Select(i =>
            $"2026-0{(i < 24 ? "3-31" : "4-01")}T{i % 24:00}:00,{cells(i % 24)}")]);
        return path;
    }

    private static string[] Costs(string load, params string[] tariffs)
    {
        CommandLine run = CommandLine.Run(["bill", "--load", load, "--json",
            .. tariffs.SelectMany(tariff => new[] { "--tariff", tariff })]);
        Assert.AreEqual(0, run.ExitCode, run.Errors);
        return [.. JsonDocument.Parse(run.Output).RootElement.GetProperty("sections").EnumerateArray()
            .SelectMany(section => section.GetProperty("lines").EnumerateArray())
            .Select(line => line.GetProperty("cost").GetString())];
    }

    private string Write(string name, string members)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, With(members));
        return path;
    }

    /// <summary>The plain tariff with other members; null takes one away.</summary>
    private static string With(string members)
    {
        JsonObject document = JsonNode.Parse(Plain).AsObject();
        foreach ((string name, JsonNode value) in JsonNode.Parse(members).AsObject())
        {
            document.Remove(name);
            if (value is not null)
            {
                document[name] = value.DeepClone();
            }
        }

        return document.ToJsonString();
    }
}
