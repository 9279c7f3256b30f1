using MeterFirmware.Drivers.Ina219;
using MeterFirmware.Drivers.Twins;
using MeterFirmware.Hardware;
using nanoFramework.TestFramework;

namespace MeterFirmware.Drivers.Tests.Ina219;

[TestClass]
public class Ina219Tests
{
    [TestMethod]
    public void CalibrationIsTheDataSheetsExample()
    {
        // SBOS448, table 8: shunt 2 mΩ, 1 mA a count, 12 V, 10 A.
        Ina219Settings settings = TwoMilliohms();
        Assert.AreEqual(20_480, settings.CalibrationRegister);
        Ina219Bench bench = new Ina219Bench(settings, 2_000);
        bench.Twin.HasDither = false;
        bench.Twin.SetLoad(11_980, 10_000);
        Assert.IsTrue(bench.TryTick(1000));
        Assert.AreEqual(0x07D0, bench.Twin.Peek(1), "shunt 20 mV");
        Assert.AreEqual(2995, bench.Twin.Peek(2) >> 3, "bus 11.98 V");
        Assert.AreEqual(0x2710, bench.Twin.Peek(4), "current 10 A");
        Assert.AreEqual(0x1766, bench.Twin.Peek(3), "power 119.8 W in 20 mW");
        Assert.AreEqual(11_980, bench.Measurement.VoltageMillivolts[0]);
        Assert.AreEqual(10_000, bench.Measurement.CurrentMilliamps[0]);
        Assert.AreEqual(119_800, bench.Measurement.ActivePowerMilliwatts[0]);
        Assert.AreEqual(119_800, bench.Measurement.ApparentPowerMillivoltamperes[0]);
        Assert.IsFalse(bench.Measurement.HasEnergy);
        Assert.IsFalse(bench.Sensor.CountsEnergy);
        Assert.AreEqual(0, bench.Measurement.FrequencyMillihertz);
    }

    [TestMethod]
    [DataRow(16_000)]
    [DataRow(16_380)]
    [DataRow(16_384)]
    [DataRow(24_000)]
    [DataRow(26_000)]
    public void BusVoltageIsUnsignedAbove16Point384Volts(int millivolts)
    {
        Ina219Bench bench = new Ina219Bench(new Ina219Settings(), 100_000);
        bench.Twin.SetLoad(millivolts, 100);
        Assert.IsTrue(bench.TryTick(1000));
        Assert.AreEqual(millivolts, bench.Measurement.VoltageMillivolts[0]);
    }

    [TestMethod]
    public void ABatteryThatGivesBackIsExport()
    {
        Ina219Bench bench = new Ina219Bench(new Ina219Settings(), 100_000);
        bench.Twin.HasDither = false;
        bench.Twin.SetLoad(12_800, -1_500);
        Assert.IsTrue(bench.TryTick(1000));
        Assert.AreEqual(-1_500, bench.Measurement.CurrentMilliamps[0]);
        Assert.AreEqual(-19_200, bench.Measurement.ActivePowerMilliwatts[0]);
        Assert.AreEqual(19_200, bench.Measurement.ApparentPowerMillivoltamperes[0]);
    }

    [TestMethod]
    public void AShuntMountedTheOtherWayRoundIsTurnedInSoftware()
    {
        Ina219Settings settings = new Ina219Settings();
        settings.IsCurrentInverted = true;
        Ina219Bench bench = new Ina219Bench(settings, 100_000);
        bench.Twin.HasDither = false;
        bench.Twin.SetLoad(12_000, -1_000);
        Assert.IsTrue(bench.TryTick(1000));
        Assert.AreEqual(12_000, bench.Measurement.ActivePowerMilliwatts[0]);
    }

    [TestMethod]
    public void TheFirstReadingWaitsForOneConversion()
    {
        Ina219Settings settings = new Ina219Settings();
        Assert.AreEqual(137, settings.ConversionMs, "two times 128 samples of 532 µs");
        Ina219Bench bench = new Ina219Bench(settings, 100_000, false);
        Assert.IsFalse(bench.TryTick(0));
        Assert.IsFalse(bench.TryTick(136));
        Assert.AreEqual(0, bench.Sensor.Faults);
        Assert.IsTrue(bench.TryTick(1));
        Assert.AreEqual(0x3FFF, bench.Twin.Peek(0), "32 V, ±320 mV, 128 samples each, continuous");
    }

