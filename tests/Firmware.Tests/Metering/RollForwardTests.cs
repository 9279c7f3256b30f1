using MeterFirmware.Metering;
using MeterFirmware.Storage.Records;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Metering;

/// <summary>Saved registers that are older than the log are brought forward by the records that prove more.</summary>
[TestClass]
public class RollForwardTests
{
    [TestMethod]
    public void RecordsMadeAfterTheSaveBringTheRegistersForward()
    {
        // Saved in the middle of an interval; three intervals and the change to peak come after it.
        MeterBench bench = new MeterBench { UtcMs = (MeterBench.Midnight + 5 * 3600 + 35 * 60) * 1000 };
        Run(bench, 500);
        byte[] state = new byte[bench.Meter.SavedBytes];
        bench.Meter.Save(state, 0);
        Run(bench, 3_100);
        Assert.AreEqual(4, bench.IntervalCount);

        MeterBench after = new MeterBench();
        Assert.IsTrue(after.Meter.TryLoad(state, 0));
        long saved = after.Meter.Registers.TotalWattHours(EnergyKind.Import);
        for (int i = 0; i < bench.IntervalCount; i++)
        {
            Assert.IsTrue(after.Meter.TryRollForward(bench.Intervals[i]), "record " + i.ToString());
        }

        IntervalRecord newest = bench.Intervals[bench.IntervalCount - 1];
        Assert.IsTrue(newest.ImportWattHours > saved + 40, "there was something to bring forward");
        Assert.AreEqual(newest.ImportWattHours, after.Meter.Registers.TotalWattHours(EnergyKind.Import));
        Assert.AreEqual(newest.ImportWattHours, after.Meter.Registers.PhaseWattHours(EnergyKind.Import, 0));
        Assert.AreEqual(newest.EndUtcSeconds, after.Meter.SavedUtcSeconds);
        Assert.AreEqual(after.ImportMicrojoules(),
            after.RateMicrojoules(MeterBench.Peak) + after.RateMicrojoules(MeterBench.Valley));
        Assert.IsTrue(after.RateMicrojoules(MeterBench.Peak) > 0, "each in its own rate");
    }

    [TestMethod]
    public void TheNextIntervalBeginsWhereTheLastRecordEnded()
    {
        MeterBench bench = new MeterBench { UtcMs = MeterBench.Midnight * 1000 };
        Run(bench, 600);
        byte[] state = new byte[bench.Meter.SavedBytes];
        bench.Meter.Save(state, 0);
        Run(bench, 600);
        Assert.AreEqual(1, bench.IntervalCount);

        MeterBench after = new MeterBench { UtcMs = bench.UtcMs };
        Assert.IsTrue(after.Meter.TryLoad(state, 0));
        Assert.IsTrue(after.Meter.TryRollForward(bench.Intervals[0]));
        Run(after, 900);
        Assert.AreEqual(1, after.IntervalCount, "the recorded interval is not recorded again");
        long milliwattHours = bench.Intervals[0].ImportMilliwattHours + after.Intervals[0].ImportMilliwattHours;
        Assert.AreEqual(after.Intervals[0].ImportWattHours, milliwattHours / 1000,
            "the records add up to the register");
    }

    [TestMethod]
    public void ARecordThatDoesNotContinueTheRegistersChangesNothing()
    {
        MeterBench bench = new MeterBench { UtcMs = MeterBench.Midnight * 1000 };
        Run(bench, 600);
        byte[] state = new byte[bench.Meter.SavedBytes];
        bench.Meter.Save(state, 0);
        Run(bench, 1_500);
        Assert.AreEqual(2, bench.IntervalCount);

        // The first record is missing: the second proves nothing about these registers.
        MeterBench after = new MeterBench();
        Assert.IsTrue(after.Meter.TryLoad(state, 0));
        long before = after.ImportMicrojoules();
        Assert.IsFalse(after.Meter.TryRollForward(bench.Intervals[1]));
        Assert.AreEqual(before, after.ImportMicrojoules());
    }

