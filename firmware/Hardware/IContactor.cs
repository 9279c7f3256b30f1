namespace MeterFirmware.Hardware;

/// <summary>
/// The charger's contactor. The firmware drives it, but never alone: in the coil's own circuit lie the residual-current
/// trip and the tick-alive circuit (<see cref="ITickAlive"/>), and once either dropped the coil the drive must go off
/// and on again before it pulls.
/// </summary>
public interface IContactor
{
    /// <summary>Drives the coil. False: the board could not; the caller treats it as an internal fault.</summary>
    bool TrySet(bool closed);

    /// <summary>Reads the mirror contact, or the voltage behind the contactor. False: not readable.</summary>
    bool TryReadFeedback(out bool closed);

    /// <summary>Chooses the poles that the next closing switches: 1 or 3 phases. Only called while open.
    /// False: the board cannot.</summary>
    bool TrySetPhaseCount(int phaseCount);

    /// <summary>Fires the shunt trip of the device upstream, where one is fitted: the answer to a welded
    /// contactor.</summary>
    void TripUpstream();
}
