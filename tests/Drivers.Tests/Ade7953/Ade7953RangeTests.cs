using MeterFirmware.Drivers.Ade7953;
using MeterFirmware.Drivers.Twins;
using nanoFramework.TestFramework;

namespace MeterFirmware.Drivers.Tests.Ade7953;

/// <summary>Correction by range of current, on top of the chip's registers.</summary>
[TestClass]
public class Ade7953RangeTests
{
    [TestMethod]
    public void EachRangeHasItsGainInEnergyPowerAndCurrent()
    {
        Ade7953Bench bench = Bench("0,5000,0,0;1000,-2000,0,0;10000,0,0,0");
        Load(bench, 500, 100_000, 50_000);
        AssertNear(100_500_000L * 100, Energy(bench, 100), 160_000);
        AssertNear(100_500, bench.Measurement.ActivePowerMilliwatts[0], 7);
        AssertNear(50_250, bench.Measurement.ReactivePowerMillivars[0], 7);
        AssertNear(502, bench.Measurement.CurrentMilliamps[0], 1);
        AssertNear(50_250_000L * 100, bench.ReactiveMicrovarSeconds, 160_000);
        Load(bench, 2_000, 400_000, 0);
        AssertNear(399_200_000L * 100, Energy(bench, 100), 160_000);
        Load(bench, 20_000, 4_000_000, 0);
        AssertNear(4_000_000_000L * 100, Energy(bench, 100), 160_000);
    }

    [TestMethod]
    public void PhaseTurnsActiveAndReactiveEnergyBackByTheBoardsLag()
    {
        Ade7953Bench bench = Bench("0,0,0,3000");
        bench.Twin.PhaseErrorMicroradians = 3000;
        Load(bench, 5_000, 575_000, 995_929);
        AssertNear(575_000_000L * 200, Energy(bench, 200), 2_000_000); // second order: 4.5 millionths of P and Q
        AssertNear(995_929_000L * 200, bench.ReactiveMicrovarSeconds, 2_000_000);
        AssertNear(575_000, bench.Measurement.ActivePowerMilliwatts[0], 15);
        AssertNear(5_000, bench.Measurement.PowerFactorTenThousandths[0], 1);
    }

    [TestMethod]
    public void AnExportIsCorrectedAsAnImport()
    {
        Ade7953Bench bench = Bench("0,10000,-500,2000");
        Load(bench, 5_000, -1_000_000, 200_000);

        // −1000 W · 1.01 + 200 var · 0.002 − 0.5 W
        AssertNear(1_010_100_000L * 100, -Energy(bench, 100), 320_000);
        AssertNear(-1_010_100, bench.Measurement.ActivePowerMilliwatts[0], 7);
    }

    [TestMethod]
    public void TheOffsetFlowsWithTimeOnceAlsoWhenReadingsRepeat()
    {
        Ade7953Bench bench = Bench("0,0,-1500,0");
        Load(bench, 0, 0, 0);
        bench.ClearSums();
        for (int i = 0; i < 100; i++)
        {
            Assert.IsTrue(bench.TryTick(700));
            bench.NowMs += 300; // the same registers again: no Advance in between
            Assert.IsTrue(bench.TryRead());
        }

        Assert.AreEqual(1_500L * 100_000, bench.ExportMicrojoules);
        Assert.AreEqual(0L, bench.ImportMicrojoules);
    }

    [TestMethod]
    public void ABoundaryIsCrossedUpAtItsCurrentAndDownTwoPercentBelow()
    {
        Ade7953Bench bench = Bench("0,0,0,0;1000,100000,0,0");
        int[] amps = { 990, 999, 1_000, 999, 981, 980, 979, 999, 1_001, 20, 1_000 };
        bool[] upper = { false, false, true, true, true, true, false, false, true, false, true };
        for (int i = 0; i < amps.Length; i++)
        {
            Load(bench, amps[i], 200_000, 0);
            Assert.AreEqual(upper[i] ? 220_000 : 200_000, bench.Measurement.ActivePowerMilliwatts[0] / 100 * 100);
        }
    }

    [TestMethod]
    public void ManyCrossingsNeitherLoseNorDoubleAMicrojoule()
    {
        // Beside a sensor without ranges on a twin of the same life: every reading's energy times its range's gain, in
        // millionths of a µJ, is what came out up to one µJ.
        Ade7953Bench plain = new Ade7953Bench();
        Ade7953Bench bench = Bench("0,3333,0,0;1000,-7,0,0;5000,-4999,0,0;20000,1,0,0");
        plain.Start();
        int[] gains = { 3_333, -7, -4_999, 1 };
        int[] from = { 0, 1_000, 5_000, 20_000 };
        long expected = 0;
        int range = 0;
        int crossings = 0;
        uint random = 12_345;
        for (int i = 0; i < 3_000; i++)
        {
            random = random * 1_664_525 + 1_013_904_223;
            int milliamps = (int)(long)(random >> 17) + (int)(long)(random >> 30) * 9_000;
            int milliwatts = (random & 0x1000) == 0 ? milliamps * 210 : milliamps * -210;
            plain.Twin.SetLoad(230_000, milliamps, milliwatts, milliamps * 50, 50_000);
            bench.Twin.SetLoad(230_000, milliamps, milliwatts, milliamps * 50, 50_000);
            long before = plain.ImportMicrojoules - plain.ExportMicrojoules;
            Assert.IsTrue(plain.TryTick(1 + (random >> 24)));
            Assert.IsTrue(bench.TryTick(1 + (random >> 24)));
            int was = range;
            range = 3;
            while (range > 0 && milliamps < (range <= was ? from[range] * 98 / 100 : from[range]))
            {
                range--;
            }

            crossings += range != was ? 1 : 0;
            expected += (plain.ImportMicrojoules - plain.ExportMicrojoules - before) * gains[range];
        }

        long added = bench.ImportMicrojoules - bench.ExportMicrojoules - plain.ImportMicrojoules
            + plain.ExportMicrojoules;
        AssertNear(expected, added * 1_000_000, 1_000_000);
        Assert.IsTrue(crossings > 500);
    }

