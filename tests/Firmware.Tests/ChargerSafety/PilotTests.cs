using MeterFirmware.ChargerSafety;
using MeterFirmware.ChargerSafety.Pilot;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.ChargerSafety;

[TestClass]
public class PilotTests
{
    [TestMethod]
    // IEC 61851-1 Table A.7: 6 to 51 A I / 0.6, above 51 A I / 2.5 + 64; 51 to 52.5 A has no code of its own.
    [DataRow(0, 10_000)]
    [DataRow(5_999, 10_000)]
    [DataRow(6_000, 1_000)]
    [DataRow(10_000, 1_667)]
    [DataRow(16_000, 2_667)]
    [DataRow(32_000, 5_333)]
    [DataRow(51_000, 8_500)]
    [DataRow(52_000, 8_500)]
    [DataRow(52_500, 8_500)]
    [DataRow(55_000, 8_600)]
    [DataRow(63_000, 8_920)]
    [DataRow(70_000, 9_200)]
    [DataRow(80_000, 9_600)]
    [DataRow(99_000, 9_600)]
    public void TheIecDutyFollowsTheTable(int milliamps, int dutyHundredths)
    {
        Assert.AreEqual(dutyHundredths, PilotDuty.FromMilliamps(ChargingStandard.Iec61851, milliamps));
    }

    [TestMethod]
    // IEC 61851-1 Table A.8, what a vehicle reads.
    [DataRow(200, 0)]
    [DataRow(500, 0)]
    [DataRow(750, 0)]
    [DataRow(800, 6_000)]
    [DataRow(999, 6_000)]
    [DataRow(1_000, 6_000)]
    [DataRow(8_500, 51_000)]
    [DataRow(8_600, 55_000)]
    [DataRow(9_600, 80_000)]
    [DataRow(9_700, 80_000)]
    [DataRow(9_701, 0)]
    [DataRow(10_000, 0)]
    public void TheIecCurrentFollowsTheTable(int dutyHundredths, int milliamps)
    {
        Assert.AreEqual(milliamps, PilotDuty.ToMilliamps(ChargingStandard.Iec61851, dutyHundredths));
    }

    [TestMethod]
    public void GbtEndsAtNinetyPercentAnd63Amps()
    {
        Assert.AreEqual(8_920, PilotDuty.FromMilliamps(ChargingStandard.Gbt18487, 80_000));
        Assert.AreEqual(63_000, PilotDuty.ToMilliamps(ChargingStandard.Gbt18487, 8_920));
        Assert.AreEqual(63_000, PilotDuty.ToMilliamps(ChargingStandard.Gbt18487, 9_000));
        Assert.AreEqual(0, PilotDuty.ToMilliamps(ChargingStandard.Gbt18487, 9_001));
        Assert.AreEqual(0, PilotDuty.ToMilliamps(ChargingStandard.Gbt18487, 900));
    }

    [TestMethod]
    [DataRow((int)ChargingStandard.Iec61851, PilotDuty.IecMilliampsMax)]
    [DataRow((int)ChargingStandard.Gbt18487, PilotDuty.GbtMilliampsMax)]
    public void EveryOfferComesBackWithinTheDutysResolution(int standard, int milliampsMax)
    {
        for (int milliamps = PilotDuty.OfferMilliampsMin; milliamps <= milliampsMax; milliamps++)
        {
            int duty = PilotDuty.FromMilliamps((ChargingStandard)standard, milliamps);
            int back = PilotDuty.ToMilliamps((ChargingStandard)standard, duty);
            Assert.IsTrue(back == 51_000 || milliamps <= 51_000 || milliamps > 52_500, milliamps.ToString());

            // 85.00 % is both lines' code, and a vehicle reads the lower one.
            int expected = duty == 8_500 && milliamps > 51_000 ? 51_000 : milliamps;

            // 0.01 % is 6 mA on the first line and 25 mA on the second.
            int difference = back > expected ? back - expected : expected - back;
            Assert.IsTrue(difference <= (milliamps < 52_500 ? 3 : 13), milliamps.ToString());
        }
    }

