using MeterFirmware.ChargerSafety;
using MeterFirmware.ChargerSafety.Pilot;

namespace MeterFirmware.Firmware.Tests.ChargerSafety;

/// <summary>The controller with inputs set by hand, a contact that follows and a monitor that answers its
/// test.</summary>
internal sealed class ControllerBench
{
    public readonly SafetySettings Settings;
    public readonly ChargeController Controller;
    public readonly ChargeInputs Inputs = new ChargeInputs();
    public readonly ChargerEventLog Events = new ChargerEventLog(64);
    public long NowMs;
    public bool IsMonitorDead;

    /// <summary>The feedback contact says open whatever the drive is.</summary>
    public bool IsFeedbackOpen;

    /// <summary>The monitor's output follows its test winding so much later.</summary>
    public int MonitorMs;

    private int _drivenMs;
    private bool _isTripped;

    public ControllerBench(ChargingStandard standard)
    {
        Settings = SafetySettings.For(standard);
        Controller = new ChargeController(Settings, Events);
    }

    /// <summary>Ticks every 10 ms for so long.</summary>
    public void Run(int milliseconds)
    {
        for (int i = 0; i < milliseconds; i += 10)
        {
            Tick(10);
        }
    }

    public void Tick(int elapsedMs)
    {
        NowMs += elapsedMs;
        Inputs.FeedbackClosed = Controller.IsClosed && !IsFeedbackOpen;
        _drivenMs = Controller.IsTestDriven == _isTripped ? 0 : _drivenMs + elapsedMs;
        _isTripped = _drivenMs > MonitorMs ? Controller.IsTestDriven : _isTripped;
        Inputs.DcTripped = _isTripped && !IsMonitorDead;
        Controller.Tick(Inputs, NowMs);
        Inputs.IsReset = false;
    }

    /// <summary>How often the monitor's test winding is driven within so long.</summary>
    public int TestsDriven(int milliseconds)
    {
        int count = 0;
        for (int i = 0; i < milliseconds; i += 10)
        {
            bool was = Controller.IsTestDriven;
            Tick(10);
            count += Controller.IsTestDriven && !was ? 1 : 0;
        }

        return count;
    }

    /// <summary>Takes all events and counts those of a kind.</summary>
    public int CountEvents(int kind)
    {
        int count = 0;
        for (; Events.Count > 0; Events.RemoveFirst())
        {
            count += Events.FirstKind == kind ? 1 : 0;
        }

        return count;
    }

    /// <summary>Takes all events and counts how often a fault was raised.</summary>
    public int CountRaised(int fault)
    {
        int count = 0;
        for (; Events.Count > 0; Events.RemoveFirst())
        {
            count += Events.FirstKind == ChargerEvent.FaultRaised && Events.FirstValue == fault ? 1 : 0;
        }

        return count;
    }

    /// <summary>A vehicle that charges.</summary>
    public void Charge()
    {
        Run(100);
        Inputs.HighMillivolts = 9_000;
        Run(500);
        Inputs.HighMillivolts = 6_000;
        Run(1_000);
    }

    /// <summary>Ticks until the contactor is open; −1 when it still is not after so long.</summary>
    public int MsUntilOpen(int milliseconds)
    {
        for (int i = 10; i <= milliseconds; i += 10)
        {
            Tick(10);
            if (!Controller.IsClosed)
            {
                return i;
            }
        }

        return -1;
    }
}
