using System;
using System.Globalization;
using System.IO;
using System.Text;
using System.Text.Json;
using MeterFirmware.Tools.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Replay;

[TestClass]
public class ReplayTests
{
    private string _folder;

    [TestInitialize]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("replay").FullName;

    [TestCleanup]
    public void RemoveFolder() => Directory.Delete(_folder, true);

    [TestMethod]
    public void HouseholdFileMeetsTheUtilitysOwnRates()
    {
        string load = SharedData.Require("household/household-2011-11-25-to-2012-01-31.csv");
        JsonElement result = Replay(load, "ontario-household");
        Assert.AreEqual(738_560, result.GetProperty("totalWh").GetInt64());
        Assert.AreEqual(509_230, RateWattHours(result, "off-peak"));
        Assert.AreEqual(113_350, RateWattHours(result, "mid-peak"));
        Assert.AreEqual(115_980, RateWattHours(result, "on-peak"));
        Assert.AreEqual(6528, result.GetProperty("intervals").GetInt64());
        Assert.AreEqual("54.5263", result.GetProperty("cost").GetString());
        long daily = 0;
        foreach (JsonElement day in result.GetProperty("daily").EnumerateArray())
        {
            daily += day.GetProperty("wh").GetInt64();
        }

        Assert.AreEqual(738_560, daily);
    }

    [TestMethod]
    public void OutageIsUnmeteredToTheWattHourAndNothingElseIs()
    {
        // 1.2 kWh an hour; 90 minutes dark, within and across intervals and a change of rate.
        string load = Hourly("2026-03-02T01:00:00", 48, _ => "1.2");
        JsonElement result = Replay(load, "shanghai-household", "--outage", "2026-03-02T05:10..2026-03-02T06:40");
        Assert.AreEqual(1800, result.GetProperty("unmeteredWh").GetInt64(), 1);
        Assert.AreEqual(48 * 1200 - 1800, result.GetProperty("totalWh").GetInt64(), 1);

        // 05:00 to 05:10 and 06:40 to 06:45 are parts of quarter hours; five whole ones are missing.
        Assert.AreEqual(48 * 4 - 5, result.GetProperty("intervals").GetInt64());
    }

    [TestMethod]
    public void TiersAreChargedFromTheKilowattHourOnWhereTheyBegin()
    {
        // 4 000 kWh in ten days of January: 3 120 in tier 1, 880 in tier 2; 16 of 24 hours are peak.
        string load = Hourly("2026-01-01T01:00:00", 240, _ => (4000m / 240).ToString(CultureInfo.InvariantCulture));
        JsonElement result = Replay(load, "shanghai-household");
        Assert.AreEqual(4_000_000, result.GetProperty("totalWh").GetInt64(), 4);
        decimal cost = decimal.Parse(result.GetProperty("cost").GetString(), CultureInfo.InvariantCulture);
        decimal plain = 4000m * (16m / 24 * 0.617m + 8m / 24 * 0.307m);
        decimal least = plain + 880 * 0.03m;
        decimal most = plain + 880 * 0.06m;
        Assert.IsTrue(cost > least && cost < most, $"{cost} lies between {least} and {most}");
    }

    [TestMethod]
    public void HourThatDaylightSavingRemovesMayBeAbsentAndTheRepeatedOnePresentTwice()
    {
        StringBuilder spring = new("time,kwh\n");
        foreach (string time in new[] { "2026-03-08T00:00:00", "2026-03-08T01:00:00", "2026-03-08T03:00:00",
            "2026-03-08T04:00:00" })
        {
            spring.Append(time).Append(",1\n");
        }

        StringBuilder autumn = new("time,kwh\n");
        foreach (string time in new[] { "2026-11-01T00:00:00", "2026-11-01T01:00:00", "2026-11-01T01:00:00",
            "2026-11-01T02:00:00" })
        {
            autumn.Append(time).Append(",1\n");
        }

        Assert.AreEqual(4000, Replay(Write(spring.ToString()), "ontario-household").GetProperty("totalWh").GetInt64());
        Assert.AreEqual(4000, Replay(Write(autumn.ToString()), "ontario-household").GetProperty("totalWh").GetInt64());

        // With a fixed offset both are errors, with their line.
        AssertRefused(Write(spring.ToString()), "shanghai-household", ":4:", "a gap");
        AssertRefused(Write(autumn.ToString()), "shanghai-household", ":4:", "a double");
    }