    [TestMethod]
    public void ABrownOutIsRecognisedAndConfiguredAnew()
    {
        Ina219Bench bench = new Ina219Bench(new Ina219Settings(), 100_000);
        bench.Twin.SetLoad(12_000, 1_000);
        Assert.IsTrue(bench.TryTick(1000));
        bench.Twin.Reset();
        Assert.IsFalse(bench.TryTick(1000));
        Assert.AreEqual(SensorFault.Reset, bench.Sensor.Faults & SensorFault.Reset);
        Assert.IsFalse(bench.TryTick(1000), "the first conversion after it has to end");
        Assert.IsTrue(bench.TryTick(1000));
        Assert.AreEqual(SensorFault.Reset, bench.Sensor.Faults, "handed out once with a good reading");
        Assert.IsTrue(bench.TryTick(1000));
        Assert.AreEqual(0, bench.Sensor.Faults);
        Assert.IsTrue(bench.Measurement.CurrentMilliamps[0] >= 999);
    }

    [TestMethod]
    public void ALostCalibrationIsNotReadAsZeroCurrent()
    {
        Ina219Bench bench = new Ina219Bench(new Ina219Settings(), 100_000);
        bench.Twin.SetLoad(12_000, 1_000);
        Assert.IsTrue(bench.TryTick(1000));
        bench.Twin.Poke(5, 0);
        Assert.IsFalse(bench.TryTick(1000));
        Assert.AreEqual(SensorFault.Reset, bench.Sensor.Faults & SensorFault.Reset);
    }

    [TestMethod]
    public void OverflowVoidsTheReading()
    {
        Ina219Settings settings = new Ina219Settings();
        settings.CurrentStepMicroamps = 50;
        settings.CurrentMilliampsMax = 1_600;
        Ina219Bench bench = new Ina219Bench(settings, 100_000);
        bench.Twin.SetLoad(12_000, 2_000);
        Assert.IsFalse(bench.TryTick(1000));
        Assert.AreEqual(SensorFault.Implausible, bench.Sensor.Faults);
        bench.Twin.SetLoad(12_000, 1_000);
        Assert.IsTrue(bench.TryTick(1000));
    }

    [TestMethod]
    public void AShuntAtTheEndOfItsRangeIsNotBilledAsThatMuch()
    {
        Ina219Settings settings = new Ina219Settings();
        settings.ShuntRange = 0;
        Ina219Bench bench = new Ina219Bench(settings, 100_000);
        bench.Twin.SetLoad(12_000, 390);
        Assert.IsTrue(bench.TryTick(1000));
        bench.Twin.SetLoad(12_000, 600);
        Assert.IsFalse(bench.TryTick(1000));
        Assert.AreEqual(SensorFault.Implausible, bench.Sensor.Faults);
    }

    [TestMethod]
    [DataRow(TwinFault.Unplugged, SensorFault.Missing)]
    [DataRow(TwinFault.Slow, SensorFault.Missing)]
    [DataRow(TwinFault.AllOnes, SensorFault.Implausible)]
    public void AnswersThatFailOrLieGiveNoReading(int twinFault, int sensorFault)
    {
        Ina219Bench bench = new Ina219Bench(new Ina219Settings(), 100_000);
        bench.Twin.SetLoad(12_000, 1_000);
        Assert.IsTrue(bench.TryTick(1000));
        bench.Twin.SetFaults(twinFault);
        Assert.IsFalse(bench.TryTick(1000));
        Assert.AreEqual(sensorFault, bench.Sensor.Faults);
        bench.Twin.SetFaults(TwinFault.None);
        Assert.IsTrue(bench.TryTick(1000));
        Assert.AreEqual(0, bench.Sensor.Faults);
    }

