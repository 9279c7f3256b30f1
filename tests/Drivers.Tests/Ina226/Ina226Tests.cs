using MeterFirmware.Drivers.Ina226;
using MeterFirmware.Drivers.Tests.Support;
using MeterFirmware.Drivers.Twins;
using MeterFirmware.Hardware;
using nanoFramework.TestFramework;

namespace MeterFirmware.Drivers.Tests.Ina226;

[TestClass]
public class Ina226Tests
{
    private static readonly Measurement _measurement = new Measurement();
    private static Ina226Twin _twin;
    private static Ina226PowerSensor _sensor;
    private static long _nowMs;

    [TestMethod]
    public void EveryRegisterIsReadAtItsPlaceInTheTable()
    {
        Ina226MapBus bus = new Ina226MapBus();
        Ina226PowerSensor sensor = new Ina226PowerSensor(bus, new Ina226Settings());
        Assert.IsFalse(sensor.TryRead(0, _measurement));
        Assert.IsFalse(sensor.TryRead(50, _measurement));
        Assert.IsTrue(sensor.TryRead(90, _measurement), "faults " + sensor.Faults);
        Assert.AreEqual("00 45 27; 05 08 00; ", bus.Written);
        Assert.AreEqual(12_500, _measurement.VoltageMillivolts[0]);
        Assert.AreEqual(-1_100, _measurement.CurrentMilliamps[0]);
        Assert.AreEqual(-13_750, _measurement.ActivePowerMilliwatts[0]);
    }

    [TestMethod]
    [DataRow(TwinFault.Unplugged, SensorFault.Missing)]
    [DataRow(TwinFault.Slow, SensorFault.Missing)]
    [DataRow(TwinFault.AllOnes, SensorFault.Implausible)]
    public void AFaultOfTheBusTakesNothingAndHeals(int fault, int expected)
    {
        Start();
        _twin.SetFaults(fault);
        Assert.IsFalse(TryTick(1_000));
        Assert.AreEqual(expected, _sensor.Faults);
        _twin.SetFaults(TwinFault.None);
        Assert.IsTrue(TryTick(1_000));
        Assert.AreEqual(0, _sensor.Faults);
    }

    [TestMethod]
    public void AReadThatFailsAtAnyTransferLosesNothing()
    {
        for (int after = 0; after < 8; after++)
        {
            Start();
            _twin.FailTransfers(1, after);
            TryTick(1_000);
            _twin.FailTransfers(0, 0);
            Assert.IsTrue(TryTick(1_000), "after " + after + ", faults " + _sensor.Faults);
        }
    }

    [TestMethod]
    public void NothingIsHandedOutBeforeTheFirstConversionWithOurConfiguration()
    {
        _twin = new Ina226Twin();
        _sensor = new Ina226PowerSensor(_twin, new Ina226Settings());
        _twin.SetLoad(12_000, 2_000);
        _nowMs = 0;
        bool isRead = TryTick(0);
        for (int i = 0; i < 30 && !isRead; i++)
        {
            isRead = TryTick(10);
        }

        // 50 ms to power up, then 16 × 2 × 1.1 ms.
        Assert.AreEqual(90L, _nowMs);
        Assert.AreEqual(2_000, _measurement.CurrentMilliamps[0]);
    }

    [TestMethod]
    [DataRow(0x4125, 0x0800)]
    [DataRow(0x0000, 0x0800)]
    [DataRow(0x4527, 0x0801)]
    [DataRow(0x4527, 0x0000)]
    public void ADisturbedRegisterIsConfiguredAnew(int configuration, int calibration)
    {
        Start();
        _twin.Disturb(configuration, calibration);
        Assert.IsFalse(TryTick(1_000));
        Assert.AreEqual(SensorFault.Reset, _sensor.Faults);
        TryTick(1_000);
        Assert.IsTrue(TryTick(1_000), "faults " + _sensor.Faults);
        Assert.AreEqual(0x4527, _twin.Configuration);
        Assert.AreEqual(2_000, _measurement.CurrentMilliamps[0]);
    }

