using MeterFirmware.Basics;

namespace MeterFirmware.Grid;

/// <summary>The most that a unit may give (or take) at a voltage: all on one side of a curve, nothing on the other, a
/// line between.</summary>
public sealed class VoltWatt
{
    private readonly FirstOrderLag _limit;
    private readonly long _ratedMilliwatts;
    private readonly int _fullMillivolts;
    private readonly int _noneMillivolts;

    /// <param name="fullMillivolts">0 = off: always all.</param>
    /// <param name="noneMillivolts">Above the other for a source, below it for a load.</param>
    public VoltWatt(long ratedMilliwatts, int fullMillivolts, int noneMillivolts, int responseMs)
    {
        _ratedMilliwatts = ratedMilliwatts;
        _fullMillivolts = fullMillivolts;
        _noneMillivolts = noneMillivolts;
        _limit = new FirstOrderLag(responseMs);
        _limit.Set(ratedMilliwatts);
    }

    /// <summary>The limit at this moment, mW.</summary>
    public long Tick(int elapsedMs, int millivolts)
    {
        if (_fullMillivolts == 0)
        {
            return _ratedMilliwatts;
        }

        int width = _noneMillivolts - _fullMillivolts;
        int left = _noneMillivolts - millivolts;
        if (width < 0)
        {
            width = -width;
            left = -left;
        }

        long target = left <= 0 ? 0 : left >= width ? _ratedMilliwatts
            : Scaling.DivideRounded(_ratedMilliwatts * left, width);
        return _limit.Follow(target, elapsedMs);
    }
}
