using MeterFirmware.Drivers.Ade7953;
using MeterFirmware.Drivers.Tests.Support;
using MeterFirmware.Drivers.Twins;
using MeterFirmware.Hardware;
using nanoFramework.TestFramework;

namespace MeterFirmware.Drivers.Tests.Ade7953;

[TestClass]
public class Ade7953FaultTests
{
    [TestMethod]
    [DataRow(TwinFault.Unplugged)]
    [DataRow(TwinFault.Slow)]
    public void AChipThatDoesNotAnswerIsMissing(int fault)
    {
        Ade7953Bench bench = StartedWithLoad();
        bench.Twin.SetFaults(fault);
        Assert.IsFalse(bench.TryTick(1000));
        Assert.AreEqual(SensorFault.Missing, bench.Sensor.Faults);
        bench.Twin.SetFaults(TwinFault.None);
        Assert.IsTrue(bench.TryTick(1000));
        Assert.AreEqual(0, bench.Sensor.Faults);
    }

    [TestMethod]
    public void AChipThatComesLateIsConfiguredWhenItComes()
    {
        Ade7953Bench bench = new Ade7953Bench();
        bench.Twin.SetFaults(TwinFault.Unplugged);
        Assert.IsFalse(bench.TryTick(0));
        Assert.IsFalse(bench.TryTick(1000));
        Assert.AreEqual(SensorFault.Missing, bench.Sensor.Faults);
        bench.Twin.SetFaults(TwinFault.None);
        Assert.IsTrue(bench.TryTick(1000));
        Assert.AreEqual(0x30, bench.Twin.Peek(0x120));
    }

    [TestMethod]
    public void AResetIsRecognisedReconfiguredAndFlagged()
    {
        Ade7953Bench bench = StartedWithLoad();
        bench.ClearSums();
        Assert.IsTrue(bench.TryTick(1000));
        bench.Twin.Advance(500);
        bench.Twin.Reset();
        bench.Twin.Advance(500);
        bench.NowMs += 1000;
        Assert.IsFalse(bench.TryRead(), "the counters began at zero: their difference means nothing");
        Assert.IsTrue(bench.Has(SensorFault.Reset));
        Assert.IsTrue(bench.TryTick(1000));
        Assert.AreEqual(SensorFault.Reset | SensorFault.EnergyGap, bench.Sensor.Faults);
        Assert.AreEqual(0L, bench.Measurement.ImportMicrojoules[0]);
        Assert.IsTrue(bench.TryTick(1000));
        Assert.AreEqual(0, bench.Sensor.Faults);
        Assert.IsTrue(bench.ImportMicrojoules > 1_999_600_000L && bench.ImportMicrojoules < 2_000_400_000L);
        Assert.AreEqual(0x00, bench.Twin.Peek(0x004));
    }

    [TestMethod]
    public void AResetBetweenAnyTwoTransfersOfAReadingTakesNoEnergy()
    {
        // The chip is reset, 100 ms of silence included, after the n-th transfer of a reading.
        for (int n = 0; n < 12; n++)
        {
            Ade7953Twin twin = new Ade7953Twin();
            ResettingBus bus = new ResettingBus(twin, () =>
            {
                twin.Reset();
                twin.Advance(100);
            });
            Ade7953PowerSensor sensor = new Ade7953PowerSensor(bus, new Ade7953Settings());
            Measurement measurement = new Measurement();
            sensor.TryRead(0, measurement);
            twin.Advance(100);
            twin.SetLoad(230_000, 5_000, 1_000_000, 0, 50_000);
            Assert.IsTrue(sensor.TryRead(100, measurement));
            twin.Advance(1000);
            bus.ResetAfterTransfers(n);
            long energy = 0;
            int faults = 0;
            for (int i = 1; i <= 4; i++)
            {
                if (sensor.TryRead(100 + i * 1000, measurement))
                {
                    energy += measurement.ImportMicrojoules[0] + measurement.ExportMicrojoules[0];
                }

                faults |= sensor.Faults;
            }

            // The second before the reset is counted or lost; nothing else may appear.
            Assert.IsTrue(energy == 0 || (energy > 999_800_000 && energy <= 1_000_000_000), "n " + n + ": " + energy);
            Assert.IsTrue((faults & SensorFault.Reset) != 0, "reset not seen, n " + n);
        }
    }

