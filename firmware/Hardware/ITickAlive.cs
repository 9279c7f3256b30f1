namespace MeterFirmware.Hardware;

/// <summary>
/// The retriggerable circuit in the contactor coil's supply: when it is not fed for its time (at most 100 ms) the coil
/// drops, whatever the managed loop is doing. Fed once by every good tick, as its last act.
/// </summary>
public interface ITickAlive
{
    void Feed();
}
