namespace MeterFirmware.Tools.MeterCtl.PcBoard;

/// <summary>
/// Keeps a device's time at the wall's. The device's clock goes on by whole ticks only, so nothing adds up: it is never
/// a tick behind for long, and never ahead. A PC that was busy is caught up with tick by tick, so no tick comes late by
/// the device's clock; a PC that slept is a loss of supply.
/// </summary>
/// <param name="tickMs">Of the product.</param>
internal sealed class TickPacer(int tickMs)
{
    /// <summary>Longer than this nobody was busy: the PC slept, or the process was stopped.</summary>
    public const int SleptMs = 60_000;

    private long _offsetMs;

    /// <summary>From now on the device's clock is to show the wall's, less this difference.</summary>
    public void Begin(long deviceMs, long wallMs) => _offsetMs = wallMs - deviceMs;

    /// <summary>Where the device's clock would be if it had no ticks.</summary>
    public long TargetMs(long wallMs) => wallMs - _offsetMs;

    /// <summary>Whether a tick is due.</summary>
    public bool IsDue(long deviceMs, long wallMs) => TargetMs(wallMs) - deviceMs >= tickMs;

    /// <summary>How long the device was without supply; 0: it was not.</summary>
    public long DarkMs(long deviceMs, long wallMs) =>
        TargetMs(wallMs) - deviceMs > SleptMs ? TargetMs(wallMs) - deviceMs : 0;

    /// <summary>Time until the next tick is due, at least 0.</summary>
    public int RestMs(long deviceMs, long wallMs) => (int)Math.Max(0, deviceMs + tickMs - TargetMs(wallMs));
}
