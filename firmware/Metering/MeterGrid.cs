using MeterFirmware.Basics;

namespace MeterFirmware.Metering;

/// <summary>
/// The meter's steps of local time: when the open interval, the demand's sub-block and the grid step end. All instants
/// are UTC milliseconds; ends are whole multiples of their length on the local clock.
/// </summary>
internal sealed class MeterGrid
{
    private readonly MeteringSettings _settings;
    private long _intervalEndMs;
    private long _subBlockEndMs;
    private long _gridEndMs;

    public MeterGrid(MeteringSettings settings)
    {
        _settings = settings;
    }

    /// <summary>The earliest of the three ends.</summary>
    public long NextEndMs
    {
        get
        {
            long end = _intervalEndMs < _subBlockEndMs ? _intervalEndMs : _subBlockEndMs;
            return _gridEndMs < end ? _gridEndMs : end;
        }
    }

    /// <summary>Starts all three at an instant.</summary>
    public void Begin(long utcMs, int offsetSeconds, int slipSeconds)
    {
        AlignInterval(utcMs, offsetSeconds);
        AlignSubBlock(utcMs, offsetSeconds, slipSeconds);
        AlignGrid(utcMs, offsetSeconds);
    }

    public void AlignInterval(long utcMs, int offsetSeconds) => _intervalEndMs = EndOfInterval(utcMs, offsetSeconds);

    /// <summary>Starts the sub-block at an instant. True: it ends elsewhere than it did.</summary>
    public bool AlignSubBlock(long utcMs, int offsetSeconds, int slipSeconds)
    {
        long before = _subBlockEndMs;
        _subBlockEndMs = NextMultiple(utcMs, slipSeconds, offsetSeconds);
        return _subBlockEndMs != before;
    }

    public void AlignGrid(long utcMs, int offsetSeconds) =>
        _gridEndMs = NextMultiple(utcMs, _settings.GridMinutes * CivilTime.SecondsPerMinute, offsetSeconds);

    /// <summary>The sub-block that ended is followed by the next.</summary>
    public void NextSubBlock(int slipSeconds) => _subBlockEndMs += slipSeconds * 1000L;

    public bool IsIntervalEnd(long utcMs) => utcMs == _intervalEndMs;

    public bool IsSubBlockEnd(long utcMs) => utcMs == _subBlockEndMs;

    public bool IsGridEnd(long utcMs) => utcMs == _gridEndMs;

    /// <summary>Whether a whole interval lies between an instant and the end of the open one.</summary>
    public bool IsIntervalBegin(long utcMs) =>
        _intervalEndMs - utcMs == _settings.IntervalMinutes * CivilTime.SecondsPerMinute * 1000L;

    /// <summary>Whether a whole sub-block lies between an instant and the end of the open one.</summary>
    public bool IsSubBlockBegin(long utcMs, int slipSeconds) => _subBlockEndMs - utcMs == slipSeconds * 1000L;

    /// <summary>Where the interval ends that an instant lies in.</summary>
    public long EndOfInterval(long utcMs, int offsetSeconds) =>
        NextMultiple(utcMs, _settings.IntervalMinutes * CivilTime.SecondsPerMinute, offsetSeconds);

    /// <summary>The first instant after <paramref name="utcMs"/> at which the local time is a whole multiple.</summary>
    private static long NextMultiple(long utcMs, int seconds, int offsetSeconds)
    {
        long local = CivilTime.FloorDivide(utcMs, 1000) + offsetSeconds;
        return (CivilTime.FloorDivide(local, seconds) * seconds + seconds - offsetSeconds) * 1000L;
    }
}