    [TestMethod]
    public void AGapIsNotCorrectedWithAnOffsetEither()
    {
        Ade7953Bench bench = Bench("0,0,1000,0");
        bench.ClearSums();
        bench.Twin.Reset();
        for (int i = 0; i < 10 && !bench.TryTick(1_000); i++)
        {
        }

        Assert.IsTrue(bench.FaultsSeen != 0);
        Assert.AreEqual(0L, bench.ImportMicrojoules);
        Assert.IsTrue(bench.TryTick(1_000));
        Assert.AreEqual(1_000_000L, bench.ImportMicrojoules);
    }

    [TestMethod]
    [DataRow("0,0,0,0;5000,0,0,0;1000,0,0,0", "overlap")]
    [DataRow("0,0,0,0;1000,0,0,0;1000,0,0,0", "overlap")]
    [DataRow("0,0,0,0;1000,0,0,0;1019,0,0,0", "overlap")]
    [DataRow("0,0,0,0;0,0,0,0", "overlap")]
    [DataRow("100,0,0,0;1000,0,0,0", "first from 0 mA")]
    [DataRow("-1,0,0,0", "first from 0 mA")]
    [DataRow("0,0,0,0;1,0,0,0;10,0,0,0;100,0,0,0;1000,0,0,0", "at most 4")]
    [DataRow("0,100001,0,0", "gain and phase")]
    [DataRow("0,0,-20001,0", "offset to 20000")]
    [DataRow("0,0,0,-100001", "gain and phase")]
    [DataRow("0,0,0,0;1000001,0,0,0", "up to 1000000")]
    [DataRow("0,0,0", "is from,gain")]
    [DataRow("0,0,0,0;", "is from,gain")]
    [DataRow(";", "is from,gain")]
    [DataRow("0,0,0,0,0", "is from,gain")]
    [DataRow("0,0,0,0 ", "is from,gain")]
    [DataRow("0,0,0,0;1000,0,,0", "is from,gain")]
    [DataRow("0,0,0,1.5", "is from,gain")]
    [DataRow("0,0,0,99999999999999", "is from,gain")]
    public void AWrongTableIsOneProblemAndNoTable(string text, string part)
    {
        Assert.IsNull(CurrentRangeTable.Parse(text, out string problem));
        Assert.IsTrue(problem.IndexOf(part) >= 0);
    }

    [TestMethod]
    public void AnEmptyTextCorrectsNothing()
    {
        Assert.IsNull(CurrentRangeTable.Parse("", out string problem));
        Assert.IsNull(problem);
    }

    [TestMethod]
    public void ASensorIsNotMadeWithAWrongTable()
    {
        Ade7953Settings settings = new Ade7953Settings();
        settings.Ranges = new CurrentRangeTable(2);
        Assert.ThrowsException(typeof(System.Exception), () => new Ade7953PowerSensor(new Ade7953Twin(), settings));
    }

    private static Ade7953Bench Bench(string ranges)
    {
        Ade7953Settings settings = new Ade7953Settings();
        settings.Ranges = CurrentRangeTable.Parse(ranges, out string problem);
        Assert.IsNull(problem);
        Ade7953Bench bench = new Ade7953Bench(settings);
        bench.Start();
        return bench;
    }

    /// <summary>Sets the load and takes a reading with it, so that the next one's energy is all its own.</summary>
    private static void Load(Ade7953Bench bench, int milliamps, int milliwatts, int millivars)
    {
        bench.Twin.SetLoad(230_000, milliamps, milliwatts, millivars, 50_000);
        Assert.IsTrue(bench.TryTick(1_000));
    }

    private static long Energy(Ade7953Bench bench, int seconds)
    {
        bench.ClearSums();
        for (int i = 0; i < seconds; i++)
        {
            Assert.IsTrue(bench.TryTick(1_000));
        }

        return bench.ImportMicrojoules - bench.ExportMicrojoules;
    }

    private static void AssertNear(long expected, long actual, long tolerance) =>
        Assert.IsTrue(actual >= expected - tolerance && actual <= expected + tolerance,
            "" + actual + " is not " + expected);
}
