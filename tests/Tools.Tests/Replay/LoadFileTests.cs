using System;
using System.IO;
using System.Linq;
using System.Text.Json;
using MeterFirmware.Tools.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Replay;

/// <summary>A load is read right or refused with its place: never a silently wrong number.</summary>
[TestClass]
public sealed class LoadFileTests
{
    private const string TwoRows = "\n2026-03-03T00:15:00,0.25\n2026-03-03T00:30:00,0.25\n";
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"mf-load-{Guid.NewGuid():N}.csv");

    [TestCleanup]
    public void Delete() => File.Delete(_path);

    [TestMethod]
    [DataRow("t,kwh\n2026-03-03T00:15:00,0,25\n2026-03-03T00:30:00,0,31\n",
        ":2: column 3: 3 columns, the header has 2")]
    [DataRow("2026-03-03T00:15:00,0.25\n2026-03-03T00:30:00,0.25\n",
        ":1: column 1 (2026-03-03T00:15:00): a header such as time,kwh was expected")]
    [DataRow("03/03/2026 00:15:00,0.25\n03/03/2026 00:30:00,0.25\n",
        ":1: column 1 (03/03/2026 00:15:00): a header such as time,kwh was expected")]
    [DataRow("time,kvarh" + TwoRows, ":1: column 2 (kvarh)")]
    [DataRow("t,kwh\n2026-03-03T00:15:00,\"1,250\"\n2026-03-03T00:30:00,\"2,125\"\n",
        ":2: column 2 (kwh): '1,250' is no number that can be read in one way only: --decimal")]
    [DataRow("time,power"
        + TwoRows, ":1: column 2 (power): the kWh of each interval were expected, not 'power'; --unit")]
    [DataRow("time,max kW" + TwoRows, ":1: column 2 (max kW)")]
    [DataRow("time,mWh" + TwoRows, ":1: column 2 (mWh)")]
    [DataRow("time,reading"
        + TwoRows, ":1: column 2 (reading): the kWh of each interval were expected, not the readings of a register "
        + "('reading'); --unit reading")]
    [DataRow("time,有功功率" + TwoRows, ":1: column 2 (有功功率)")]
    [DataRow("time,正向有功总示数" + TwoRows, ":1: column 2 (正向有功总示数)")]
    [DataRow("time,export_kwh" + TwoRows, ":1: column 2 (export_kwh): 'export'")]
    [DataRow("time,import_kwh,export_kwh\n2026-03-03T00:15:00,0.1,0.9\n2026-03-03T00:30:00,0.1,0.9\n",
        ":1: column 3 (export_kwh): 'export'")]
    [DataRow("time,l1_kwh,l2_kwh\n2026-03-03T00:15:00,0.1,0.9\n2026-03-03T00:30:00,0.1,0.9\n", ":1: column 3 (l2_kwh)")]
    [DataRow("t,kwh\n1969-07-02T00:00:00,1\n1969-07-02T01:00:00,1\n",
        ":2: column 1 (t): '1969-07-02T00:00:00': years 1972 to 2098")]
    [DataRow("t,kwh\n2026-03-03T01:00:00,1\n2026-03-03T02:00:00,2500\n", ":3: 2500 kW, a meter measures up to 1600 kW")]
    [DataRow("t,kwh\n2026-03-03T01:00:00,\"1\n2026-03-03T02:00:00,2\n", ":2: column 2: a quote is not closed")]
    public void WhatIsReadOtherwiseElsewhereIsRefusedWithItsPlace(string text, string place)
    {
        File.WriteAllText(_path, text);
        CommandLine run = CommandLine.Run("replay", "--load", _path, "--tariff", "shanghai-household", "--json");
        Assert.AreEqual(2, run.ExitCode, run.Output);
        StringAssert.StartsWith(run.Errors, $"meterctl: {_path}{place}");
        Assert.AreEqual(1, run.Errors.TrimEnd().Split('\n').Length, run.Errors);
    }

    [TestMethod]
    [DataRow("time,kwh")]
    [DataRow("interval_end,Energy (kWh)")]
    [DataRow("\"t\",\"import_kWh\"")]
    [DataRow("zeit,Verbrauch")]
    [DataRow("time,EnergyKWh")]
    [DataRow("\uFEFF时间,电量")]
    public void AHeaderThatNamesKilowattHoursOrNoUnitIsRead(string header)
    {
        File.WriteAllText(_path, header + TwoRows);
        Assert.AreEqual(500, Replay("shanghai-household").GetProperty("totalWh").GetInt64());
        File.WriteAllText(_path, header
            + ",temperature,remark\n2026-03-03T00:15:00,0.25,20,\"a,b\"\n2026-03-03T00:30:00,0.25,21,\n");
        Assert.AreEqual(500, Replay("shanghai-household").GetProperty("totalWh").GetInt64());
    }

    [TestMethod]
    [DataRow(520)]
    [DataRow(1_600)]
    public void AFactorysLoadIsMeteredExactly(int kilowatts)
    {
        File.WriteAllText(_path,
            $"t,kwh\n2026-03-03T01:00:00,1\n2026-03-03T02:00:00,2\n2026-03-03T03:00:00,{kilowatts}\n");
        JsonElement result = Replay("shanghai-household");
        Assert.AreEqual((kilowatts + 3) * 1000, result.GetProperty("totalWh").GetInt64(), 1);
        Assert.AreEqual(kilowatts, result.GetProperty("maxDemand").GetProperty("kw").GetDouble(), 0.001);
    }

    [TestMethod]
    public void TheDaysHoldAllEnergyWhereverTheFileEnds()
    {
        // 26 rows of 0.1 kWh: the last quarter hour is open at the end.
        string[] rows = [.. Enumerable.Range(1, 26).Select(i => $"2026-03-03T{i * 5 / 60:00}:{i * 5 % 60:00}:00,0.1")];
        File.WriteAllLines(_path, ["t,kwh", .. rows]);
        AssertDaysHoldAll(Replay("shanghai-household"), 2600);

        // An outage that lasts until the end.
        AssertDaysHoldAll(Replay("shanghai-household", "--outage", "2026-03-03T01:52..2026-03-03T02:10"), 2240);

        // In the first minutes of a day, behind a change of rate.
        string[] night =
            [.. Enumerable.Range(0, 10)
            .Select(i =>
                $"2026-03-0{(i < 5 ? 3 : 4)}T{(i < 5 ? 23 : 0):00}:{(i < 5 ? 35 + i * 5 : i * 5 - 25):00}:00,0.1")];
        File.WriteAllLines(_path, ["t,kwh", .. night]);
        JsonElement result = Replay("shanghai-household");
        AssertDaysHoldAll(result, 1000);
        Assert.AreEqual(600, result.GetProperty("daily")[0].GetProperty("wh").GetInt64());
        Assert.AreEqual("2026-03-04", result.GetProperty("daily")[1].GetProperty("date").GetString());
    }

    [TestMethod]
    [DataRow(1986)]
    [DataRow(2007)]
    [DataRow(2027)]
    [DataRow(2060)]
    public void AnyYearHasItsDaylightSaving(int year)
    {
        string tariff = Path.ChangeExtension(_path, "json");
        File.WriteAllText(tariff, """
            {"name":"x","timezone":"Europe/Paris","currency":"EUR","rates":["day","night"],"days":{"w":[["00:00","night"],["06:00","day"],["22:00","night"]]},
            "seasons":[{"from":"01-01","weekday":"w","weekend":"w"}],"prices":{"day":"0.3","night":"0.2"}}
            """);
        try
        {
            File.WriteAllLines(_path,
                ["t,kwh", .. Enumerable.Range(0, 48).Select(hour =>
                $"{year}-07-0{2 + hour / 24}T{hour % 24:00}:00:00,{(hour % 24 is < 6 or >= 22 ? 1 : 0)}")]);
            JsonElement result = Replay(tariff, "--stamp", "start");
            Assert.AreEqual(16_000, result.GetProperty("rates").GetProperty("night").GetProperty("wh").GetInt64());
            Assert.AreEqual(0, result.GetProperty("rates").GetProperty("day").GetProperty("wh").GetInt64());
            CollectionAssert.AreEqual(new[] { $"{year}-07-02", $"{year}-07-03" },
                result.GetProperty("daily").EnumerateArray().Select(day => day.GetProperty("date").GetString())
                    .ToArray());
            StringAssert.EndsWith(result.GetProperty("maxDemand").GetProperty("at").GetString(), "+02:00");
        }
        finally
        {
            File.Delete(tariff);
        }
    }

    private static void AssertDaysHoldAll(JsonElement result, long expected)
    {
        Assert.AreEqual(expected, result.GetProperty("totalWh").GetInt64(), 2);
        JsonElement[] days = [.. result.GetProperty("daily").EnumerateArray()];
        Assert.AreEqual(result.GetProperty("totalWh").GetInt64(), days.Sum(day => day.GetProperty("wh").GetInt64()));
        foreach (JsonProperty rate in result.GetProperty("rates").EnumerateObject())
        {
            Assert.AreEqual(rate.Value.GetProperty("wh").GetInt64(),
                days.Sum(day => day.GetProperty("rates").GetProperty(rate.Name).GetInt64()), rate.Name);
        }
    }

    private JsonElement Replay(string tariff, params string[] more)
    {
        CommandLine run = CommandLine.Run(["replay", "--load", _path, "--tariff", tariff, "--json", .. more]);
        Assert.AreEqual(0, run.ExitCode, run.Errors);
        return JsonDocument.Parse(run.Output).RootElement;
    }
}
