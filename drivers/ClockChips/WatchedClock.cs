using MeterFirmware.Hardware;

namespace MeterFirmware.Drivers.ClockChips;

/// <summary>A clock chip as a board has it: its time, and the daily comparison with a better one.</summary>
public sealed class WatchedClock : IBatteryClock
{
    private readonly ClockChip _chip;

    public WatchedClock(ClockChip chip)
    {
        _chip = chip;
    }

    /// <summary>What the comparisons found; null before the first call of <see cref="Watch"/>.</summary>
    public ClockWatch Found { get; private set; }

    public bool TryReadUtc(out long utcSeconds, out int milliseconds) =>
        _chip.TryReadUtc(out utcSeconds, out milliseconds);

    public void SetUtc(long utcSeconds, int milliseconds) => _chip.SetUtc(utcSeconds, milliseconds);

    public void Watch(long nowMs, IClock trusted, bool isTrusted)
    {
        Found = Found ?? new ClockWatch(trusted, _chip);
        Found.Tick(nowMs, isTrusted);
    }
}
