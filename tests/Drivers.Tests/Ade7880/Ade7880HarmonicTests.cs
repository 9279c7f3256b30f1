using MeterFirmware.Drivers.Ade7880;
using MeterFirmware.Drivers.Twins;
using MeterFirmware.Hardware;
using nanoFramework.TestFramework;

namespace MeterFirmware.Drivers.Tests.Ade7880;

[TestClass]
public class Ade7880HarmonicTests
{
    private static readonly Measurement _measurement = new Measurement();

    [TestMethod]
    public void TheHarmonicEngineIsReadAtItsPlaceAndTurnedFromPhaseToPhase()
    {
        Ade7880MapBus bus = new Ade7880MapBus(false);
        Ade7880PowerSensor sensor = new Ade7880PowerSensor(bus, new Ade7880Settings { FrozenMsMax = 0 });
        Assert.IsFalse(sensor.Harmonics.Poll(0));
        for (int ms = 0; ms <= 100; ms += 50)
        {
            sensor.TryRead(ms, _measurement);
        }

        int before = bus.Written.Length;
        Assert.IsFalse(sensor.Harmonics.Poll(100));
        Assert.IsFalse(sensor.Harmonics.Poll(1_099));
        Assert.IsFalse(sensor.Harmonics.TryReadDistortion(0, out int voltage, out int current));
        for (int i = 1; i <= 3; i++)
        {
            Assert.IsTrue(sensor.Harmonics.Poll(100 + 1_000 * i));
        }

        Assert.AreEqual("E9 00 00 08; E9 00 01 0A; E9 00 02 0C; E9 00 00 08; ", bus.Written.Substring(before));
        Assert.IsTrue(sensor.Harmonics.TryReadDistortion(2, out voltage, out current));
        Assert.AreEqual(500, voltage);
        Assert.AreEqual(1_000, current);
        int[] voltages = { 300, 200, 100 };
        int[] currents = { 600, 400, 150 };
        for (int i = 0; i < 3; i++)
        {
            Assert.IsTrue(sensor.Harmonics.TryReadHarmonic(1, i, out voltage, out current));
            Assert.AreEqual(voltages[i], voltage);
            Assert.AreEqual(currents[i], current);
        }
    }

    [TestMethod]
    public void HarmonicsAreThoseOfEachPhase()
    {
        Ade7880Twin twin = new Ade7880Twin(false);
        Ade7880PowerSensor sensor = new Ade7880PowerSensor(twin, new Ade7880Settings());
        for (int phase = 0; phase < 3; phase++)
        {
            twin.SetLoad(phase, 230_000, 0, 0, 0);
        }

        twin.SetHarmonic(0, 3, 30_000, 100_000);
        twin.SetHarmonic(0, 4, 40_000, 0);
        twin.SetHarmonic(2, 7, 12_500, 0);
        int fresh = 0;
        long nowMs = 0;
        for (; nowMs < 4_000; nowMs += 100)
        {
            twin.Advance(100);
            sensor.TryRead(nowMs, _measurement);
            fresh += sensor.Harmonics.Poll(nowMs) ? 1 : 0;
        }

        Assert.AreEqual(0, sensor.Faults);
        Assert.AreEqual(3, fresh);
        Assert.IsTrue(sensor.Harmonics.TryReadDistortion(0, out int voltage, out int current));
        Assert.AreEqual(500, voltage);
        Assert.AreEqual(1_000, current);
        Assert.IsTrue(sensor.Harmonics.TryReadDistortion(1, out voltage, out current));
        Assert.AreEqual(0, voltage + current);
        Assert.IsTrue(sensor.Harmonics.TryReadHarmonic(2, 2, out voltage, out current));
        Assert.AreEqual(125, voltage);
        twin.Reset();
        twin.Advance(100);
        sensor.TryRead(nowMs, _measurement);
        Assert.IsFalse(sensor.Harmonics.TryReadDistortion(0, out voltage, out current), "of the chip that is gone");
    }
}
