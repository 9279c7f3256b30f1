using MeterFirmware.Tools.HeadEnds;

namespace MeterFirmware.HeadEnds.Tests.Support;

/// <summary>A meter's quarter hours, whose registers are the sum of what it sent.</summary>
internal sealed class Intervals(string device, long start)
{
    private const int Seconds = 900;

    private long _milliwattHours = 7_000_000;
    private long _number;

    /// <summary>The next quarter hour.</summary>
    /// <param name="milliwattHours">Drawn.</param>
    /// <param name="flags">Comma-separated.</param>
    /// <param name="body">The message; empty: none that says more.</param>
    public RecordArrival Next(long milliwattHours, string flags = "", byte[] body = null)
    {
        _milliwattHours += milliwattHours;
        long begin = start + Seconds * _number++;
        return new RecordArrival(device, _number, 0, "interval", begin, begin + Seconds, 28_800, flags, 0,
            _milliwattHours / 1_000, 0, milliwattHours, 0, body ?? "{}"u8.ToArray());
    }

    /// <summary>Many, each with the same energy.</summary>
    public RecordArrival[] Take(int count, long milliwattHours) => [.. Enumerable.Range(0, count).Select(_ => Next(milliwattHours))];

    /// <summary>A gap in the place of the next quarter hours: the meter measured them and nothing came.</summary>
    public GapArrival Lose(int count, long milliwattHours)
    {
        long first = _number + 1;
        _number += count;
        _milliwattHours += count * milliwattHours;
        return new GapArrival(device, first, _number, 0, "dropped");
    }
}
