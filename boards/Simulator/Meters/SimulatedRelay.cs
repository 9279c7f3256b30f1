using MeterFirmware.Hardware;

namespace MeterFirmware.Boards.Simulator.Meters;

/// <summary>A load relay with a feedback contact that follows its coil. Closed when it is made.</summary>
public sealed class SimulatedRelay : IRelay
{
    public bool IsClosed { get; private set; } = true;

    public bool TrySet(bool closed)
    {
        IsClosed = closed;
        return true;
    }

    public bool TryReadFeedback(out bool closed)
    {
        closed = IsClosed;
        return true;
    }
}
