using System;
using MeterFirmware.Drivers.Bl0942;
using MeterFirmware.Drivers.Twins;
using MeterFirmware.Hardware;

namespace MeterFirmware.Drivers.Tests.HostOnly.Conservation;

internal sealed class Bl0942ConservationBench : ConservationBench
{
    private static readonly int[] _serialFaults =
    {
        TwinFault.Unplugged, TwinFault.Slow, TwinFault.AllOnes, TwinFault.WrongCheck, TwinFault.Noise,
    };

    private readonly Bl0942Twin _twin = new Bl0942Twin();
    private readonly Bl0942PowerSensor _sensor;
    private readonly bool _isSpi;

    public Bl0942ConservationBench(bool isSpi)
    {
        _isSpi = isSpi;
        Bl0942Settings settings = new Bl0942Settings { PowerMilliwattsMax = 6_000_000 };
        _sensor = isSpi ? new Bl0942PowerSensor((IRegisterBus)_twin, settings)
            : new Bl0942PowerSensor((ISerialLine)_twin, settings);
        SetLoad(0, 0);
    }

    public override string Name => _isSpi ? "BL0942 on SPI" : "BL0942 on its UART";

    public override IPowerSensor Sensor => _sensor;

    // Two pulses, and what flows while the answers are on the line.
    public override long ToleranceMicrojoules => 2 * 672_811_037 + 5_500_000L * 350;

    public override long GapMsMax => _sensor.GapMsMax;

    public override int StepMsMax => 120_000;

    public override int StepMsMin => _isSpi ? 1 : 3_001;

    public override int CallCountMax => _isSpi ? 1 : 14;

    public override int[] FaultChoices => _serialFaults;

    public override void SetLoad(int phase, int milliwatts) =>
        _twin.SetLoad(230_000, Math.Abs(milliwatts) / 230, milliwatts, 50_000);

    public override void Advance(long milliseconds) => _twin.Advance(milliseconds);

    public override void Restart() => _twin.Reset();

    public override void SetFaults(int faults) => _twin.SetFaults(faults);

    public override void FailTransfers(int count, int after) => _twin.FailTransfers(count, after);
}
