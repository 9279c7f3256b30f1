using MeterFirmware.EvCharger;
using MeterFirmware.Hardware;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.EvCharger;

[TestClass]
public class EnergyTallyTests
{
    [TestMethod]
    public void NoneOfACountersDifferencesIsLost()
    {
        EnergyTally tally = new EnergyTally(3);
        Measurement reading = new Measurement { PhaseCount = 3, HasEnergy = true };
        for (int i = 1; i <= 10; i++)
        {
            reading.ImportMicrojoules[0] = i;
            reading.ExportMicrojoules[1] = 2 * i;
            reading.ReactiveMicrovarSeconds[2] = -i;
            tally.Add(reading, 10 * i);
        }

        Measurement sum = tally.Take(reading);
        Assert.IsTrue(sum.HasEnergy);
        Assert.AreEqual(55L, sum.ImportMicrojoules[0]);
        Assert.AreEqual(110L, sum.ExportMicrojoules[1]);
        Assert.AreEqual(-55L, sum.ReactiveMicrovarSeconds[2]);
        Assert.IsNull(tally.Take(reading), "taken is taken");
    }

    [TestMethod]
    public void PowerIsIntegratedAtTheRateAtWhichItIsRead()
    {
        EnergyTally tally = new EnergyTally(1);
        Measurement reading = new Measurement();
        tally.Add(reading, 1_000);
        for (int i = 1; i <= 10; i++)
        {
            reading.ActivePowerMilliwatts[0] = i <= 5 ? 1_000_000 : -400_000;
            reading.ReactivePowerMillivars[0] = 100;
            tally.Add(reading, 1_000 + 10 * i);
        }

        Measurement sum = tally.Take(reading);
        Assert.AreEqual(50_000_000L, sum.ImportMicrojoules[0], "50 ms of 1 kW");
        Assert.AreEqual(20_000_000L, sum.ExportMicrojoules[0]);
        Assert.AreEqual(10_000L, sum.ReactiveMicrovarSeconds[0]);
        Assert.AreEqual(-400_000, sum.ActivePowerMilliwatts[0], "the columns are the newest reading's");
    }

    [TestMethod]
    public void AReadingThatFailsLastLeavesItsValuesOut()
    {
        EnergyTally tally = new EnergyTally(1);
        Measurement reading = new Measurement { HasEnergy = true };
        reading.VoltageMillivolts[0] = 230_000;
        reading.ImportMicrojoules[0] = 5;
        tally.Add(reading, 10);
        Assert.IsNull(tally.Take(null), "no voltage is known yet");
        tally.Add(reading, 20);
        Assert.AreEqual(10L, tally.Take(reading).ImportMicrojoules[0], "the energy has waited");
        tally.Add(reading, 30);
        Measurement sum = tally.Take(null);
        Assert.AreEqual(5L, sum.ImportMicrojoules[0]);
        Assert.AreEqual(230_000, sum.VoltageMillivolts[0]);
        Assert.IsNull(tally.Take(null));
    }

    [TestMethod]
    public void AGapIsBridgedUnlessTheMeterLetItPass()
    {
        EnergyTally tally = new EnergyTally(1);
        Measurement reading = new Measurement();
        reading.ActivePowerMilliwatts[0] = 1_000;
        tally.Add(reading, 0);
        tally.Take(reading);
        tally.Add(reading, 500);
        Assert.AreEqual(500_000L, tally.Take(reading).ImportMicrojoules[0]);
        tally.Skip(10_000);
        tally.Add(reading, 10_010);
        Assert.AreEqual(10_000L, tally.Take(reading).ImportMicrojoules[0]);
    }
}
