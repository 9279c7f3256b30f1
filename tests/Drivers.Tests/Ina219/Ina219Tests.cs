using MeterFirmware.Drivers.Ina219;
using MeterFirmware.Drivers.Twins;
using MeterFirmware.Hardware;
using nanoFramework.TestFramework;

namespace MeterFirmware.Drivers.Tests.Ina219;

[TestClass]
public class Ina219Tests
{
    private readonly Measurement _measurement = new Measurement();
    private Ina219Twin _twin;
    private Ina219PowerSensor _sensor;
    private long _nowMs;

    [TestMethod]
    public void CalibrationIsTheDataSheetsExample()
    {
        // SBOS448, table 8: shunt 2 mΩ, 1 mA a count, 12 V, 10 A.
        Ina219Configuration configuration = TwoMilliohms();
        Assert.AreEqual(20_480, configuration.CalibrationRegister);
        Start(configuration, 2_000);
        _twin.HasDither = false;
        _twin.SetLoad(11_980, 10_000);
        Assert.IsTrue(TryTick(1000));
        Assert.AreEqual(0x07D0, _twin.Peek(1), "shunt 20 mV");
        Assert.AreEqual(2995, _twin.Peek(2) >> 3, "bus 11.98 V");
        Assert.AreEqual(0x2710, _twin.Peek(4), "current 10 A");
        Assert.AreEqual(0x1766, _twin.Peek(3), "power 119.8 W in 20 mW");
        Assert.AreEqual(11_980, _measurement.VoltageMillivolts[0]);
        Assert.AreEqual(10_000, _measurement.CurrentMilliamps[0]);
        Assert.AreEqual(119_800, _measurement.ActivePowerMilliwatts[0]);
        Assert.AreEqual(119_800, _measurement.ApparentPowerMillivoltamperes[0]);
        Assert.IsFalse(_measurement.HasEnergy);
        Assert.IsFalse(_sensor.CountsEnergy);
        Assert.AreEqual(0, _measurement.FrequencyMillihertz);
    }

    [TestMethod]
    [DataRow(16_000)]
    [DataRow(16_380)]
    [DataRow(16_384)]
    [DataRow(24_000)]
    [DataRow(26_000)]
    public void BusVoltageIsUnsignedAbove16Point384Volts(int millivolts)
    {
        Start(new Ina219Configuration(), 100_000);
        _twin.SetLoad(millivolts, 100);
        Assert.IsTrue(TryTick(1000));
        Assert.AreEqual(millivolts, _measurement.VoltageMillivolts[0]);
    }

    [TestMethod]
    public void ABatteryThatGivesBackIsExport()
    {
        Start(new Ina219Configuration(), 100_000);
        _twin.HasDither = false;
        _twin.SetLoad(12_800, -1_500);
        Assert.IsTrue(TryTick(1000));
        Assert.AreEqual(-1_500, _measurement.CurrentMilliamps[0]);
        Assert.AreEqual(-19_200, _measurement.ActivePowerMilliwatts[0]);
        Assert.AreEqual(19_200, _measurement.ApparentPowerMillivoltamperes[0]);
    }

    [TestMethod]
    public void AShuntMountedTheOtherWayRoundIsTurnedInSoftware()
    {
        Ina219Configuration configuration = new Ina219Configuration();
        configuration.IsCurrentInverted = true;
        Start(configuration, 100_000);
        _twin.HasDither = false;
        _twin.SetLoad(12_000, -1_000);
        Assert.IsTrue(TryTick(1000));
        Assert.AreEqual(12_000, _measurement.ActivePowerMilliwatts[0]);
    }

    [TestMethod]
    public void TheFirstReadingWaitsForOneConversion()
    {
        Ina219Configuration configuration = new Ina219Configuration();
        Assert.AreEqual(137, configuration.ConversionMs, "two times 128 samples of 532 µs");
        _twin = new Ina219Twin(100_000);
        _sensor = new Ina219PowerSensor(_twin, configuration);
        _nowMs = 0;
        Assert.IsFalse(TryTick(0));
        Assert.IsFalse(TryTick(136));
        Assert.AreEqual(0, _sensor.Faults);
        Assert.IsTrue(TryTick(1));
        Assert.AreEqual(0x3FFF, _twin.Peek(0), "32 V, ±320 mV, 128 samples each, continuous");
    }

