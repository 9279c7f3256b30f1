using MeterFirmware.Drivers.Ade7880;
using MeterFirmware.Drivers.PolyphaseChips;
using MeterFirmware.Drivers.Tests.Support;
using MeterFirmware.Drivers.Twins;
using MeterFirmware.Hardware;
using nanoFramework.TestFramework;

namespace MeterFirmware.Drivers.Tests.Ade7880;

[TestClass]
public class Ade7880Tests
{
    // 30.67 kW at full scale: 0.45 J a count.
    private const long ToleranceMicrojoules = 2 * 445_610;

    private static readonly Measurement _measurement = new Measurement();
    private static Ade7880Twin _twin;
    private static Ade7880PowerSensor _sensor;
    private static long _nowMs;
    private static long _import;
    private static long _export;

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void EveryRegisterIsReadAtItsPlaceInTheTable(bool isSpi)
    {
        Ade7880MapBus bus = new Ade7880MapBus(isSpi);
        Ade7880PowerSensor sensor = new Ade7880PowerSensor(bus, new Ade7880Settings { IsSpi = isSpi, FrozenMsMax = 0 });
        Assert.IsFalse(sensor.TryRead(0, _measurement));
        Assert.IsFalse(sensor.TryRead(50, _measurement));
        Assert.AreEqual(
            isSpi ? "00 EB FF 00; 00 EB FF 00; 00 EB FF 00; 00 E6 18 00 82; " : "E6 18 00 82; ", bus.Written);
        Assert.IsFalse(sensor.TryRead(99, _measurement), "50 ms for the reset");
        Assert.IsTrue(sensor.TryRead(100, _measurement), "faults " + sensor.Faults);
        AssertRow(_measurement.VoltageMillivolts, 176_950, 117_967, 88_475);
        AssertRow(_measurement.CurrentMilliamps, 10_831, 9_628, 8_665);
        AssertRow(_measurement.ActivePowerMilliwatts, 1_533_281, -1_022_175, 766_640);
        AssertRow(_measurement.ReactivePowerMillivars, 613_316, 511_088, -438_070);
        Assert.AreEqual(49_951, _measurement.FrequencyMillihertz);
    }

    [TestMethod]
    public void EachCounterIsItsOwnPhases()
    {
        int[] registers = { 0xE400, 0xE401, 0xE402, 0xE409, 0xE40A, 0xE40B };
        for (int i = 0; i < registers.Length; i++)
        {
            Start();
            Advance(1_000);
            Assert.IsTrue(_sensor.TryRead(_nowMs, _measurement));
            Assert.AreEqual(0, TotalOf(_measurement));
            _nowMs += 1_000;
            _twin.Advance(1_000);
            _twin.CorruptNextRead(registers[i], 10);
            Assert.IsTrue(_sensor.TryRead(_nowMs, _measurement), "faults " + _sensor.Faults);

            // 10 counts × 30 665 435 mW × 24.576 s / 1 691 230.
            long[] row = i < 3 ? _measurement.ImportMicrojoules : _measurement.ReactiveMicrovarSeconds;
            Assert.AreEqual(4_456_127L, row[i % 3], "register " + registers[i]);
            Assert.AreEqual(4_456_127L, TotalOf(_measurement));
        }
    }

    [TestMethod]
    public void TheConfigurationIsWrittenAsTheDataSheetWritesIt()
    {
        Ade7880MapBus bus = new Ade7880MapBus(false);
        Ade7880Settings settings = new Ade7880Settings
        {
            Is60Hertz = true,
            CurrentAmplifier = 2,
            NoLoadRegister = 0xFD01,
            Orders = new int[] { 11, 13, 17 },
        };
        for (int phase = 0; phase < 3; phase++)
        {
            settings.CurrentGain[phase] = 0x0010_0001 + phase;
            settings.VoltageGain[phase] = 0x0020_0001 + phase;
            settings.PowerGain[phase] = -1 - phase;
            settings.PowerOffset[phase] = 0x0000_0401 + phase;
            settings.PhaseAngle[phase] = 0x0201 + phase;
        }

        Ade7880PowerSensor sensor = new Ade7880PowerSensor(bus, settings);
        sensor.TryRead(0, _measurement);
        sensor.TryRead(50, _measurement);
        sensor.TryRead(100, _measurement);
        Assert.AreEqual(
            "E6 18 00 82; EC 01 02; "
            + "43 80 00 10 00 01; 43 81 00 20 00 01; 43 89 0F FF FF FF; 43 8A 00 00 04 01; "
            + "43 82 00 10 00 02; 43 83 00 20 00 02; 43 8B 0F FF FF FE; 43 8C 00 00 04 02; "
            + "43 84 00 10 00 03; 43 85 00 20 00 03; 43 8D 0F FF FF FD; 43 8E 00 00 04 03; "
            + "43 9F 00 5D EA 1F; 43 9F 00 5D EA 1F; 43 9F 00 5D EA 1F; "
            + "E6 14 02 01; EA 08 0B; E6 15 02 02; EA 09 0D; E6 16 02 03; EA 0A 11; "
            + "E6 0F 00 02; E6 0E 41 FF; E9 08 FD 01; E9 09 FD 01; EA 02 03; EA 03 03; E2 28 00 01; E7 02 38; "
            + "E7 FE AD; E7 E3 80; ",
            bus.Written);
    }

