using MeterFirmware.Drivers.Atm90e32;
using MeterFirmware.Drivers.Twins;
using MeterFirmware.Hardware;
using nanoFramework.TestFramework;

namespace MeterFirmware.Drivers.Tests.Atm90e32;

[TestClass]
public class Atm90e32Tests
{
    private const long MicrojoulesPerCount = 11_250_000;

    private static readonly Measurement _measurement = new Measurement();
    private static Atm90e32Twin _twin;
    private static Atm90e32PowerSensor _sensor;
    private static long _nowMs;
    private static long _import;

    [TestMethod]
    public void EveryRegisterIsReadAtItsPlaceInTheTable()
    {
        Atm90e32MapBus bus = new Atm90e32MapBus();
        Atm90e32PowerSensor sensor = new Atm90e32PowerSensor(bus, new Atm90e32Settings());
        Assert.IsFalse(sensor.TryRead(0, _measurement));
        Assert.IsFalse(sensor.TryRead(50, _measurement));
        Assert.IsTrue(sensor.TryRead(60, _measurement), "faults " + sensor.Faults);
        AssertRow(_measurement.VoltageMillivolts, 220_010, 221_020, 222_030);
        AssertRow(_measurement.CurrentMilliamps, 1_001, 2_002, 3_003);
        AssertRow(_measurement.ActivePowerMilliwatts, 21_136, -20_970, 2);
        AssertRow(_measurement.ReactivePowerMillivars, 41_946, 4, 4);
        Assert.AreEqual(50_000, _measurement.FrequencyMillihertz);
        for (int phase = 0; phase < 3; phase++)
        {
            Assert.AreEqual((101 + phase) * MicrojoulesPerCount, _measurement.ImportMicrojoules[phase]);
            Assert.AreEqual((205 + phase) * MicrojoulesPerCount, _measurement.ExportMicrojoules[phase]);
            Assert.AreEqual(396 * MicrojoulesPerCount, _measurement.ReactiveMicrovarSeconds[phase]);
        }
    }

    [TestMethod]
    public void TheConfigurationIsWrittenAsTheDataSheetWritesIt()
    {
        Atm90e32MapBus bus = new Atm90e32MapBus();
        Atm90e32Settings settings = new Atm90e32Settings { Is60Hertz = true, CurrentAmplifier = 1 };
        for (int phase = 0; phase < 3; phase++)
        {
            settings.VoltageGain[phase] = 0x9001 + phase;
            settings.CurrentGain[phase] = 0x9101 + phase;
            settings.VoltageOffset[phase] = 0x0201 + phase;
            settings.CurrentOffset[phase] = 0x0301 + phase;
            settings.PowerOffset[phase] = 0x0401 + phase;
            settings.ReactiveOffset[phase] = -1 - phase;
            settings.PowerGain[phase] = 0x0601 + phase;
            settings.PhaseAngle[phase] = 0x8001 + phase;
        }

        Atm90e32PowerSensor sensor = new Atm90e32PowerSensor(bus, settings);
        sensor.TryRead(0, _measurement);
        sensor.TryRead(50, _measurement);
        Assert.AreEqual("00 70 78 9A; ", bus.Written);
        sensor.TryRead(60, _measurement);
        Assert.AreEqual(
            "00 70 78 9A; 00 7F 55 AA; 00 31 08 61; 00 32 C4 68; 00 33 10 87; 00 34 00 15; 00 38 06 1A; 00 39 06 1A; "
            + "00 41 04 01; 00 42 FF FF; 00 47 06 01; 00 48 80 01; 00 61 90 01; 00 62 91 01; 00 63 02 01; 00 64 03 01; "
            + "00 43 04 02; 00 44 FF FE; 00 49 06 02; 00 4A 80 02; 00 65 90 02; 00 66 91 02; 00 67 02 02; 00 68 03 02; "
            + "00 45 04 03; 00 46 FF FD; 00 4B 06 03; 00 4C 80 03; 00 69 90 03; 00 6A 91 03; 00 6B 02 03; 00 6C 03 03; "
            + "00 00 00 01; 00 0A FA CE; 00 7F 00 00; ",
            bus.Written);
    }

    [TestMethod]
    public void ReadingsShowTheLoadOfEachPhase()
    {
        Start();
        _twin.SetLoad(0, 230_000, 5_000, 1_000_000, 100_000);
        _twin.SetLoad(1, 231_000, 6_000, -1_200_000, -200_000);
        _twin.SetLoad(2, 232_000, 0, 0, 0);
        Assert.IsTrue(TryTick(1000));
        AssertRow(_measurement.VoltageMillivolts, 230_000, 231_000, 232_000, 10);
        AssertRow(_measurement.CurrentMilliamps, 5_000, 6_000, 0, 0);
        AssertRow(_measurement.ActivePowerMilliwatts, 1_000_000, -1_200_000, 0, 2);
        AssertRow(_measurement.ReactivePowerMillivars, 100_000, -200_000, 0, 2);
        Assert.AreEqual(3, _measurement.PhaseCount);
        long bytes = _twin.Transfers;
        Assert.IsTrue(TryTick(1000));

        // 32 clocks each at 1 MHz: 2.2 ms.
        Assert.IsTrue((_twin.Transfers - bytes) * 32 <= 2_200, "clocks " + (_twin.Transfers - bytes) * 32);
    }

