using MeterFirmware.Basics;

namespace MeterFirmware.Tariffs;

/// <summary>
/// Zone offsets by tabled transitions, read in place: the offset before the first one, then 5 bytes a transition,
/// its UTC second (unsigned, until 2106) and the offset from then on in quarter hours (signed).
/// </summary>
internal sealed class ZoneOffsets
{
    private const int TransitionBytes = 5;
    private const int QuarterSeconds = 900;
    private byte[] _bytes;
    private int _at;
    private int _count;
    private int _firstQuarters;

    public long FromUtc { get; private set; }

    public long UntilUtc { get; private set; }

    public void Set(byte[] bytes, int at, int count, int firstQuarters, long fromUtc, long untilUtc)
    {
        _bytes = bytes;
        _at = at;
        _count = count;
        _firstQuarters = firstQuarters;
        FromUtc = fromUtc;
        UntilUtc = untilUtc;
    }

    public int OffsetSecondsAt(long utcSeconds) => OffsetOf(SegmentAt(utcSeconds));

    /// <summary>Which segment of constant offset holds a moment, 0 to SegmentCount − 1.</summary>
    public int SegmentAt(long utcSeconds)
    {
        int low = 0;
        int high = _count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (Transition(middle) <= utcSeconds)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    public int OffsetOf(int segment) =>
        (segment == 0 ? _firstQuarters : (sbyte)_bytes[_at + TransitionBytes * (segment - 1) + 4]) * QuarterSeconds;

    public long StartOf(int segment) => segment == 0 ? long.MinValue : Transition(segment - 1);

    public long EndOf(int segment) => segment == _count ? long.MaxValue : Transition(segment);

    /// <summary>First UTC second of a local date, given as days since 1970-01-01: midnight, or the end of the gap
    /// when the clock jumps over midnight.</summary>
    public long FirstUtcOf(long dayNumber) => UtcOf(dayNumber * CivilTime.SecondsPerDay);

    /// <summary>The UTC second of a local one (seconds since 1970 of the local clock): of a repeated hour the first
    /// pass, of a skipped one its end.</summary>
    public long UtcOf(long localSeconds)
    {
        // No zone is further east than 14 h: this moment lies before the local one anywhere.
        int offsetBefore = OffsetSecondsAt(localSeconds - 14 * CivilTime.SecondsPerHour);
        long utc = localSeconds - offsetBefore;
        int segment = SegmentAt(utc);
        if (OffsetOf(segment) <= offsetBefore)
        {
            return localSeconds - OffsetOf(segment);
        }

        long earlier = localSeconds - OffsetOf(segment);
        return earlier > StartOf(segment) ? earlier : StartOf(segment);
    }

    private long Transition(int index) => (uint)LittleEndian.ReadInt32(_bytes, _at + TransitionBytes * index);
}