    [TestMethod]
    public void ARestartIsSeenFlaggedAndConfiguredAnew()
    {
        Start();
        _twin.Reset();
        Assert.IsFalse(TryTick(1_000));
        Assert.IsTrue((_sensor.Faults & SensorFault.Reset) != 0);
        Assert.IsFalse(TryTick(1_000));
        Assert.IsTrue(TryTick(1_000));
        Assert.AreEqual(SensorFault.Reset, _sensor.Faults);
        Assert.AreEqual(0x4527, _twin.Configuration);
        Assert.IsTrue(TryTick(1_000));
        Assert.AreEqual(0, _sensor.Faults);
    }

    [TestMethod]
    public void ARestartInTheMiddleOfAReadingVoidsIt()
    {
        for (int after = 0; after < 4; after++)
        {
            _twin = new Ina226Twin();
            ResettingBus bus = new ResettingBus(_twin, () =>
            {
                _twin.Reset();
                _twin.Advance(Ina226Twin.PowerUpMs);
            });
            Start(bus);
            bus.ResetAfterTransfers(after);
            Assert.IsFalse(TryTick(1_000), "after " + after);
            Assert.IsTrue((_sensor.Faults & SensorFault.Reset) != 0, "after " + after);
        }
    }

    [TestMethod]
    [DataRow(0, 10_000)]
    [DataRow(1_000, 10_000)]
    [DataRow(250, 2_000)]
    public void TheShuntAndTheStepMakeTheCalibration(int step, int shunt)
    {
        Ina226Settings settings = new Ina226Settings { CurrentStepMicroamps = step, ShuntMicroohms = shunt };
        if (step == 0)
        {
            Assert.ThrowsException(typeof(System.Exception), () => new Ina226PowerSensor(new Ina226Twin(), settings));
            return;
        }

        Ina226MapBus bus = new Ina226MapBus();
        Ina226PowerSensor sensor = new Ina226PowerSensor(bus, settings);
        sensor.TryRead(0, _measurement);
        sensor.TryRead(50, _measurement);

        // 0.00512 / (1 mA × 10 mΩ) = 512; 0.00512 / (0.25 mA × 2 mΩ) = 10 240.
        Assert.AreEqual(step == 1_000 ? "00 45 27; 05 02 00; " : "00 45 27; 05 28 00; ", bus.Written);
    }

    [TestMethod]
    public void AFrozenChipIsStuck()
    {
        Start();
        _twin.SetFaults(TwinFault.Stuck);
        for (int i = 0; i < 15; i++)
        {
            TryTick(1_000);
        }

        Assert.AreEqual(SensorFault.Stuck, _sensor.Faults & SensorFault.Stuck);
    }

    [TestMethod]
    public void ACurrentSensorTheOtherWayRoundTurnsTheSign()
    {
        _twin = new Ina226Twin();
        _sensor = new Ina226PowerSensor(_twin, new Ina226Settings { IsCurrentInverted = true });
        _twin.SetLoad(12_000, -2_000);
        _nowMs = 0;
        TryTick(0);
        TryTick(50);
        Assert.IsTrue(TryTick(50));
        Assert.AreEqual(2_000, _measurement.CurrentMilliamps[0]);
        int milliwatts = _measurement.ActivePowerMilliwatts[0];
        Assert.IsTrue(milliwatts >= 24_000 && milliwatts < 24_010, "mW " + milliwatts);
    }

    private static void Start()
    {
        _twin = new Ina226Twin();
        Start(_twin);
    }

    private static void Start(IRegisterBus bus)
    {
        _sensor = new Ina226PowerSensor(bus, new Ina226Settings());
        _nowMs = 0;
        TryTick(0);
        _twin.SetLoad(12_000, 2_000);
        TryTick(50);
        Assert.IsTrue(TryTick(50));
    }

    private static bool TryTick(long milliseconds)
    {
        _twin.Advance(milliseconds);
        _nowMs += milliseconds;
        bool isRead = _sensor.TryRead(_nowMs, _measurement);
        return isRead;
    }
}