    [TestMethod]
    public void AReadThatFailsAtAnyTransferBeforeOrAfterTheChipSawItLosesNothing()
    {
        for (int after = 0; after < 70; after++)
        {
            for (int turn = 0; turn < 2; turn++)
            {
                StartWithLoad();
                for (int i = 0; i <= turn; i++)
                {
                    // By turns: not seen by the chip, seen and the answer lost.
                    _twin.FailTransfers(1, after);
                    TryTick(1000);
                    _twin.FailTransfers(0, 0);
                }

                Assert.IsTrue(TryTick(1000), "after " + after + ", faults " + _sensor.Faults);
                Assert.AreEqual(0, _sensor.Faults);
                long fed = 1_000_000L * 1000 * (turn + 2);
                Assert.IsTrue(_import <= fed && fed - _import < MicrojoulesPerCount, after + ": " + (fed - _import));
            }
        }
    }

    [TestMethod]
    [DataRow(0x81, 0xFFFF)]
    [DataRow(0x81, 0x0000)]
    [DataRow(0x81, 0x0123)]
    [DataRow(0x78, 0x0123)]
    [DataRow(0x0A, 0x0123)]
    [DataRow(0x0A, 0xFFFF)]
    [DataRow(0x31, 0x0123)]
    public void AnAnswerThatIsDamagedOnTheLineLosesNothing(int register, int value)
    {
        StartWithLoad();
        _twin.CorruptNextRead(register, value);
        Assert.IsTrue(TryTick(1000), "faults " + _sensor.Faults);
        Assert.AreEqual(0, _sensor.Faults);
        Assert.IsTrue(_import > 1_000_000_000 - MicrojoulesPerCount && _import <= 1_000_000_000);
    }

    [TestMethod]
    [DataRow(TwinFault.Unplugged, SensorFault.Missing)]
    [DataRow(TwinFault.Slow, SensorFault.Missing)]
    [DataRow(TwinFault.AllOnes, SensorFault.Implausible)]
    public void AFaultOfTheBusTakesNothingAndHeals(int fault, int expected)
    {
        StartWithLoad();
        _twin.SetFaults(fault);
        Assert.IsFalse(TryTick(1000));
        Assert.AreEqual(expected, _sensor.Faults);
        _twin.SetFaults(TwinFault.None);
        Assert.IsTrue(TryTick(1000));
        Assert.AreEqual(0, _sensor.Faults);
        Assert.IsTrue(_import > 2_000_000_000 - MicrojoulesPerCount && _import <= 2_000_000_000);
    }

    [TestMethod]
    public void ARestartIsSeenFlaggedAndConfiguredAnew()
    {
        StartWithLoad();
        _twin.Reset();
        Assert.IsFalse(TryTick(1000));
        Assert.IsTrue((_sensor.Faults & SensorFault.Reset) != 0);
        Assert.IsFalse(TryTick(1000));
        Assert.IsTrue(TryTick(1000));
        Assert.AreEqual(SensorFault.Reset | SensorFault.EnergyGap, _sensor.Faults);
        Assert.AreEqual(0xFACE, _twin.Peek(0x0A));
        Assert.IsTrue(TryTick(1000));
        Assert.AreEqual(0, _sensor.Faults);
    }

    [TestMethod]
    public void ADisturbedRegisterIsFoundWithinOneRoundOfReadings()
    {
        StartWithLoad();
        _twin.Poke(0x66, 0x9000);
        bool isFound = false;
        for (int i = 0; i < 32 && !isFound; i++)
        {
            isFound = !TryTick(1000);
        }

        Assert.IsTrue(isFound);
        TryTick(1000);
        Assert.IsTrue(TryTick(1000));
        Assert.AreEqual(0x8000, _twin.Peek(0x66));
    }

    [TestMethod]
    public void AGapInWhichACounterMayHaveTurnedIsFlagged()
    {
        StartWithLoad();

        // 64 205 counts of 11.25 J at 20 kW, less the second that a bus may block.
        Assert.AreEqual(35_115L, _sensor.GapMsMax);
        Assert.IsTrue(TryTick(35_115));
        Assert.AreEqual(0, _sensor.Faults);
        Assert.IsTrue(TryTick(35_116));
        Assert.AreEqual(SensorFault.EnergyGap, _sensor.Faults);
    }

    [TestMethod]
    public void BelowTheStartUpPowerNothingIsCounted()
    {
        StartWithLoad();
        _twin.SetLoad(0, 230_000, 2, 490, 0);
        _import = 0;
        for (int i = 0; i < 3_600; i++)
        {
            Assert.IsTrue(TryTick(1000));
        }

        Assert.AreEqual(0L, _import);
        _twin.SetLoad(0, 230_000, 3, 510, 0);
        for (int i = 0; i < 3_600; i++)
        {
            Assert.IsTrue(TryTick(1000));
        }

        Assert.IsTrue(_import > 1_800_000_000, "imported " + _import);
    }

