using MeterFirmware.Hardware;

namespace MeterFirmware.Modbus;

/// <summary>
/// Asks a Modbus device, one request at a time: <see cref="TryBeginRead"/>, then <see cref="Tick"/> until the outcome
/// is no longer Waiting. Nothing is allocated after construction.</summary>
public sealed class ModbusClient
{
    private readonly ISerialLine _line;
    private readonly bool _isTcp;
    private readonly ModbusReplies _replies;
    private readonly byte[] _input = new byte[64];
    private readonly byte[] _output = new byte[ModbusProtocol.TcpLengthMax];
    private int _pduLength;
    private int _unit;
    private int _replyLength;
    private int _transaction;
    private int _triesLeft;
    private bool _isSent;
    private bool _isConfigured;
    private bool _hasStrange;
    private long _deadlineMs;
    private long _quietFromMs = -3_600_000;
    private long _beganMs;
    private bool _isWaitingForQuiet;

    public ModbusClient(ISerialLine line, ModbusFraming framing)
    {
        _line = line;
        _isTcp = framing == ModbusFraming.Tcp;
        _replies = new ModbusReplies(_isTcp);
    }

    public int Baud { get; set; } = ModbusProtocol.DefaultBaud;

    /// <summary>0 none, 1 odd, 2 even.</summary>
    public int Parity { get; set; }

    /// <summary>A reply has to begin within this; the line's own time comes on top. Longer than the slowest device
    /// takes: on a serial line a reply that comes later looks like the answer to the next request.</summary>
    public int ReplyTimeoutMs { get; set; } = 1_000;

    /// <summary>Requests sent before giving up, 1 or more.</summary>
    public int Tries { get; set; } = 3;

    /// <summary>Quiet before each request; some meters need 50 to 100 ms.</summary>
    public int RestMs { get; set; } = 5;

    public ModbusOutcome Outcome { get; private set; }

    /// <summary>Exception code of a refusal.</summary>
    public int ErrorCode { get; private set; }

    /// <summary>Registers of the last good read.</summary>
    public int RegisterCount { get; private set; }

    /// <summary>Where registers lie for <see cref="Bytes"/>: register 0's high byte.</summary>
    public int DataOffset => _replies.PduOffset + 2;

    /// <summary>Holds the registers of the last good read from <see cref="DataOffset"/> on, until the next
    /// request.</summary>
    public byte[] Bytes => _replies.Bytes;

    /// <summary>Reads 1 to 125 registers by function 03 or 04. False: another request is waiting, or the range is none.
    /// </summary>
    public bool TryBeginRead(int unit, int function, int address, int count)
    {
        if (!TryBegin(unit, address, count, ModbusProtocol.ReadCountMax))
        {
            return false;
        }

        int pdu = PduStart;
        _output[pdu] = (byte)function;
        ModbusProtocol.WriteUInt16(_output, pdu + 1, address);
        ModbusProtocol.WriteUInt16(_output, pdu + 3, count);
        _pduLength = 5;
        _replyLength = 2 + 2 * count;
        return true;
    }

    /// <summary>Writes registers by function 10: the echo of an 06 could not be told from its reply.</summary>
    /// <param name="values">Two bytes a register, high byte first.</param>
    public bool TryBeginWrite(int unit, int address, byte[] values, int count)
    {
        if (!TryBegin(unit, address, count, ModbusProtocol.WriteCountMax) || values.Length < 2 * count)
        {
            return false;
        }

        int pdu = PduStart;
        _output[pdu] = ModbusProtocol.WriteMany;
        ModbusProtocol.WriteUInt16(_output, pdu + 1, address);
        ModbusProtocol.WriteUInt16(_output, pdu + 3, count);
        _output[pdu + 5] = (byte)(2 * count);
        for (int i = 0; i < 2 * count; i++)
        {
            _output[pdu + 6 + i] = values[i];
        }

        _pduLength = 6 + 2 * count;
        _replyLength = 5;
        return true;
    }

    /// <summary>Value of a register of the last good read.</summary>
    public int Register(int index) => ModbusProtocol.ReadUInt16(_replies.Bytes, DataOffset + 2 * index);

