using MeterFirmware.Drivers.Ade9000;
using MeterFirmware.Drivers.PolyphaseChips;
using MeterFirmware.Drivers.Tests.Support;
using MeterFirmware.Drivers.Twins;
using MeterFirmware.Hardware;
using nanoFramework.TestFramework;

namespace MeterFirmware.Drivers.Tests.Ade9000;

[TestClass]
public class Ade9000Tests
{
    // 122.66 kW at full scale: 6.07 mJ a count, and a tenth of a second at 1 kW that the counter does not show yet.
    private const long ToleranceMicrojoules = 2 * 6_070 + 1_000_000L * 100;

    private static readonly Measurement _measurement = new Measurement();
    private static Ade9000Twin _twin;
    private static Ade9000PowerSensor _sensor;
    private static long _nowMs;
    private static long _import;
    private static long _export;

    [TestMethod]
    public void EveryRegisterIsReadAtItsPlaceInTheTable()
    {
        Ade9000MapBus bus = new Ade9000MapBus();
        Ade9000PowerSensor sensor = new Ade9000PowerSensor(bus, new Ade9000Settings { FrozenMsMax = 0 });
        Assert.IsFalse(sensor.TryRead(0, _measurement));
        Assert.IsFalse(sensor.TryRead(50, _measurement));
        Assert.AreEqual("4B F0 4A D1; 48 10 00 01; ", bus.Written);
        Assert.IsFalse(sensor.TryRead(99, _measurement), "50 ms for the reset");
        Assert.IsTrue(sensor.TryRead(100, _measurement), "faults " + sensor.Faults);
        AssertRow(_measurement.VoltageMillivolts, 176_950, 141_560, 117_967);
        AssertRow(_measurement.CurrentMilliamps, 21_662, 19_256, 17_330);
        AssertRow(_measurement.ActivePowerMilliwatts, 6_133_085, -4_088_723, 3_066_546);
        AssertRow(_measurement.ReactivePowerMillivars, 2_453_233, 2_044_362, -1_752_308);
        Assert.AreEqual(49_950, _measurement.FrequencyMillihertz);
    }

    [TestMethod]
    public void EachCounterIsItsOwnPhases()
    {
        int[] registers = { 0x2E7, 0x323, 0x35F, 0x2F1, 0x32D, 0x369 };
        for (int i = 0; i < registers.Length; i++)
        {
            Start();
            Advance(1_000);
            Assert.IsTrue(_sensor.TryRead(_nowMs, _measurement));
            Assert.AreEqual(0, TotalOf(_measurement));
            _nowMs += 1_000;
            _twin.Advance(1_000);
            _twin.CorruptNextRead(registers[i], 1_000);
            Assert.IsTrue(_sensor.TryRead(_nowMs, _measurement), "faults " + _sensor.Faults);

            // 1000 counts × 122 661 740 mW × 1.024 s / 20 694 066.
            long[] row = i < 3 ? _measurement.ImportMicrojoules : _measurement.ReactiveMicrovarSeconds;
            Assert.AreEqual(6_069_644L, row[i % 3], "register " + registers[i]);
            Assert.AreEqual(6_069_644L, TotalOf(_measurement));
        }
    }