    [TestMethod]
    public void ReadingsShowTheLoadOfEachPhase()
    {
        Start();
        _twin.SetLoad(0, 230_000, 5_000, 1_000_000, 100_000);
        _twin.SetLoad(1, 231_000, 6_000, -1_200_000, -200_000);
        _twin.SetLoad(2, 232_000, 0, 0, 0);
        _twin.SetFrequency(50_020);
        Assert.IsTrue(TryTick(1_000));
        AssertRow(_measurement.VoltageMillivolts, 230_000, 231_000, 232_000, 2);
        AssertRow(_measurement.CurrentMilliamps, 5_000, 6_000, 0, 1);
        AssertRow(_measurement.ActivePowerMilliwatts, 1_000_000, -1_200_000, 0, 30);
        AssertRow(_measurement.ReactivePowerMillivars, 100_000, -200_000, 0, 30);
        AssertNear(50_020, _measurement.FrequencyMillihertz, 10);
        Assert.AreEqual(3, _measurement.PhaseCount);
        long bytes = _twin.Bytes;
        Assert.IsTrue(TryTick(1_000));

        // 22 transfers at 400 kHz, two bytes of slave address and their acknowledges besides: 3.7 ms.
        Assert.IsTrue((_twin.Bytes - bytes) * 8 <= 1_000, "bits " + (_twin.Bytes - bytes) * 8);
        Assert.IsTrue(_import > 0 && _export > 0);
    }

    [TestMethod]
    [DataRow(TwinFault.Unplugged, SensorFault.Missing)]
    [DataRow(TwinFault.Slow, SensorFault.Missing)]
    [DataRow(TwinFault.AllOnes, SensorFault.Implausible)]
    public void AFaultOfTheBusTakesNothingAndHeals(int fault, int expected)
    {
        StartWithLoad();
        _twin.SetFaults(fault);
        Assert.IsFalse(TryTick(1_000));
        Assert.AreEqual(expected, _sensor.Faults);
        _twin.SetFaults(TwinFault.None);
        Assert.IsTrue(TryTick(1_000));
        Assert.AreEqual(0, _sensor.Faults);
        AssertFed(2_000_000_000);
    }

    [TestMethod]
    public void AReadThatFailsAtAnyTransferOrBreaksOffAtAnyByteLosesNothing()
    {
        for (int after = 0; after < 22; after++)
        {
            StartWithLoad();
            _twin.FailTransfers(1, after);
            TryTick(1_000);
            _twin.FailTransfers(0, 0);
            Assert.IsTrue(TryTick(1_000), "after " + after + ", faults " + _sensor.Faults);
            AssertFed(2_000_000_000);
        }

        for (int bytes = 0; bytes < 4; bytes++)
        {
            StartWithLoad();
            _twin.SetBreakAfter(bytes);
            Assert.IsFalse(TryTick(1_000));
            _twin.SetFaults(TwinFault.None);
            Assert.IsTrue(TryTick(1_000));
            AssertFed(2_000_000_000);
        }
    }

    [TestMethod]
    [DataRow(0xE400)]
    [DataRow(0xE402)]
    [DataRow(0x43C1)]
    [DataRow(0xE515)]
    [DataRow(0xE702)]
    public void AnAnswerThatIsDamagedOnTheLineLosesNothing(int register)
    {
        StartWithLoad();
        _twin.CorruptNextRead(register, 0x5A5A_5A5A);
        TryTick(1_000);
        Assert.IsTrue(TryTick(1_000), "faults " + _sensor.Faults);
        Assert.AreEqual(0, _sensor.Faults);
        AssertFed(2_000_000_000);
    }

