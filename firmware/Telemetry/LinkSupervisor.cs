using MeterFirmware.Hardware;

namespace MeterFirmware.Telemetry;

/// <summary>
/// Keeps one connection alive over a link that only knows open and close: see <see cref="LinkState"/>. A fresh client
/// is asked for on every attempt, so that DNS and certificates are looked at again. Never waits.
/// </summary>
public sealed class LinkSupervisor
{
    /// <summary>A link that takes no message for this long while introducing is not a link.</summary>
    private const int IntroduceMsMax = 30_000;

    private readonly IMqttLink _link;
    private readonly ILinkIntroduction _introduction;
    private readonly TelemetrySettings _settings;
    private readonly TelemetryCounters _counters;
    private readonly Jitter _jitter;
    private readonly string _clientId;
    private readonly string _willTopic;
    private readonly byte[] _willPayload;
    private long _deadlineMs;
    private long _onlineSinceMs;
    private int _backoffMs;
    private bool _isStarted;
    private bool _isFirstIntroduction;

    public LinkSupervisor(IMqttLink link, ILinkIntroduction introduction, TelemetrySettings settings,
        TelemetryCounters counters, string willTopic, byte[] willPayload)
    {
        _link = link;
        _introduction = introduction;
        _settings = settings;
        _counters = counters;
        _willTopic = willTopic;
        _willPayload = willPayload;
        _clientId = "mf-" + settings.Device;
        _jitter = new Jitter(settings.Seed, settings.Device);
        _backoffMs = settings.BackoffMs;
    }

    public LinkState State { get; private set; }

    /// <summary>When <see cref="State"/> is Waiting: the time of the next attempt, monotonic ms.</summary>
    public long NextAttemptMs => _deadlineMs;

    /// <summary>Advances the state machine by what the link shows now. True on the tick that it came online.</summary>
    public bool Tick(long nowMs)
    {
        if (!_isStarted)
        {
            // A street whose power returns starts at the same second.
            _isStarted = true;
            _deadlineMs = nowMs + _jitter.UpTo(_settings.SpreadMs);
        }

        switch (State)
        {
            case LinkState.Waiting:
                if (nowMs >= _deadlineMs)
                {
                    Open(nowMs);
                }

                return false;
            case LinkState.Connecting:
                TickConnecting(nowMs);
                return false;
            case LinkState.Introducing:
                return TickIntroducing(nowMs);
            default:
                if (_link.State != MqttLinkState.Open)
                {
                    Lost(nowMs);
                }

                return false;
        }
    }

    /// <summary>Gives the connection up: it is open, but nobody answers at its other end.</summary>
    public void Drop(long nowMs)
    {
        _link.Close();
        Lost(nowMs);
    }

    private void Open(long nowMs)
    {
        _counters.Connects++;
        _link.Open(_clientId, _willTopic, _willPayload);
        State = LinkState.Connecting;
        _deadlineMs = nowMs + _settings.ConnectMsMax;
    }

    private void TickConnecting(long nowMs)
    {
        if (_link.State == MqttLinkState.Open)
        {
            State = LinkState.Introducing;
            _isFirstIntroduction = true;
            _deadlineMs = nowMs + IntroduceMsMax;
        }
        else if (_link.State == MqttLinkState.Closed || nowMs >= _deadlineMs)
        {
            Fail(nowMs);
        }
    }

    private bool TickIntroducing(long nowMs)
    {
        if (_link.State != MqttLinkState.Open || nowMs >= _deadlineMs)
        {
            Fail(nowMs);
            return false;
        }

        bool isFirst = _isFirstIntroduction;
        _isFirstIntroduction = false;
        if (!_introduction.TryIntroduce(_link, isFirst))
        {
            return false;
        }

        State = LinkState.Online;
        _onlineSinceMs = nowMs;
        _counters.Births++;
        return true;
    }

    private void Lost(long nowMs)
    {
        // A connection that breaks at once (another client took over the session, an ACL, a flapping Wi-Fi) must not
        // reset the backoff: two clients with one name would throw each other out without pause.
        if (State == LinkState.Online && nowMs - _onlineSinceMs >= _settings.StableMs)
        {
            _link.Close();
            _backoffMs = _settings.BackoffMs;
            State = LinkState.Waiting;
            _deadlineMs = nowMs + _jitter.UpTo(_settings.SpreadMs);
            return;
        }

        Fail(nowMs);
    }

    private void Fail(long nowMs)
    {
        _link.Close();
        State = LinkState.Waiting;

        // Half of the wait is fixed, half random: spread without an immediate retry.
        int half = _backoffMs / 2;
        _deadlineMs = nowMs + half + _jitter.UpTo(_backoffMs - half);
        _backoffMs = _backoffMs > _settings.BackoffMsMax / 2 ? _settings.BackoffMsMax : _backoffMs * 2;
    }
}
