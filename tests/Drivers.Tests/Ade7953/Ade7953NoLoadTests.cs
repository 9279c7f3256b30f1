using MeterFirmware.Drivers.Ade7953;
using MeterFirmware.Drivers.Twins;
using nanoFramework.TestFramework;

namespace MeterFirmware.Drivers.Tests.Ade7953;

/// <summary>The chip counts nothing below its no-load threshold: AP_NOLOAD = 65536 − Y / 1.4, threshold = full scale /
/// Y.</summary>
[TestClass]
public class Ade7953NoLoadTests
{
    private const int Seconds = 3600;

    [TestMethod]
    public void TheChipsOwnThresholdIsATenThousandthOfFullScale()
    {
        // 4 862 401 / 154 counts a watt / 10 000 = 3.157 W.
        Assert.AreEqual(0L, CountedMilliwatts(Ade7953Settings.NoLoadOfChip, 3_100));
        Assert.AreEqual(3_200L, CountedMilliwatts(Ade7953Settings.NoLoadOfChip, 3_200));
        Assert.AreEqual(-3_200L, CountedMilliwatts(Ade7953Settings.NoLoadOfChip, -3_200));
    }

    [TestMethod]
    public void ASettingLowersItAndIsNeverRoundedUp()
    {
        foreach (int threshold in new int[] { 345, 500, 1_000, 3_000 })
        {
            Assert.AreEqual((long)threshold, CountedMilliwatts(threshold, threshold));
            Assert.AreEqual(0L, CountedMilliwatts(threshold, threshold - 15));
            Assert.AreEqual((long)-threshold, CountedMilliwatts(threshold, -threshold));
        }
    }

    [TestMethod]
    public void WithoutDetectionWhateverFlowsIsCounted() =>
        Assert.AreEqual(20L, CountedMilliwatts(Ade7953Settings.NoLoadOff, 20));

    [TestMethod]
    public void TheRegistersHoldTheThresholdAfterADisturbanceToo()
    {
        Ade7953Bench bench = new Ade7953Bench();
        bench.Start();

        // 31 573 mW · 1000 / 500 / 1.4 = 45 106, rounded up, below 65 536.
        Assert.AreEqual(65_536 - 45_106, bench.Twin.Peek(0x303));
        Assert.AreEqual(bench.Twin.Peek(0x303), bench.Twin.Peek(0x304));
        Assert.AreEqual(0, bench.Twin.Peek(0x001));
        bench.Twin.Poke(0x303, 0xE419);
        for (int i = 0; i < 60; i++)
        {
            bench.TryTick(1000);
        }

        Assert.AreEqual(65_536 - 45_106, bench.Twin.Peek(0x303));
    }

    [TestMethod]
    [DataRow(100)]
    [DataRow(10_000)]
    [DataRow(-2)]
    public void AThresholdThatTheChipCannotHaveOrThatLooksStuckIsRefused(int milliwatts)
    {
        Ade7953Settings settings = new Ade7953Settings { NoLoadMilliwatts = milliwatts };
        Assert.ThrowsException(typeof(System.Exception), () => settings.Validate());
    }

    private static long CountedMilliwatts(int threshold, int milliwatts)
    {
        Ade7953Bench bench = new Ade7953Bench(new Ade7953Settings { NoLoadMilliwatts = threshold });
        bench.Start();
        bench.Twin.SetLoad(230_000, milliwatts < 0 ? -milliwatts / 230 : milliwatts / 230, milliwatts, 0, 50_000);
        for (int i = 0; i < Seconds; i++)
        {
            bench.TryTick(1000);
        }

        // One count is 153 mW·s.
        return (bench.ImportMicrojoules - bench.ExportMicrojoules + (milliwatts < 0 ? -160_000 : 160_000))
            / (Seconds * 1000L);
    }
}