    [TestMethod]
    public void ARestartIsSeenFlaggedAndConfiguredAnew()
    {
        StartWithLoad();
        _twin.Reset();
        Assert.IsFalse(TryTick(1_000));
        Assert.IsTrue((_sensor.Faults & SensorFault.Reset) != 0);
        Assert.IsFalse(TryTick(1_000));
        Assert.IsTrue(TryTick(1_000));
        Assert.AreEqual(SensorFault.Reset | SensorFault.EnergyGap, _sensor.Faults);
        Assert.AreEqual(0x38, _twin.Peek(0xE702));
        Assert.IsTrue(TryTick(1_000));
        Assert.AreEqual(0, _sensor.Faults);
    }

    [TestMethod]
    public void ARestartedChipThatListensToI2cAgainIsBroughtBackToSpi()
    {
        _twin = new Ade7880Twin(true);
        Start(new Ade7880PowerSensor(_twin, new Ade7880Settings { IsSpi = true }));
        _twin.Reset();
        Assert.IsFalse(TryTick(1_000));
        Assert.AreEqual(SensorFault.Implausible, _sensor.Faults, "nobody answers");
        Assert.IsFalse(TryTick(1_000));
        Assert.AreEqual(SensorFault.Reset | SensorFault.EnergyGap, _sensor.Faults);
        TryTick(1_000);
        Assert.IsTrue(TryTick(1_000), "faults " + _sensor.Faults);
    }

    [TestMethod]
    public void AMarkThatIsNeitherOursNorTheResetsIsConfiguredAnew()
    {
        StartWithLoad();
        _twin.Poke(0xE702, 0x3A);
        Assert.IsFalse(TryTick(1_000));
        Assert.IsTrue((_sensor.Faults & SensorFault.Reset) != 0, "faults " + _sensor.Faults);
        TryTick(1_000);
        Assert.IsTrue(TryTick(1_000), "faults " + _sensor.Faults);
        Assert.AreEqual(0x38, _twin.Peek(0xE702));
        Assert.AreEqual(SensorFault.Reset | SensorFault.EnergyGap, _sensor.Faults);
    }

    /// <summary>A line at rest tells nothing of the chip, which counts on.</summary>
    [TestMethod]
    [DataRow(0)]
    [DataRow(-1)]
    public void AMarkOfZerosOrOnesIsTheLine(int bits)
    {
        StartWithLoad();
        int ours = _twin.Peek(0xE702);
        Advance(1_000);
        _twin.Poke(0xE702, bits & 0xFF);
        Assert.IsFalse(_sensor.TryRead(_nowMs, _measurement));
        Assert.AreEqual(SensorFault.Implausible, _sensor.Faults);
        _twin.Poke(0xE702, ours);
        Assert.IsTrue(TryTick(1_000));
        AssertFed(2_000_000_000);
    }

    [TestMethod]
    public void ARestartInTheMiddleOfAReadingVoidsIt()
    {
        for (int after = 0; after < 20; after++)
        {
            _twin = new Ade7880Twin(false);
            ResettingBus bus = new ResettingBus(_twin, () =>
            {
                _twin.Reset();
                _twin.Advance(Ade7880Twin.PowerUpMs);
            });
            Start(new Ade7880PowerSensor(bus, new Ade7880Settings()));
            _twin.SetLoad(0, 230_000, 4_348, 1_000_000, 0);
            Assert.IsTrue(TryTick(1_000));
            bus.ResetAfterTransfers(after);
            Assert.IsFalse(TryTick(1_000), "after " + after);
            Assert.AreEqual(SensorFault.Reset | SensorFault.EnergyGap, _sensor.Faults, "after " + after);
        }
    }

    [TestMethod]
    public void ADisturbedRegisterIsFoundWithinOneRoundOfReadings()
    {
        StartWithLoad();
        _twin.Poke(0x4383, 0x9000);
        bool isFound = false;
        for (int i = 0; i < 27 && !isFound; i++)
        {
            isFound = !TryTick(1_000);
        }

        Assert.IsTrue(isFound);
        TryTick(1_000);
        Assert.IsTrue(TryTick(1_000));
        Assert.AreEqual(0, _twin.Peek(0x4383));
    }

