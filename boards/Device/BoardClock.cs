using MeterFirmware.Hardware;

namespace MeterFirmware.Boards.Device;

/// <summary>A clock with a battery beside the runtime's calendar, which certificates are checked by: it gets the
/// battery's time at the start, and both get each better one.</summary>
public sealed class BoardClock : IClock
{
    private readonly IBatteryClock _battery;
    private readonly SystemClock _system;

    public BoardClock(IBatteryClock battery, SystemClock system)
    {
        _battery = battery;
        _system = system;
        if (battery.TryReadUtc(out long utcSeconds, out int milliseconds))
        {
            system.SetUtc(utcSeconds, milliseconds);
        }
    }

    /// <summary>Of the battery; where that does not know, of the runtime.</summary>
    public bool TryReadUtc(out long utcSeconds, out int milliseconds) =>
        _battery.TryReadUtc(out utcSeconds, out milliseconds) || _system.TryReadUtc(out utcSeconds, out milliseconds);

    public void SetUtc(long utcSeconds, int milliseconds)
    {
        _battery.SetUtc(utcSeconds, milliseconds);
        _system.SetUtc(utcSeconds, milliseconds);
    }
}
