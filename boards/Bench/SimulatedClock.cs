using MeterFirmware.Hardware;

namespace MeterFirmware.Boards.Bench;

/// <summary>A clock that stands until it is advanced: the same run gives the same result every time.</summary>
public sealed class SimulatedClock : IClock
{
    private long _utcMs;

    public SimulatedClock(long utcSeconds)
    {
        _utcMs = utcSeconds * 1000;
        HasTime = true;
    }

    /// <summary>Monotonic ms since the simulated board got its supply; never steps.</summary>
    public long NowMs { get; private set; }

    /// <summary>False: the board does not know the time, as after a long loss of supply.</summary>
    public bool HasTime { get; set; }

    public long UtcSeconds => _utcMs / 1000;

    public void Advance(long milliseconds)
    {
        NowMs += milliseconds;
        _utcMs += milliseconds;
    }

    public bool TryReadUtc(out long utcSeconds, out int milliseconds)
    {
        utcSeconds = _utcMs / 1000;
        milliseconds = (int)(_utcMs - utcSeconds * 1000);
        return HasTime;
    }

    public void SetUtc(long utcSeconds, int milliseconds)
    {
        _utcMs = utcSeconds * 1000 + milliseconds;
        HasTime = true;
    }
}
