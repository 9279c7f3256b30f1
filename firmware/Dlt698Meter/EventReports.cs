using MeterFirmware.Dlt645;

namespace MeterFirmware.Dlt698Meter;

/// <summary>Which events happened since they were reported: their counts are looked at once a second.</summary>
internal sealed class EventReports
{
    private const int PeriodMs = 1000;
    private const int Records = 0x0200;

    private readonly IDlt645Meter _meter;
    private readonly long[] _counts = new long[EventObject.Count];
    private long _nextMs = long.MinValue;
    private bool _hasCounts;
    private int _waiting;

    public EventReports(IDlt645Meter meter)
    {
        _meter = meter;
    }

    /// <summary>The object of the first one that waits; 0: none.</summary>
    public int Waiting
    {
        get
        {
            for (int i = 0; i < EventObject.Count; i++)
            {
                if ((_waiting >> i & 1) != 0)
                {
                    return (EventObject.At(i) << 16) | Records;
                }
            }

            return 0;
        }
    }

    public void Tick(long nowMs)
    {
        if (nowMs < _nextMs)
        {
            return;
        }

        _nextMs = nowMs + PeriodMs;
        for (int i = 0; i < EventObject.Count; i++)
        {
            _meter.TryRead(EventObject.IdentifierOf(EventObject.At(i)), 0, out long count);
            _waiting |= _hasCounts && count > _counts[i] ? 1 << i : 0;
            _counts[i] = count;
        }

        _hasCounts = true;
    }

    public void Taken(int oad)
    {
        for (int i = 0; i < EventObject.Count; i++)
        {
            _waiting &= EventObject.At(i) == (oad >> 16 & 0xFFFF) ? ~(1 << i) : ~0;
        }
    }
}