    [TestMethod]
    public void ADisturbedRegisterIsFoundWithinOneRoundOfReadings()
    {
        Ade7953Bench bench = StartedWithLoad();
        bench.Twin.Poke(0x382, 0x50_0000);
        bool isFound = false;
        for (int i = 0; i < 17 && !isFound; i++)
        {
            isFound = !bench.TryTick(1000);
        }

        Assert.IsTrue(isFound);
        Assert.IsTrue(bench.Has(SensorFault.Reset));
        Assert.IsTrue(bench.TryTick(1000));
        Assert.AreEqual(0x40_0000, bench.Twin.Peek(0x382));
    }

    [TestMethod]
    public void AllOnesAreImplausibleAndTakeNoEnergy()
    {
        Ade7953Bench bench = StartedWithLoad();
        bench.ClearSums();
        bench.Twin.SetFaults(TwinFault.AllOnes);
        Assert.IsFalse(bench.TryTick(1000));
        Assert.AreEqual(SensorFault.Implausible, bench.Sensor.Faults);
        Assert.AreEqual(0L, bench.ImportMicrojoules + bench.ExportMicrojoules);
        bench.Twin.SetFaults(TwinFault.None);
        Assert.IsTrue(bench.TryTick(1000));
        Assert.IsTrue(bench.ImportMicrojoules > 1_999_600_000L, "the good reading covers the bad one's time");
    }

    [TestMethod]
    public void AllOnesFromTheStartAreNotAChip()
    {
        Ade7953Bench bench = new Ade7953Bench();
        bench.Twin.SetFaults(TwinFault.AllOnes);
        bench.TryTick(0);
        Assert.IsFalse(bench.TryTick(100));
        Assert.AreEqual(SensorFault.Implausible, bench.Sensor.Faults);
    }

    [TestMethod]
    [DataRow(0x31C, 0x00A0_0000)]
    [DataRow(0x31A, 0x0080_0000)]
    [DataRow(0x312, 0x007F_FFFF)]
    [DataRow(0x314, 0x7F00_0000)]
    [DataRow(0x31E, 0x0100_0000)]
    [DataRow(0x31E, 0x0010_0000)]
    [DataRow(0x31E, unchecked((int)0xFF80_0000))]
    [DataRow(0x320, 0x0040_0000)]
    public void OneImpossibleValueSpoilsTheReadingButNoEnergy(int register, int value)
    {
        Ade7953Bench bench = StartedWithLoad();
        bench.ClearSums();
        bench.Twin.CorruptNextRead(register, value);
        Assert.IsFalse(bench.TryTick(1000));
        Assert.AreEqual(SensorFault.Implausible, bench.Sensor.Faults);
        Assert.IsTrue(bench.TryTick(1000));
        Assert.AreEqual(0, bench.Sensor.Faults);
        Assert.IsTrue(bench.ImportMicrojoules > 1_999_800_000L && bench.ImportMicrojoules < 2_000_200_000L);
        Assert.AreEqual(0L, bench.ExportMicrojoules);
    }

    [TestMethod]
    public void ACounterThatJumpedForGoodIsNotCountedLater()
    {
        Ade7953Bench bench = StartedWithLoad();
        bench.ClearSums();
        bench.Twin.AddEnergy(1_000_000_000_000);
        int refused = 0;
        while (!bench.TryTick(1000))
        {
            Assert.AreEqual(SensorFault.Implausible, bench.Sensor.Faults);
            refused++;
            Assert.IsTrue(refused < 100);
        }

        Assert.AreEqual(2, refused);
        Assert.AreEqual(SensorFault.EnergyGap, bench.Sensor.Faults);
        Assert.AreEqual(0L, bench.ImportMicrojoules);
        Assert.IsTrue(bench.TryTick(1000));
        Assert.IsTrue(bench.ImportMicrojoules < 1_000_200_000L);
    }

    [TestMethod]
    public void ReadingsThatRepeatToTheBitAreStuck()
    {
        Ade7953Bench bench = StartedWithLoad();
        bench.ClearSums();
        bench.Twin.SetFaults(TwinFault.Stuck);
        int accepted = 0;
        while (bench.TryTick(1000))
        {
            accepted++;
            Assert.IsTrue(accepted < 12);
        }

        Assert.AreEqual(SensorFault.Stuck, bench.Sensor.Faults & SensorFault.Stuck);
        Assert.AreEqual(0L, bench.ImportMicrojoules);
    }