    [TestMethod]
    public void AFrozenChipAndRestingCountersAreStuck()
    {
        StartWithLoad();
        _twin.SetFaults(TwinFault.Stuck);
        for (int i = 0; i < 15; i++)
        {
            TryTick(1000);
        }

        Assert.AreEqual(SensorFault.Stuck, _sensor.Faults & SensorFault.Stuck);
        StartWithLoad();
        _twin.SetFaults(TwinFault.CounterHalted);
        for (int i = 0; i < 8; i++)
        {
            TryTick(1000);
        }

        Assert.AreEqual(SensorFault.Stuck | SensorFault.EnergyGap, _sensor.Faults);
    }

    [TestMethod]
    public void CalibrationFollowsTheApplicationNotesExamples()
    {
        Assert.IsTrue(Atm90e32Calibration.TryGain(0x8000, 220_000, 123_453, out int gain));
        Assert.AreEqual(0xE41A, gain, "the note rounds 58 394.4 up to E41B");
        Assert.AreEqual(0x1475, Atm90e32Calibration.PowerGain(-137_800));
        Assert.AreEqual(0x24, Atm90e32Calibration.PhaseAngle(9_500, false));
        Assert.AreEqual(0x8024, Atm90e32Calibration.PhaseAngle(-9_500, false));
        Assert.AreEqual(-10, Atm90e32Calibration.RmsOffset(1_280));
        Assert.IsFalse(Atm90e32Calibration.TryGain(0x8000, 300_000, 123_453, out gain));
        Assert.IsFalse(Atm90e32Calibration.TryGain(0x8000, 300_000, 0, out gain));
    }

    [TestMethod]
    public void CalibrationTakesTheBoardsErrorOutOfPowerAndEnergy()
    {
        _twin = new Atm90e32Twin { VoltageErrorMillionths = -80_000, CurrentErrorMillionths = 30_000 };
        Atm90e32Settings settings = new Atm90e32Settings();
        Start(settings);
        _twin.SetLoad(0, 230_000, 10_000, 2_300_000, 0);
        Assert.IsTrue(TryTick(1000));
        Assert.IsTrue(Atm90e32Calibration.TryGain(
            settings.VoltageGain[0], 230_000, _measurement.VoltageMillivolts[0], out settings.VoltageGain[0]));
        Assert.IsTrue(Atm90e32Calibration.TryGain(
            settings.CurrentGain[0], 10_000, _measurement.CurrentMilliamps[0], out settings.CurrentGain[0]));
        Start(settings);
        for (int i = 0; i < 1000; i++)
        {
            Assert.IsTrue(TryTick(1000));
        }

        int power = _measurement.ActivePowerMilliwatts[0];
        Assert.IsTrue(power > 2_299_000 && power < 2_301_000, "power " + power);
        Assert.IsTrue(_import > 2_298_800_000_000 && _import < 2_301_200_000_000, "imported " + _import);
    }

    [TestMethod]
    public void TheTwinThrowsOnARegisterThatTheChipDoesNotHave()
    {
        Start();
        byte[] head = new byte[] { 0x80, 0x21 };
        Assert.ThrowsException(typeof(System.Exception), () => _twin.TryWriteRead(head, 2, new byte[2], 2));
        byte[] write = new byte[] { 0, 0xD9, 0, 1 };
        Assert.ThrowsException(typeof(System.Exception), () => _twin.TryWrite(write, 4));
    }

    private static void Start()
    {
        _twin = new Atm90e32Twin();
        Start(new Atm90e32Settings());
    }

    private static void Start(Atm90e32Settings settings)
    {
        _sensor = new Atm90e32PowerSensor(_twin, settings);
        _twin.SetFrequency(50_000);
        TryTick(0);
        TryTick(50);
        Assert.IsTrue(TryTick(10), "faults " + _sensor.Faults);
        _import = 0;
    }

    private static void StartWithLoad()
    {
        Start();
        _twin.SetLoad(0, 230_000, 5_000, 1_000_000, 0);
    }

    private static bool TryTick(long milliseconds)
    {
        _twin.Advance(milliseconds);
        _nowMs += milliseconds;
        bool isRead = _sensor.TryRead(_nowMs, _measurement);
        _import += isRead ? _measurement.ImportMicrojoules[0] : 0;
        return isRead;
    }

    private static void AssertRow(int[] row, int a, int b, int c) => AssertRow(row, a, b, c, 0);

    private static void AssertRow(int[] row, int a, int b, int c, int tolerance)
    {
        int[] expected = new int[] { a, b, c };
        for (int phase = 0; phase < 3; phase++)
        {
            int apart = row[phase] - expected[phase];
            Assert.IsTrue(apart <= tolerance && apart >= -tolerance, "phase " + phase + ": " + row[phase]);
        }
    }
}
