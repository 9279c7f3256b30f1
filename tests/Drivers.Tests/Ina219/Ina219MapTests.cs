using MeterFirmware.Drivers.Ina219;
using MeterFirmware.Hardware;
using nanoFramework.TestFramework;

namespace MeterFirmware.Drivers.Tests.Ina219;

/// <summary>The register map as the data sheet has it.</summary>
[TestClass]
public class Ina219MapTests
{
    [TestMethod]
    public void EveryRegisterIsReadAtItsPlaceInTheTable()
    {
        // ±80 mV: no other register of the map reads as a shunt within it.
        Ina219Settings settings = new Ina219Settings
        {
            ShuntRange = 1,
            VoltageMillivoltsMax = 32_000,
            FrozenMsMax = 0,
        };
        Ina219MapBus bus = new Ina219MapBus();
        Ina219PowerSensor sensor = new Ina219PowerSensor(bus, settings);
        Measurement measurement = new Measurement();
        Assert.IsFalse(sensor.TryRead(0, measurement));
        Assert.AreEqual("00 2F FF; 05 10 00; ", bus.Written);

        // Twice: the power register only contradicts what two readings show.
        Assert.IsTrue(sensor.TryRead(200, measurement), "faults " + sensor.Faults);
        Assert.IsTrue(sensor.TryRead(1_200, measurement), "faults " + sensor.Faults);
        Assert.AreEqual(28_000, measurement.VoltageMillivolts[0]);
        Assert.AreEqual(550, measurement.CurrentMilliamps[0]);
        Assert.AreEqual(15_400, measurement.ActivePowerMilliwatts[0]);
        Assert.AreEqual("00 2F FF; 05 10 00; 05 10 00; 05 10 00; ", bus.Written);
    }
}
