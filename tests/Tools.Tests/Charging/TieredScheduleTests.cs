using System.Collections.Generic;
using System.IO;
using System.Text.Json;
using MeterFirmware.Tariffs;
using MeterFirmware.Tools.Billing.Tariffs;
using MeterFirmware.Tools.MeterCtl.Schedule;
using MeterFirmware.Tools.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Charging;

/// <summary>Schedules under a tariff with tiers: the bill by hand and by the firmware's register, and a plan by the tier's prices.</summary>
[TestClass]
public class TieredScheduleTests
{
    private const string Header = "session,station,plug_in,plug_out,energy_kwh\n";
    private const string Night = Header + "S1,A,2026-03-02T20:00:00+08:00,2026-03-03T06:00:00+08:00,40\n";

    // 0.3 valley, 0.6 peak; from 3120 kWh on the valley costs 0.9.
    private const string Turning = """
        {"name":"turning","timezone":"Asia/Shanghai","currency":"CNY","rates":["peak","valley"],
         "days":{"everyday":[["00:00","valley"],["06:00","peak"],["22:00","valley"]]},
         "seasons":[{"from":"01-01","weekday":"everyday","weekend":"everyday"}],"prices":{"peak":"0.6","valley":"0.3"},
         "tiers":{"period":"year","steps":[{"fromKwh":0,"add":{}},{"fromKwh":3120,"add":{"valley":"0.6"}}]},"carbonGramsPerKwh":550}
        """;

    [TestMethod]
    public void TheBillOfANightIsTheOneByHand()
    {
        // At once: 13.2 kWh until 22:00 at 0.617, 6.8 kWh at 0.307 up to 3120 kWh, the other 20 at 0.337.
        Assert.AreEqual(16.972m, Cost("uncontrolled", 3_100));

        // Ours waits for 22:00: 20 kWh at 0.307, 20 kWh at 0.337.
        Assert.AreEqual(12.88m, Cost("orderly", 3_100));
        Assert.AreEqual(40 * 0.307m, Cost("orderly", 0));
        Assert.AreEqual(40 * 0.487m, Cost("orderly", 4_800));
    }

    [TestMethod]
    public void ANewYearBeginsInTheFirstTier()
    {
        // Third tier until midnight: 13.2 kWh at 0.487, then 26.8 kWh at 0.307.
        string text = Header + "S1,A,2026-12-31T22:00:00+08:00,2027-01-01T06:00:00+08:00,40\n";
        ScheduleResult result = Plan(text, "shanghai-household", 5_000, out _).Run("uncontrolled");
        Assert.AreEqual(14.656m, result.Cost);
        Assert.AreEqual(26_800, result.PeriodWattHours);
    }

    [TestMethod]
    public void ThePlanGoesByThePricesOfTheTierThatIsReached()
    {
        string tariff = Path.GetTempFileName();
        try
        {
            File.WriteAllText(tariff, Turning);
            Assert.AreEqual(40 * 0.3m, Plan(Night, tariff, 3_000, out _).Run("orderly").Cost, "waits for the valley");

            // Second tier: 13.2 kWh before 22:00, the rest of it cannot be earlier.
            Assert.AreEqual(13.2m * 0.6m + 26.8m * 0.9m, Plan(Night, tariff, 3_120, out _).Run("orderly").Cost);
        }
        finally
        {
            File.Delete(tariff);
        }
    }

    [TestMethod]
    [DataRow("uncontrolled")]
    [DataRow("orderly")]
    public void TenWeeksOfSessionsCostWhatTheFirmwaresRegisterSays(string algorithm)
    {
        string text = File.ReadAllText(SharedData.Require("ev-sessions/acn-jpl-2018w41-2018w50.csv"));
        SchedulePlan plan = Plan(text, "shanghai-household", 1_000, out TariffTable table);
        ScheduleResult result = plan.Run(algorithm);
        CostRegister register = new(table.RateCount, table.TierCount, isExport: false);
        Assert.IsTrue(register.TryUse(table));
        register.SetPeriodConsumption(1_000_000, plan.Prices.UtcSeconds(0));
        TariffCursor cursor = new(table);
        for (int i = 0; i < plan.Prices.Count; i++)
        {
            cursor.Seek(plan.Prices.UtcSeconds(i));
            register.Add(cursor.Rate, result.StepMillijoules[i] * 1_000, plan.Prices.UtcSeconds(i));
        }

        decimal billed = 0;
        for (int rate = 0; rate < table.RateCount; rate++)
        {
            billed += register.RateCost(rate) / 10_000m;
        }

        Assert.AreEqual((double)billed, (double)result.Cost, 0.0001);
        Assert.IsTrue(result.PeriodWattHours > 30_000_000, "all three tiers");
    }

    [TestMethod]
    public void TheCommandTakesATariffWithTiersAndRefusesTheBound()
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, Night);
            string[] arguments = ["schedule", "--sessions", path, "--tariff", "shanghai-household", "--site-kw", "10",
                "--used-kwh", "3100", "--preference", "price-first", "--json"];
            CommandLine run = CommandLine.Run(arguments);
            Assert.AreEqual(0, run.ExitCode, run.Errors);
            Assert.AreEqual("12.8800", JsonDocument.Parse(run.Output).RootElement.GetProperty("cost").GetString());
            run = CommandLine.Run([.. arguments, "--bound"]);
            Assert.AreEqual(2, run.ExitCode);
            Assert.AreEqual("", run.Output);
            StringAssert.Contains(run.Errors, "--bound: shanghai-household has tiers");
            Assert.AreEqual(1, run.Errors.Trim().Split('\n').Length);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static decimal Cost(string algorithm, long usedKwh) =>
        Plan(Night, "shanghai-household", usedKwh, out _).Run(algorithm).Cost;

    private static SchedulePlan Plan(string text, string tariff, long usedKwh, out TariffTable table)
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, text);
            SiteOptions site = new() { LimitWatts = 100_000, UsedWattHours = usedKwh * 1_000 };
            IReadOnlyList<ChargingSession> sessions = SessionFile.Load(path, site);
            TariffFile file = TariffFile.Load(tariff);
            table = file.Table;
            return new SchedulePlan(sessions, new TariffPrices(file), site);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
