using MeterFirmware.Boards.Sensors.Ade7880;
using MeterFirmware.Boards.Sensors.Ade7953;
using MeterFirmware.Boards.Sensors.Ade9000;
using MeterFirmware.Boards.Sensors.Atm90e32;
using MeterFirmware.Boards.Sensors.Bl0942;
using MeterFirmware.Boards.Sensors.Cse7766;
using MeterFirmware.Boards.Sensors.Hlw8012;
using MeterFirmware.Boards.Sensors.Ina219;
using MeterFirmware.Boards.SettingsFile;
using MeterFirmware.Drivers.Tests.Atm90e32;
using MeterFirmware.Drivers.Twins;
using MeterFirmware.Hardware;
using nanoFramework.TestFramework;

namespace MeterFirmware.Drivers.Tests.Sensors;

/// <summary>settings.json names a chip and calibrates it, the same way for each chip.</summary>
[TestClass]
public class SensorMakerTests
{
    private const int Gain = 4_613_734;

    private static readonly Measurement _measurement = new Measurement();

    /// <summary>A gain of 1.1 shows a tenth more, whichever chip it is.</summary>
    [TestMethod]
    public void AGainOfTheSettingsIsTheSameForEveryChip()
    {
        for (int chip = 0; chip < 4; chip++)
        {
            ReadAt230Volts(chip, new BoardSettings(), out int volts, out int milliamps, out int watts);
            ReadAt230Volts(chip, new BoardSettings { VoltageGain = Gain }, out int more, out int _, out int _);
            AssertTenthMore(volts, more, "volts of chip " + chip);
            ReadAt230Volts(chip, new BoardSettings { CurrentGain = Gain }, out int _, out more, out int _);
            AssertTenthMore(milliamps, more, "milliamps of chip " + chip);
            ReadAt230Volts(chip, new BoardSettings { PowerGain = Gain }, out int _, out int _, out more);
            AssertTenthMore(watts, more, "watts of chip " + chip);
        }
    }

    /// <summary>Three-phase chips with gain registers of their own unity, on each of their buses.</summary>
    [TestMethod]
    public void AGainOfTheSettingsIsTheSameForThePolyphaseChips()
    {
        BoardSettings settings = new BoardSettings { VoltageGain = Gain, PhaseCalibration = 5, PowerOffset = 7 };
        Ade9000Twin spi = new Ade9000Twin();
        Ade7880Twin line = new Ade7880Twin(false);
        Ade7880Twin chosen = new Ade7880Twin(true);
        Ade9000Maker first = new Ade9000Maker(new IRegisterBus[] { spi });
        Ade7880Maker second = new Ade7880Maker(line);
        Ade7880Maker third = new Ade7880Maker(new IRegisterBus[] { chosen });
        Assert.IsTrue(first.FirstProblem(settings) == null && second.FirstProblem(settings) == null);
        IPowerSensor[] sensors = { first.Make(settings), second.Make(settings), third.Make(settings) };
        for (int phase = 0; phase < 3; phase++)
        {
            spi.SetLoad(phase, 230_000, 5_000, 1_150_000, 0);
            line.SetLoad(phase, 230_000, 5_000, 1_150_000, 0);
            chosen.SetLoad(phase, 230_000, 5_000, 1_150_000, 0);
        }

        for (int ms = 0; ms <= 200; ms += 50)
        {
            spi.Advance(50);
            line.Advance(50);
            chosen.Advance(50);
            for (int i = 0; i < sensors.Length; i++)
            {
                Assert.IsTrue(sensors[i].TryRead(ms, _measurement) || ms < 200, "chip " + i);
                Assert.IsTrue(ms < 200 || (_measurement.VoltageMillivolts[2] > 252_900
                    && _measurement.VoltageMillivolts[2] < 253_100), "mV " + _measurement.VoltageMillivolts[2]);
            }
        }

        Assert.AreEqual(5, spi.Peek(0x046));
        Assert.AreEqual(7, spi.Peek(0x04F));
        Assert.AreEqual(5, line.Peek(0xE616));
        Assert.AreEqual(7, line.Peek(0x438E));
        Assert.AreEqual("phaseCalibration of an ADE7880 must be 0 to 1023",
            second.FirstProblem(new BoardSettings { PhaseCalibration = -1 }));
        Assert.AreEqual("currentRanges, currentInverted and noLoadMilliwatts: an ADE7880 takes none",
            second.FirstProblem(new BoardSettings { NoLoadMilliwatts = 400 }));
        Assert.AreEqual("currentRanges and currentInverted: an ADE9000 takes none",
            first.FirstProblem(new BoardSettings { CurrentInverted = true }));
        Assert.AreEqual("noLoadMilliwatts of an ADE9000 must be 0 to 5000 mW",
            first.FirstProblem(new BoardSettings { NoLoadMilliwatts = 5_001 }));
    }

