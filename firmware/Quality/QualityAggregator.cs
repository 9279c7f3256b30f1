using MeterFirmware.Basics;

namespace MeterFirmware.Quality;

/// <summary>
/// Aggregates 10/12-cycle values (or a chip's readings) to 150/180 cycles, 10 min and 2 h: IEC 61000-4-30, 4.4 and 4.5.
/// <code>
/// UTC 10-min tick                            |
/// 10/12-cycle   [ ][ ][ ]…[ ][ ][ ][ ][ ][ ][ ][ ]
/// 150/180-cycle [    n − 1   ][      n      ]      n ends after the tick (overlap 2)
///                                            [    n + 1   ]   a new count begins at the tick
/// </code>
/// An interval belongs to the 10 min in which it begins. A clock step closes what is open as it is: its CoveredMs
/// tells that it is not whole.
/// </summary>
public sealed class QualityAggregator
{
    private readonly bool[] _isRms;
    private readonly int _basicsPerShort;
    private readonly IQualitySink _sink;
    private readonly QualityInterval _short;
    private readonly QualityInterval _overlap;
    private readonly QualityInterval _tenMinutes;
    private readonly QualityInterval _twoHours;
    private long _tenMinutesSlot;
    private long _twoHoursSlot;
    private bool _started;

    /// <param name="isRms">Per channel: root of the mean square (voltage, current, harmonics, unbalance) or plain
    /// mean (frequency, power).</param>
    /// <param name="basicsPerShort">15 for 10/12-cycle values, 3 for a chip read each second.</param>
    public QualityAggregator(bool[] isRms, int basicsPerShort, IQualitySink sink)
    {
        _isRms = isRms;
        _basicsPerShort = basicsPerShort;
        _sink = sink;
        _short = new QualityInterval(isRms.Length);
        _overlap = new QualityInterval(isRms.Length);
        _tenMinutes = new QualityInterval(isRms.Length);
        _twoHours = new QualityInterval(isRms.Length);
    }

    /// <summary>One basic value per channel.</summary>
    /// <param name="beginUtcMs">Where the basic interval begins.</param>
    /// <param name="isFlagged">A dip, swell or interruption lies in it.</param>
    public void Add(int[] values, long beginUtcMs, long lengthMs, bool isFlagged)
    {
        long slot = CivilTime.FloorDivide(beginUtcMs, QualityLimits.TenMinutesMs);
        if (_started && slot != _tenMinutesSlot)
        {
            CloseTenMinutes();
            Resynchronise();
        }

        long longSlot = CivilTime.FloorDivide(beginUtcMs, QualityLimits.TwoHoursMs);
        if (_started && longSlot != _twoHoursSlot)
        {
            CloseTwoHours();
        }

        _started = true;
        _tenMinutesSlot = slot;
        _twoHoursSlot = longSlot;
        if (_overlap.Count > 0)
        {
            _overlap.Add(values, _isRms, beginUtcMs, lengthMs, isFlagged);
            CloseShort(_overlap);
        }

        _short.Add(values, _isRms, beginUtcMs, lengthMs, isFlagged);
        CloseShort(_short);
        _tenMinutes.Add(values, _isRms, beginUtcMs, lengthMs, isFlagged);
    }

    private void CloseShort(QualityInterval interval)
    {
        if (interval.Count >= _basicsPerShort)
        {
            interval.Finish(_isRms);
            _sink.OnShort(interval);
            interval.Clear();
        }
    }

    /// <summary>The running 150/180-cycle interval goes on beside the new one that begins at the tick.</summary>
    private void Resynchronise()
    {
        if (_short.Count > 0)
        {
            _overlap.CopyFrom(_short);
            _short.Clear();
        }
    }

    private void CloseTenMinutes()
    {
        if (_tenMinutes.Count > 0)
        {
            _tenMinutes.Finish(_isRms);
            _sink.OnTenMinutes(_tenMinutes);
            _twoHours.Add(_tenMinutes, _isRms);
            _tenMinutes.Clear();
        }
    }

    private void CloseTwoHours()
    {
        if (_twoHours.Count > 0)
        {
            _twoHours.Finish(_isRms);
            _sink.OnTwoHours(_twoHours);
            _twoHours.Clear();
        }
    }
}
