using System;
using MeterFirmware.Hardware;
using nanoFramework.Runtime.Native;

namespace MeterFirmware.Boards.Device;

/// <summary>The runtime's calendar. After power-up without a battery-backed clock it starts years ago: anything before
/// the firmware was built counts as unknown.</summary>
public sealed class SystemClock : IClock
{
    /// <summary>2026-01-01T00:00:00Z.</summary>
    private const long BuiltUtcSeconds = 1_767_225_600;

    private const long TicksPerMillisecond = 10_000;

    public bool TryReadUtc(out long utcSeconds, out int milliseconds)
    {
        // This runtime's ticks begin in 1601, so only their difference to 1970 is used.
        long milliseconds1970 = (DateTime.UtcNow.Ticks - DateTime.UnixEpoch.Ticks) / TicksPerMillisecond;
        utcSeconds = milliseconds1970 / 1000;
        milliseconds = (int)(milliseconds1970 % 1000);
        return utcSeconds >= BuiltUtcSeconds;
    }

    public void SetUtc(long utcSeconds, int milliseconds)
    {
        long ticks = (utcSeconds * 1000 + milliseconds) * TicksPerMillisecond;
        Rtc.SetSystemTime(new DateTime(DateTime.UnixEpoch.Ticks + ticks));
    }
}