    [TestMethod]
    public void ABrownOutIsRecognisedAndConfiguredAnew()
    {
        Start(new Ina219Configuration(), 100_000);
        _twin.SetLoad(12_000, 1_000);
        Assert.IsTrue(TryTick(1000));
        _twin.Reset();
        Assert.IsFalse(TryTick(1000));
        Assert.AreEqual(SensorFault.Reset, _sensor.Faults & SensorFault.Reset);
        Assert.IsFalse(TryTick(1000), "the first conversion after it has to end");
        Assert.IsTrue(TryTick(1000));
        Assert.AreEqual(SensorFault.Reset, _sensor.Faults, "handed out once with a good reading");
        Assert.IsTrue(TryTick(1000));
        Assert.AreEqual(0, _sensor.Faults);
        Assert.IsTrue(_measurement.CurrentMilliamps[0] >= 999);
    }

    [TestMethod]
    public void ALostCalibrationIsNotReadAsZeroCurrent()
    {
        Start(new Ina219Configuration(), 100_000);
        _twin.SetLoad(12_000, 1_000);
        Assert.IsTrue(TryTick(1000));
        _twin.Poke(5, 0);
        Assert.IsFalse(TryTick(1000));
        Assert.AreEqual(SensorFault.Reset, _sensor.Faults & SensorFault.Reset);
    }

    [TestMethod]
    public void OverflowVoidsTheReading()
    {
        Ina219Configuration configuration = new Ina219Configuration();
        configuration.CurrentStepMicroamps = 50;
        configuration.CurrentMilliampsMax = 1_600;
        Start(configuration, 100_000);
        _twin.SetLoad(12_000, 2_000);
        Assert.IsFalse(TryTick(1000));
        Assert.AreEqual(SensorFault.Implausible, _sensor.Faults);
        _twin.SetLoad(12_000, 1_000);
        Assert.IsTrue(TryTick(1000));
    }

    [TestMethod]
    public void AShuntAtTheEndOfItsRangeIsNotBilledAsThatMuch()
    {
        Ina219Configuration configuration = new Ina219Configuration();
        configuration.ShuntRange = 0;
        Start(configuration, 100_000);
        _twin.SetLoad(12_000, 390);
        Assert.IsTrue(TryTick(1000));
        _twin.SetLoad(12_000, 600);
        Assert.IsFalse(TryTick(1000));
        Assert.AreEqual(SensorFault.Implausible, _sensor.Faults);
    }

    [TestMethod]
    [DataRow(TwinFault.Unplugged, SensorFault.Missing)]
    [DataRow(TwinFault.Slow, SensorFault.Missing)]
    [DataRow(TwinFault.AllOnes, SensorFault.Implausible)]
    public void AnswersThatFailOrLieGiveNoReading(int twinFault, int sensorFault)
    {
        Start(new Ina219Configuration(), 100_000);
        _twin.SetLoad(12_000, 1_000);
        Assert.IsTrue(TryTick(1000));
        _twin.SetFaults(twinFault);
        Assert.IsFalse(TryTick(1000));
        Assert.AreEqual(sensorFault, _sensor.Faults);
        _twin.SetFaults(TwinFault.None);
        Assert.IsTrue(TryTick(1000));
        Assert.AreEqual(0, _sensor.Faults);
    }

    [TestMethod]
    public void AReadThatBreaksOffGivesNoReading()
    {
        for (int bytes = 0; bytes < 2; bytes++)
        {
            Start(new Ina219Configuration(), 100_000);
            _twin.SetLoad(12_000, 1_000);
            Assert.IsTrue(TryTick(1000));
            _twin.SetBreakAfter(bytes);
            Assert.IsFalse(TryTick(1000));
            Assert.AreEqual(SensorFault.Missing, _sensor.Faults);
        }
    }

