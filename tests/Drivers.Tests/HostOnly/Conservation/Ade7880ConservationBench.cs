using System;
using MeterFirmware.Drivers.Ade7880;
using MeterFirmware.Drivers.Twins;
using MeterFirmware.Hardware;

namespace MeterFirmware.Drivers.Tests.HostOnly.Conservation;

internal sealed class Ade7880ConservationBench : ConservationBench
{
    private readonly Ade7880Twin _twin;
    private readonly Ade7880PowerSensor _sensor;

    private readonly bool _isSpi;

    public Ade7880ConservationBench(bool isSpi)
    {
        _isSpi = isSpi;
        _twin = new Ade7880Twin(isSpi);
        Ade7880Settings settings = new Ade7880Settings { IsSpi = isSpi, PowerMilliwattsMax = 6_000_000 };
        _sensor = new Ade7880PowerSensor(_twin, settings);
        for (int phase = 0; phase < 3; phase++)
        {
            SetLoad(phase, 0);
        }
    }

    public override string Name => _isSpi ? "ADE7880 on SPI" : "ADE7880 on I²C";

    public override IPowerSensor Sensor => _sensor;

    public override int PhaseCount => 3;

    public override long ToleranceMicrojoules => 2 * 445_610;

    public override long GapMsMax => _sensor.GapMsMax;

    public override int StepMsMax => 90_000;

    public override void SetLoad(int phase, int milliwatts) =>
        _twin.SetLoad(phase, 230_000, Math.Abs(milliwatts) / 230, milliwatts, 0);

    public override void Advance(long milliseconds) => _twin.Advance(milliseconds);

    public override void Restart() => _twin.Reset();

    public override void SetFaults(int faults) => _twin.SetFaults(faults);

    public override void FailTransfers(int count, int after) => _twin.FailTransfers(count, after);
}
