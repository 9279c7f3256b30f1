using MeterFirmware.Drivers.Ade7953;
using MeterFirmware.Drivers.PhaseGroup;
using MeterFirmware.Drivers.Twins;
using MeterFirmware.Hardware;
using nanoFramework.TestFramework;

namespace MeterFirmware.Drivers.Tests.Ade7953;

/// <summary>A calibration that comes while the chip measures.</summary>
[TestClass]
public class Ade7953CalibrationTests
{
    [TestMethod]
    public void WhatWasCountedBeforeKeepsItsGainAndWhatFollowsHasTheNewOne()
    {
        Ade7953Bench bench = new Ade7953Bench();
        bench.Start();
        bench.Twin.SetLoad(230_000, 5_000, 1_000_000, 0, 50_000);
        bench.TryTick(1000);
        bench.ClearSums();
        bench.Sensor.Use(Rows(0x42_0000), 0);
        Assert.AreEqual(0x40_0000, bench.Twin.Peek(0x382), "not before the reading that takes what was counted");
        Assert.IsTrue(bench.TryTick(1000));
        AssertNear(1_000_000_000L, bench.ImportMicrojoules, 160_000);
        Assert.AreEqual(0x42_0000, bench.Twin.Peek(0x382));
        bench.ClearSums();
        for (int i = 0; i < 100; i++)
        {
            Assert.IsTrue(bench.TryTick(1000));
        }

        AssertNear(1_031_250_000L * 100, bench.ImportMicrojoules, 160_000);
        AssertNear(1_031_250, bench.Measurement.ActivePowerMilliwatts[0], 7);
        Assert.AreEqual(0, bench.FaultsSeen, "no reset, no gap");
    }

    [TestMethod]
    public void RangesComeAndGoWithTheRecord()
    {
        Ade7953Bench bench = new Ade7953Bench();
        bench.Start();
        bench.Twin.SetLoad(230_000, 500, 100_000, 0, 50_000);
        CalibrationRows rows = Rows(0x40_0000);
        rows.RowCount = 2;
        CopyRow(rows);
        rows.Set(1, CalibrationRows.FromMilliamps, 1_000);
        rows.Set(0, CalibrationRows.RangeGain, 10_000);
        Assert.IsNull(bench.Sensor.FindProblem(rows, 0));
        bench.Sensor.Use(rows, 0);
        bench.TryTick(1000);
        bench.TryTick(1000);
        AssertNear(101_000, bench.Measurement.ActivePowerMilliwatts[0], 7);
        bench.Sensor.Use(Rows(0x40_0000), 0);
        bench.TryTick(1000);
        bench.TryTick(1000);
        AssertNear(100_000, bench.Measurement.ActivePowerMilliwatts[0], 7);
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(3)]
    [DataRow(9)]
    public void AWriteThatFailsIsDoneAgainWithoutLosingEnergy(int goodWrites)
    {
        Ade7953Twin twin = new Ade7953Twin();
        WriteFailingBus bus = new WriteFailingBus(twin);
        Ade7953PowerSensor sensor = new Ade7953PowerSensor(bus, new Ade7953Settings());
        Measurement measurement = new Measurement();
        twin.SetLoad(230_000, 5_000, 1_000_000, 0, 50_000);
        long energy = 0;
        int faults = 0;
        for (int second = 1; second <= 20; second++)
        {
            twin.Advance(1000);
            if (second == 5)
            {
                sensor.Use(Rows(0x40_0001), 0);
                bus.GoodWrites = goodWrites;
                bus.Failures = 3;
            }

            if (sensor.TryRead(second * 1000, measurement))
            {
                energy += measurement.ImportMicrojoules[0];
            }

            // The first call starts the chip's time.
            faults |= second > 2 ? sensor.Faults : 0;
        }

        Assert.AreEqual(0x40_0001, twin.Peek(0x382));
        Assert.AreEqual(SensorFault.Missing, faults, "no reset and no gap");
        AssertNear(18_000_000_000L, energy, 2_000_000);
    }

