using MeterFirmware.Drivers.Ade7953;
using MeterFirmware.Drivers.PhaseGroup;
using MeterFirmware.Drivers.Twins;
using MeterFirmware.Hardware;

namespace MeterFirmware.Drivers.Tests.PhaseGroup;

/// <summary>Three ADE7953 on SPI with 1 kW, 2 kW import and 3 kW export.</summary>
internal sealed class PhaseGroupBench
{
    private readonly long[] _importMicrojoules = new long[3];
    private long _nowMs;

    public PhaseGroupBench()
    {
        IPowerSensor[] sensors = new IPowerSensor[3];
        for (int phase = 0; phase < 3; phase++)
        {
            Twins[phase] = new Ade7953Twin(true);
            sensors[phase] = new Ade7953PowerSensor(Twins[phase], new Ade7953Settings { IsSpi = true });
        }

        Sensor = new PhaseGroupPowerSensor(sensors);
        TryTick(0);
        TryTick(100);
        Twins[0].SetLoad(230_000, 4_348, 1_000_000, 0, 50_000);
        Twins[1].SetLoad(231_000, 8_658, 2_000_000, 0, 50_000);
        Twins[2].SetLoad(232_000, 12_931, -3_000_000, 0, 50_000);
    }

    public Ade7953Twin[] Twins { get; } = new Ade7953Twin[3];

    public PhaseGroupPowerSensor Sensor { get; }

    public Measurement Measurement { get; } = new Measurement();

    public long ImportOf(int phase) => _importMicrojoules[phase];

    public void Clear()
    {
        for (int phase = 0; phase < 3; phase++)
        {
            _importMicrojoules[phase] = 0;
        }
    }

    public bool TryTick(long milliseconds)
    {
        for (int phase = 0; phase < 3; phase++)
        {
            Twins[phase].Advance(milliseconds);
        }

        _nowMs += milliseconds;
        bool isRead = Sensor.TryRead(_nowMs, Measurement);
        for (int phase = 0; isRead && phase < 3; phase++)
        {
            _importMicrojoules[phase] += Measurement.ImportMicrojoules[phase];
        }

        return isRead;
    }
}
