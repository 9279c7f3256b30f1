using System;
using MeterFirmware.Boards.Simulator.Chaos;
using MeterFirmware.Tools.Billing.Tariffs;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Storage;

/// <summary>The whole meter through power cuts and outages.</summary>
[TestClass]
public sealed class MeterChaosTests
{
    private static bool IsLong => Environment.GetEnvironmentVariable("METER_LONG") == "1";

    public TestContext TestContext { get; set; }

    [TestMethod]
    public void AnUnannouncedPowerCutCostsAtMostOneCheckpointIntervalAndDoublesNoInterval()
    {
        ChaosResult result = MeterChaos.PowerCuts(
            TariffFile.Load("china-workplace-five-rates").Table, seed: 1, IsLong ? 300 : 20);
        Assert.IsTrue(result.Survived, result.ToString());
    }

    [TestMethod]
    public void AfterAnOutageEveryRecordArrivesOnceInOrderWhileLiveReadingsGoOn()
    {
        ChaosResult result = MeterChaos.Outage(TariffFile.Load("china-workplace-five-rates").Table, IsLong ? 30 : 2);
        TestContext.WriteLine(result.ToString());
        Assert.IsTrue(result.Survived, result.ToString());
    }

    [TestMethod]
    public void EnergyAndDeadlinesOutliveAHoldOfAllManagedCode()
    {
        ChaosResult result = HoldChaos.Meter(TariffFile.Load("china-workplace-five-rates").Table, seed: 1,
            IsLong ? 200 : 20);
        TestContext.WriteLine(result.ToString());
        Assert.IsTrue(result.Survived, result.ToString());
    }

    [TestMethod]
    public void AHeldChargerIsOpenedByItsHardware()
    {
        ChaosResult result = HoldChaos.Charger(seed: 1, IsLong ? 100 : 3);
        TestContext.WriteLine(result.ToString());
        Assert.IsTrue(result.Survived, result.ToString());
    }

    [TestMethod]
    public void TenThousandDevicesComeBackSpreadOut()
    {
        ChaosResult result = HoldChaos.Return(10_000);
        TestContext.WriteLine(result.ToString());
        Assert.IsTrue(result.Survived, result.ToString());
    }
}