    [TestMethod]
    public void BeforeTheStartItIsWhatTheChipIsConfiguredWith()
    {
        Ade7953Bench bench = new Ade7953Bench();
        bench.Sensor.Use(Rows(0x42_0000), 0);
        bench.Start();
        Assert.AreEqual(0x42_0000, bench.Twin.Peek(0x382));
    }

    [TestMethod]
    [DataRow(CalibrationRows.VoltageGain, 0x1F_FFFF)]
    [DataRow(CalibrationRows.CurrentGain, 0x60_0001)]
    [DataRow(CalibrationRows.PowerGain, 0)]
    [DataRow(CalibrationRows.Phase, 384)]
    [DataRow(CalibrationRows.Phase, -384)]
    [DataRow(CalibrationRows.PowerOffset, 10_001)]
    [DataRow(CalibrationRows.RangeGain, 100_001)]
    [DataRow(CalibrationRows.RangeOffset, int.MinValue)]
    [DataRow(CalibrationRows.FromMilliamps, 1)]
    public void WhatTheChipCannotTakeIsNamed(int column, int value)
    {
        CalibrationRows rows = Rows(0x40_0000);
        Ade7953PowerSensor sensor = new Ade7953Bench().Sensor;
        Assert.IsNull(sensor.FindProblem(rows, 0));
        Assert.IsNotNull(sensor.FindProblem(rows, 1), "no rows for that channel");
        rows.Set(0, column, value);
        Assert.IsNotNull(sensor.FindProblem(rows, 0));
    }

    [TestMethod]
    public void RowsOfOneChannelHaveOneSetOfRegisters()
    {
        CalibrationRows rows = Rows(0x40_0000);
        rows.RowCount = 2;
        CopyRow(rows);
        rows.Set(1, CalibrationRows.FromMilliamps, 1_000);
        Ade7953PowerSensor sensor = new Ade7953Bench().Sensor;
        Assert.IsNull(sensor.FindProblem(rows, 0));
        rows.Set(1, CalibrationRows.VoltageGain, 0x40_0001);
        Assert.IsNotNull(sensor.FindProblem(rows, 0));
    }

    [TestMethod]
    public void EachPhaseOfAGroupTakesItsChannelsRows()
    {
        Ade7953Bench first = new Ade7953Bench();
        Ade7953Bench second = new Ade7953Bench();
        PhaseGroupPowerSensor group = new PhaseGroupPowerSensor(new IPowerSensor[] { first.Sensor, second.Sensor });
        CalibrationRows rows = Rows(0x41_0000);
        rows.RowCount = 2;
        CopyRow(rows);
        rows.Set(1, CalibrationRows.Channel, 1);
        rows.Set(1, CalibrationRows.PowerGain, 0x42_0000);
        Assert.IsNull(group.FindProblem(rows, 1));
        Assert.IsNotNull(group.FindProblem(rows, 2), "no third phase");
        group.Use(rows, 0);
        group.Use(rows, 1);
        first.Start();
        second.Start();
        Assert.AreEqual(0x41_0000, first.Twin.Peek(0x382));
        Assert.AreEqual(0x42_0000, second.Twin.Peek(0x382));
    }

    private static CalibrationRows Rows(int powerGain)
    {
        CalibrationRows rows = new CalibrationRows();
        rows.RowCount = 1;
        rows.Set(0, CalibrationRows.VoltageGain, 0x40_0000);
        rows.Set(0, CalibrationRows.CurrentGain, 0x40_0000);
        rows.Set(0, CalibrationRows.PowerGain, powerGain);
        return rows;
    }

    private static void CopyRow(CalibrationRows rows)
    {
        for (int column = 0; column < CalibrationRows.ColumnCount; column++)
        {
            rows.Set(1, column, rows.Get(0, column));
        }
    }

    private static void AssertNear(long expected, long actual, long tolerance) =>
        Assert.IsTrue(actual >= expected - tolerance && actual <= expected + tolerance, actual.ToString());
}
