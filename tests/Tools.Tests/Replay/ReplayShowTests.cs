using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;
using MeterFirmware.Tools.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Replay;

/// <summary><c>meterctl replay --show</c>.</summary>
[TestClass]
public class ReplayShowTests
{
    [TestMethod]
    public void SettlementsAddUpToTheWholeAndAnOutageOverTheMonthsEndIsMarked()
    {
        // 1 kWh an hour from 30 January to 2 March 2026, Shanghai; dark over the end of February.
        string path = Path.Combine(Path.GetTempPath(), $"replay-show-{Guid.NewGuid():N}.csv");
        StringBuilder csv = new("time,kwh\n");
        DateTime at = new(2026, 1, 30, 1, 0, 0);
        for (int hour = 0; hour < 31 * 24; hour++)
        {
            csv.Append(CultureInfo.InvariantCulture, $"{at.AddHours(hour):yyyy-MM-dd'T'HH:mm:ss},1\n");
        }

        File.WriteAllText(path, csv.ToString());
        try
        {
            CommandLine done =
                CommandLine.Run("replay", "--load", path, "--tariff", "shanghai-household", "--step", "1m",
                "--show", "settlements,tiers,demand,events", "--outage", "2026-02-28T22:00..2026-03-01T01:00",
                    "--json");
            Assert.AreEqual(0, done.ExitCode, done.Errors);
            JsonElement result = JsonDocument.Parse(done.Output).RootElement;
            JsonElement settlements = result.GetProperty("settlements");
            Assert.AreEqual(2, settlements.GetArrayLength());
            Assert.AreEqual("2026-02-01T00:00:00+08:00", settlements[0].GetProperty("at").GetString());
            Assert.IsFalse(settlements[0].GetProperty("afterOutage").GetBoolean());
            Assert.IsTrue(settlements[1].GetProperty("afterOutage").GetBoolean());

            // 48 h at 1 kW: 32 kWh peak, 16 valley.
            Assert.AreEqual("24.6560", settlements[0].GetProperty("cost").GetString());
            Assert.AreEqual(1m, settlements[0].GetProperty("maxDemandKw").GetDecimal(), 0.001m);
            long tiers = 0;
            foreach (JsonElement tier in result.GetProperty("tiers").EnumerateArray())
            {
                tiers += tier.GetProperty("wh").GetInt64();
            }

            Assert.AreEqual(result.GetProperty("totalWh").GetInt64(), tiers, 2);
            Assert.AreEqual(3, result.GetProperty("demand").GetArrayLength());
            Assert.IsTrue(result.GetProperty("events").GetArrayLength() >= 2);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [TestMethod]
    public void PrepaymentQualityAndCarbonAreTheMetersOwn()
    {
        // 1 kWh an hour over the end of January 2026: 96 h, 32 kWh peak and 16 valley in two days.
        string path = Path.Combine(Path.GetTempPath(), $"replay-show-{Guid.NewGuid():N}.csv");
        StringBuilder csv = new("time,kwh\n");
        DateTime at = new(2026, 1, 30, 1, 0, 0);
        for (int hour = 0; hour < 96; hour++)
        {
            csv.Append(CultureInfo.InvariantCulture, $"{at.AddHours(hour):yyyy-MM-dd'T'HH:mm:ss},1\n");
        }

        File.WriteAllText(path, csv.ToString());
        try
        {
            CommandLine done =
                CommandLine.Run("replay", "--load", path, "--tariff", "shanghai-household", "--step", "10s",
                "--show", "prepayment,quality,carbon", "--prepaid", "40", "--json");
            Assert.AreEqual(0, done.ExitCode, done.Errors);
            JsonElement result = JsonDocument.Parse(done.Output).RootElement;

            // 49.312 for 96 kWh, 40 paid in: alarms at 8 and 2 left, then nothing is left.
            JsonElement prepayment = result.GetProperty("prepayment");
            string[] states = [.. prepayment.EnumerateArray().Select(row => row.GetProperty("state").GetString())];
            CollectionAssert.AreEqual(new[] { "alarm 1", "alarm 2", "used up", "used up" }, states);
            JsonElement last = prepayment[prepayment.GetArrayLength() - 1];
            Assert.AreEqual(-9.312m,
                decimal.Parse(last.GetProperty("balance").GetString()!, CultureInfo.InvariantCulture), 0.002m);
            Assert.AreEqual(decimal.Parse(result.GetProperty("cost").GetString()!, CultureInfo.InvariantCulture),
                decimal.Parse(last.GetProperty("used").GetString()!, CultureInfo.InvariantCulture), 0.001m);

            JsonElement quality = result.GetProperty("quality");
            Assert.AreEqual(96 * 6, quality[0].GetProperty("values").GetInt64(), 2, "six ten-minute values an hour");
            Assert.AreEqual(100m, quality[0].GetProperty("qualifiedPercent").GetDecimal());
            Assert.AreEqual(230m, quality[0].GetProperty("maximum").GetDecimal(), 0.1m);
            Assert.AreEqual(96 * 360, quality[1].GetProperty("values").GetInt64(), 2);

            // The tariff's factor, East China's 0.55 kg/kWh, in two books: 48 kWh before the month's end, 48 after.
            JsonElement carbon = result.GetProperty("carbon");
            Assert.AreEqual(2, carbon.GetArrayLength());
            Assert.AreEqual(48 * 0.55m, carbon[0].GetProperty("co2Kg").GetDecimal(), 0.01m);
            Assert.AreEqual(48 * 0.55m, carbon[1].GetProperty("co2Kg").GetDecimal(), 0.01m);
            Assert.AreEqual(550m, carbon[1].GetProperty("gramsPerKwh").GetDecimal(), 0.1m);
            Assert.IsTrue(carbon[1].GetProperty("uncertaintyKg").GetDecimal() > 1);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [TestMethod]
    [DataRow("0")]
    [DataRow("-5")]
    [DataRow("1.23456")]
    [DataRow("much")]
    public void AnAmountThatIsNoneIsNamed(string amount)
    {
        CommandLine done =
            CommandLine.Run("replay", "--load", "x.csv", "--tariff", "shanghai-household", "--prepaid", amount);
        Assert.AreEqual(2, done.ExitCode);
        StringAssert.Contains(done.Errors, "--prepaid");
    }

    [TestMethod]
    public void AnUnknownSectionIsNamed()
    {
        CommandLine done =
            CommandLine.Run("replay", "--load", "x.csv", "--tariff", "shanghai-household", "--show", "demand,bogus");
        Assert.AreEqual(2, done.ExitCode);
        StringAssert.Contains(done.Errors,
            "\"bogus\" is none of demand, settlements, tiers, events, prepayment, quality, carbon");
    }
}
