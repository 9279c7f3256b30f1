using MeterFirmware.Drivers.Ade7953;
using MeterFirmware.Drivers.Twins;
using MeterFirmware.Hardware;
using nanoFramework.TestFramework;

namespace MeterFirmware.Drivers.Tests.Ade7953;

[TestClass]
public class Ade7953EnergyTests
{
    // 24 312 005 000 / 159 313 µJ, rounded up.
    private const long MicrojoulesPerCount = 152_606;

    [TestMethod]
    public void EnergyIsTheIntegralOfThePowerToLessThanOneCount()
    {
        Ade7953Bench bench = new Ade7953Bench();
        bench.Start();
        bench.Twin.SetLoad(230_000, 1_000, 123_457, 0, 50_000);
        for (int i = 0; i < 3600; i++)
        {
            Assert.IsTrue(bench.TryTick(1000));
        }

        AssertBelowByLessThanACount(123_457L * 3600 * 1000, bench.ImportMicrojoules);
        Assert.AreEqual(0L, bench.ExportMicrojoules);
    }

    [TestMethod]
    public void TheChipsCounterWrapsWithoutLosingEnergy()
    {
        // 2^24 counts are 2.56 MJ: at 9.2 kW one turn takes 278 s.
        Ade7953Bench bench = new Ade7953Bench();
        bench.Start();
        bench.Twin.SetLoad(230_000, 40_000, 9_200_000, 0, 50_000);
        for (int i = 0; i < 1000; i++)
        {
            Assert.IsTrue(bench.TryTick(1000));
        }

        Assert.IsTrue(bench.Twin.ActiveCounts(Ade7953Twin.ChannelA) > 3 * (1 << 24));
        AssertBelowByLessThanACount(9_200_000L * 1000 * 1000, bench.ImportMicrojoules);
        Assert.AreEqual(0, bench.FaultsSeen);
    }

    [TestMethod]
    public void TheChipsCounterWrapsDownwardsOnExport()
    {
        Ade7953Bench bench = new Ade7953Bench();
        bench.Start();
        bench.Twin.SetLoad(230_000, 40_000, -9_200_000, 0, 50_000);
        for (int i = 0; i < 1000; i++)
        {
            Assert.IsTrue(bench.TryTick(1000));
        }

        AssertBelowByLessThanACount(9_200_000L * 1000 * 1000, bench.ExportMicrojoules);
        Assert.AreEqual(0L, bench.ImportMicrojoules);
    }

    [TestMethod]
    public void ImportAndExportAreKeptApart()
    {
        Ade7953Bench bench = new Ade7953Bench();
        bench.Start();
        for (int i = 0; i < 100; i++)
        {
            bench.Twin.SetLoad(230_000, 5_000, i % 2 == 0 ? 1_000_000 : -700_000, 0, 50_000);
            Assert.IsTrue(bench.TryTick(1000));
        }

        AssertNear(50_000_000_000L, bench.ImportMicrojoules, 101 * MicrojoulesPerCount);
        AssertNear(35_000_000_000L, bench.ExportMicrojoules, 101 * MicrojoulesPerCount);
        AssertNear(15_000_000_000L, bench.ImportMicrojoules - bench.ExportMicrojoules, MicrojoulesPerCount);
    }

    [TestMethod]
    public void ReactiveEnergyIsCountedSigned()
    {
        Ade7953Bench bench = new Ade7953Bench();
        bench.Start();
        bench.Twin.SetLoad(230_000, 5_000, 0, -345_678, 50_000);
        for (int i = 0; i < 100; i++)
        {
            Assert.IsTrue(bench.TryTick(1000));
        }

        AssertNear(-34_567_800_000L, bench.ReactiveMicrovarSeconds, MicrojoulesPerCount);
    }

    [TestMethod]
    public void WhatTheCountersHeldBeforeTheFirstReadingIsNotCounted()
    {
        Ade7953Bench bench = new Ade7953Bench();
        bench.Twin.SetLoad(230_000, 5_000, 1_000_000, 0, 50_000);
        bench.Twin.Advance(10_000);
        Assert.IsFalse(bench.TryRead());
        Assert.IsTrue(bench.TryTick(100));
        Assert.AreEqual(0L, bench.ImportMicrojoules);
        Assert.IsTrue(bench.TryTick(1000));
        AssertNear(1_000_000_000L, bench.ImportMicrojoules, MicrojoulesPerCount);
    }

    [TestMethod]
    public void ALostReadingLosesNoEnergy()
    {
        Ade7953Bench bench = new Ade7953Bench();
        bench.Start();
        bench.Twin.SetLoad(230_000, 5_000, 1_000_000, 0, 50_000);
        for (int second = 1; second <= 200; second++)
        {
            bench.Twin.FailTransfers(second % 3 == 0 ? 1 : 0);
            Assert.AreEqual(second % 3 != 0, bench.TryTick(1000));
        }

        AssertNear(200_000_000_000L, bench.ImportMicrojoules, MicrojoulesPerCount);
    }

