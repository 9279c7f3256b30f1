using System;
using MeterFirmware.Drivers.Atm90e32;
using MeterFirmware.Drivers.Twins;
using MeterFirmware.Hardware;

namespace MeterFirmware.Drivers.Tests.HostOnly.Conservation;

internal sealed class Atm90e32ConservationBench : ConservationBench
{
    private readonly Atm90e32Twin _twin = new Atm90e32Twin();
    private readonly Atm90e32PowerSensor _sensor;

    public Atm90e32ConservationBench()
    {
        _sensor = new Atm90e32PowerSensor(_twin, new Atm90e32Settings { PowerMilliwattsMax = 6_000_000 });
        _twin.SetFrequency(50_000);
        for (int phase = 0; phase < 3; phase++)
        {
            SetLoad(phase, 0);
        }
    }

    public override string Name => "ATM90E32";

    public override IPowerSensor Sensor => _sensor;

    public override int PhaseCount => 3;

    public override long ToleranceMicrojoules => 2 * 11_250_000;

    public override long GapMsMax => _sensor.GapMsMax;

    public override int StepMsMax => 90_000;

    public override void SetLoad(int phase, int milliwatts) =>
        _twin.SetLoad(phase, 230_000, Math.Abs(milliwatts) / 230, milliwatts, 0);

    public override void Advance(long milliseconds) => _twin.Advance(milliseconds);

    public override void Restart() => _twin.Reset();

    public override void SetFaults(int faults) => _twin.SetFaults(faults);

    public override void FailTransfers(int count, int after) => _twin.FailTransfers(count, 2 * after);
}
