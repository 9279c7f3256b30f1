using MeterFirmware.Drivers.Hlw8012;
using MeterFirmware.Drivers.Twins;
using MeterFirmware.Hardware;

namespace MeterFirmware.Drivers.Tests.HostOnly.Conservation;

internal sealed class Hlw8012ConservationBench : ConservationBench
{
    private static readonly int[] _faults = { TwinFault.Unplugged };

    private readonly Hlw8012Twin _twin = new Hlw8012Twin();
    private readonly Hlw8012PowerSensor _sensor;

    public Hlw8012ConservationBench()
    {
        _sensor = new Hlw8012PowerSensor(_twin.Cf, _twin.Cf1, _twin, new Hlw8012Settings());
        SetLoad(0, 0);
    }

    public override string Name => "HLW8012";

    public override IPowerSensor Sensor => _sensor;

    public override bool CountsExport => false;

    public override bool TellsRestarts => false;

    public override long ToleranceMicrojoules => 2 * 10_343_410;

    public override long GapMsMax => _sensor.GapMsMax;

    public override int StepMsMax => 60_000;

    public override int[] FaultChoices => _faults;

    public override void SetLoad(int phase, int milliwatts) => _twin.SetLoad(230_000, milliwatts / 230, milliwatts);

    public override void Advance(long milliseconds) => _twin.Advance(milliseconds);

    public override void Restart() => _twin.Reset();

    public override void SetFaults(int faults) => _twin.SetFaults(faults);

    public override void FailTransfers(int count, int after) => _twin.FailTransfers(count, after % 3);
}
