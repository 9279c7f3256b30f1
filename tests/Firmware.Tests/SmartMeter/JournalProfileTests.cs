using MeterFirmware.Metering;
using MeterFirmware.Recording;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.SmartMeter;

/// <summary>The load profile of a small flash, out of the records that wait for delivery or were delivered.</summary>
[TestClass]
public class JournalProfileTests
{
    [TestMethod]
    public void EveryIntervalIsARowOfEachClassInItsSpanOfTime()
    {
        ProductBench bench = new ProductBench();
        bench.Run(2 * 3600 + 5);
        JournalProfile profile = bench.Meter.NewJournalProfile();
        long[] values = new long[LoadProfile.ValueCountMax];

        // 10:30 to 11:00 local, both ends inclusive: the rows of 10:30, 10:45 and 11:00.
        const long From = 1_767_234_600;
        Assert.IsTrue(profile.TrySeek(LoadProfile.VoltageCurrent, From, From + 1800));
        for (int row = 0; row < 3; row++)
        {
            Assert.IsTrue(profile.TryReadNext(values, out long utcSeconds, out int flags));
            Assert.AreEqual(From + row * 900, utcSeconds);
            Assert.AreEqual(0, flags);
            Assert.IsTrue(values[0] > 229_500 && values[0] < 230_500);
            Assert.IsTrue(values[1] > 4_950 && values[1] < 5_050);
            Assert.IsTrue(values[2] > 49_900 && values[2] < 50_100);
        }

        Assert.IsFalse(profile.TryReadNext(values, out long _, out int _));
        Assert.IsTrue(profile.TrySeek(LoadProfile.Demand, From, From));
        Assert.IsTrue(profile.TryReadNext(values, out long _, out int _));
        Assert.IsTrue(values[0] > 999_000 && values[0] < 1_001_000, values[0].ToString());
        Assert.IsTrue(profile.TrySeek(LoadProfile.Energy, From + 5400, long.MaxValue));
        Assert.IsTrue(profile.TryReadNext(values, out long end, out int _));
        Assert.AreEqual(From + 5400, end);
        Assert.AreEqual(bench.Product.Meter.Registers.TotalWattHours(EnergyKind.Import), values[0] + 1);
        Assert.IsFalse(profile.TrySeek(LoadProfile.PowerFactor, From, From));
    }
}
