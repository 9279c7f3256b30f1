using System;
using MeterFirmware.Drivers.Ade9000;
using MeterFirmware.Drivers.Twins;
using MeterFirmware.Hardware;

namespace MeterFirmware.Drivers.Tests.HostOnly.Conservation;

internal sealed class Ade9000ConservationBench : ConservationBench
{
    private readonly Ade9000Twin _twin = new Ade9000Twin();
    private readonly Ade9000PowerSensor _sensor;

    public Ade9000ConservationBench()
    {
        _sensor = new Ade9000PowerSensor(_twin, new Ade9000Settings { PowerMilliwattsMax = 6_000_000 });
        for (int phase = 0; phase < 3; phase++)
        {
            SetLoad(phase, 0);
        }
    }

    public override string Name => "ADE9000";

    public override IPowerSensor Sensor => _sensor;

    public override int PhaseCount => 3;

    // Two counts, and what flows between two updates of the counters.
    public override long ToleranceMicrojoules => 2 * 6_070 + 5_500_000L * 100;

    public override long GapMsMax => _sensor.GapMsMax;

    public override int StepMsMax => 90_000;

    public override void SetLoad(int phase, int milliwatts) =>
        _twin.SetLoad(phase, 230_000, Math.Abs(milliwatts) / 230, milliwatts, 0);

    public override void Advance(long milliseconds) => _twin.Advance(milliseconds);

    public override void Restart() => _twin.Reset();

    public override void SetFaults(int faults) => _twin.SetFaults(faults);

    public override void FailTransfers(int count, int after) => _twin.FailTransfers(count, after);
}