    /// <summary>After a hard power cut the phases of a poly-phase meter follow the record's mean power, each in its
    /// direction.</summary>
    [TestMethod]
    public void PhasesOfAPolyPhaseMeterAreBroughtForwardEachInItsDirection()
    {
        MeterBench bench = ThreePhases(MeterBench.Midnight + 300);
        byte[] state = new byte[bench.Meter.SavedBytes];
        RunThreePhases(bench, 400);
        bench.Meter.Save(state, 0);
        RunThreePhases(bench, 200);
        Assert.AreEqual(1, bench.IntervalCount);

        MeterBench after = new MeterBench(new MeteringSettings { PhaseCount = 3 });
        Assert.IsTrue(after.Meter.TryLoad(state, 0));
        Assert.IsTrue(after.Meter.TryRollForward(bench.Intervals[0]));
        for (int phase = 0; phase < 3; phase++)
        {
            for (int kind = EnergyKind.Import; kind <= EnergyKind.Export; kind++)
            {
                // 200 s of it came from the record: 6, 3 and −1 kW.
                Assert.AreEqual(bench.Meter.Registers.PhaseWattHours(kind, phase),
                    after.Meter.Registers.PhaseWattHours(kind, phase),
                    "phase " + phase.ToString() + " kind " + kind.ToString());
            }
        }

        Assert.AreEqual(8000L * 600 / 3600, after.Meter.Registers.TotalWattHours(EnergyKind.Import));
    }

    /// <summary>A record of a rate that the present table lacks counts energy in that rate's register; there is no
    /// price for it.</summary>
    [TestMethod]
    public void ARecordOfARateThatTheTableLacksCountsItsEnergyAndNoCost()
    {
        MeterBench bench = new MeterBench { UtcMs = MeterBench.Midnight * 1000 };
        bench.Step(0, 0);
        byte[] state = new byte[bench.Meter.SavedBytes];
        bench.Meter.Save(state, 0);
        Run(bench, 1_000);
        IntervalRecord record = bench.Intervals[0];
        record.Rate = 7;
        MeterBench after = new MeterBench();
        Assert.IsTrue(after.Meter.TryLoad(state, 0));
        Assert.IsTrue(after.Meter.TryRollForward(record));
        Assert.AreEqual(25L, after.Meter.Registers.TotalWattHours(EnergyKind.Import));
        Assert.AreEqual(25L, after.Meter.Registers.RateWattHours(EnergyKind.Import, 7));
        Assert.AreEqual(0L, after.Meter.ImportCost.Total());

        // One that no register is kept for proves nothing.
        record.Rate = 8;
        MeterBench other = new MeterBench();
        Assert.IsTrue(other.Meter.TryLoad(state, 0));
        Assert.IsFalse(other.Meter.TryRollForward(record));
        Assert.AreEqual(0L, other.Meter.Registers.TotalWattHours(EnergyKind.Import));
    }

    private static MeterBench ThreePhases(long utcSeconds)
    {
        MeterBench bench = new MeterBench(new MeteringSettings { PhaseCount = 3 }) { UtcMs = utcSeconds * 1000 };
        bench.Reading.ActivePowerMilliwatts[0] = 6_000_000;
        bench.Reading.ActivePowerMilliwatts[1] = 3_000_000;
        bench.Reading.ActivePowerMilliwatts[2] = -1_000_000;
        bench.Step(0, 0);
        return bench;
    }

    /// <summary>6 and 3 kW in, 1 kW out.</summary>
    private static void RunThreePhases(MeterBench bench, int seconds)
    {
        bench.Reading.ImportMicrojoules[1] = 3_000_000_000;
        bench.Reading.ExportMicrojoules[2] = 1_000_000_000;
        for (int i = 0; i < seconds; i++)
        {
            bench.Step(1_000, 6_000_000_000);
        }
    }

    /// <summary>100 W, a reading a second.</summary>
    private static void Run(MeterBench bench, int seconds)
    {
        for (int i = 0; i < seconds; i++)
        {
            bench.Step(1_000, 100_000_000);
        }
    }
}
