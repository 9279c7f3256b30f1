namespace MeterFirmware.Hardware;

/// <summary>
/// The board's two clocks, which never mix: the monotonic one reaches a product as the argument of its Tick,
/// this role gives the calendar.
/// </summary>
public interface IClock
{
    /// <summary>UTC in whole seconds since 1970-01-01, and the milliseconds 0 to 999 into that second.
    /// False while the board does not know the time.</summary>
    bool TryReadUtc(out long utcSeconds, out int milliseconds);

    /// <summary>Sets the calendar; the monotonic clock is untouched.</summary>
    void SetUtc(long utcSeconds, int milliseconds);
}
