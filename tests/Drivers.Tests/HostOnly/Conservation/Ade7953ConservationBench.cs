using MeterFirmware.Drivers.Ade7953;
using MeterFirmware.Drivers.Twins;
using MeterFirmware.Hardware;

namespace MeterFirmware.Drivers.Tests.HostOnly.Conservation;

internal sealed class Ade7953ConservationBench : ConservationBench
{
    private readonly Ade7953Twin _twin = new Ade7953Twin();
    private readonly Ade7953PowerSensor _sensor;

    public Ade7953ConservationBench()
    {
        _sensor = new Ade7953PowerSensor(_twin, new Ade7953Settings { PowerMilliwattsMax = 6_000_000 });
        SetLoad(0, 0);
    }

    public override string Name => "ADE7953";

    public override IPowerSensor Sensor => _sensor;

    public override long ToleranceMicrojoules => 2 * 152_606;

    public override long GapMsMax => _sensor.GapMsMax;

    public override int StepMsMax => 60_000;

    public override void SetLoad(int phase, int milliwatts) =>
        _twin.SetLoad(230_000, System.Math.Abs(milliwatts) / 230, milliwatts, 0, 50_000);

    public override void Advance(long milliseconds) => _twin.Advance(milliseconds);

    public override void Restart() => _twin.Reset();

    public override void SetFaults(int faults) => _twin.SetFaults(faults);

    public override void FailTransfers(int count, int after) => _twin.FailTransfers(count, after);
}