    public void Tick(long nowMs)
    {
        if (Outcome != ModbusOutcome.Waiting)
        {
            return;
        }

        if (!_isConfigured)
        {
            _isConfigured = _line.TryConfigure(Baud, Parity);
            if (!_isConfigured)
            {
                Outcome = ModbusOutcome.LineDown;
                return;
            }
        }

        if (!_isSent)
        {
            TrySend(nowMs);
            return;
        }

        if (TryReceive())
        {
            _quietFromMs = nowMs;
        }
        else if (nowMs > _deadlineMs || _replies.IsLost)
        {
            _hasStrange |= _replies.HasStrange || _replies.IsLost;
            _isSent = false;
            _quietFromMs = nowMs;
            if (_triesLeft == 0 || _replies.IsLost)
            {
                Outcome = _hasStrange ? ModbusOutcome.BadAnswer : ModbusOutcome.TimedOut;
            }
        }
    }

    private int PduStart => _isTcp ? ModbusProtocol.TcpHeaderLength : 1;

    private bool TryBegin(int unit, int address, int count, int most)
    {
        bool isRange = unit >= 0 && unit <= 255 && address >= 0 && count >= 1 && count <= most
            && address + count <= 0x10000;
        if (Outcome == ModbusOutcome.Waiting || !isRange)
        {
            return false;
        }

        _unit = unit;
        _triesLeft = Tries;
        _isSent = false;
        _isWaitingForQuiet = false;
        _hasStrange = false;
        ErrorCode = 0;
        RegisterCount = 0;
        Outcome = ModbusOutcome.Waiting;
        return true;
    }

    private void TrySend(long nowMs)
    {
        if (!_isTcp && !IsQuiet(nowMs))
        {
            // Another master, or noise without end.
            Outcome = nowMs - _beganMs > ReplyTimeoutMs ? ModbusOutcome.LineBusy : Outcome;
            return;
        }

        int length = Frame();
        if (!_line.TryWrite(_output, 0, length))
        {
            Outcome = ModbusOutcome.LineDown;
            _isConfigured = false;
            return;
        }

        _triesLeft--;
        _isSent = true;
        _isWaitingForQuiet = false;
        int lineMs = _isTcp ? 0 : ModbusProtocol.LineMs(Baud, length + 1 + _replyLength + ModbusProtocol.CrcLength);
        _deadlineMs = nowMs + lineMs + ReplyTimeoutMs;
        _replies.Expect(_unit, _output[PduStart], _replyLength, _transaction);
        if (!_isTcp && _unit == ModbusProtocol.BroadcastUnit)
        {
            Outcome = ModbusOutcome.Done;
        }
    }

    /// <summary>What still comes belongs to an earlier request; the rest begins behind it.</summary>
    private bool IsQuiet(long nowMs)
    {
        if (!_isWaitingForQuiet)
        {
            _isWaitingForQuiet = true;
            _beganMs = nowMs;
        }

        if (_line.TryRead(_input, 0, _input.Length, out int stale) && stale > 0)
        {
            _quietFromMs = nowMs;
        }

        return nowMs - _quietFromMs >= RestMs;
    }

    private int Frame()
    {
        _output[PduStart - 1] = (byte)_unit;
        if (!_isTcp)
        {
            return ModbusCrc.Append(_output, 0, 1 + _pduLength);
        }

        _transaction = (_transaction + 1) & 0xFFFF;
        ModbusProtocol.WriteUInt16(_output, 0, _transaction);
        ModbusProtocol.WriteUInt16(_output, 2, 0);
        ModbusProtocol.WriteUInt16(_output, 4, 1 + _pduLength);
        return ModbusProtocol.TcpHeaderLength + _pduLength;
    }

    /// <summary>True when the request ended.</summary>
    private bool TryReceive()
    {
        // At most a frame and what may stand around it a tick.
        for (int i = 0; i < 8; i++)
        {
            if (!_line.TryRead(_input, 0, _input.Length, out int count) || count == 0)
            {
                return false;
            }

            if (_replies.Feed(_input, count))
            {
                TakeReply();
                return true;
            }
        }

        return false;
    }

    private void TakeReply()
    {
        if (_replies.IsRefusal)
        {
            ErrorCode = _replies.Bytes[_replies.PduOffset + 1];
            Outcome = ModbusOutcome.Refused;
            return;
        }

        RegisterCount = _output[PduStart] == ModbusProtocol.WriteMany ? 0 : (_replyLength - 2) / 2;
        Outcome = ModbusOutcome.Done;
    }
}
