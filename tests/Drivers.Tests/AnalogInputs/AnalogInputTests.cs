using MeterFirmware.Drivers.AnalogInputs;
using nanoFramework.TestFramework;

namespace MeterFirmware.Drivers.Tests.AnalogInputs;

[TestClass]
public class AnalogInputTests
{
    [TestMethod]
    [DataRow(3_720, 12_000)]
    [DataRow(1_860, 6_000)]
    [DataRow(2_790, 9_000)]
    [DataRow(930, 3_000)]
    [DataRow(0, 0)]
    [DataRow(1_861, 6_003)]
    public void TheHighPeakGoesThroughItsTwoPoints(int counts, int millivolts)
    {
        Assert.AreEqual(millivolts, new LinearInput(3_720, 12_000, 1_860, 6_000).Millivolts(counts));
    }

    [TestMethod]
    [DataRow(410, -12_000)]
    [DataRow(2_065, -6_000)]
    [DataRow(409, -12_004)]
    public void TheLowPeakMayRunTheOtherWay(int counts, int millivolts)
    {
        Assert.AreEqual(millivolts, new LinearInput(410, -12_000, 2_065, -6_000).Millivolts(counts));
    }

    [TestMethod]
    // 330 Ω to the reference: what a cable's resistor gives on 12 bits.
    [DataRow(952, 100)]
    [DataRow(1_638, 220)]
    [DataRow(2_757, 680)]
    [DataRow(3_357, 1_500)]
    [DataRow(0, 0)]
    [DataRow(4_095, int.MaxValue)]
    [DataRow(4_060, int.MaxValue)]
    public void TheDividerGivesTheCablesResistor(int counts, int ohms)
    {
        int read = Divider.Ohms(counts, 4_095, 330);
        int difference = read > ohms ? read - ohms : ohms - read;
        Assert.IsTrue(difference <= ohms / 100, read.ToString());
    }

    [TestMethod]
    [DataRow(10_000, 252)]
    [DataRow(2_083, 651)]
    [DataRow(1_712, 712)]
    [DataRow(33_621, 0)]
    [DataRow(401_860, -400)]
    [DataRow(317, 1_300)]
    public void TheThermistorIsWithinOneKelvin(int ohms, int tenths)
    {
        Assert.IsTrue(Thermistor.TryTenthsCelsius(ohms, out int read));
        int difference = read > tenths ? read - tenths : tenths - read;
        Assert.IsTrue(difference <= 10, read.ToString());
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(316)]
    [DataRow(401_861)]
    [DataRow(int.MaxValue)]
    public void AnOpenOrShortedThermistorIsNoTemperature(int ohms)
    {
        Assert.IsFalse(Thermistor.TryTenthsCelsius(ohms, out int _));
    }
}
