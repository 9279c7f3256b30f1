namespace MeterFirmware.Storage.Records;

/// <summary>What a record in the log is; stored in one byte, so a number is never given a new meaning.</summary>
public static class RecordKind
{
    /// <summary>Energy and averages of a metering interval: <see cref="IntervalRecord"/>.</summary>
    public const int Interval = 1;

    /// <summary>Something that happened, with its start and end: <see cref="EventRecord"/>.</summary>
    public const int Event = 2;

    /// <summary>A finished charging session.</summary>
    public const int Session = 3;

    /// <summary>A settlement with cost per rate and tier.</summary>
    public const int Bill = 4;

    /// <summary>Registers frozen at an hour, a day, a settlement or by command.</summary>
    public const int Freeze = 5;

    /// <summary>An interval of a site: energy, peaks, limit in force, what its members drew.</summary>
    public const int Site = 6;

    /// <summary>Made by the journal itself: numbers that gave way or were damaged, <see cref="GapRecord"/>. Delivered
    /// like any other record, so that the head-end knows of every loss.</summary>
    public const int Gap = RecordFormat.GapKind;
}
