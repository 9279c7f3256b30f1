using MeterFirmware.Drivers.Ina219;
using MeterFirmware.Drivers.Twins;
using MeterFirmware.Hardware;
using nanoFramework.TestFramework;

namespace MeterFirmware.Drivers.Tests.Ina219;

/// <summary>A sensor on its twin with one clock for both. An object per test and no fields in the test class: the
/// device's launcher calls tests without an instance.</summary>
internal sealed class Ina219Bench
{
    public Ina219Bench(Ina219Settings settings, int shuntMicroohms)
        : this(settings, shuntMicroohms, true)
    {
    }

    public Ina219Bench(Ina219Settings settings, int shuntMicroohms, bool isStarted)
    {
        Twin = new Ina219Twin(shuntMicroohms);
        Sensor = new Ina219PowerSensor(Twin, settings);
        if (isStarted)
        {
            TryTick(0);
            Assert.IsTrue(TryTick(200));
        }
    }

    public Ina219Twin Twin { get; }

    public Ina219PowerSensor Sensor { get; }

    public Measurement Measurement { get; } = new Measurement();

    public long NowMs { get; set; }

    public bool TryTick(long milliseconds)
    {
        Twin.Advance(milliseconds);
        NowMs += milliseconds;
        return Sensor.TryRead(NowMs, Measurement);
    }
}
