using MeterFirmware.Drivers.Cse7766;
using MeterFirmware.Drivers.Twins;
using MeterFirmware.Hardware;

namespace MeterFirmware.Drivers.Tests.HostOnly.Conservation;

internal sealed class Cse7766ConservationBench : ConservationBench
{
    private static readonly int[] _serialFaults =
    {
        TwinFault.Unplugged, TwinFault.AllOnes, TwinFault.WrongCheck, TwinFault.Noise,
    };

    private readonly Cse7766Twin _twin = new Cse7766Twin();
    private readonly Cse7766PowerSensor _sensor;

    public Cse7766ConservationBench()
    {
        _sensor = new Cse7766PowerSensor(_twin, new Cse7766Settings { BridgeMsMax = int.MaxValue });
        SetLoad(0, 0);
    }

    public override string Name => "CSE7766";

    public override IPowerSensor Sensor => _sensor;

    public override bool CountsExport => false;

    public override bool TellsRestarts => false;

    // Two frames that are held against the counter before its fall is believed, and the calls between them.
    public override long RestartTellMsMax => 1_000;

    // Two pulses, and what flows during the newest frames and calls.
    public override long ToleranceMicrojoules => 2 * 5_351_000 + 5_500_000L * 350;

    public override long GapMsMax => _sensor.GapMsMax;

    public override int StepMsMax => 60_000;

    // A silence in which the line's old bytes are not taken for new ones.
    public override int StepMsMin => 1_001;

    public override int CallCountMax => 6;

    public override int CallMs => 55;

    public override int[] FaultChoices => _serialFaults;

    public override void SetLoad(int phase, int milliwatts) => _twin.SetLoad(230_000, milliwatts / 230, milliwatts);

    public override void Advance(long milliseconds) => _twin.Advance(milliseconds);

    public override void Restart()
    {
        // A restart just before the counter's turn looks like the turn: README, "Limits".
        if ((_twin.Pulses & 0x1FFFF) < 0x1FFFF - 4_000)
        {
            _twin.Reset();
        }
    }

    public override void SetFaults(int faults) => _twin.SetFaults(faults);

    public override void FailTransfers(int count, int after) => _twin.FailTransfers(count, after % 3);
}
