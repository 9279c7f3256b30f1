using System;
using System.IO;
using System.Linq;
using System.Text;
using MeterFirmware.Tools.Billing;
using MeterFirmware.Tools.Billing.Loads;
using MeterFirmware.Tools.Billing.Tariffs;
using MeterFirmware.Tools.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;
using NodaTime;
using NodaTime.Text;

namespace MeterFirmware.Tools.Tests.Bills;

/// <summary>Rules of a bill at the values that their sources print.</summary>
[TestClass]
public sealed class BillRuleTests
{
    // 〔83〕水电财字第215号, tables 1 to 3: percent of the bill in ten-thousandths.
    [TestMethod]
    [DataRow(90, 100, -7_500)]
    [DataRow(90, 95, -7_500)]
    [DataRow(90, 91, -1_500)]
    [DataRow(90, 90, 0)]
    [DataRow(90, 89, 5_000)]
    [DataRow(90, 70, 100_000)]
    [DataRow(90, 65, 150_000)]
    [DataRow(90, 64, 170_000)]
    [DataRow(90, 59, 270_000)]
    [DataRow(85, 94, -11_000)]
    [DataRow(85, 90, -5_000)]
    [DataRow(85, 84, 5_000)]
    [DataRow(85, 60, 150_000)]
    [DataRow(85, 59, 170_000)]
    [DataRow(80, 92, -13_000)]
    [DataRow(80, 90, -10_000)]
    [DataRow(80, 60, 100_000)]
    [DataRow(80, 54, 170_000)]
    public void ThePowerFactorsTableIsTheDocuments(int standard, int hundredths, int expected) =>
        Assert.AreEqual(expected, PowerFactorTable.ShareMillionths(standard, hundredths));

    [TestMethod]
    [DataRow(3, 4, 60)]
    [DataRow(1, 0, 100)]
    [DataRow(0, 1, 0)]
    [DataRow(0, 0, 100)]
    [DataRow(199, 35, 98)]
    public void APowerFactorIsRoundedToHundredths(int active, int reactive, int expected) =>
        Assert.AreEqual(expected, PowerFactorTable.Hundredths(active, reactive));

    [TestMethod]
    [DataRow(500, 500)]
    [DataRow(525, 500)]
    [DataRow(526, 502)]
    [DataRow(600, 650)]
    public void AgreedDemandIsFreeTo105PercentAndTwiceAbove(int kilowatts, int billed)
    {
        string folder = Directory.CreateTempSubdirectory("mf-demand").FullName;
        try
        {
            string load = Path.Combine(folder, "load.csv");
            File.WriteAllLines(load, ["start,kW", .. Enumerable.Range(0, 31 * 24).Select(i =>
                $"{new DateTime(2026, 3, 1).AddHours(i):yyyy-MM-ddTHH:mm},{(i == 99 ? kilowatts : 1)}")]);
            string tariff = Path.Combine(folder, "t.json");
            File.WriteAllText(tariff, """
                {"name":"x","timezone":"+08:00","currency":"CNY","rates":["a"],"days":{"w":[["00:00","a"]]},
                "seasons":[{"from":"01-01","weekday":"w","weekend":"w"}],"prices":{"a":"0"},
                "capacityCharge":{"by":"agreed-demand","perMonth":"1"}}
                """);
            CommandLine run = CommandLine.Run("bill", "--load", load, "--tariff", tariff, "--agreed-kw", "500",
                "--json");
            StringAssert.Contains(run.Output, $"\"total\": \"{billed}.0000\"");
        }
        finally
        {
            Directory.Delete(folder, true);
        }
    }

    [TestMethod]
    [DataRow(10, "60,30", "50.0000")]
    [DataRow(5, "60,30,30,90", "40.0000")]
    [DataRow(20, "60,30", "60.0000")]
    public void DemandIsTheMeanOfABlockAlsoWhereIntervalsCrossIt(int minutes, string kilowatts, string cost)
    {
        string[] values = kilowatts.Split(',');
        LoadFile load = new(Instant.FromUtc(2026, 2, 28, 16, 0).ToUnixTimeSeconds(), minutes * 60,
            [.. Enumerable.Range(0, 31 * 1440 / minutes).Select(i =>
                i < values.Length ? long.Parse(values[i]) * 60_000_000_000 * minutes : 0)]);
        TariffFile tariff = TariffFile.TryParse(Encoding.UTF8.GetBytes("""
            {"name":"x","timezone":"+08:00","currency":"CNY","rates":["a"],"days":{"w":[["00:00","a"]]},
            "seasons":[{"from":"01-01","weekday":"w","weekend":"w"}],"prices":{"a":"0"},
            "capacityCharge":{"by":"actual-demand","perMonth":"1"}}
            """), "x.json", []);
        BillDocument bill = BillEngine.Make(new BillRequest { Load = load, Documents = [tariff] });
        Assert.AreEqual(cost, $"{bill.Total / 10_000m:0.0000}");
    }

    [TestMethod]
    [DataRow(0, 0)]
    [DataRow(30, 0)]
    [DataRow(31, 2_000)]
    [DataRow(1_000, 500_000)]
    public void TheOccupancyFeeHasFreeMinutesAndAMaximum(int minutes, int tenThousandths) =>
        Assert.AreEqual(tenThousandths, new OccupancyModel(200_000, 30, 50_000_000).CostOf(minutes));

    [TestMethod]
    [DataRow("\"period\":\"year\"", "2026-12-31", "2026-01-01")]
    [DataRow("\"period\":\"year\",\"startMonth\":11", "2026-10-31", "2025-11-01")]
    [DataRow("\"period\":\"year\",\"startMonth\":11", "2026-11-01", "2026-11-01")]
    [DataRow("\"period\":\"month\"", "2026-12-31", "2026-12-01")]
    [DataRow("\"period\":\"season\"", "2026-03-31", "2025-10-15")]
    [DataRow("\"period\":\"season\"", "2026-04-01", "2026-04-01")]
    [DataRow("\"period\":\"day\"", "2026-12-31", "2026-12-31")]
    [DataRow(null, "2026-12-31", "2026-12-31")]
    public void ATierPeriodBeginsWhereItsRuleSays(string period, string date, string expected)
    {
        string tiers = period is null ? ""
            : ",\"tiers\":{" + period + """
                ,"steps":[{"fromKwh":0,"add":{}},{"fromKwh":9,"add":{"a":"1"}}]}
                """;
        TariffModel model = TariffFile.TryParse(Encoding.UTF8.GetBytes("""
            {"name":"x","timezone":"+08:00","currency":"CNY","rates":["a"],"days":{"w":[["00:00","a"]]},"device":false,
            "seasons":[{"from":"04-01","weekday":"w","weekend":"w"},{"from":"10-15","weekday":"w","weekend":"w"}],
            "prices":{"a":"1"}
            """ + tiers + "}"), "x.json", []).Model;
        LocalDate begin = model.TierBegin(LocalDatePattern.Iso.Parse(date).Value);
        Assert.AreEqual(expected, LocalDatePattern.Iso.Format(begin));
    }
}