    [TestMethod]
    public void AGainOfTheSettingsIsTheSameForPulses()
    {
        Hlw8012Twin twin = new Hlw8012Twin();
        Hlw8012Maker maker = new Hlw8012Maker(twin.Cf, twin.Cf1, twin, false);
        BoardSettings settings = new BoardSettings { PowerGain = Gain };
        Assert.IsTrue(maker.FirstProblem(settings) == null);
        IPowerSensor sensor = maker.Make(settings);
        twin.SetLoad(230_000, 5_000, 1_150_000);
        for (int ms = 0; ms <= 60_000; ms += 1_000)
        {
            twin.Advance(1_000);
            sensor.TryRead(ms, _measurement);
        }

        int watts = _measurement.ActivePowerMilliwatts[0] / 1_000;
        Assert.IsTrue(watts > 1_250 && watts < 1_280, "1150 W and a tenth: " + watts);
        Assert.IsTrue(maker.FirstProblem(new BoardSettings { CurrentInverted = true }) != null);
        Assert.IsTrue(maker.FirstProblem(new BoardSettings { VoltageGain = 3_355_443 }) != null);
    }

    [TestMethod]
    public void WhatAChipDoesNotTakeIsSaidAndNotDropped()
    {
        Atm90e32Maker three = new Atm90e32Maker(new IRegisterBus[] { new Atm90e32Twin() });
        Bl0942Maker line = new Bl0942Maker((ISerialLine)new Bl0942Twin());
        Cse7766Maker talker = new Cse7766Maker(new Cse7766Twin(), true);
        Ade7953Maker registers = new Ade7953Maker(new Ade7953Twin());
        Assert.AreEqual("phaseCalibration must be -383 to 383",
            registers.FirstProblem(new BoardSettings { PhaseCalibration = 384 }));
        Assert.AreEqual("noLoadMilliwatts must be 0, or 345 to 5000 mW",
            registers.FirstProblem(new BoardSettings { NoLoadMilliwatts = 344 }));
        Assert.AreEqual("phaseCalibration of an ATM90E32 must be -255 to 255 cycles of 2.048 MHz",
            three.FirstProblem(new BoardSettings { PhaseCalibration = 256 }));
        Assert.AreEqual("currentRanges and currentInverted: an ATM90E32 takes none",
            three.FirstProblem(new BoardSettings { CurrentInverted = true }));
        Assert.AreEqual("phaseCalibration, powerOffset and currentRanges: a BL0942 takes none",
            line.FirstProblem(new BoardSettings { PowerOffset = 1 }));
        Assert.AreEqual("a gain of a BL0942 must be 3355444 to 5033164 (4194304 = 1.0)",
            line.FirstProblem(new BoardSettings { PowerGain = 5_033_165 }));
        Assert.AreEqual("a gain of a CSE7766 or HLW8032 must be 3355444 to 5033164 (4194304 = 1.0)",
            talker.FirstProblem(new BoardSettings { VoltageGain = 3_355_443 }));
        Assert.IsTrue(talker.FirstProblem(new BoardSettings { CurrentInverted = true }) != null);
        BoardSettings ends = new BoardSettings { VoltageGain = 3_355_444, PowerGain = 5_033_164 };
        Assert.IsTrue(line.FirstProblem(ends) == null && talker.FirstProblem(ends) == null);
        Assert.IsTrue(three.FirstProblem(ends) == null && registers.FirstProblem(ends) == null);
        Assert.IsTrue(new Ina219Maker(new Ina219Twin(100_000)).FirstProblem(ends) == null);
    }

