using System;
using MeterFirmware.Drivers.ChipName;
using MeterFirmware.Drivers.Twins;
using MeterFirmware.Hardware;

namespace MeterFirmware.Drivers.Tests.HostOnly.Conservation;

internal sealed class ChipNameConservationBench : ConservationBench
{
    private readonly ChipNameTwin _twin = new ChipNameTwin();
    private readonly ChipNamePowerSensor _sensor;

    public ChipNameConservationBench()
    {
        _sensor = new ChipNamePowerSensor(_twin, new ChipNameSettings { PowerMilliwattsMax = 6_000_000 });
        SetLoad(0, 0);
    }

    public override string Name => "CHIPNAME";

    public override IPowerSensor Sensor => _sensor;

    // Two counts.
    public override long ToleranceMicrojoules => 2 * 100_000;

    public override long GapMsMax => _sensor.GapMsMax;

    public override int StepMsMax => 60_000;

    public override void SetLoad(int phase, int milliwatts) =>
        _twin.SetLoad(230_000, Math.Abs(milliwatts) / 230, milliwatts);

    public override void Advance(long milliseconds) => _twin.Advance(milliseconds);

    public override void Restart() => _twin.Reset();

    public override void SetFaults(int faults) => _twin.SetFaults(faults);

    public override void FailTransfers(int count, int after) => _twin.FailTransfers(count, after);
}
