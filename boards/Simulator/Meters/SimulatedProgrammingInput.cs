using MeterFirmware.Hardware;

namespace MeterFirmware.Boards.Simulator.Meters;

/// <summary>The button under the seal of a simulated meter: open until somebody closes it.</summary>
public sealed class SimulatedProgrammingInput : IProgrammingInput
{
    public bool IsClosed { get; set; }
}
