using MeterFirmware.Storage;
using MeterFirmware.Storage.Records;

namespace MeterFirmware.Recording;

/// <summary>
/// The load profile of a meter whose flash is too small for a ring of its own, read from the interval records in the journal:
/// they stay there after delivery until their block is needed. Of the classes of <see cref="LoadProfile"/> it has
/// VoltageCurrent (means of the interval), Energy and Quadrants at the interval's end, and Demand (mean power of a whole
/// interval).
/// </summary>
public sealed class JournalProfile
{
    private readonly IRecordLog _log;
    private readonly byte[] _bytes = new byte[IntervalRecord.BytesMax];
    private readonly IntervalRecord _record = new IntervalRecord();
    private long _number;
    private long _fromUtcSeconds;
    private long _toUtcSeconds;
    private int _wanted;

    public JournalProfile(IRecordLog log)
    {
        _log = log;
    }

    /// <summary>Begins to read a class over a span of time, both ends inclusive. False: a class that intervals do not
    /// hold.</summary>
    public bool TrySeek(int profileClass, long fromUtcSeconds, long toUtcSeconds)
    {
        _wanted = profileClass;
        _fromUtcSeconds = fromUtcSeconds;
        _toUtcSeconds = toUtcSeconds;
        _number = _log.OldestNumber;
        return profileClass == LoadProfile.VoltageCurrent || profileClass == LoadProfile.Energy
            || profileClass == LoadProfile.Quadrants || profileClass == LoadProfile.Demand;
    }

    /// <summary>Reads the next row, oldest first; goes through the log record by record. False: no more.</summary>
    /// <param name="values">Receives the class's values, as LoadProfile gives them.</param>
    /// <param name="utcSeconds">End of the interval.</param>
    /// <param name="flags">Bits of RecordFlags.</param>
    public bool TryReadNext(long[] values, out long utcSeconds, out int flags)
    {
        utcSeconds = 0;
        flags = 0;
        for (; _number < _log.NextNumber; _number++)
        {
            if (!_log.TryRead(_number, _bytes, out int count, out int kind) || kind != RecordKind.Interval
                || !_record.TryRead(_bytes, 0, count) || (_record.Flags & RecordFlags.Untimed) != 0
                || _record.EndUtcSeconds < _fromUtcSeconds || _record.EndUtcSeconds > _toUtcSeconds)
            {
                continue;
            }

            _number++;
            utcSeconds = _record.EndUtcSeconds;
            flags = _record.Flags;
            Take(values);
            return true;
        }

        return false;
    }

    private void Take(long[] values)
    {
        long length = _record.EndUtcSeconds - _record.StartUtcSeconds;
        int phases = _record.PhaseCount;
        switch (_wanted)
        {
            case LoadProfile.VoltageCurrent:
                for (int phase = 0; phase < phases; phase++)
                {
                    values[phase] = _record.VoltageMillivolts[phase];
                    values[phases + phase] = _record.CurrentMilliamps[phase];
                }

                values[2 * phases] = _record.FrequencyMillihertz;
                break;
            case LoadProfile.Energy:
                values[0] = _record.ImportWattHours;
                values[1] = _record.ExportWattHours;
                values[2] = _record.ReactiveVarHours[0] + _record.ReactiveVarHours[3];
                values[3] = _record.ReactiveVarHours[1] + _record.ReactiveVarHours[2];
                break;
            case LoadProfile.Quadrants:
                for (int quadrant = 0; quadrant < 4; quadrant++)
                {
                    values[quadrant] = _record.ReactiveVarHours[quadrant];
                }

                break;
            default:
                values[0] = length <= 0 ? 0 : _record.ImportMilliwattHours * 3600 / length;
                values[1] = length <= 0 ? 0 : _record.ExportMilliwattHours * 3600 / length;
                break;
        }
    }
}