    [TestMethod]
    public void TheConfigurationIsWrittenAsTheDataSheetWritesIt()
    {
        Ade9000MapBus bus = new Ade9000MapBus();
        Ade9000Settings settings = new Ade9000Settings { Is60Hertz = true, CurrentAmplifier = 1, TakesSamples = true };
        for (int phase = 0; phase < 3; phase++)
        {
            settings.CurrentGain[phase] = 0x0100_0001 + phase;
            settings.PhaseAngle[phase] = -1 - phase;
            settings.VoltageGain[phase] = 0x0200_0001 + phase;
            settings.PowerGain[phase] = 0x0300_0001 + phase;
            settings.PowerOffset[phase] = 0x0000_0401 + phase;
        }

        Ade9000PowerSensor sensor = new Ade9000PowerSensor(bus, settings);
        sensor.TryRead(0, _measurement);
        sensor.TryRead(50, _measurement);
        sensor.TryRead(100, _measurement);
        Assert.AreEqual(
            "4B F0 4A D1; 48 10 00 01; "
            + "00 00 01 00 00 01; 00 60 FF FF FF FF; 00 B0 02 00 00 01; 00 E0 03 00 00 01; 00 F0 00 00 04 01; "
            + "02 00 01 00 00 02; 02 60 FF FF FF FE; 02 B0 02 00 00 02; 02 E0 03 00 00 02; 02 F0 00 00 04 02; "
            + "04 00 01 00 00 03; 04 60 FF FF FF FD; 04 B0 02 00 00 03; 04 E0 03 00 00 03; 04 F0 00 00 04 03; "
            + "41 C0 00 00 15 16; 41 D0 00 00 15 16; 49 20 01 00; 4B 90 00 15; 4B 00 00 01; 48 00 00 01; "
            + "4A 00 03 F0; 4B 20 03 1F; 4B F0 3C 64; ",
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
        Assert.AreEqual(50_020, _measurement.FrequencyMillihertz);
        Assert.AreEqual(3, _measurement.PhaseCount);
        long bytes = _twin.Bytes;
        Assert.IsTrue(TryTick(1_000));

        // At 1 MHz: 1.0 ms.
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
    [DataRow(0x2E7)]
    [DataRow(0x35F)]
    [DataRow(0x20D)]
    [DataRow(0x250)]
    [DataRow(0x4B2)]
    public void AnAnswerThatIsDamagedOnTheLineLosesNothing(int register)
    {
        StartWithLoad();
        _twin.CorruptNextRead(register, 0x5A5A_5A5A & (register < 0x480 ? -1 : 0xFFFF));
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
        Assert.AreEqual(0x031F, _twin.Peek(0x4B2));
        Assert.IsTrue(TryTick(1_000));
        Assert.AreEqual(0, _sensor.Faults);
    }

    [TestMethod]
    public void AMarkThatIsNeitherOursNorTheResetsIsConfiguredAnew()
    {
        StartWithLoad();
        _twin.Poke(0x4B2, 0x1237);
        Assert.IsFalse(TryTick(1_000));
        Assert.IsTrue((_sensor.Faults & SensorFault.Reset) != 0, "faults " + _sensor.Faults);
        TryTick(1_000);
        Assert.IsTrue(TryTick(1_000), "faults " + _sensor.Faults);
        Assert.AreEqual(0x031F, _twin.Peek(0x4B2));
        Assert.AreEqual(SensorFault.Reset | SensorFault.EnergyGap, _sensor.Faults);
    }

    /// <summary>A line at rest tells nothing of the chip, which counts on.</summary>
    [TestMethod]
    [DataRow(0)]
    [DataRow(-1)]
    public void AMarkOfZerosOrOnesIsTheLine(int bits)
    {
        StartWithLoad();
        int ours = _twin.Peek(0x4B2);
        Advance(1_000);
        _twin.Poke(0x4B2, bits & 0xFFFF);
        Assert.IsFalse(_sensor.TryRead(_nowMs, _measurement));
        Assert.AreEqual(SensorFault.Implausible, _sensor.Faults);
        _twin.Poke(0x4B2, ours);
        Assert.IsTrue(TryTick(1_000));
        AssertFed(2_000_000_000);
    }

    [TestMethod]
    public void ARestartInTheMiddleOfAReadingVoidsIt()
    {
        for (int after = 0; after < 20; after++)
        {
            _twin = new Ade9000Twin();
            ResettingBus bus = new ResettingBus(_twin, () =>
            {
                _twin.Reset();
                _twin.Advance(Ade9000Twin.PowerUpMs);
            });
            Start(new Ade9000PowerSensor(bus, new Ade9000Settings()));
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
        _twin.Poke(0x02B, 0x9000);
        bool isFound = false;
        for (int i = 0; i < 23 && !isFound; i++)
        {
            isFound = !TryTick(1_000);
        }

        Assert.IsTrue(isFound);
        TryTick(1_000);
        Assert.IsTrue(TryTick(1_000));
        Assert.AreEqual(0, _twin.Peek(0x02B));
    }

    [TestMethod]
    public void AChipThatWasLockedBeforeTheBoardRestartedIsConfiguredAnew()
    {
        StartWithLoad();
        Start(new Ade9000PowerSensor(_twin, new Ade9000Settings { Is60Hertz = true }));
        Assert.AreEqual(0x0100, _twin.Peek(0x492));
        Assert.IsTrue(TryTick(1_000), "faults " + _sensor.Faults);
    }

    [TestMethod]
    public void AnotherChipIsNotTaken()
    {
        Ade9000MapBus bus = new Ade9000MapBus();
        Ade9000PowerSensor sensor = new Ade9000PowerSensor(bus, new Ade9000Settings());
        bus.TryWrite(new byte[] { 0x47, 0x20, 0, 1, 0, 0 }, 6);
        sensor.TryRead(0, _measurement);
        sensor.TryRead(50, _measurement);
        Assert.IsFalse(sensor.TryRead(100, _measurement));
        Assert.AreEqual(SensorFault.Implausible, sensor.Faults, "an ADE9004's identity");
    }

    [TestMethod]
    public void AGapThatTheCounterCannotBridgeIsFlagged()
    {
        StartWithLoad();

        // 2^31 counts of 6.0696 mJ at 20 kW, less the second that a bus may block.
        Assert.AreEqual(650L, _sensor.GapMsMax / 1_000);
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
            // 2^31 counts are 1303 s of 10 kW.
            Assert.IsTrue(TryTick(600_000), "faults " + _sensor.Faults);
            Assert.AreEqual(0, _sensor.Faults);
        }

        Assert.IsTrue(_twin.Transfers > 0);
        long fed = 10_000_000L * 3_600_000;
        Assert.IsTrue(_import <= fed && fed - _import < 1_100_000_000, "import " + _import);
        Assert.IsTrue(_export <= fed && fed - _export < 1_100_000_000, "export " + _export);
    }

    [TestMethod]
    public void BelowTheStartUpPowerNothingIsCounted()
    {
        StartWithLoad();
        _twin.SetLoad(0, 230_000, 2, 480, 0);
        TryTick(1_000);
        _import = 0;
        for (int i = 0; i < 600; i++)
        {
            Assert.IsTrue(TryTick(1_000));
        }

        Assert.AreEqual(0L, _import);
        _twin.SetLoad(0, 230_000, 3, 520, 0);
        for (int i = 0; i < 600; i++)
        {
            Assert.IsTrue(TryTick(1_000));
        }

        Assert.IsTrue(_import > 300_000_000, "imported " + _import);
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
        const int Unity = Ade9000Settings.UnityGain;
        Ade9000Settings settings = new Ade9000Settings();
        Assert.IsTrue(GainCalibration.TryAdjust(Unity, 0, 230_000, 231_150, out settings.VoltageGain[0]));
        Assert.IsTrue(GainCalibration.TryAdjust(Unity, 0, 5_000, 4_960, out settings.CurrentGain[0]));
        settings.PhaseAngle[0] = Ade9000Calibration.PhaseAngle(-8_000, false);
        Start(settings, -8_000);
        _twin.SetLoad(0, 230_000, 5_000, 575_000, 995_929);
        Assert.IsTrue(TryTick(1_000));
        _import = 0;
        Assert.IsTrue(TryTick(100_000));
        AssertNear(230_000, _measurement.VoltageMillivolts[0], 10);
        AssertNear(5_000, _measurement.CurrentMilliamps[0], 1);
        AssertNear(575_000, _measurement.ActivePowerMilliwatts[0], 60);
        AssertNear(57_500_000, _import / 1_000, 6_000);
    }

    [TestMethod]
    public void CalibrationThatDoesNotFitIsRefused()
    {
        const int Unity = Ade9000Settings.UnityGain;
        Assert.IsFalse(GainCalibration.TryAdjust(Unity, 0, 230_000, 0, out int gain));
        Assert.IsFalse(GainCalibration.TryAdjust(Unity, 0, 460_000, 230_000, out gain));
        Assert.IsFalse(GainCalibration.TryAdjust(Unity, 0, 100_000, 230_000, out gain));
        Assert.AreEqual(0, gain);
        Assert.IsTrue(GainCalibration.TryAdjust(Unity, 0, 230_000, 229_000, out gain));
        Assert.AreEqual(586_104, gain, "2^27 × 1000 / 229 000");
    }

    private static void Start() => Start(new Ade9000Settings(), 0);

    private static void Start(Ade9000Settings settings, int phaseError)
    {
        _twin = new Ade9000Twin();
        if (phaseError != 0)
        {
            _twin.VoltageErrorMillionths = 5_000;
            _twin.CurrentErrorMillionths = -8_000;
            _twin.PhaseErrorMicroradians = phaseError;
        }

        Start(new Ade9000PowerSensor(_twin, settings));
    }

    private static void Start(Ade9000PowerSensor sensor)
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
