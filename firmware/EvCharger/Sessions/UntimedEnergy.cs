using MeterFirmware.Tariffs;

namespace MeterFirmware.EvCharger.Sessions;

/// <summary>
/// A session's energy by the time since its start, while nobody knows the date: once the date is known, each stretch is
/// billed at the rates of its own time. Stretches are equally long; when they are used up, each takes in its neighbour.
/// </summary>
public sealed class UntimedEnergy
{
    /// <summary>48 stretches of a minute, then of two, four …</summary>
    private const int StretchCount = 48;
    private const int FirstStretchSeconds = 60;

    private readonly long[] _microjoules = new long[StretchCount];
    private int _stretchSeconds = FirstStretchSeconds;
    private int _used;
    private int _settled;

    /// <summary>Every stretch has been billed.</summary>
    public bool IsSettled => _settled >= _used;

    public void Clear()
    {
        for (int i = 0; i < StretchCount; i++)
        {
            _microjoules[i] = 0;
        }

        _stretchSeconds = FirstStretchSeconds;
        _used = 0;
        _settled = 0;
    }

    /// <summary>Adds energy that flowed at a time after the start.</summary>
    public void Add(long elapsedSeconds, long microjoules)
    {
        while (elapsedSeconds / _stretchSeconds >= StretchCount)
        {
            Halve();
        }

        int stretch = (int)(elapsedSeconds / _stretchSeconds);
        _microjoules[stretch] += microjoules;
        _used = stretch >= _used ? stretch + 1 : _used;
    }

    /// <summary>Bills the next stretch. Where the rate changes within it, its energy is shared by time.</summary>
    /// <param name="startUtc">The session's start, now known.</param>
    /// <param name="elapsedSeconds">Since the start: the last stretch ends there.</param>
    public void SettleOne(long startUtc, long elapsedSeconds, TariffCursor cursor, CostRegister cost)
    {
        long from = startUtc + (long)_settled * _stretchSeconds;
        long end = from + _stretchSeconds;
        end = end > startUtc + elapsedSeconds ? startUtc + elapsedSeconds : end;
        end = end > from ? end : from + 1;
        long left = _microjoules[_settled];
        _settled++;
        while (left > 0)
        {
            cursor.Seek(from);
            long until = cursor.ValidUntilUtc < end ? cursor.ValidUntilUtc : end;
            long seconds = end - from;
            long part = until == end
                ? left : left / seconds * (until - from) + left % seconds * (until - from) / seconds;
            cost.Add(cursor.Rate, part, from);
            left -= part;
            from = until;
        }
    }

    private void Halve()
    {
        for (int i = 0; i < StretchCount; i++)
        {
            _microjoules[i] = i < StretchCount / 2 ? _microjoules[2 * i] + _microjoules[2 * i + 1] : 0;
        }

        _stretchSeconds *= 2;
        _used = (_used + 1) / 2;
    }
}
