using System;
using MeterFirmware.ChargerSafety;
using MeterFirmware.ChargerSafety.Pilot;
using MeterFirmware.Hardware;

namespace MeterFirmware.Firmware.Tests.ChargerSafety;

/// <summary>All roles of a charger by hand, below the safety loop: what it drives, and whether it fed.</summary>
internal sealed class LoopBench : IControlPilot, IProximityPilot, IContactor, IResidualCurrentMonitor, IEarthMonitor,
    ITemperatureSensor, ITickAlive, IPowerSensor
{
    public readonly SafetyLoop Loop;
    public int HighMillivolts = 12_000;
    public bool IsDriven;
    public bool IsWelded;
    public bool RefusesContactor;
    public bool Throws;
    public bool ContactorThrows;
    public bool PilotThrows;
    public int Duty = 10_000;
    public int FeedCount;
    public long NowMs;
    private bool _isTestDriven;

    public LoopBench()
    {
        Loop = new SafetyLoop(new SafetyParts
        {
            Pilot = this,
            Proximity = this,
            Contactor = this,
            Residual = this,
            Earth = this,
            Temperature = this,
            TickAlive = this,
            Meter = this,
        }, SafetySettings.For(ChargingStandard.Iec61851));
    }

    public int Faults => SensorFault.None;

    public bool CountsEnergy => false;

    public void Run(int milliseconds)
    {
        for (int i = 0; i < milliseconds; i += 10)
        {
            NowMs += 10;
            Loop.Tick(NowMs);
        }
    }

    public void Charge()
    {
        Run(100);
        HighMillivolts = 9_000;
        Run(500);
        HighMillivolts = 6_000;
        Run(1_000);
    }

    public void Feed() => FeedCount++;

    public bool TrySet(bool closed)
    {
        if (ContactorThrows)
        {
            throw new Exception("gpio");
        }

        if (RefusesContactor)
        {
            return false;
        }

        IsDriven = closed;
        return true;
    }

    public bool TryReadFeedback(out bool closed)
    {
        closed = IsDriven || IsWelded;
        return true;
    }

    public bool TrySetPhaseCount(int phaseCount) => true;

    public void TripUpstream()
    {
    }

    public bool TryRead(out int highMillivolts, out int lowMillivolts)
    {
        if (Throws)
        {
            throw new Exception("a driver's bug");
        }

        highMillivolts = HighMillivolts;
        lowMillivolts = -12_000;
        return true;
    }

    public bool TrySetDuty(int dutyHundredths)
    {
        if (PilotThrows)
        {
            throw new Exception("pwm");
        }

        Duty = dutyHundredths;
        return true;
    }

    public bool TryReadOhms(out int ohms)
    {
        ohms = 220;
        return true;
    }

    bool IResidualCurrentMonitor.TryRead(out bool acTripped, out bool dcTripped)
    {
        acTripped = false;
        dcTripped = _isTestDriven;
        return true;
    }

    public void SetTest(bool active) => _isTestDriven = active;

    bool IEarthMonitor.TryRead(out bool earthPresent)
    {
        earthPresent = true;
        return true;
    }

    bool ITemperatureSensor.TryRead(out int tenthsCelsius)
    {
        tenthsCelsius = 250;
        return true;
    }

    bool IPowerSensor.TryRead(long nowMs, Measurement measurement)
    {
        measurement.FrequencyMillihertz = 50_000;
        for (int phase = 0; phase < 3; phase++)
        {
            measurement.VoltageMillivolts[phase] = 230_000;
        }

        return true;
    }
}