    [TestMethod]
    public void AReadThatBreaksOffGivesNoReading()
    {
        for (int bytes = 0; bytes < 2; bytes++)
        {
            Ina219Bench bench = new Ina219Bench(new Ina219Settings(), 100_000);
            bench.Twin.SetLoad(12_000, 1_000);
            Assert.IsTrue(bench.TryTick(1000));
            bench.Twin.SetBreakAfter(bytes);
            Assert.IsFalse(bench.TryTick(1000));
            Assert.AreEqual(SensorFault.Missing, bench.Sensor.Faults);
        }
    }

    [TestMethod]
    [DataRow(2, 0xFFFA)]
    [DataRow(4, 0x7FFF)]
    [DataRow(4, 0x8000)]
    [DataRow(1, 0x7D00)]
    public void AnImpossibleValueGivesNoReading(int register, int value)
    {
        Ina219Bench bench = new Ina219Bench(new Ina219Settings(), 100_000);
        bench.Twin.SetLoad(12_000, 1_000);
        Assert.IsTrue(bench.TryTick(1000));
        bench.Twin.CorruptNextRead(register, value);
        Assert.IsFalse(bench.TryTick(1000));
        Assert.AreEqual(SensorFault.Implausible, bench.Sensor.Faults);
        Assert.IsTrue(bench.TryTick(1000));
    }

    [TestMethod]
    public void APowerRegisterThatContradictsForGoodIsImplausible()
    {
        Ina219Bench bench = new Ina219Bench(new Ina219Settings(), 100_000);
        bench.Twin.SetLoad(12_000, 1_000);
        Assert.IsTrue(bench.TryTick(1000));
        bench.Twin.CorruptNextRead(3, 100);
        Assert.IsTrue(bench.TryTick(1000), "once: a step of the load between two transfers");
        Assert.IsTrue(bench.TryTick(1000));
        bench.Twin.CorruptNextRead(3, 100);
        Assert.IsTrue(bench.TryTick(1000));
        bench.Twin.CorruptNextRead(3, 100);
        Assert.IsFalse(bench.TryTick(1000));
        Assert.AreEqual(SensorFault.Implausible, bench.Sensor.Faults);
    }

    [TestMethod]
    public void AConverterThatRestsIsStuck()
    {
        Ina219Bench bench = new Ina219Bench(new Ina219Settings(), 100_000);
        bench.Twin.SetLoad(12_000, 0);
        Assert.IsTrue(bench.TryTick(1000));
        for (int i = 0; i < 10; i++)
        {
            // The twin's time does not pass: no conversion ends, the ready bit stays cleared.
            bench.NowMs += 100;
            bench.Sensor.TryRead(bench.NowMs, bench.Measurement);
        }

        Assert.AreEqual(SensorFault.Stuck, bench.Sensor.Faults);
        Assert.IsTrue(bench.TryTick(1000));
    }

    [TestMethod]
    public void ReadingsUnderLoadThatRepeatForAMinuteAreStuck()
    {
        Ina219Bench bench = new Ina219Bench(new Ina219Settings(), 100_000);
        bench.Twin.SetLoad(12_000, 1_000);
        for (int i = 0; i < 120; i++)
        {
            Assert.IsTrue(bench.TryTick(1000), "a living chip is not stuck");
        }

        bench.Twin.SetFaults(TwinFault.Stuck);
        int accepted = 0;
        while (bench.TryTick(1000))
        {
            accepted++;
            Assert.IsTrue(accepted < 65);
        }

        Assert.AreEqual(SensorFault.Stuck, bench.Sensor.Faults);
        bench.Twin.SetFaults(TwinFault.None);
        bench.TryTick(1000);
        Assert.IsTrue(bench.TryTick(1000));
    }

    [TestMethod]
    public void AConfigurationThatCannotBeIsRefused()
    {
        Ina219Settings settings = new Ina219Settings();
        settings.CurrentStepMicroamps = 90;
        Assert.ThrowsException(typeof(System.Exception), () => settings.Validate());
        settings.CurrentStepMicroamps = 100;
        settings.BusConverter = 4;
        Assert.ThrowsException(typeof(System.Exception), () => settings.Validate());
    }

    private static Ina219Settings TwoMilliohms()
    {
        Ina219Settings settings = new Ina219Settings();
        settings.ShuntMicroohms = 2_000;
        settings.CurrentStepMicroamps = 1_000;
        settings.CurrentMilliampsMax = 15_000;
        return settings;
    }
}
