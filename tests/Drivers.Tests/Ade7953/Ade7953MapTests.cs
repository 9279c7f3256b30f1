using MeterFirmware.Drivers.Ade7953;
using MeterFirmware.Hardware;
using nanoFramework.TestFramework;

namespace MeterFirmware.Drivers.Tests.Ade7953;

/// <summary>The register map as the data sheet has it, for both channels and on both buses.</summary>
[TestClass]
public class Ade7953MapTests
{
    [TestMethod]
    [DataRow(false, false)]
    [DataRow(false, true)]
    [DataRow(true, false)]
    [DataRow(true, true)]
    public void EveryRegisterIsReadAtItsPlaceInTheTable(bool isB, bool isSpi)
    {
        Ade7953MapBus bus = new Ade7953MapBus(isSpi);
        Ade7953PowerSensor sensor = new Ade7953PowerSensor(bus, Settings(isB, isSpi));
        Measurement measurement = new Measurement();
        Assert.IsFalse(sensor.TryRead(0, measurement));
        Assert.IsTrue(sensor.TryRead(100, measurement), "faults " + sensor.Faults);
        bus.Round = 1;
        Assert.IsTrue(sensor.TryRead(1_100, measurement), "faults " + sensor.Faults);
        Assert.AreEqual(230_000, measurement.VoltageMillivolts[0]);
        Assert.AreEqual(isB ? 6_002 : 5_001, measurement.CurrentMilliamps[0]);
        Assert.AreEqual(isB ? -1_300_000 : 1_000_000, measurement.ActivePowerMilliwatts[0]);
        Assert.AreEqual(isB ? 200_000 : 100_000, measurement.ReactivePowerMillivars[0]);
        Assert.AreEqual(isB ? 1_400_000 : 1_150_000, measurement.ApparentPowerMillivoltamperes[0]);
        Assert.AreEqual(isB ? -7_500 : 8_700, measurement.PowerFactorTenThousandths[0]);
        Assert.AreEqual(50_000, measurement.FrequencyMillihertz);

        // 152 605.285 µJ a count.
        Assert.AreEqual(isB ? 0L : 1_526_052L, measurement.ImportMicrojoules[0]);
        Assert.AreEqual(isB ? 3_052_105L : 0L, measurement.ExportMicrojoules[0]);
        Assert.AreEqual(isB ? 763_026L : 457_815L, measurement.ReactiveMicrovarSeconds[0]);
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void TheConfigurationIsWrittenAsTheDataSheetWritesIt(bool isB)
    {
        Ade7953MapBus bus = new Ade7953MapBus(false);
        Ade7953PowerSensor sensor = new Ade7953PowerSensor(bus, Settings(isB, false));
        Measurement measurement = new Measurement();
        sensor.TryRead(0, measurement);
        sensor.TryRead(100, measurement);
        string head = "00 FE AD; 01 20 00 30; 01 02 00 04; 00 04 00; 00 01 07; 03 03 00 00 E4 19; 03 04 00 00 E4 19; "
            + "00 01 00; 03 01 00 00 00 00; 00 07 01; ";
        string own = isB
            ? "00 09 02; 01 09 02 C8; 03 81 00 40 00 01; 03 8C 00 40 00 02; 03 8E 00 40 00 03; 03 8F 00 40 00 04; "
                + "03 90 00 40 00 05; 03 88 00 00 00 11; 03 92 00 00 00 22; 03 95 00 00 00 33; 03 96 FF FF FF BC; "
            : "00 08 02; 01 08 02 C8; 03 81 00 40 00 01; 03 80 00 40 00 02; 03 82 00 40 00 03; 03 83 00 40 00 04; "
                + "03 84 00 40 00 05; 03 88 00 00 00 11; 03 86 00 00 00 22; 03 89 00 00 00 33; 03 8A FF FF FF BC; ";
        Assert.AreEqual(head + own, bus.Written);
    }

    private static Ade7953Settings Settings(bool isB, bool isSpi) => new Ade7953Settings
    {
        Channel = isB ? Ade7953Channel.B : Ade7953Channel.A,
        IsSpi = isSpi,
        FrozenMsMax = 0,
        NoLoadMilliwatts = Ade7953Settings.NoLoadOfChip,
        VoltageAmplifier = 1,
        CurrentAmplifier = 2,
        PhaseCalibration = -200,
        VoltageGain = 0x40_0001,
        CurrentGain = 0x40_0002,
        ActivePowerGain = 0x40_0003,
        ReactivePowerGain = 0x40_0004,
        ApparentPowerGain = 0x40_0005,
        VoltageRmsOffset = 0x11,
        CurrentRmsOffset = 0x22,
        ActivePowerOffset = 0x33,
        ReactivePowerOffset = -0x44,
    };
}
