using MeterFirmware.Drivers.ChipName;
using MeterFirmware.Drivers.Tests.Support;
using MeterFirmware.Drivers.Twins;
using MeterFirmware.Hardware;
using nanoFramework.TestFramework;

namespace MeterFirmware.Drivers.Tests.ChipName;

[TestClass]
public class ChipNameTests
{
    private static readonly Measurement _measurement = new Measurement();
    private static ChipNameTwin _twin;
    private static ChipNamePowerSensor _sensor;
    private static long _nowMs;
    private static long _import;

    [TestMethod]
    public void EveryRegisterIsReadAtItsPlaceInTheTable()
    {
        ChipNameMapBus bus = new ChipNameMapBus();
        ChipNamePowerSensor sensor = new ChipNamePowerSensor(bus, new ChipNameSettings());
        Assert.IsFalse(sensor.TryRead(0, _measurement));
        Assert.IsTrue(sensor.TryRead(50, _measurement), "faults " + sensor.Faults);
        Assert.AreEqual("00 45 27; ", bus.Written);
        Assert.AreEqual(230_120, _measurement.VoltageMillivolts[0]);
        Assert.AreEqual(4_567, _measurement.CurrentMilliamps[0]);
        Assert.AreEqual(1_050_000, _measurement.ActivePowerMilliwatts[0]);
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
//#if (Counter)
        AssertFed(2_000_000_000);
//#endif
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
//#if (Counter)
            AssertFed(2_000_000_000);
//#endif
        }
    }

    [TestMethod]
    public void ADisturbedConfigurationIsWrittenAnew()
    {
        Start();
        _twin.Disturb(0x4525);
        Assert.IsFalse(TryTick(1_000));
        Assert.IsTrue((_sensor.Faults & SensorFault.Reset) != 0);
        Assert.IsTrue(TryTick(1_000), "faults " + _sensor.Faults);
        Assert.AreEqual(0x4527, _twin.Configuration);
    }

    [TestMethod]
    public void ARestartIsSeenFlaggedAndConfiguredAnew()
    {
        Start();
        _twin.Reset();
        Assert.IsFalse(TryTick(1_000));
        Assert.IsTrue((_sensor.Faults & SensorFault.Reset) != 0);
        Assert.IsTrue(TryTick(1_000));
//#if (Counter)
        Assert.AreEqual(SensorFault.Reset | SensorFault.EnergyGap, _sensor.Faults);
//#else
        Assert.AreEqual(SensorFault.Reset, _sensor.Faults);
//#endif
        Assert.AreEqual(0x4527, _twin.Configuration);
        Assert.IsTrue(TryTick(1_000));
        Assert.AreEqual(0, _sensor.Faults);
    }

    [TestMethod]
    public void ARestartInTheMiddleOfAReadingVoidsIt()
    {
//#if (Counter)
        for (int after = 0; after < 7; after++)
//#else
        for (int after = 0; after < 4; after++)
//#endif
        {
            _twin = new ChipNameTwin();
            ResettingBus bus = new ResettingBus(_twin, () =>
            {
                _twin.Reset();
                _twin.Advance(ChipNameTwin.PowerUpMs);
            });
            Start(bus);
            bus.ResetAfterTransfers(after);
            Assert.IsFalse(TryTick(1_000), "after " + after);
            Assert.IsTrue((_sensor.Faults & SensorFault.Reset) != 0, "after " + after);
        }
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
//#if (Counter)

    [TestMethod]
    public void AGapThatTheCounterCannotBridgeIsFlagged()
    {
        Start();
        Assert.IsTrue(TryTick(_sensor.GapMsMax));
        Assert.AreEqual(0, _sensor.Faults);
        Assert.IsTrue(TryTick(_sensor.GapMsMax + 1));
        Assert.AreEqual(SensorFault.EnergyGap, _sensor.Faults);
    }
//#endif

    [TestMethod]
    public void ACurrentSensorTheOtherWayRoundTurnsTheSign()
    {
        _twin = new ChipNameTwin();
        _sensor = new ChipNamePowerSensor(_twin, new ChipNameSettings { IsCurrentInverted = true });
        _twin.SetLoad(230_000, 4_348, -1_000_000);
        _nowMs = 0;
        TryTick(0);
        Assert.IsTrue(TryTick(50));
        Assert.AreEqual(1_000_000, _measurement.ActivePowerMilliwatts[0]);
    }

    private static void Start()
    {
        _twin = new ChipNameTwin();
        Start(_twin);
    }

    private static void Start(IRegisterBus bus)
    {
        _sensor = new ChipNamePowerSensor(bus, new ChipNameSettings());
        _nowMs = 0;
        TryTick(0);
        _twin.SetLoad(230_000, 4_348, 1_000_000);
        Assert.IsTrue(TryTick(50));
        _import = 0;
    }

    private static bool TryTick(long milliseconds)
    {
        _twin.Advance(milliseconds);
        _nowMs += milliseconds;
        bool isRead = _sensor.TryRead(_nowMs, _measurement);
        _import += isRead ? _measurement.ImportMicrojoules[0] : 0;
        return isRead;
    }
//#if (Counter)

    // Two counts of 0.1 J.
    private static void AssertFed(long microjoules) => Assert.IsTrue(
        _import <= microjoules + 200_000 && _import >= microjoules - 200_000, "fed " + microjoules + ": " + _import);
//#endif
}
