using MeterFirmware.Hardware;

namespace MeterFirmware.Firmware.Tests.Supervision;

/// <summary>A board's clock that shows what it was set to.</summary>
internal sealed class BoardClock : IClock
{
    public bool IsValid { get; set; }

    public long UtcSeconds { get; set; }

    public int Sets { get; private set; }

    public bool TryReadUtc(out long utcSeconds, out int milliseconds)
    {
        utcSeconds = UtcSeconds;
        milliseconds = 0;
        return IsValid;
    }

    public void SetUtc(long utcSeconds, int milliseconds)
    {
        UtcSeconds = utcSeconds;
        IsValid = true;
        Sets++;
    }
}
