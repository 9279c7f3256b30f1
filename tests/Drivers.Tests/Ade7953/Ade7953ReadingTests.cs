using MeterFirmware.Drivers.Ade7953;
using MeterFirmware.Drivers.Twins;
using MeterFirmware.Hardware;
using nanoFramework.TestFramework;

namespace MeterFirmware.Drivers.Tests.Ade7953;

[TestClass]
public class Ade7953ReadingTests
{
    [TestMethod]
    public void FirstReadingComesNotBeforeTheChipsPowerUpTime()
    {
        Ade7953Bench bench = new Ade7953Bench();
        Assert.IsFalse(bench.TryTick(0));
        Assert.AreEqual(0, bench.Sensor.Faults, "starting up is no fault");
        Assert.AreEqual(0L, bench.Twin.Transfers, "nothing may be sent within 100 ms of power-up");
        Assert.IsFalse(bench.TryTick(99));
        Assert.AreEqual(0L, bench.Twin.Transfers);
        Assert.IsTrue(bench.TryTick(1));
        Assert.AreEqual(0, bench.Sensor.Faults);
    }

    [TestMethod]
    public void ConfigurationIsWhatTheDataSheetAsksFor()
    {
        Ade7953Settings settings = new Ade7953Settings();
        settings.PhaseCalibration = -200;
        settings.ActivePowerGain = 0x41_0000;
        Ade7953Bench bench = new Ade7953Bench(settings);
        bench.Start();
        Assert.AreEqual(0x0030, bench.Twin.Peek(0x120), "0xAD to 0x0FE, then 0x0030 to 0x120");
        Assert.AreEqual(0x00, bench.Twin.Peek(0x004), "bit 6 = 0: no read with reset");
        Assert.AreEqual(0x0004, bench.Twin.Peek(0x102), "interface locked, high-pass filters on");
        Assert.AreEqual(0x2C8, bench.Twin.Peek(0x108), "sign and magnitude: 0x200 + 200");
        Assert.AreEqual(0x41_0000, bench.Twin.Peek(0x382));
        Assert.AreEqual(0x40_0000, bench.Twin.Peek(0x38E), "the other channel is left alone");
    }

    [TestMethod]
    public void ScalesAreThoseOfTheOpenBoards()
    {
        // facts/metering-chips.md: V/26000, I/100000, P/154.
        Ade7953Bench bench = new Ade7953Bench();
        bench.Start();
        bench.Twin.SetLoad(230_000, 4_347, 850_000, 526_000, 50_000);
        Assert.IsTrue(bench.TryTick(1000));
        Measurement m = bench.Measurement;
        Assert.AreEqual(1, m.PhaseCount);
        Assert.AreEqual(230_000, m.VoltageMillivolts[0]);
        Assert.AreEqual(4_347, m.CurrentMilliamps[0]);
        Assert.AreEqual(850_000, m.ActivePowerMilliwatts[0]);
        Assert.AreEqual(526_000, m.ReactivePowerMillivars[0]);
        AssertNear(999_810, m.ApparentPowerMillivoltamperes[0], 4);
        AssertNear(8_501, m.PowerFactorTenThousandths[0], 1);
        AssertNear(50_000, m.FrequencyMillihertz, 6);
        Assert.IsTrue(m.HasEnergy);
    }

    [TestMethod]
    [DataRow(49_500)]
    [DataRow(50_000)]
    [DataRow(50_200)]
    [DataRow(60_000)]
    public void FrequencyIsTheClockDividedByThePeriodPlusOne(int millihertz)
    {
        Ade7953Bench bench = new Ade7953Bench();
        bench.Start();
        bench.Twin.SetLoad(230_000, 0, 0, 0, millihertz);
        Assert.IsTrue(bench.TryTick(1000));

        // One period count is 11 mHz at 50 Hz and 16 mHz at 60 Hz; half of it is the error of a rounded period.
        AssertNear(millihertz, bench.Measurement.FrequencyMillihertz, 9);
    }

    [TestMethod]
    public void FrequencyIsUnknownWithoutMains()
    {
        Ade7953Bench bench = new Ade7953Bench();
        bench.Start();
        Assert.IsTrue(bench.TryTick(1000));
        Assert.AreEqual(0, bench.Measurement.FrequencyMillihertz);
        Assert.AreEqual(0, bench.Measurement.VoltageMillivolts[0]);
    }

    [TestMethod]
    public void CapacitiveExportKeepsBothSigns()
    {
        Ade7953Bench bench = new Ade7953Bench();
        bench.Start();
        bench.Twin.SetLoad(230_000, 10_000, -2_000_000, -1_000_000, 50_000);
        Assert.IsTrue(bench.TryTick(1000));
        Assert.AreEqual(-2_000_000, bench.Measurement.ActivePowerMilliwatts[0]);
        Assert.AreEqual(-1_000_000, bench.Measurement.ReactivePowerMillivars[0]);
        Assert.AreEqual(10_000, bench.Measurement.CurrentMilliamps[0]);
    }

    [TestMethod]
    public void ATransformerMountedTheOtherWayRoundIsTurnedInSoftware()
    {
        Ade7953Settings settings = new Ade7953Settings();
        settings.IsCurrentInverted = true;
        Ade7953Bench bench = new Ade7953Bench(settings);
        bench.Start();
        bench.Twin.SetLoad(230_000, 5_000, -1_100_000, -77_000, 50_000);
        Assert.IsTrue(bench.TryTick(10_000));
        Assert.AreEqual(1_100_000, bench.Measurement.ActivePowerMilliwatts[0]);
        Assert.AreEqual(77_000, bench.Measurement.ReactivePowerMillivars[0]);
        Assert.IsTrue(bench.ImportMicrojoules > 10_999_800_000L && bench.ImportMicrojoules <= 11_000_000_000L);
        Assert.AreEqual(0L, bench.ExportMicrojoules);
        Assert.IsTrue(bench.ReactiveMicrovarSeconds > 0);
    }