    [TestMethod]
    [DataRow(12_000, (int)PilotLevel.Volts12)]
    [DataRow(10_900, (int)PilotLevel.Volts12)]
    [DataRow(10_500, (int)PilotLevel.Between)]
    [DataRow(10_100, (int)PilotLevel.Volts9)]
    [DataRow(7_900, (int)PilotLevel.Volts9)]
    [DataRow(7_500, (int)PilotLevel.Between)]
    [DataRow(7_100, (int)PilotLevel.Volts6)]
    [DataRow(4_900, (int)PilotLevel.Volts6)]
    [DataRow(4_500, (int)PilotLevel.Between)]
    [DataRow(4_100, (int)PilotLevel.Volts3)]
    [DataRow(1_900, (int)PilotLevel.Volts3)]
    [DataRow(1_500, (int)PilotLevel.Between)]
    [DataRow(1_100, (int)PilotLevel.Volts0)]
    [DataRow(-1_000, (int)PilotLevel.Volts0)]
    [DataRow(-12_000, (int)PilotLevel.Negative)]
    public void IecLevelsReachOnePointOneVoltsAroundTheirNominal(int millivolts, int level)
    {
        Assert.AreEqual(level, (int)PilotBands.Classify(ChargingStandard.Iec61851, millivolts));
    }

    [TestMethod]
    [DataRow(11_000, (int)PilotLevel.Volts12)]
    [DataRow(10_999, (int)PilotLevel.Between)]
    [DataRow(10_001, (int)PilotLevel.Between)]
    [DataRow(10_000, (int)PilotLevel.Volts9)]
    [DataRow(8_000, (int)PilotLevel.Volts9)]
    [DataRow(7_999, (int)PilotLevel.Between)]
    [DataRow(7_000, (int)PilotLevel.Volts6)]
    [DataRow(4_000, (int)PilotLevel.Volts6)]
    [DataRow(3_999, (int)PilotLevel.Volts0)]
    [DataRow(3_000, (int)PilotLevel.Volts0)]
    [DataRow(1_000, (int)PilotLevel.Volts0)]
    [DataRow(-12_000, (int)PilotLevel.Negative)]
    public void GbtBandsHaveHistoryInTheGapsAndNoStateD(int millivolts, int level)
    {
        Assert.AreEqual(level, (int)PilotBands.Classify(ChargingStandard.Gbt18487, millivolts));
    }

    [TestMethod]
    // IEC 61851-1 Table B.2.
    [DataRow(1_500, 3, 13_000)]
    [DataRow(680, 3, 20_000)]
    [DataRow(220, 3, 32_000)]
    [DataRow(100, 3, 63_000)]
    [DataRow(100, 1, 70_000)]
    [DataRow(0, 3, 0)]
    [DataRow(int.MaxValue, 3, 0)]
    // Between two codes, and outside of all: the tolerance of each is far within.
    [DataRow(79, 3, 0)]
    [DataRow(80, 3, 63_000)]
    [DataRow(147, 3, 63_000)]
    [DataRow(148, 3, 32_000)]
    [DataRow(386, 3, 32_000)]
    [DataRow(387, 3, 20_000)]
    [DataRow(1_009, 3, 20_000)]
    [DataRow(1_010, 3, 13_000)]
    [DataRow(2_250, 3, 13_000)]
    [DataRow(2_251, 3, 0)]
    public void TheCablesResistorSaysWhatItBears(int ohms, int phaseCount, int milliamps)
    {
        bool isCoded = CableCoding.TryMilliamps(ChargingStandard.Iec61851, ohms, phaseCount, out int read);
        Assert.AreEqual(milliamps > 0, isCoded);
        Assert.AreEqual(milliamps, read);
    }

    [TestMethod]
    // GB/T 18487.1 CC coding (facts: one secondary source).
    [DataRow(1_500, 10_000)]
    [DataRow(680, 16_000)]
    [DataRow(220, 32_000)]
    [DataRow(100, 63_000)]
    [DataRow(3_000, 0)]
    public void TheGbtCodingIsItsOwn(int ohms, int milliamps)
    {
        CableCoding.TryMilliamps(ChargingStandard.Gbt18487, ohms, 1, out int read);
        Assert.AreEqual(milliamps, read);
    }
}
