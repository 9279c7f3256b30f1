namespace MeterFirmware.History;

/// <summary>A load profile in the classes of <see cref="LoadProfile"/>, read by time: a ring of its own, or the
/// interval records of the journal.</summary>
public interface ILoadProfile
{
    /// <summary>False: the intervals are the meter's own and are not set here.</summary>
    bool CanSetIntervals { get; }

    /// <summary>Instant of the row that was written last, whatever the clock said before, UTC seconds; 0 when there is
    /// none.</summary>
    long NewestUtcSeconds { get; }

    /// <summary>Interval of a class in minutes; 0: off.</summary>
    int IntervalMinutes(int profileClass);

    /// <summary>Sets a class's interval: 0 (off), or 1 to 60 minutes. False: nothing changes.</summary>
    bool TrySetInterval(int profileClass, int minutes);

    /// <summary>Begins to read a span of time, both ends inclusive, in the order of writing. A span that begins up to
    /// the newest row ends there: what lies beyond it was dated by a clock that was ahead.</summary>
    void Seek(long fromUtcSeconds, long toUtcSeconds);

    /// <summary>Goes to the row written last that has one of the classes; <see cref="TryNext"/> then has no more.
    /// False: there is none.</summary>
    /// <param name="classes">Bits 1 &lt;&lt; class.</param>
    /// <param name="utcSeconds">The row's instant.</param>
    bool TrySeekNewest(int classes, out long utcSeconds);

    /// <summary>Goes to the next row that has one of the classes; its values stay readable until the next row is read
    /// or made. False: no more.</summary>
    /// <param name="classes">Bits 1 &lt;&lt; class.</param>
    /// <param name="utcSeconds">The row's instant.</param>
    /// <param name="flags">Bits of RecordFlags.</param>
    bool TryNext(int classes, out long utcSeconds, out int flags);

    /// <summary>A value of the row that <see cref="TryNext"/> went to. False: the row does not have it.</summary>
    bool TryValue(int profileClass, int index, out long value);
}