    [TestMethod]
    public void TheRegistersOfAThreePhaseChipHoldTheSettingsForEachPhase()
    {
        Atm90e32MapBus bus = new Atm90e32MapBus();
        IPowerSensor sensor = new Atm90e32Maker(new IRegisterBus[] { bus }).Make(new BoardSettings
        {
            VoltageGain = 0x48_0080,
            CurrentGain = 0x38_0080,
            PowerGain = 0x3F_FF80,
            PhaseCalibration = -3,
            PowerOffset = -2,
        });
        for (int ms = 0; ms <= 60; ms += 10)
        {
            sensor.TryRead(ms, _measurement);
        }

        foreach (string written in new string[] { "61 90 01", "65 90 01", "69 90 01", "62 70 01",
            "66 70 01", "6A 70 01",
            "47 FF FF", "49 FF FF", "4B FF FF", "48 80 03", "4A 80 03", "4C 80 03", "41 FF FE", "43 FF FE",
            "45 FF FE" })
        {
            Assert.IsTrue(bus.Written.Contains("00 " + written + ";"), written + " in " + bus.Written);
        }
    }

    [TestMethod]
    public void ANameThatAnOldReleaseTookIsTakenAndTheBoardsOwnChipStands()
    {
        Ade7953Twin twin = new Ade7953Twin();
        SensorTable sensors = new SensorTable();
        sensors.Add("ade7953", new Ade7953Maker(twin));
        sensors.AddIgnored("ina219");
        BoardSettings old = new BoardSettings { Device = "site-1", Sensor = "ina219", BrokerHost = "" };
        Assert.IsTrue(old.FirstProblem(sensors) == null, "the rest of the file is not lost");
        Assert.IsTrue(sensors.Ignores("ina219") && !sensors.Ignores("ade7953"));
        Assert.IsTrue(sensors.Make(old).CountsEnergy, "an ADE7953 counts energy, an INA219 does not");
        old.PhaseCalibration = 384;
        Assert.AreEqual("phaseCalibration must be -383 to 383", old.FirstProblem(sensors));
        old.Sensor = "ina220";
        Assert.AreEqual("sensor must be one of ade7953: this board carries no other", old.FirstProblem(sensors));
    }

    [TestMethod]
    public void ValuesOutOfRangeAreOneErrorThatSaysWhatWasExpected()
    {
        SensorTable sensors = new SensorTable();
        sensors.Add("ade7953", new Ade7953Maker(new Ade7953Twin()));
        Assert.IsTrue(new BoardSettings().FirstProblem(sensors) == null);
        AssertProblem("device must be", new BoardSettings { Device = "a b" }, sensors);
        AssertProblem("intervalMinutes must", new BoardSettings { IntervalMinutes = 7 }, sensors);
        AssertProblem("instantSeconds must", new BoardSettings { BrokerPort = 0 }, sensors);
        AssertProblem("brokerAuthorityFile is missing", new BoardSettings { BrokerHost = "a.example" }, sensors);
        AssertProblem("timeServer and", new BoardSettings { SecondTimeServer = "ntp.aliyun.com" }, sensors);
        AssertProblem("brokerCertificateFile and", new BoardSettings { SiteKeyFile = "I:\\k" }, sensors);
        AssertProblem("brokerHost must",
            new BoardSettings { BrokerHost = "a b", BrokerPlainText = true }, sensors);
        AssertProblem("brokerPassword is", new BoardSettings { BrokerPassword = "\"" }, sensors);
        AssertProblem("a gain must", new BoardSettings { CurrentGain = 2_097_151 }, sensors);
        AssertProblem("currentRanges: ", new BoardSettings { CurrentRanges = "?" }, sensors);
    }

