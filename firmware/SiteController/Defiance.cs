using MeterFirmware.SiteBus;

namespace MeterFirmware.SiteController;

/// <summary>Members that draw more than they were granted: found after some seconds, forgiven a minute after they last
/// did.</summary>
public sealed class Defiance
{
    /// <summary>A member drawing more than granted for this long ignores its limit: vehicles follow within 5 s
    /// (IEC 61851-1), report and grant take a second each.</summary>
    public const int FoundMs = 10_000;

    /// <summary>A vehicle may draw so much more than its grant; what all draw more is taken off the grants.</summary>
    public const int ToleranceMilliamps = 1500;

    private const int ForgivenMs = 60_000;

    private readonly long[] _sinceMs;
    private readonly long[] _lastMs;
    private readonly bool[] _is;

    public Defiance(int members)
    {
        _sinceMs = new long[members];
        _lastMs = new long[members];
        _is = new bool[members];
        for (int i = 0; i < members; i++)
        {
            _sinceMs[i] = -1;
        }
    }

    /// <summary>The member draws what it likes.</summary>
    public bool Is(int member) => _is[member];

    /// <summary>Takes by how much a report, rounded up, is above what may be in force, mA. True: it has just been
    /// found.</summary>
    public bool Judge(int member, int overMilliamps, long nowMs)
    {
        if (overMilliamps < ToleranceMilliamps + SiteFrame.MilliampsPerUnit)
        {
            _sinceMs[member] = -1;
            _is[member] = _is[member] && nowMs - _lastMs[member] < ForgivenMs;
            return false;
        }

        _sinceMs[member] = _sinceMs[member] < 0 ? nowMs : _sinceMs[member];
        _lastMs[member] = nowMs;
        bool was = _is[member];
        _is[member] = was || nowMs - _sinceMs[member] >= FoundMs;
        return _is[member] && !was;
    }
}
