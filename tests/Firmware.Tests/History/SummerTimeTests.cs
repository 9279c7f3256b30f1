using MeterFirmware.Firmware.Tests.Tariffs;
using MeterFirmware.History;
using MeterFirmware.Metering;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.History;

/// <summary>Freezes and settlements in a zone with summer time (New York, 2026: −4 h from 8 March 07:00Z, −5 h from
/// 1 November 06:00Z). facts/metering-rules.md, "settlement": month-end 24:00, or an hour on day 1–28; a day has
/// one.</summary>
[TestClass]
public class SummerTimeTests
{
    private const long Spring = 1_772_953_200;
    private const long Autumn = 1_793_512_800;

    /// <summary>Midnight of 1 November, two hours before the clock goes back.</summary>
    private const long November = Autumn - 7200;

    [TestMethod]
    public void TheEndOfSummerTimeOnTheFirstOfAMonthMakesNeitherASecondDayNorASecondSettlement()
    {
        RecorderBench bench = At(November - 1800);
        bench.Run(36 * 3600, 60);
        Assert.AreEqual(1L, bench.FreezeCount(FreezeKind.Settlement));
        Assert.IsTrue(bench.Recorder.Freezes.TryRead(FreezeKind.Settlement, 1));
        Assert.AreEqual(November, bench.Recorder.Freezes.NominalUtcSeconds);
        Assert.AreEqual(2L, bench.FreezeCount(FreezeKind.Daily));
        Assert.IsTrue(bench.Recorder.Freezes.TryRead(FreezeKind.Daily, 1));
        Assert.AreEqual(November + 25 * 3600, bench.Recorder.Freezes.NominalUtcSeconds);
    }

    /// <summary>The settlement was three weeks ago: the shift must not settle a second time and clear the
    /// maximum.</summary>
    [TestMethod]
    public void TheEndOfSummerTimeDoesNotSettleAMonthAgain()
    {
        RecorderBench bench = new RecorderBench(Autumn - 28 * 86_400, new MeteringSettings(), TableBytes.NewYork());
        Assert.IsTrue(bench.Parts.Freezes.Settlements.TryAdd(5, 0));
        bench.Start(false);
        bench.Run(30 * 86_400L, 900);
        Assert.AreEqual(1L, bench.FreezeCount(FreezeKind.Settlement));
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(1)]
    [DataRow(2)]
    public void ASettlementInTheRepeatedHourIsMadeOnceInItsFirstPass(int hour)
    {
        RecorderBench bench = new RecorderBench(November - 1800, new MeteringSettings(), TableBytes.NewYork());
        Assert.IsTrue(bench.Parts.Freezes.Settlements.TryAdd(1, hour));
        bench.Start(false);
        bench.Run(8 * 3600, 60);
        Assert.AreEqual(1L, bench.FreezeCount(FreezeKind.Settlement));
        Assert.IsTrue(bench.Recorder.Freezes.TryRead(FreezeKind.Settlement, 1));

        // 01:00 is passed at 05:00Z and again at 06:00Z; 02:00 is only at 07:00Z.
        Assert.AreEqual(November + (hour == 2 ? 3 : hour) * 3600, bench.Recorder.Freezes.NominalUtcSeconds);
    }

    [TestMethod]
    public void ASettlementInTheSkippedHourIsMadeAtItsEnd()
    {
        RecorderBench bench = new RecorderBench(Spring - 1800, new MeteringSettings(), TableBytes.NewYork());
        Assert.IsTrue(bench.Parts.Freezes.Settlements.TryAdd(8, 2));
        bench.Start(false);
        bench.Run(8 * 3600, 60);
        Assert.AreEqual(1L, bench.FreezeCount(FreezeKind.Settlement));
        Assert.IsTrue(bench.Recorder.Freezes.TryRead(FreezeKind.Settlement, 1));
        Assert.AreEqual(Spring, bench.Recorder.Freezes.NominalUtcSeconds);
        Assert.AreEqual(0, bench.Recorder.Freezes.Flags);
    }

    [TestMethod]
    public void EachHourOfTheRepeatedOneIsFrozen()
    {
        RecorderBench bench = At(November - 1800);
        bench.Run(4 * 3600, 60);
        Assert.AreEqual(4L, bench.FreezeCount(FreezeKind.Hourly));
        Assert.IsTrue(bench.Recorder.Freezes.TryRead(FreezeKind.Hourly, 1));
        Assert.AreEqual(November + 3 * 3600, bench.Recorder.Freezes.NominalUtcSeconds);
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void DaysOfAnOutageOverTheShiftAreMadeUpEachAtItsOwnMidnight(bool isSpring)
    {
        long shift = isSpring ? Spring : Autumn;

        // From noon of the day before to noon of the day after.
        RecorderBench bench = At(shift - 14 * 3600);
        bench.Run(1800, 60);
        bench.Outage(48 * 3600);
        Assert.AreEqual(2L, bench.FreezeCount(FreezeKind.Daily));
        FreezeReader freeze = bench.Recorder.Freezes;
        Assert.IsTrue(freeze.TryRead(FreezeKind.Daily, 2));
        Assert.AreEqual(shift - 2 * 3600, freeze.NominalUtcSeconds);
        Assert.IsTrue(freeze.TryRead(FreezeKind.Daily, 1));
        Assert.AreEqual(shift + (isSpring ? 21 : 23) * 3600, freeze.NominalUtcSeconds);
    }

    [TestMethod]
    public void APlanOfOneInTheMorningFreezesOnceThatNight()
    {
        RecorderBench bench = At(November - 1800);
        bench.Recorder.Freezer.SetPlan(Freezer.Each, Freezer.Each, 1, 0, November - 1800);
        bench.Run(8 * 3600, 60);
        Assert.AreEqual(1L, bench.FreezeCount(FreezeKind.Timed));
    }

    private static RecorderBench At(long utcSeconds) =>
        new RecorderBench(utcSeconds, new MeteringSettings(), TableBytes.NewYork()).Start(false);
}