    [TestMethod]
    [DataRow(2, 0xFFFA)]
    [DataRow(4, 0x7FFF)]
    [DataRow(4, 0x8000)]
    [DataRow(1, 0x7D00)]
    public void AnImpossibleValueGivesNoReading(int register, int value)
    {
        Start(new Ina219Configuration(), 100_000);
        _twin.SetLoad(12_000, 1_000);
        Assert.IsTrue(TryTick(1000));
        _twin.CorruptNextRead(register, value);
        Assert.IsFalse(TryTick(1000));
        Assert.AreEqual(SensorFault.Implausible, _sensor.Faults);
        Assert.IsTrue(TryTick(1000));
    }

    [TestMethod]
    public void APowerRegisterThatContradictsForGoodIsImplausible()
    {
        Start(new Ina219Configuration(), 100_000);
        _twin.SetLoad(12_000, 1_000);
        Assert.IsTrue(TryTick(1000));
        _twin.CorruptNextRead(3, 100);
        Assert.IsTrue(TryTick(1000), "once: a step of the load between two transfers");
        Assert.IsTrue(TryTick(1000));
        _twin.CorruptNextRead(3, 100);
        Assert.IsTrue(TryTick(1000));
        _twin.CorruptNextRead(3, 100);
        Assert.IsFalse(TryTick(1000));
        Assert.AreEqual(SensorFault.Implausible, _sensor.Faults);
    }

    [TestMethod]
    public void AConverterThatRestsIsStuck()
    {
        Start(new Ina219Configuration(), 100_000);
        _twin.SetLoad(12_000, 0);
        Assert.IsTrue(TryTick(1000));
        for (int i = 0; i < 10; i++)
        {
            // The twin's time does not pass: no conversion ends, the ready bit stays cleared.
            _nowMs += 100;
            _sensor.TryRead(_nowMs, _measurement);
        }

        Assert.AreEqual(SensorFault.Stuck, _sensor.Faults);
        Assert.IsTrue(TryTick(1000));
    }

    [TestMethod]
    public void ReadingsUnderLoadThatRepeatForAMinuteAreStuck()
    {
        Start(new Ina219Configuration(), 100_000);
        _twin.SetLoad(12_000, 1_000);
        for (int i = 0; i < 120; i++)
        {
            Assert.IsTrue(TryTick(1000), "a living chip is not stuck");
        }

        _twin.SetFaults(TwinFault.Stuck);
        int accepted = 0;
        while (TryTick(1000))
        {
            accepted++;
            Assert.IsTrue(accepted < 65);
        }

        Assert.AreEqual(SensorFault.Stuck, _sensor.Faults);
        _twin.SetFaults(TwinFault.None);
        TryTick(1000);
        Assert.IsTrue(TryTick(1000));
    }

    [TestMethod]
    public void AConfigurationThatCannotBeIsRefused()
    {
        Ina219Configuration configuration = new Ina219Configuration();
        configuration.CurrentStepMicroamps = 90;
        Assert.ThrowsException(typeof(System.Exception), () => configuration.Validate());
        configuration.CurrentStepMicroamps = 100;
        configuration.BusConverter = 4;
        Assert.ThrowsException(typeof(System.Exception), () => configuration.Validate());
    }

    private static Ina219Configuration TwoMilliohms()
    {
        Ina219Configuration configuration = new Ina219Configuration();
        configuration.ShuntMicroohms = 2_000;
        configuration.CurrentStepMicroamps = 1_000;
        configuration.CurrentMilliampsMax = 15_000;
        return configuration;
    }

    private void Start(Ina219Configuration configuration, int shuntMicroohms)
    {
        _twin = new Ina219Twin(shuntMicroohms);
        _sensor = new Ina219PowerSensor(_twin, configuration);
        _nowMs = 0;
        TryTick(0);
        Assert.IsTrue(TryTick(200));
    }

    private bool TryTick(long milliseconds)
    {
        _twin.Advance(milliseconds);
        _nowMs += milliseconds;
        return _sensor.TryRead(_nowMs, _measurement);
    }
}
