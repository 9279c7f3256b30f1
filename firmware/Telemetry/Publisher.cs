using MeterFirmware.Basics;
using MeterFirmware.Hardware;

namespace MeterFirmware.Telemetry;

/// <summary>
/// The one way to the link. After a refusal it pauses, twice as long each time up to a second, so that nobody reads
/// records and composes messages in every tick for a link that takes none. A link that has refused everything for
/// <see cref="TelemetrySettings.StuckMs"/> is stuck, whatever its state says.
/// </summary>
public sealed class Publisher
{
    private const int PauseMs = 100;
    private const int PauseMsMax = 1_000;

    private readonly IMqttLink _link;
    private readonly int _stuckMs;
    private long _nowMs;
    private long _resumeAtMs;
    private long _refusedSinceMs;
    private int _pauseMs;

    public Publisher(IMqttLink link, TelemetrySettings settings)
    {
        _link = link;
        _stuckMs = settings.StuckMs;
    }

    /// <summary>False during the pause after a refusal: do not compose anything now.</summary>
    public bool IsReady => _nowMs >= _resumeAtMs;

    /// <summary>True when the link has taken nothing for too long.</summary>
    public bool IsStuck { get; private set; }

    /// <summary>Messages handed over on this connection.</summary>
    public int Taken { get; private set; }

    /// <summary>Once a tick, before anything is published.</summary>
    public void Tick(long nowMs) => _nowMs = nowMs;

    /// <summary>The connection is new: what the last one refused counts no more.</summary>
    public void Restart()
    {
        Taken = 0;
        IsStuck = false;
        _pauseMs = 0;
        _resumeAtMs = _nowMs;
    }

    /// <summary>Hands a message over. False: the link has no room, or the pause is not over; nothing was
    /// taken.</summary>
    public bool TryPublish(string topic, ByteTextWriter message, bool retain)
    {
        if (!IsReady)
        {
            return false;
        }

        if (_link.TryPublish(topic, message.Bytes, message.Length, retain))
        {
            Taken++;
            _pauseMs = 0;
            return true;
        }

        if (_pauseMs == 0)
        {
            _refusedSinceMs = _nowMs;
        }

        IsStuck = _nowMs - _refusedSinceMs >= _stuckMs;
        _pauseMs = _pauseMs == 0 ? PauseMs : _pauseMs > PauseMsMax / 2 ? PauseMsMax : _pauseMs * 2;
        _resumeAtMs = _nowMs + _pauseMs;
        return false;
    }
}
