using System;
using System.Globalization;
using System.IO;
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
            CommandLine done = CommandLine.Run("replay", "--load", path, "--tariff", "shanghai-household", "--step", "1m",
                "--show", "settlements,tiers,demand,events", "--outage", "2026-02-28T22:00..2026-03-01T01:00", "--json");
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
    public void AnUnknownSectionIsNamed()
    {
        CommandLine done = CommandLine.Run("replay", "--load", "x.csv", "--tariff", "shanghai-household", "--show", "demand,bogus");
        Assert.AreEqual(2, done.ExitCode);
        StringAssert.Contains(done.Errors, "\"bogus\" is none of demand, settlements, tiers, events");
    }
}
