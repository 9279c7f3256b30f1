using MeterFirmware.Charging;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Charging;

[TestClass]
public class BatteryNeedTests
{
    [TestMethod]
    public void AStateOfChargeBecomesEnergyAtTheMeterLossesIncluded()
    {
        Assert.AreEqual(20_000, BatteryNeed.WattHours(40_000, 300, 800, 1000));
        Assert.AreEqual(22_223, BatteryNeed.WattHours(40_000, 300, 800, 900));
        Assert.AreEqual(0, BatteryNeed.WattHours(40_000, 800, 300, 900));
        Assert.AreEqual(0, BatteryNeed.WattHours(0, 0, 1000, 900));
        Assert.AreEqual(40_000, BatteryNeed.WattHours(40_000, -5, 2000, 1000));
    }

    [TestMethod]
    public void EnergyLargerThanTheBatteryIsCutToWhatFits()
    {
        Assert.AreEqual(4_000, BatteryNeed.Bound(500_000, 40_000, 900, 1000));
        Assert.AreEqual(3_000, BatteryNeed.Bound(3_000, 40_000, 900, 1000));
        Assert.AreEqual(500_000, BatteryNeed.Bound(500_000, 0, 900, 1000));
    }
}