    [TestMethod]
    public void AChipThatWasProtectedBeforeTheBoardRestartedIsConfiguredAnew()
    {
        StartWithLoad();
        Start(new Ade7880PowerSensor(_twin, new Ade7880Settings { Is60Hertz = true }));
        Assert.AreEqual(0x41FF, _twin.Peek(0xE60E));
        Assert.IsTrue(TryTick(1_000), "faults " + _sensor.Faults);
    }

    [TestMethod]
    [DataRow(0x00, 0x00, 0x80, 0x00)]
    [DataRow(0x04, 0x20, 0x80, 0x00)]
    [DataRow(0xFF, 0xFF, 0xFF, 0xFF)]
    public void AnotherChipIsNotTaken(int a, int b, int c, int d)
    {
        Ade7880MapBus bus = new Ade7880MapBus(false);
        Ade7880PowerSensor sensor = new Ade7880PowerSensor(bus, new Ade7880Settings());
        bus.TryWrite(new byte[] { 0xE5, 0x03, (byte)a, (byte)b, (byte)c, (byte)d }, 6);
        sensor.TryRead(0, _measurement);
        sensor.TryRead(50, _measurement);
        Assert.IsFalse(sensor.TryRead(100, _measurement));
        Assert.AreEqual(SensorFault.Implausible, sensor.Faults);
    }

    [TestMethod]
    public void AChipThatNeverWakesIsMissingAndResetAgain()
    {
        Ade7880MapBus bus = new Ade7880MapBus(false);
        Ade7880PowerSensor sensor = new Ade7880PowerSensor(bus, new Ade7880Settings());
        bus.TryWrite(new byte[] { 0xE5, 0x03, 0, 0x20, 0, 0 }, 6);
        sensor.TryRead(0, _measurement);
        sensor.TryRead(50, _measurement);
        Assert.IsFalse(sensor.TryRead(1_099, _measurement));
        Assert.AreEqual(0, sensor.Faults);
        Assert.IsFalse(sensor.TryRead(1_100, _measurement));
        Assert.AreEqual(SensorFault.Missing, sensor.Faults);
        int before = bus.Written.Length;
        sensor.TryRead(1_200, _measurement);
        Assert.AreEqual("E6 18 00 82; ", bus.Written.Substring(before));
    }

    [TestMethod]
    public void AGapThatTheCounterCannotBridgeIsFlagged()
    {
        StartWithLoad();

        // 2^31 counts of 0.4456 J at 20 kW, less the second that a bus may block.
        Assert.AreEqual(47_846L, _sensor.GapMsMax / 1_000);
        Assert.IsTrue(TryTick(_sensor.GapMsMax));
        Assert.AreEqual(0, _sensor.Faults);
        Assert.IsTrue(TryTick(_sensor.GapMsMax + 1));
        Assert.AreEqual(SensorFault.EnergyGap, _sensor.Faults);
    }

    [TestMethod]
    public void TheCounterMayTurnOverInBothDirections()
    {
        Start();
        _twin.SetLoad(0, 230_000, 43_478, 10_000_000, 0);
        _twin.SetLoad(1, 230_000, 43_478, -10_000_000, 0);
        for (int i = 0; i < 6; i++)
        {
            // 2^31 counts are 95 694 s of 10 kW.
            Assert.IsTrue(TryTick(40_000_000), "faults " + _sensor.Faults);
            Assert.AreEqual(0, _sensor.Faults);
        }

        Assert.IsTrue(_twin.Transfers > 0);
        long fed = 10_000_000L * 240_000_000;
        Assert.IsTrue(_import <= fed && fed - _import < 900_000, "import " + _import);
        Assert.IsTrue(_export <= fed && fed - _export < 900_000, "export " + _export);
    }

    [TestMethod]
    public void AFrozenChipAndRestingCountersAreStuck()
    {
        StartWithLoad();
        _twin.SetFaults(TwinFault.Stuck);
        for (int i = 0; i < 15; i++)
        {
            TryTick(1_000);
        }

        Assert.AreEqual(SensorFault.Stuck, _sensor.Faults & SensorFault.Stuck);
        StartWithLoad();
        _twin.SetFaults(TwinFault.CounterHalted);
        for (int i = 0; i < 8; i++)
        {
            TryTick(1_000);
        }

        Assert.AreEqual(SensorFault.Stuck | SensorFault.EnergyGap, _sensor.Faults);
    }