    [TestMethod]
    public void AFrozenChipWithoutLoadIsFoundByItsVoltage()
    {
        Ade7953Bench bench = new Ade7953Bench();
        bench.Start();
        bench.Twin.SetLoad(230_000, 0, 0, 0, 50_000);
        for (int i = 0; i < 100; i++)
        {
            Assert.IsTrue(bench.TryTick(1000), "a living chip without load is not stuck");
        }

        bench.Twin.SetFaults(TwinFault.Stuck);
        for (int i = 0; i < 15; i++)
        {
            bench.TryTick(1000);
        }

        Assert.AreEqual(SensorFault.Stuck, bench.Sensor.Faults);
        bench.Twin.SetFaults(TwinFault.None);
        Assert.IsTrue(bench.TryTick(1000));
        Assert.AreEqual(0, bench.Sensor.Faults);
    }

    [TestMethod]
    public void TheGapOfAFrozenChipIsCountedFromTheFirstFrozenReading()
    {
        // Frozen for 100 s at full power: the counter may have turned once unseen, although readings were accepted
        // for the first seconds.
        Ade7953Bench bench = new Ade7953Bench();
        bench.Start();
        bench.Twin.SetLoad(240_000, 65_000, 15_600_000, 0, 50_000);
        Assert.IsTrue(bench.TryTick(1000));
        bench.ClearSums();
        bench.Twin.SetFaults(TwinFault.Stuck);
        for (int i = 0; i < 78; i++)
        {
            bench.TryTick(1000);
        }

        bench.Twin.SetFaults(TwinFault.None);
        Assert.IsTrue(bench.TryTick(1000));
        Assert.IsTrue(bench.Has(SensorFault.EnergyGap));
        Assert.AreEqual(0L, bench.ImportMicrojoules);
    }

    [TestMethod]
    public void AnEnergyCounterThatRestsUnderLoadIsStuck()
    {
        Ade7953Bench bench = StartedWithLoad();
        bench.ClearSums();
        bench.Twin.SetFaults(TwinFault.CounterHalted);
        for (int i = 0; i < 7; i++)
        {
            bench.TryTick(1000);
        }

        Assert.IsTrue(bench.Has(SensorFault.Stuck));
        bench.Twin.SetFaults(TwinFault.None);
        Assert.IsTrue(bench.TryTick(1000));
        Assert.IsTrue(bench.Has(SensorFault.EnergyGap), "what flowed meanwhile is lost, and said so");
    }

    [TestMethod]
    public void AnOverloadOfAFifthAtHighVoltageIsBilled()
    {
        // Refusing it would give energy away.
        Ade7953Bench bench = new Ade7953Bench();
        bench.Start();
        bench.Twin.SetLoad(276_000, 72_000, 19_872_000, 0, 50_000);
        Assert.IsTrue(bench.TryTick(1000));
        Assert.AreEqual(0, bench.FaultsSeen);
        Assert.IsTrue(bench.ImportMicrojoules > 19_871_000_000L);
    }

    [TestMethod]
    public void SmallLoadsDoNotLookStuck()
    {
        // 12 W are 79 counts a second, 1 W one count in 150 ms: ticks of 20 ms often see no count.
        Ade7953Bench bench = new Ade7953Bench();
        bench.Start();
        bench.Twin.SetLoad(230_000, 60, 12_000, 0, 50_000);
        for (int i = 0; i < 500; i++)
        {
            Assert.IsTrue(bench.TryTick(5));
        }

        bench.Twin.SetLoad(230_000, 10, 1_000, 0, 50_000);
        for (int i = 0; i < 500; i++)
        {
            Assert.IsTrue(bench.TryTick(20));
        }

        Assert.AreEqual(0, bench.FaultsSeen);
    }

    [TestMethod]
    public void TheTwinThrowsOnARegisterThatTheChipDoesNotHave()
    {
        Ade7953Twin twin = new Ade7953Twin();
        twin.Advance(100);
        byte[] head = new byte[] { 0x03, 0x1D };
        byte[] value = new byte[4];
        Assert.ThrowsException(typeof(System.Exception), () => twin.TryWriteRead(head, 2, value, 4));
        head[1] = 0x1C;
        Assert.ThrowsException(typeof(System.Exception), () => twin.TryWriteRead(head, 2, value, 2));
        byte[] write = new byte[] { 0x03, 0x1C, 0, 0, 0, 1 };
        Assert.ThrowsException(typeof(System.Exception), () => twin.TryWrite(write, 6));
    }

    private static Ade7953Bench StartedWithLoad()
    {
        Ade7953Bench bench = new Ade7953Bench();
        bench.Start();
        bench.Twin.SetLoad(230_000, 5_000, 1_000_000, 0, 50_000);
        Assert.IsTrue(bench.TryTick(1000));
        return bench;
    }
}