    [TestMethod]
    [DataRow("2026-01-01T01:00:00,1\n2026-01-01T02:00:00,1\n2026-01-01T04:00:00,1\n", ":4:", "a gap")]
    [DataRow("2026-01-01T01:00:00,1\n2026-01-01T02:00:00,1\n2026-01-01T02:00:00,1\n", ":4:", "a double")]
    [DataRow("2026-01-01T01:00:00,1\n2026-01-01T02:00:00,1\n2026-01-01T01:00:00,1\n", ":4:", "out of order")]
    [DataRow("2026-01-01T01:00:00,1\n2026-01-01T02:00:00,-1\n", ":3:", "-1")]
    [DataRow("2026-01-01T01:00:00,1\n2026-01-01T02:00:00,much\n", ":3:", "much")]
    [DataRow("2026-01-01T01:00:00,1\n2026-01-01T02:00:00,NaN\n", ":3:", "NaN")]
    [DataRow("2026-01-01T01:00:00,1\nyesterday,1\n", ":3:", "yesterday")]
    [DataRow("2026-01-01T01:00:00,1\n2026-01-01T02:00:00\n", ":3:", "column 2: 1 columns, the header has 2")]
    [DataRow("2026-01-01T01:00:00,1\n", "", "two rows")]
    [DataRow("2026-01-01T01:00:00,1\n2026-01-01T00:00:00,1\n", ":3:", "")]
    [DataRow("2026-01-01T01:00:00,1\n2026-01-01T02:00:00,90000000\n", ":3:", "90000000")]
    public void BadRowIsOneErrorWithItsLine(string rows, string line, string what) =>
        AssertRefused(Write("time,kwh\n" + rows), "shanghai-household", line, what);

    [TestMethod]
    public void MissingFileAndUnknownTariffAreUsageErrors()
    {
        AssertRefused(Path.Combine(_folder, "none.csv"), "shanghai-household", "none.csv", "cannot be read");
        AssertRefused(Hourly("2026-01-01T01:00:00", 2, _ => "1"), "no-such-tariff", "no-such-tariff", "");
    }

    [TestMethod]
    public void StartStampsShiftTheLoadByOneInterval()
    {
        // Only the hour from 05:00 to 06:00 uses energy: valley by its end stamp 06:00, peak when 06:00 is its start.
        string load = Hourly("2026-01-01T01:00:00", 24, hour => hour == 6 ? "1" : "0");
        Assert.AreEqual(1000, RateWattHours(Replay(load, "shanghai-household"), "valley"));
        Assert.AreEqual(1000, RateWattHours(Replay(load, "shanghai-household", "--stamp", "start"), "peak"));
    }

    [TestMethod]
    public void AnyTickLengthGivesTheSameRegisters()
    {
        string load = Hourly("2026-01-01T01:00:00", 12, hour => $"0.{hour:00}7");
        string expected = Replay(load, "shanghai-household").GetProperty("rates").ToString();
        foreach (string step in new[] { "100ms", "10s", "1m" })
        {
            Assert.AreEqual(expected,
                Replay(load, "shanghai-household", "--step", step).GetProperty("rates").ToString(), step);
        }
    }

    private static JsonElement Replay(string load, string tariff, params string[] more)
    {
        CommandLine run = CommandLine.Run(["replay", "--load", load, "--tariff", tariff, "--json", .. more]);
        Assert.AreEqual(0, run.ExitCode, run.Errors);
        return JsonDocument.Parse(run.Output).RootElement;
    }

    private static void AssertRefused(string load, string tariff, string line, string what)
    {
        CommandLine run = CommandLine.Run("replay", "--load", load, "--tariff", tariff, "--json");
        Assert.AreEqual(2, run.ExitCode, run.Output);
        Assert.AreEqual("", run.Output);
        StringAssert.Contains(run.Errors, line);
        StringAssert.Contains(run.Errors, what);
        Assert.AreEqual(1, run.Errors.TrimEnd().Split('\n').Length, run.Errors);
    }

    private static long RateWattHours(JsonElement result, string rate) =>
        result.GetProperty("rates").GetProperty(rate).GetProperty("wh").GetInt64();

    private string Hourly(string firstEnd, int hours, Func<int, string> kilowattHours)
    {
        DateTime end = DateTime.Parse(firstEnd, CultureInfo.InvariantCulture);
        StringBuilder text = new("time,kwh\n");
        for (int i = 0; i < hours; i++)
        {
            text.Append(end.AddHours(i).ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture)).Append(',')
                .Append(kilowattHours(end.AddHours(i).Hour)).Append('\n');
        }

        return Write(text.ToString());
    }

    private string Write(string text)
    {
        string path = Path.Combine(_folder, Guid.NewGuid().ToString("N") + ".csv");
        File.WriteAllText(path, text);
        return path;
    }
}
