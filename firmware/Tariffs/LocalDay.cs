using MeterFirmware.Basics;

namespace MeterFirmware.Tariffs;

/// <summary>
/// The local calendar day that holds a moment, kept until the day or the zone offset changes, so that a tick
/// costs two comparisons. On the repeated hour of autumn each pass has its own offset and its own bounds.
/// </summary>
internal sealed class LocalDay
{
    private readonly CivilTime _date = new CivilTime();
    private ZoneOffsets _zone;

    /// <summary>Local date; its SecondOfDay means nothing here.</summary>
    public CivilTime Date => _date;

    public int OffsetSeconds { get; private set; }

    /// <summary>First UTC second of this day at this offset.</summary>
    public long FromUtc { get; private set; }

    /// <summary>First UTC second that is no longer in this day at this offset.</summary>
    public long UntilUtc { get; private set; }

    public void Use(ZoneOffsets zone)
    {
        _zone = zone;
        FromUtc = 0;
        UntilUtc = 0;
    }

    /// <summary>True when the day or the offset is another than at the last call.</summary>
    public bool Seek(long utcSeconds)
    {
        if (utcSeconds >= FromUtc && utcSeconds < UntilUtc)
        {
            return false;
        }

        int segment = _zone.SegmentAt(utcSeconds);
        OffsetSeconds = _zone.OffsetOf(segment);
        _date.Set(utcSeconds + OffsetSeconds);
        long midnightUtc = _date.DayNumber * CivilTime.SecondsPerDay - OffsetSeconds;
        FromUtc = midnightUtc > _zone.StartOf(segment) ? midnightUtc : _zone.StartOf(segment);
        long nextUtc = midnightUtc + CivilTime.SecondsPerDay;
        UntilUtc = nextUtc < _zone.EndOf(segment) ? nextUtc : _zone.EndOf(segment);
        return true;
    }
}
