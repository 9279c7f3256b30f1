namespace MeterFirmware.Dlt698;

/// <summary>Over TCP the meter logs in, shows that it lives, and reports events; on a serial line it does none of it.
/// </summary>
internal sealed class Dlt698Link
{
    private const int LinkRequest = 0x01;
    private const int LinkAnswer = 0x81;
    private const int Login = 0;
    private const int Heartbeat = 1;
    private const int ResultMask = 7;
    private const int MissesMax = 3;
    private const int RetryMs = 10_000;

    private readonly Dlt698Settings _settings;
    private readonly IDlt698Meter _meter;
    private long _nextMs = long.MinValue;
    private long _nextReportMs = long.MinValue;
    private int _misses;
    private int _piid;

    public Dlt698Link(Dlt698Settings settings, IDlt698Meter meter)
    {
        _settings = settings;
        _meter = meter;
    }

    public bool IsLoggedIn { get; private set; }

    /// <summary>Number of the next message that the meter sends by itself.</summary>
    public int NextPiid()
    {
        _piid = (_piid + 1) & 0x3F;
        return _piid;
    }

    /// <summary>A report is due: one at a time, repeated until the client has it.</summary>
    public bool WantsReport(long nowMs)
    {
        if (!IsLoggedIn || nowMs < _nextReportMs || _meter.WaitingReport == 0)
        {
            return false;
        }

        _nextReportMs = nowMs + RetryMs;
        return true;
    }

    /// <summary>The client has taken a report: the next one need not wait.</summary>
    public void ReportTaken() => _nextReportMs = long.MinValue;

    /// <summary>Writes a login or a heartbeat when one is due; returns its length.</summary>
    public int Write(Dlt698Writer writer, int at, long nowMs)
    {
        if (_settings.HeartbeatSeconds == 0 || nowMs < _nextMs)
        {
            return 0;
        }

        if (IsLoggedIn && _misses == MissesMax)
        {
            IsLoggedIn = false;
        }

        _misses++;
        _nextMs = nowMs + (IsLoggedIn ? _settings.HeartbeatSeconds * 1000L : RetryMs);
        bool isTimed = _meter.TryReadClock(out long localSeconds);
        writer.Begin(at);
        writer.Byte(LinkRequest);
        writer.Byte(NextPiid());
        writer.Byte(IsLoggedIn ? Heartbeat : Login);
        writer.UInt16(_settings.HeartbeatSeconds);
        writer.BareDateTime(isTimed, localSeconds);
        return writer.At - at;
    }

    /// <summary>The client's answer: LINK response, number, result.</summary>
    public void Take(Dlt698Frame frame, long nowMs)
    {
        if (frame.Length < 3 || frame.Data[0] != LinkAnswer || _settings.HeartbeatSeconds == 0)
        {
            return;
        }

        bool wasLoggedIn = IsLoggedIn;
        IsLoggedIn = (frame.Data[2] & ResultMask) == 0;
        _misses = 0;
        _nextMs = IsLoggedIn && !wasLoggedIn ? nowMs + _settings.HeartbeatSeconds * 1000L : _nextMs;
    }
}