    [TestMethod]
    public void CalibrationTakesTheBoardsErrorsOutOfPowerAndEnergy()
    {
        const int Unity = Ade7880Settings.UnityGain;
        Ade7880Settings settings = new Ade7880Settings();
        Assert.IsTrue(GainCalibration.TryAdjust(Unity, 0, 230_000, 231_150, out settings.VoltageGain[0]));
        Assert.IsTrue(GainCalibration.TryAdjust(Unity, 0, 5_000, 4_960, out settings.CurrentGain[0]));
        Start(settings);
        _twin.VoltageErrorMillionths = 5_000;
        _twin.CurrentErrorMillionths = -8_000;
        _twin.SetLoad(0, 230_000, 5_000, 1_150_000, 0);
        Assert.IsTrue(TryTick(1_000));
        _import = 0;
        Assert.IsTrue(TryTick(100_000));
        AssertNear(230_000, _measurement.VoltageMillivolts[0], 10);
        AssertNear(5_000, _measurement.CurrentMilliamps[0], 1);
        AssertNear(1_150_000, _measurement.ActivePowerMilliwatts[0], 60);
        AssertNear(115_000_000, _import / 1_000, 6_000);
    }

    [TestMethod]
    public void CalibrationThatDoesNotFitIsRefused()
    {
        const int Unity = Ade7880Settings.UnityGain;
        Assert.IsFalse(GainCalibration.TryAdjust(Unity, 0, 230_000, 0, out int gain));
        Assert.IsFalse(GainCalibration.TryAdjust(Unity, 0, 460_000, 230_000, out gain));
        Assert.AreEqual(0, gain);
        Assert.IsTrue(GainCalibration.TryAdjust(Unity, 0, 230_000, 229_000, out gain));
        Assert.AreEqual(36_631, gain, "2^23 × 1000 / 229 000");
    }

    private static void Start() => Start(new Ade7880Settings());

    private static void Start(Ade7880Settings settings)
    {
        _twin = new Ade7880Twin(false);
        Start(new Ade7880PowerSensor(_twin, settings));
    }

    private static void Start(Ade7880PowerSensor sensor)
    {
        _sensor = sensor;
        _nowMs = 0;
        for (int phase = 0; phase < 3; phase++)
        {
            _twin.SetLoad(phase, 230_000, 0, 0, 0);
        }

        for (int i = 0; i < 4; i++)
        {
            TryTick(50);
        }

        _import = 0;
        _export = 0;
    }

    private static void StartWithLoad()
    {
        Start();
        _twin.SetLoad(0, 230_000, 4_348, 1_000_000, 0);
    }

    private static void Advance(int milliseconds)
    {
        _twin.Advance(milliseconds);
        _nowMs += milliseconds;
    }

    private static bool TryTick(long milliseconds)
    {
        _twin.Advance(milliseconds);
        _nowMs += milliseconds;
        bool isRead = _sensor.TryRead(_nowMs, _measurement);
        for (int phase = 0; phase < 3 && isRead; phase++)
        {
            _import += _measurement.ImportMicrojoules[phase];
            _export += _measurement.ExportMicrojoules[phase];
        }

        return isRead;
    }

    private static void AssertFed(long microjoules) => Assert.IsTrue(
        _import <= microjoules && microjoules - _import <= ToleranceMicrojoules, "fed " + microjoules + ": " + _import);

    private static long TotalOf(Measurement measurement)
    {
        long total = 0;
        for (int phase = 0; phase < 3; phase++)
        {
            total += measurement.ImportMicrojoules[phase] + measurement.ExportMicrojoules[phase]
                + measurement.ReactiveMicrovarSeconds[phase];
        }

        return total;
    }

    private static void AssertRow(int[] row, int a, int b, int c, int tolerance = 0)
    {
        AssertNear(a, row[0], tolerance);
        AssertNear(b, row[1], tolerance);
        AssertNear(c, row[2], tolerance);
    }

    private static void AssertNear(long expected, long actual, long tolerance) => Assert.IsTrue(
        actual >= expected - tolerance && actual <= expected + tolerance, expected + " was expected, not " + actual);
}
