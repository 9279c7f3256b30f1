using MeterFirmware.Drivers.Bl0942;
using MeterFirmware.Drivers.MeteringChips;
using MeterFirmware.Drivers.Twins;
using MeterFirmware.Hardware;
using nanoFramework.TestFramework;

namespace MeterFirmware.Drivers.Tests.Bl0942;

[TestClass]
public class Bl0942FaultTests
{
    // 419 430.4 / 623.4 W·s, rounded up.
    private const long MicrojoulesPerPulse = 672_811_037;

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void ReadingsShowTheLoad(bool isSpi)
    {
        Bl0942Bench bench = StartedWithLoad(isSpi);
        Assert.IsTrue(bench.TryTick(1000));
        AssertNear(230_000, bench.Measurement.VoltageMillivolts[0], 2);
        AssertNear(5_000, bench.Measurement.CurrentMilliamps[0], 1);
        AssertNear(1_000_000, bench.Measurement.ActivePowerMilliwatts[0], 1);
        AssertNear(8_696, bench.Measurement.PowerFactorTenThousandths[0], 1);
        Assert.AreEqual(50_000, bench.Measurement.FrequencyMillihertz);
    }

    [TestMethod]
    public void AReadingTakesTheLineTimeOfItsAnswersAndNoCallWaits()
    {
        // 25 bytes of packet and 6 of MODE at 4 800 baud: 65 ms.
        Bl0942Bench bench = StartedWithLoad(false);
        int calls = 0;
        while (!bench.TryCall(5))
        {
            calls++;
            Assert.AreEqual(0, bench.Sensor.Faults);
        }

        Assert.IsTrue(calls >= 13 && calls <= 16, "calls " + calls);
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void ExportIsCountedAsExport(bool isSpi)
    {
        Bl0942Bench bench = StartedWithLoad(isSpi);
        bench.Twin.SetLoad(230_000, 10_000, -2_300_000, 50_000);
        bench.ClearSums();
        long fromMs = bench.NowMs;
        for (int i = 0; i < 600; i++)
        {
            Assert.IsTrue(bench.TryTick(1000));
        }

        long fed = 2_300_000L * (bench.NowMs - fromMs);
        AssertNear(fed, bench.ExportMicrojoules, 2 * MicrojoulesPerPulse);
        Assert.IsTrue(bench.ImportMicrojoules <= MicrojoulesPerPulse);
    }

    [TestMethod]
    [DataRow(TwinFault.Unplugged, SensorFault.Missing, false)]
    [DataRow(TwinFault.Slow, SensorFault.Missing, false)]
    [DataRow(TwinFault.AllOnes, SensorFault.Missing, false)]
    [DataRow(TwinFault.WrongCheck, SensorFault.Implausible, false)]
    [DataRow(TwinFault.Unplugged, SensorFault.Missing, true)]
    [DataRow(TwinFault.AllOnes, SensorFault.Implausible, true)]
    [DataRow(TwinFault.WrongCheck, SensorFault.Implausible, true)]
    public void AFaultOfTheLineTakesNoEnergyAndHeals(int fault, int expected, bool isSpi)
    {
        Bl0942Bench bench = StartedWithLoad(isSpi);
        long fedFrom = bench.NowMs;
        bench.Twin.SetFaults(fault);
        for (int i = 0; i < 5; i++)
        {
            Assert.IsFalse(bench.TryTick(1000));
        }

        Assert.AreEqual(expected, bench.Sensor.Faults);
        Assert.AreEqual(0L, bench.ImportMicrojoules);
        bench.Twin.SetFaults(TwinFault.None);
        for (int i = 0; i < 20 && !bench.TryCall(50); i++)
        {
        }

        Assert.AreEqual(0, bench.Sensor.Faults);
        AssertNear(1_000_000 * (bench.NowMs - fedFrom), bench.ImportMicrojoules, 2 * MicrojoulesPerPulse);
    }

    [TestMethod]
    public void AnAnswerThatBreaksOffAtAnyByteIsNoReading()
    {
        for (int bytes = 0; bytes < 23; bytes++)
        {
            Bl0942Bench bench = StartedWithLoad(false);
            bench.Twin.SetBreakAfter(bytes);
            Assert.IsFalse(bench.TryTick(1000), "after " + bytes);
            Assert.AreEqual(SensorFault.Missing, bench.Sensor.Faults);
            bench.Twin.SetFaults(TwinFault.None);
            for (int i = 0; i < 20 && !bench.TryCall(50); i++)
            {
            }

            Assert.AreEqual(0, bench.Sensor.Faults);
        }
    }

    [TestMethod]
    public void NoiseBeforeEveryAnswerCostsReadingsButNoEnergy()
    {
        Bl0942Bench bench = StartedWithLoad(false);
        bench.Twin.SetFaults(TwinFault.Noise);
        for (int i = 0; i < 200; i++)
        {
            bench.TryTick(1000);
        }

        // MODE has no header to find it by: readings fail, none is wrong.
        Assert.AreEqual(0, bench.FaultsSeen & SensorFault.EnergyGap);
        bench.Twin.SetFaults(TwinFault.None);
        for (int i = 0; i < 20 && !bench.TryCall(50); i++)
        {
        }

        AssertNear(1_000_000L * bench.NowMs, bench.ImportMicrojoules, 2_000_000_000);
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void ARestartIsSeenFlaggedAndCountsNothingTwice(bool isSpi)
    {
        Bl0942Bench bench = StartedWithLoad(isSpi);
        for (int i = 0; i < 100; i++)
        {
            Assert.IsTrue(bench.TryTick(1000));
        }

        bench.Twin.Reset();
        bench.ClearSums();
        int seen = 0;
        for (int i = 0; i < 60 && !(bench.TryCall(50) && (seen & SensorFault.Reset) != 0); i++)
        {
            seen |= bench.Sensor.Faults;
        }

        seen = bench.Sensor.Faults;

        Assert.AreEqual(SensorFault.Reset | SensorFault.EnergyGap, seen & (SensorFault.Reset | SensorFault.EnergyGap));
        Assert.AreEqual(0L, bench.ImportMicrojoules + bench.ExportMicrojoules);
        Assert.AreEqual(0x0F, bench.Twin.Peek(0x19));
        for (int i = 0; i < 20 && !bench.TryCall(50); i++)
        {
        }

        Assert.IsTrue(bench.TryTick(10_000));
        Assert.AreEqual(0, bench.Sensor.Faults);
        AssertNear(10_000_000_000, bench.ImportMicrojoules, 2_000_000_000);
    }

    [TestMethod]
    public void TheChipsCounterWrapsWithoutLosingEnergy()
    {
        Bl0942Bench bench = StartedWithLoad(true);
        bench.Twin.SetLoad(230_000, 40_000, 9_200_000, 50_000);
        long fed = 0;
        bench.ClearSums();
        while (bench.Twin.Pulses < 1 << 25)
        {
            Assert.IsTrue(bench.TryTick(3_600_000));
            fed += 9_200_000L * 3_600_000;
        }

        AssertNear(fed, bench.ImportMicrojoules, MicrojoulesPerPulse);
        Assert.AreEqual(0, bench.FaultsSeen);
    }

    [TestMethod]
    public void ALieWithAGoodCheckSumIsImplausible()
    {
        // The top byte of voltage, current, power and count.
        int[] places = new int[] { 6, 3, 12, 15 };
        foreach (int place in places)
        {
            Bl0942Bench bench = StartedWithLoad(false);
            bench.Twin.CorruptNextPacket(place, place == 3 ? 0xFF : 0x7F);
            Assert.IsTrue(bench.TryTick(1000), "asked again, place " + place);
            Assert.AreEqual(SensorFault.Implausible, bench.FaultsSeen);
            AssertNear(1_000_000_000, bench.ImportMicrojoules, 700_000_000);
        }
    }

    [TestMethod]
    public void AFrozenChipAndARestingCounterAreStuck()
    {
        Bl0942Bench bench = StartedWithLoad(false);
        bench.Twin.SetFaults(TwinFault.Stuck);
        for (int i = 0; i < 30; i++)
        {
            bench.TryTick(1000);
        }

        Assert.IsTrue((bench.Sensor.Faults & SensorFault.Stuck) != 0);
        bench = StartedWithLoad(false);
        bench.Twin.SetFaults(TwinFault.CounterHalted);
        for (int i = 0; i < 15; i++)
        {
            bench.TryTick(1000);
        }

        Assert.AreEqual(SensorFault.Stuck | SensorFault.EnergyGap, bench.Sensor.Faults);
    }

    [TestMethod]
    public void CalibrationTakesTheBoardsErrorOut()
    {
        Bl0942Settings settings = new Bl0942Settings();
        Bl0942Twin twin = new Bl0942Twin { VoltageErrorMillionths = 12_000, CurrentErrorMillionths = -31_000 };
        Measurement measurement = Read(twin, settings);
        Assert.IsTrue(ScaleCalibration.TryAdjust(
            settings.VoltageNumerator, settings.VoltageDenominator, 230_000, measurement.VoltageMillivolts[0],
            out settings.VoltageNumerator, out settings.VoltageDenominator));
        Assert.IsTrue(ScaleCalibration.TryAdjust(
            settings.CurrentNumerator, settings.CurrentDenominator, 10_000, measurement.CurrentMilliamps[0],
            out settings.CurrentNumerator, out settings.CurrentDenominator));
        Assert.IsTrue(ScaleCalibration.TryAdjust(
            settings.PowerNumerator, settings.PowerDenominator, 2_300_000, measurement.ActivePowerMilliwatts[0],
            out settings.PowerNumerator, out settings.PowerDenominator));
        measurement = Read(twin, settings);
        AssertNear(230_000, measurement.VoltageMillivolts[0], 3);
        AssertNear(10_000, measurement.CurrentMilliamps[0], 2);
        AssertNear(2_300_000, measurement.ActivePowerMilliwatts[0], 5);

        // 10 h at 2.3 kW: the energy follows the power's scale.
        AssertNear(82_800_000_000_000, measurement.ImportMicrojoules[0], 1_300_000_000);
    }

    [TestMethod]
    public void AScaleIsNotCalibratedByMoreThanAFifth()
    {
        Assert.IsFalse(ScaleCalibration.TryAdjust(1, 26, 230_000, 280_000 * 2, out int numerator, out int denominator));
        Assert.AreEqual(1, numerator);
        Assert.AreEqual(26, denominator);
        Assert.IsFalse(ScaleCalibration.TryAdjust(1, 26, 0, 230_000, out numerator, out denominator));
        Assert.IsTrue(ScaleCalibration.TryAdjust(1, 26, 231_000, 230_000, out numerator, out denominator));
        Assert.AreEqual(3_862_876, numerator);
        Assert.AreEqual(100_000_000, denominator);
    }

    private static Measurement Read(Bl0942Twin twin, Bl0942Settings settings)
    {
        Measurement measurement = new Measurement();
        Bl0942PowerSensor sensor = new Bl0942PowerSensor((IRegisterBus)twin, settings);
        twin.SetLoad(230_000, 10_000, 2_300_000, 50_000);
        twin.Advance(200);
        sensor.TryRead(0, measurement);
        Assert.IsTrue(sensor.TryRead(1, measurement));
        for (int second = 0; second < 36_000; second++)
        {
            twin.Advance(1_000);
        }

        Assert.IsTrue(sensor.TryRead(36_000_001, measurement));
        return measurement;
    }

    private static Bl0942Bench StartedWithLoad(bool isSpi)
    {
        Bl0942Bench bench = new Bl0942Bench(isSpi);
        bench.Twin.SetLoad(230_000, 5_000, 1_000_000, 50_000);
        bench.Start();
        return bench;
    }

    private static void AssertNear(long expected, long actual, long tolerance) => Assert.IsTrue(
        actual >= expected - tolerance && actual <= expected + tolerance, "expected " + expected + ", got " + actual);
}
