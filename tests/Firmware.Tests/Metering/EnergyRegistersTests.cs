using MeterFirmware.Basics;
using MeterFirmware.Metering;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Metering;

[TestClass]
public class EnergyRegistersTests
{
    private const long OneWattHour = Scaling.MicrojoulesPerWattHour;

    [TestMethod]
    public void TruncationNeverLosesEnergy()
    {
        // A third of a Wh, rounded up by one µJ the third time: a hundred thousand times one Wh.
        EnergyRegisters registers = new EnergyRegisters(2);
        for (int i = 0; i < 100_000; i++)
        {
            registers.AddTotal(EnergyKind.Import, 0, OneWattHour / 3 - 1);
            registers.AddTotal(EnergyKind.Import, 1, OneWattHour / 3 + 1);
            registers.AddTotal(EnergyKind.Import, 0, OneWattHour / 3);
        }

        Assert.AreEqual(100_000L, registers.TotalWattHours(EnergyKind.Import));
        Assert.AreEqual(0L, registers.TotalRemainder(EnergyKind.Import));
        long rates = registers.RateWattHours(EnergyKind.Import, 0) + registers.RateWattHours(EnergyKind.Import, 1);
        long rest = registers.RateRemainder(EnergyKind.Import, 0) + registers.RateRemainder(EnergyKind.Import, 1);
        Assert.AreEqual(100_000L * OneWattHour, rates * OneWattHour + rest);
    }

    [TestMethod]
    public void RegisterGoesOnWhereTheDisplayWraps()
    {
        // 999 999.99 kWh on the display, then a kWh more: the display starts again, the register does not.
        EnergyRegisters registers = new EnergyRegisters(1);
        for (int i = 0; i < 1000; i++)
        {
            registers.AddTotal(EnergyKind.Import, 0, 1_000_000 * OneWattHour);
        }

        Assert.AreEqual(1_000_000_000L, registers.TotalWattHours(EnergyKind.Import));
        Assert.AreEqual(0L, EnergyRegisters.DisplayHundredths(registers.TotalWattHours(EnergyKind.Import)));
        registers.AddTotal(EnergyKind.Import, 0, 1234 * OneWattHour);
        Assert.AreEqual(123L, EnergyRegisters.DisplayHundredths(registers.TotalWattHours(EnergyKind.Import)));
        Assert.AreEqual(1_000_001_234L, registers.RateWattHours(EnergyKind.Import, 0));
    }

    [TestMethod]
    public void KindsPhasesAndRatesAreKeptApart()
    {
        EnergyRegisters registers = new EnergyRegisters(3);
        registers.AddTotal(EnergyKind.Export, 2, 5 * OneWattHour);
        registers.AddPhase(EnergyKind.Export, 1, 7 * OneWattHour);
        Assert.AreEqual(5L, registers.TotalWattHours(EnergyKind.Export));
        Assert.AreEqual(5L, registers.RateWattHours(EnergyKind.Export, 2));
        Assert.AreEqual(7L, registers.PhaseWattHours(EnergyKind.Export, 1));
        Assert.AreEqual(0L, registers.TotalWattHours(EnergyKind.Import));
        Assert.AreEqual(0L, registers.RateWattHours(EnergyKind.Export, 0));
        Assert.AreEqual(0L, registers.PhaseWattHours(EnergyKind.Export, 0));
    }

    [TestMethod]
    public void SavedRegistersComeBackWhole()
    {
        EnergyRegisters registers = new EnergyRegisters(2);
        registers.AddTotal(EnergyKind.ReactiveQuadrant3, 1, 123_456_789_012_345);
        registers.AddPhase(EnergyKind.Import, 2, 42);
        byte[] bytes = new byte[registers.SavedBytes];
        Assert.AreEqual(bytes.Length, registers.Save(bytes, 0));
        EnergyRegisters other = new EnergyRegisters(2);
        other.Load(bytes, 0, other.RateCount);
        Assert.AreEqual(registers.TotalWattHours(EnergyKind.ReactiveQuadrant3),
            other.TotalWattHours(EnergyKind.ReactiveQuadrant3));
        Assert.AreEqual(registers.TotalRemainder(EnergyKind.ReactiveQuadrant3),
            other.TotalRemainder(EnergyKind.ReactiveQuadrant3));
        Assert.AreEqual(42L, other.PhaseRemainder(EnergyKind.Import, 2));
    }

    [TestMethod]
    [DataRow(false, false, EnergyKind.ReactiveQuadrant1)]
    [DataRow(true, false, EnergyKind.ReactiveQuadrant2)]
    [DataRow(true, true, EnergyKind.ReactiveQuadrant3)]
    [DataRow(false, true, EnergyKind.ReactiveQuadrant4)]
    public void QuadrantFollowsTheSignsAsInIec62053Part23(bool export, bool negative, int kind)
    {
        Assert.AreEqual(kind, EnergyKind.OfQuadrant(export, negative));
    }
}