    [TestMethod]
    public void ACommissioningBeyondTheHeapIsRefusedWithItsSum()
    {
        HeapBudget heap = new HeapBudget(100);
        heap.Add("site controller", 1, 40);
        heap.Add("members", 6, 10);
        Assert.IsTrue(heap.FindProblem() == null, "100 of 100");
        heap.Add("lines", 1, 1);
        Assert.AreEqual(
            "1 site controller of 40 + 6 members of 10 + 1 lines of 1 = 101 bytes of heap; this board has 100",
            heap.FindProblem());
        HeapBudget any = new HeapBudget(0);
        any.Add("members", 1_000_000, 10_000);
        Assert.IsTrue(any.FindProblem() == null, "a board whose heap is not stated");
    }

    /// <summary>What changes how the meter measures changes the mark; names of networks do not.</summary>
    [TestMethod]
    public void TheMarkOfTheMetrologyIsThatOfItsOwnSettings()
    {
        int mark = new BoardSettings { Sensor = "ade7953" }.MetrologyMark();
        Assert.AreEqual(mark, new BoardSettings { Sensor = "ade7953", Ssid = "x" }.MetrologyMark());
        Assert.IsTrue(mark != new BoardSettings { Sensor = "ade7953", PowerGain = 4_194_305 }.MetrologyMark());
        Assert.IsTrue(mark != new BoardSettings { Sensor = "bl0942" }.MetrologyMark());
    }

    private static void AssertProblem(string start, BoardSettings settings, SensorTable sensors)
    {
        string problem = settings.FirstProblem(sensors);
        Assert.IsTrue(problem != null && problem.StartsWith(start), problem);
    }

    private static void AssertTenthMore(int plain, int more, string name)
    {
        int error = more * 10 - plain * 11;
        error = error < 0 ? -error : error;
        Assert.IsTrue(plain > 0 && error <= plain / 500 + 30, name + ": " + plain + " became " + more);
    }

    private static void ReadAt230Volts(int chip, BoardSettings settings, out int volts, out int milliamps,
        out int watts)
    {
        Atm90e32Twin three = new Atm90e32Twin();
        Bl0942Twin line = new Bl0942Twin();
        Bl0942Twin spi = new Bl0942Twin();
        Cse7766Twin talker = new Cse7766Twin();
        ISensorMaker maker = chip == 0 ? new Atm90e32Maker(new IRegisterBus[] { three })
            : chip == 1 ? new Bl0942Maker((ISerialLine)line)
            : chip == 2 ? new Bl0942Maker(new IRegisterBus[] { spi })
            : new Cse7766Maker(talker, false);
        IPowerSensor sensor = maker.Make(settings);
        three.SetLoad(0, 230_000, 5_000, 1_000_000, 0);
        line.SetLoad(230_000, 5_000, 1_000_000, 50_000);
        spi.SetLoad(230_000, 5_000, 1_000_000, 50_000);
        talker.SetLoad(230_000, 5_000, 1_000_000);
        for (int ms = 0; ms <= 6_000; ms += 20)
        {
            three.Advance(20);
            line.Advance(20);
            spi.Advance(20);
            talker.Advance(20);
            sensor.TryRead(ms, _measurement);
        }

        volts = _measurement.VoltageMillivolts[0] / 1000;
        milliamps = _measurement.CurrentMilliamps[0];
        watts = _measurement.ActivePowerMilliwatts[0] / 1000;
    }
}
