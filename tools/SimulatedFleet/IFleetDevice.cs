using MeterFirmware.Hardware;
using MeterFirmware.Storage;
using MeterFirmware.Telemetry;

namespace MeterFirmware.Tools.MeterCtl.Simulation;

/// <summary>One device of a simulated fleet, with a clock of its own.</summary>
public interface IFleetDevice
{
    /// <summary>The agent that runs now; another one after a simulated reboot.</summary>
    TelemetryAgent Agent { get; }

    IMqttLink Link { get; }

    IRecordLog Log { get; }

    /// <summary>Simulated monotonic time in ms.</summary>
    long NowMs { get; }

    /// <summary>Lets simulated time pass and gives the firmware its tick.</summary>
    void Step(int milliseconds);
}