    [TestMethod]
    public void ATransferThatBreaksOffAtAnyByteLosesNoEnergy()
    {
        for (int bytes = 0; bytes < 4; bytes++)
        {
            Ade7953Bench bench = new Ade7953Bench();
            bench.Start();
            bench.Twin.SetLoad(230_000, 5_000, 1_000_000, 0, 50_000);
            Assert.IsTrue(bench.TryTick(1000));
            bench.Twin.SetBreakAfter(bytes);
            Assert.IsFalse(bench.TryTick(1000));
            Assert.IsTrue(bench.Has(SensorFault.Missing));
            bench.Twin.SetFaults(TwinFault.None);
            Assert.IsTrue(bench.TryTick(1000));
            Assert.AreEqual(0, bench.Sensor.Faults);
            AssertNear(3_000_000_000L, bench.ImportMicrojoules, MicrojoulesPerCount);
        }
    }

    [TestMethod]
    public void AGapThatTheCounterSpansIsCovered()
    {
        Ade7953Bench bench = new Ade7953Bench();
        bench.Start();
        bench.Twin.SetLoad(280_000, 71_400, 20_000_000, 0, 50_000);
        Assert.IsTrue(bench.TryTick(1000));
        bench.Twin.SetFaults(TwinFault.Unplugged);
        Assert.IsFalse(bench.TryTick(10_000));
        bench.Twin.SetFaults(TwinFault.None);

        // 2^23 counts at 20 kW: 64 s, less the second that a bus may block.
        Assert.AreEqual(63_007L, bench.Sensor.GapMsMax);
        Assert.IsTrue(bench.TryTick(bench.Sensor.GapMsMax - 10_000));
        Assert.AreEqual(0, bench.Sensor.Faults);
        AssertNear(20_000_000L * (1000 + 63_007), bench.ImportMicrojoules, MicrojoulesPerCount);
    }

    [TestMethod]
    public void AGapLongerThanTheCounterSpansIsFlaggedAndNotGuessed()
    {
        Ade7953Bench bench = new Ade7953Bench();
        bench.Start();
        bench.Twin.SetLoad(230_000, 50_000, 11_500_000, 0, 50_000);
        Assert.IsTrue(bench.TryTick(1000));
        bench.ClearSums();
        bench.Twin.SetFaults(TwinFault.Unplugged);
        Assert.IsFalse(bench.TryTick(300_000));
        bench.Twin.SetFaults(TwinFault.None);
        Assert.IsTrue(bench.TryTick(1000));
        Assert.AreEqual(SensorFault.EnergyGap, bench.Sensor.Faults);
        Assert.AreEqual(0L, bench.ImportMicrojoules);
        Assert.IsTrue(bench.TryTick(1000));
        Assert.AreEqual(0, bench.Sensor.Faults);
        AssertNear(11_500_000_000L, bench.ImportMicrojoules, MicrojoulesPerCount);
    }

    [TestMethod]
    public void ExactMicrojoulesFromOutsideComeThroughExactly()
    {
        // A third of a watt-hour in 1000 ticks whose fractions the caller carries.
        Ade7953Bench bench = new Ade7953Bench();
        bench.Start();
        bench.Twin.SetLoad(230_000, 5, 1_200, 0, 50_000);
        long fed = 0;
        for (int i = 1; i <= 1000; i++)
        {
            long energy = 1_200_000_000L * i / 1000 - fed;
            fed += energy;
            bench.Twin.Advance(1000, energy, 0);
            bench.NowMs += 1000;
            Assert.IsTrue(bench.TryRead());
        }

        AssertBelowByLessThanACount(1_200_000_000L, bench.ImportMicrojoules);
    }

    [TestMethod]
    public void ADriverThatForgotBit6WouldSeeTheTwinClearItsCounter()
    {
        Ade7953Bench bench = new Ade7953Bench();
        bench.Start();
        bench.Twin.AddEnergy(10_000_000);
        byte[] address = new byte[] { 0x03, 0x1E };
        byte[] value = new byte[4];
        bench.Twin.TryWriteRead(address, 2, value, 4);
        Assert.AreEqual(65, (int)value[3]);
        bench.Twin.TryWriteRead(address, 2, value, 4);
        Assert.AreEqual(65, (int)value[3], "kept: bit 6 of LCYCMODE is 0");
        bench.Twin.Poke(0x004, 0x40);
        bench.Twin.TryWriteRead(address, 2, value, 4);
        Assert.AreEqual(65, (int)value[3]);
        bench.Twin.TryWriteRead(address, 2, value, 4);
        Assert.AreEqual(0, (int)value[3], "cleared by the read before");
    }

    private static void AssertBelowByLessThanACount(long expected, long actual) =>
        Assert.IsTrue(
            actual <= expected && expected - actual < MicrojoulesPerCount, "expected " + expected + ", got " + actual);

    private static void AssertNear(long expected, long actual, long tolerance) =>
        Assert.IsTrue(
            actual >= expected - tolerance && actual <= expected + tolerance,
            "expected " + expected + ", got " + actual);
}
