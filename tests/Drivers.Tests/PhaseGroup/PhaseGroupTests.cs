using MeterFirmware.Drivers.Ade7953;
using MeterFirmware.Drivers.PhaseGroup;
using MeterFirmware.Drivers.Twins;
using MeterFirmware.Hardware;
using nanoFramework.TestFramework;

namespace MeterFirmware.Drivers.Tests.PhaseGroup;

[TestClass]
public class PhaseGroupTests
{
    [TestMethod]
    public void EachSensorFillsItsPhase()
    {
        PhaseGroupBench bench = new PhaseGroupBench();
        Assert.IsTrue(bench.TryTick(1000));
        Measurement m = bench.Measurement;
        Assert.AreEqual(3, m.PhaseCount);
        Assert.AreEqual(1_000_000, m.ActivePowerMilliwatts[0]);
        Assert.AreEqual(2_000_000, m.ActivePowerMilliwatts[1]);
        Assert.AreEqual(-3_000_000, m.ActivePowerMilliwatts[2]);
        Assert.AreEqual(231_000, m.VoltageMillivolts[1]);
        Assert.IsTrue(m.HasEnergy);
        Assert.IsTrue(m.ImportMicrojoules[1] > 1_999_800_000L && m.ImportMicrojoules[1] < 2_000_200_000L);
        Assert.IsTrue(m.ExportMicrojoules[2] > 2_999_800_000L && m.ExportMicrojoules[2] < 3_000_200_000L);
        Assert.AreEqual(0L, m.ImportMicrojoules[2]);
    }

    [TestMethod]
    public void APhaseThatFailsForSecondsHoldsTheOthersBackAndLosesNothing()
    {
        PhaseGroupBench bench = new PhaseGroupBench();
        Assert.IsTrue(bench.TryTick(1000));
        bench.Clear();
        bench.Twins[1].SetFaults(TwinFault.Unplugged);
        for (int i = 0; i < 9; i++)
        {
            Assert.IsFalse(bench.TryTick(1000));
            Assert.AreEqual(SensorFault.Missing, bench.Sensor.Faults);
        }

        bench.Twins[1].SetFaults(TwinFault.None);
        Assert.IsTrue(bench.TryTick(1000));
        Assert.AreEqual(0, bench.Sensor.Faults);
        Assert.IsTrue(bench.ImportOf(0) > 9_999_800_000L && bench.ImportOf(0) < 10_000_200_000L);
        Assert.IsTrue(bench.ImportOf(1) > 19_999_800_000L && bench.ImportOf(1) < 20_000_200_000L);
    }

    [TestMethod]
    public void APhaseThatStaysAwayIsLeftOutWithItsFaultStanding()
    {
        PhaseGroupBench bench = new PhaseGroupBench();
        Assert.IsTrue(bench.TryTick(1000));
        bench.Clear();
        bench.Twins[1].SetFaults(TwinFault.Unplugged);
        for (int i = 0; i < 60; i++)
        {
            bench.TryTick(1000);
        }

        Assert.AreEqual(SensorFault.Missing, bench.Sensor.Faults);
        Assert.AreEqual(0, bench.Measurement.ActivePowerMilliwatts[1]);
        Assert.AreEqual(1_000_000, bench.Measurement.ActivePowerMilliwatts[0]);
        Assert.IsTrue(bench.ImportOf(0) > 59_999_800_000L, "the other phases are billed on");

        bench.Twins[1].SetFaults(TwinFault.None);
        Assert.IsTrue(bench.TryTick(1000));
        Assert.AreEqual(0, bench.Sensor.Faults);
        Assert.IsTrue(bench.ImportOf(1) > 121_999_000_000L && bench.ImportOf(1) < 122_001_000_000L,
            "61 s are less than the counter spans: covered");
    }

    [TestMethod]
    public void AResetOfOnePhaseIsSeenWithTheNextReadingOfAll()
    {
        PhaseGroupBench bench = new PhaseGroupBench();
        Assert.IsTrue(bench.TryTick(1000));
        bench.Twins[2].Reset();
        Assert.IsFalse(bench.TryTick(1000));
        bench.Twins[0].FailTransfers(1);
        Assert.IsFalse(bench.TryTick(1000), "phase 2 is back, phase 0 fails");
        Assert.IsTrue(bench.TryTick(1000));
        int expected = SensorFault.Reset | SensorFault.EnergyGap;
        Assert.AreEqual(expected, bench.Sensor.Faults & expected);
        Assert.IsTrue(bench.TryTick(1000));
        Assert.AreEqual(0, bench.Sensor.Faults);
    }
}
