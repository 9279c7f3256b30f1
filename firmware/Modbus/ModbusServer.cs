using MeterFirmware.Hardware;

namespace MeterFirmware.Modbus;

/// <summary>
/// Answers Modbus requests on a serial line or a TCP connection. One tick reads what came and sends at most one
/// reply; nothing is allocated after construction.</summary>
public sealed class ModbusServer
{
    private readonly ISerialLine _line;
    private readonly ModbusSettings _settings;
    private readonly ModbusResponder _responder;
    private readonly ModbusRequests _requests;
    private readonly byte[] _input = new byte[64];
    private readonly byte[] _reply = new byte[ModbusProtocol.TcpLengthMax];
    private int _replyLength;
    private int _echoLength;
    private int _echoAt;
    private long _repliedMs;
    private long _echoMs;
    private bool _isConfigured;

    public ModbusServer(ISerialLine line, ModbusSettings settings, IModbusMap map)
    {
        _line = line;
        _settings = settings;
        _responder = new ModbusResponder(map);
        _requests = new ModbusRequests(settings);
    }

    /// <summary>Good requests that were for this unit.</summary>
    public long RequestCount { get; private set; }

    /// <summary>Bursts on the line that held no frame.</summary>
    public long BadFrameCount => _requests.BadFrameCount;

    /// <summary>A TCP stream whose next header cannot be found: its owner closes the connection.</summary>
    public bool IsLost => _requests.IsLost;

    public void Tick(long nowMs)
    {
        if (!_isConfigured)
        {
            _isConfigured = _line.TryConfigure(_settings.Baud, _settings.Parity);
            if (!_isConfigured)
            {
                return;
            }
        }

        Receive(nowMs);
        if (!_requests.TryTake(nowMs))
        {
            return;
        }

        // The silence that ends a request is the pause that its reply has to keep.
        _replyLength = 0;
        Answer();
        _requests.Drop();
        if (_replyLength > 0)
        {
            Send(nowMs);
        }
    }

    private void Receive(long nowMs)
    {
        // At most one frame's worth a tick: a babbling line takes no more of it.
        for (int budget = ModbusProtocol.TcpLengthMax; budget > 0;)
        {
            int room = _requests.Room < budget ? _requests.Room : budget;
            int most = room < _input.Length ? room : _input.Length;
            if (!_line.TryRead(_input, 0, most, out int count))
            {
                // A parity or framing error: what it hit must not join what follows.
                _requests.Clear();
                return;
            }

            if (count == 0)
            {
                // A request may begin as our reply did, and end before it.
                if (_echoAt > 0 && nowMs - _echoMs >= _settings.PauseMs)
                {
                    GiveBackEcho(nowMs);
                }

                return;
            }

            budget -= count;
            int echo = SkipEcho(count, nowMs);
            _requests.Feed(_input, echo, count - echo, nowMs);
        }
    }

    /// <summary>An RS-485 adapter may give back what was sent. Bytes that repeat the last reply right behind it are
    /// that echo; the reply to a write would else be taken for the same write again, without end.</summary>
    private int SkipEcho(int count, long nowMs)
    {
        int skipped = 0;
        bool isNear = nowMs - _repliedMs <= ModbusProtocol.LineMs(_settings.Baud, _echoLength) + _settings.PauseMs;
        while (isNear && _echoAt < _echoLength && skipped < count && _input[skipped] == _reply[_echoAt])
        {
            skipped++;
            _echoAt++;
        }

        _echoMs = nowMs;
        if (_echoAt == _echoLength)
        {
            // The whole of it, or none was to be expected.
            _echoAt = 0;
            _echoLength = 0;
        }
        else if (skipped < count || !isNear)
        {
            GiveBackEcho(nowMs);
        }

        return skipped;
    }

    /// <summary>What began like the echo was a request: its first bytes are those of the reply.</summary>
    private void GiveBackEcho(long nowMs)
    {
        _requests.Feed(_reply, 0, _echoAt, nowMs);
        _echoAt = 0;
        _echoLength = 0;
    }

    private void Answer()
    {
        bool isTcp = _settings.Framing == ModbusFraming.Tcp;
        bool isOurs = _requests.Unit == _settings.Unit;

        // On TCP the connection itself says who is meant: 0 and FF are this device (MODBUS Messaging on TCP/IP,
        // 4.4.2.3).
        isOurs |= isTcp && (_requests.Unit == 0 || _requests.Unit == 0xFF);
        bool isBroadcast = !isTcp && _requests.Unit == ModbusProtocol.BroadcastUnit;
        int function = _requests.Bytes[_requests.PduOffset];
        bool isReply = (function & ModbusProtocol.ErrorBit) != 0;
        if (isReply || (!isOurs && !isBroadcast && !isTcp))
        {
            return;
        }

        int head = isTcp ? ModbusProtocol.TcpHeaderLength : 1;
        int length;
        if (!isOurs && isTcp)
        {
            length = ModbusResponder.Refuse(function, ModbusProtocol.GatewayPath, _reply, head);
        }
        else
        {
            RequestCount++;
            bool isRead = function == ModbusProtocol.ReadHolding || function == ModbusProtocol.ReadInput;
            length = isBroadcast && isRead ? 0
                : _responder.Handle(_requests.Bytes, _requests.PduOffset, _requests.PduLength, _reply, head);
        }

        _replyLength = isBroadcast ? 0 : Frame(isTcp, head, length);
    }

    private int Frame(bool isTcp, int head, int length)
    {
        _reply[head - 1] = (byte)_requests.Unit;
        if (!isTcp)
        {
            return ModbusCrc.Append(_reply, 0, head + length);
        }

        ModbusProtocol.WriteUInt16(_reply, 0, _requests.Transaction);
        ModbusProtocol.WriteUInt16(_reply, 2, 0);
        ModbusProtocol.WriteUInt16(_reply, 4, length + 1);
        return head + length;
    }

    private void Send(long nowMs)
    {
        // A line that does not take it: the master asks again.
        _line.TryWrite(_reply, 0, _replyLength);
        _echoLength = _settings.Framing == ModbusFraming.Tcp ? 0 : _replyLength;
        _echoAt = 0;
        _repliedMs = nowMs;
    }
}
