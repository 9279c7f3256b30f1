using MeterFirmware.Charging;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Charging;

[TestClass]
public class HomeChargerTests
{
    [TestMethod]
    public void StartsAtATimeOfItsOwnAndIsStillServed()
    {
        int together = 0;
        int first = int.MaxValue;
        int last = 0;
        for (uint device = 0; device < 40; device++)
        {
            int start = StartOf(device, 8 * 3600, 40, out int remaining);
            Assert.AreEqual(0, remaining);
            first = start < first ? start : first;
            last = start > last ? start : last;
            together += start == 120 ? 1 : 0;
        }

        Assert.IsTrue(first >= 120 && last <= 176, "within the valley, from " + first + " to " + last);
        Assert.IsTrue(last - first > 40 && together < 5, "spread over it");
    }

    [TestMethod]
    public void WithoutSlackThereIsNoDelay()
    {
        for (uint device = 0; device < 10; device++)
        {
            Assert.AreEqual(120, StartOf(device, 8 * 3600, 96, out int remaining));
            Assert.AreEqual(0, remaining);
        }
    }

    [TestMethod]
    public void WithoutSpreadAllStartWithThePrice()
    {
        Assert.AreEqual(120, StartOf(7, 0, 20, out int remaining));
    }

    private static int StartOf(uint device, int spreadSeconds, int needSlots, out int remaining)
    {
        HomeCharger charger = new HomeCharger(new StartSpreader(device, spreadSeconds), 300);
        for (int slot = 0; slot < 288; slot++)
        {
            charger.Prices.Set(slot, slot >= 120 && slot < 216 ? 300_000 : 610_000);
        }

        charger.Connectors.PlugIn(0, 32_000, needSlots * 32_000, 220);
        int start = -1;
        for (int slot = 60; slot < 220; slot++)
        {
            int offer = charger.Decide(slot, slot, 20_000, 32_000);
            start = start < 0 && offer > 0 ? slot : start;
            int left = charger.Connectors.RemainingMilliampSlots[0] - offer;
            charger.Connectors.RemainingMilliampSlots[0] = left > 0 ? left : 0;
        }

        remaining = charger.Connectors.RemainingMilliampSlots[0];
        return start;
    }
}
