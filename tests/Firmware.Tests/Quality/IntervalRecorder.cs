using MeterFirmware.Quality;

namespace MeterFirmware.Firmware.Tests.Quality;

/// <summary>Counts finished intervals and keeps the figures of the last of each kind.</summary>
public sealed class IntervalRecorder : IQualitySink
{
    public int Shorts { get; private set; }

    public int TenMinutes { get; private set; }

    public int TwoHours { get; private set; }

    public int Flagged { get; private set; }

    public long ShortBegin { get; private set; }

    /// <summary>True: the intervals are those of QualityMonitor.</summary>
    public bool HasSequence { get; set; }

    public int ShortZeroSequence { get; private set; }

    public long TenMinutesBegin { get; private set; }

    public long TenMinutesCovered { get; private set; }

    public int TenMinutesCount { get; private set; }

    public int TenMinutesValue { get; private set; }

    public int TwoHoursCount { get; private set; }

    public int TwoHoursValue { get; private set; }

    public int TwoHoursMaximum { get; private set; }

    public void OnShort(QualityInterval interval)
    {
        Shorts++;
        ShortBegin = interval.BeginUtcMs;
        if (HasSequence)
        {
            ShortZeroSequence = interval.ValueOf(QualityMonitor.ChannelZeroSequence);
        }
    }

    public void OnTenMinutes(QualityInterval interval)
    {
        TenMinutes++;
        Flagged += interval.IsFlagged ? 1 : 0;
        TenMinutesBegin = interval.BeginUtcMs;
        TenMinutesCovered = interval.CoveredMs;
        TenMinutesCount = interval.Count;
        TenMinutesValue = interval.ValueOf(0);
    }

    public void OnTwoHours(QualityInterval interval)
    {
        TwoHours++;
        TwoHoursCount = interval.Count;
        TwoHoursValue = interval.ValueOf(0);
        TwoHoursMaximum = interval.MaximumOf(0);
    }
}
