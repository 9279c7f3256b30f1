using MeterFirmware.Hardware;

namespace MeterFirmware.Dlt645;

/// <summary>
/// Answers DL/T 645-2007 requests on a serial line. One Tick reads what came, and sends the reply when its delay is
/// over; nothing is allocated after construction.
/// </summary>
public sealed class Dlt645Server
{
    private readonly ISerialLine _line;
    private readonly Dlt645Settings _settings;
    private readonly Dlt645Receiver _receiver;
    private readonly Dlt645Commands _commands;
    private readonly Dlt645Frame _reply = new Dlt645Frame();
    private readonly byte[] _input = new byte[64];
    private readonly byte[] _output = new byte[Dlt645Protocol.FrameLengthMax + 4];
    private int _outputLength;
    private long _sendAtMs;
    private int _newBaud;
    private long _switchAtMs;
    private bool _configured;

    /// <param name="answerBytes">Longest answer to one read: <see cref="Dlt645Answer"/>.</param>
    public Dlt645Server(ISerialLine line, Dlt645Settings settings, IDlt645Meter meter, int answerBytes)
    {
        _line = line;
        _settings = settings;
        _receiver = new Dlt645Receiver(settings.PauseMs);
        _commands = new Dlt645Commands(settings, meter, answerBytes);
    }

    /// <summary>Good requests that were for this meter.</summary>
    public long RequestCount { get; private set; }

    /// <summary>Frames refused by a check of the link layer.</summary>
    public long BadFrameCount => _receiver.FailureCount;

    /// <summary>True while wrong passwords lock writing.</summary>
    public bool IsLocked(long nowMs) => _commands.IsLocked(nowMs);

    public void Tick(long nowMs)
    {
        if (!_configured)
        {
            _configured = _line.TryConfigure(_settings.Baud, Dlt645Protocol.EvenParity);
            if (!_configured)
            {
                return;
            }
        }

        if (!TrySend(nowMs) || !TrySwitchSpeed(nowMs))
        {
            return;
        }

        if (_receiver.TryTake())
        {
            Handle(nowMs);
        }

        while (_outputLength == 0)
        {
            if (!_line.TryRead(_input, 0, _input.Length, out int count))
            {
                // A parity or framing error: the frame it hit is lost, its rest must not join the next one.
                _receiver.Clear();
                return;
            }

            if (count == 0)
            {
                if (_receiver.Idle(nowMs))
                {
                    Handle(nowMs);
                }

                return;
            }

            Feed(count, nowMs);
        }
    }

    private void Feed(int count, long nowMs)
    {
        for (int i = 0; i < count; i++)
        {
            // One reply at a time: requests behind an unanswered one come from a master that did not wait.
            if (_receiver.Feed(_input[i], nowMs) && _outputLength == 0)
            {
                Handle(nowMs);
            }
        }
    }

    private void Handle(long nowMs)
    {
        Dlt645Frame request = _receiver.Frame;
        if (request.IsReply || !IsForUs(request))
        {
            return;
        }

        RequestCount++;
        bool isBroadcast = request.IsBroadcast;
        bool hasReply = _commands.Handle(request, _reply, nowMs, out _newBaud);
        if (!hasReply || isBroadcast)
        {
            return;
        }

        _reply.SetAddress(_settings.Address);
        _outputLength = _reply.Encode(_settings.WakeUpCount, _output, 0);
        _sendAtMs = nowMs + _settings.ReplyDelayMs;
    }

    private bool IsForUs(Dlt645Frame request)
    {
        int function = request.Function;
        if (request.IsBroadcast)
        {
            return function == Dlt645Protocol.BroadcastTime || function == Dlt645Protocol.Freeze;
        }

        if (!request.AddressCovers(_settings.Address))
        {
            return false;
        }

        // Shortened addressing is for reading; address commands go to whoever hears them.
        return !request.HasWildcard || function == Dlt645Protocol.Read || function == Dlt645Protocol.ReadNext
            || function == Dlt645Protocol.ReadAddress || function == Dlt645Protocol.WriteAddress;
    }

    /// <summary>False while a reply waits.</summary>
    private bool TrySend(long nowMs)
    {
        if (_outputLength == 0)
        {
            return true;
        }

        if (nowMs < _sendAtMs || !_line.TryWrite(_output, 0, _outputLength))
        {
            // Beyond the longest reply time the master has given up: a late reply would hit its next request.
            if (nowMs - _sendAtMs > _settings.PauseMs)
            {
                _outputLength = 0;
                _newBaud = 0;
            }

            return false;
        }

        if (_newBaud != 0)
        {
            // 11 bits a byte at the old speed, and one byte more.
            _switchAtMs = nowMs + (_outputLength + 1) * 11_000L / _settings.Baud + 1;
        }

        _outputLength = 0;
        return true;
    }

    /// <summary>False while the reply to a change of speed is still going out.</summary>
    private bool TrySwitchSpeed(long nowMs)
    {
        if (_newBaud == 0)
        {
            return true;
        }

        if (nowMs < _switchAtMs)
        {
            return false;
        }

        if (_line.TryConfigure(_newBaud, Dlt645Protocol.EvenParity))
        {
            _settings.Baud = _newBaud;
            _commands.SpeedChanged();
        }

        _newBaud = 0;
        _receiver.Clear();
        return true;
    }
}
