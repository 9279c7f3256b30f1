namespace MeterFirmware.Firmware.Tests.Charging;

/// <summary>What the first phase of a bench carried, and how often members were told something else.</summary>
public sealed class SiteTally
{
    private readonly SiteBench _bench;
    private readonly int[] _limits;
    private readonly int _limit;
    private long _sum;
    private int _ticks;
    private bool _isFirst = true;

    /// <param name="limit">Time above it is counted, mA.</param>
    public SiteTally(SiteBench bench, int limit)
    {
        _bench = bench;
        _limit = limit;
        _limits = new int[bench.Members.Length];
        bench.Each = Note;
    }

    /// <summary>Of L1 with the building.</summary>
    public long MeanMilliamps => _sum / _ticks;

    public int MostMilliamps { get; private set; }

    public int AboveMs { get; private set; }

    /// <summary>Changes of member 0's limit.</summary>
    public int Changes { get; private set; }

    /// <summary>Times that a member's limit rose from 0.</summary>
    public int Starts { get; private set; }

    public void Note()
    {
        int milliamps = _bench.Phases[0] + _bench.Meter.BuildingMilliamps;
        _sum += milliamps;
        _ticks++;
        MostMilliamps = milliamps > MostMilliamps ? milliamps : MostMilliamps;
        AboveMs += milliamps > _limit ? SiteBench.TickMs : 0;
        for (int i = 0; i < _limits.Length; i++)
        {
            int limit = _bench.Members[i].LimitMilliamps;
            Changes += i == 0 && !_isFirst && limit != _limits[i] ? 1 : 0;
            Starts += !_isFirst && limit > 0 && _limits[i] == 0 ? 1 : 0;
            _limits[i] = limit;
        }

        _isFirst = false;
    }
}