    [TestMethod]
    public void ChannelBCanBePhaseZero()
    {
        Ade7953Settings settings = new Ade7953Settings();
        settings.Channel = Ade7953Channel.B;
        settings.CurrentGain = 0x40_0001;
        Ade7953Bench bench = new Ade7953Bench(settings);
        bench.Start();
        bench.Twin.SetLoad(230_000, 1_000, 100_000, 0, 50_000);
        bench.Twin.SetChannel(Ade7953Twin.ChannelB, 3_000, 650_000, 0);
        Assert.IsTrue(bench.TryTick(1000));
        Assert.AreEqual(3_000, bench.Measurement.CurrentMilliamps[0]);
        AssertNear(650_000, bench.Measurement.ActivePowerMilliwatts[0], 4);
        Assert.AreEqual(0x40_0001, bench.Twin.Peek(0x38C));
        Assert.IsTrue(bench.ImportMicrojoules > 649_800_000L);
    }

    [TestMethod]
    public void SpiNamesTheDirectionInAThirdByte()
    {
        Ade7953Settings settings = new Ade7953Settings();
        settings.IsSpi = true;
        Ade7953Bench bench = new Ade7953Bench(settings);
        bench.Start();
        bench.Twin.SetLoad(231_000, 1_000, 200_000, 0, 50_000);
        Assert.IsTrue(bench.TryTick(1000));
        Assert.AreEqual(231_000, bench.Measurement.VoltageMillivolts[0]);
    }

    [TestMethod]
    public void GainCorrectsAnErrorOfTheBoard()
    {
        Ade7953Settings settings = new Ade7953Settings();
        Ade7953Bench bench = new Ade7953Bench(settings);
        bench.Start();
        bench.Twin.CurrentErrorMillionths = 30_000;
        bench.Twin.SetLoad(230_000, 10_000, 2_300_000, 0, 50_000);
        Assert.IsTrue(bench.TryTick(1000));
        int reading = bench.Measurement.ActivePowerMilliwatts[0];
        AssertNear(2_369_000, reading, 10);

        // facts/metering-chips.md: gain_new = gain × reference / reading.
        Assert.IsTrue(Ade7953Calibration.TryGain(
            settings.ActivePowerGain, 2_300_000, reading, out int gain));
        settings.ActivePowerGain = gain;
        Ade7953Bench calibrated = new Ade7953Bench(settings);
        calibrated.Start();
        calibrated.Twin.CurrentErrorMillionths = 30_000;
        calibrated.Twin.SetLoad(230_000, 10_000, 2_300_000, 0, 50_000);
        Assert.IsTrue(calibrated.TryTick(60_000));
        AssertNear(2_300_000, calibrated.Measurement.ActivePowerMilliwatts[0], 10);

        // 138 kJ to better than 10 ppm: the gain acts on the energy as well.
        AssertNear(138_000_000, (int)(calibrated.ImportMicrojoules / 1000), 1_400);
    }

    [TestMethod]
    public void AGainOutsideOfTheChipsRangeIsClampedAndRefused()
    {
        Assert.IsFalse(Ade7953Calibration.TryGain(0x40_0000, 2_000, 1_000, out int gain));
        Assert.AreEqual(0x60_0000, gain);
        Assert.IsFalse(Ade7953Calibration.TryGain(0x40_0000, 1_000, 4_000, out gain));
        Assert.AreEqual(0x20_0000, gain);
        Assert.IsFalse(Ade7953Calibration.TryGain(0x40_0000, 1_000, 0, out gain));
        Assert.AreEqual(0x40_0000, gain);
        Assert.IsTrue(Ade7953Calibration.TryGain(0x40_0000, 26_000, 10_000 * 26 / 10, out gain));
        Assert.AreEqual(0x40_0000, gain);
    }

    [TestMethod]
    public void PhaseCalibrationTakesOutAPhaseError()
    {
        // 200 steps of 1.117 µs at 50 Hz are 4.02°: at power factor 0.5 an error of 12 %.
        Ade7953Settings settings = new Ade7953Settings();
        settings.PhaseCalibration = -200;
        Ade7953Bench bench = new Ade7953Bench(settings);
        bench.Start();
        bench.Twin.PhaseErrorMicroradians = 70_180;
        bench.Twin.SetLoad(230_000, 10_000, 1_150_000, 1_991_858, 50_000);
        Assert.IsTrue(bench.TryTick(1000));
        AssertNear(1_150_000, bench.Measurement.ActivePowerMilliwatts[0], 10);
    }

    [TestMethod]
    public void AConfigurationThatCannotBeIsRefused()
    {
        Ade7953Settings settings = new Ade7953Settings();
        settings.PhaseCalibration = 384;
        Assert.ThrowsException(typeof(System.Exception), () => settings.Validate());
        settings.PhaseCalibration = -383;
        settings.Validate();
        settings.CurrentGain = 0x1F_FFFF;
        Assert.ThrowsException(typeof(System.Exception), () => settings.Validate());
    }

    private static void AssertNear(int expected, int actual, int tolerance) =>
        Assert.IsTrue(
            actual >= expected - tolerance && actual <= expected + tolerance,
            "expected " + expected + ", got " + actual);
}
