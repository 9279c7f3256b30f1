using System;

namespace MeterFirmware.Modbus;

/// <summary>
/// Finds requests in what a server hears, one at a time, and allocates nothing. On a serial line a frame ends with a
/// silence; noise in front of it is skipped, other units' frames are passed over. On TCP the header says the length.
/// </summary>
public sealed class ModbusRequests
{
    private const int TcpPauseMs = 2_000;

    private readonly ModbusSettings _settings;
    private readonly byte[] _bytes = new byte[ModbusProtocol.TcpLengthMax];
    private readonly int _silenceMs;
    private int _count;
    private long _lastByteMs;
    private bool _isLost;

    public ModbusRequests(ModbusSettings settings)
    {
        _settings = settings;
        _silenceMs = ModbusProtocol.SilenceMs(settings.Baud);
    }

    /// <summary>The bytes in which a taken request lies.</summary>
    public byte[] Bytes => _bytes;

    /// <summary>Where a taken request's message begins, and its length.</summary>
    public int PduOffset { get; private set; }

    public int PduLength { get; private set; }

    public int Unit { get; private set; }

    public int Transaction { get; private set; }

    /// <summary>Bursts that held no frame.</summary>
    public long BadFrameCount { get; private set; }

    /// <summary>How many bytes the next <see cref="Feed"/> may bring.</summary>
    public int Room => _bytes.Length - _count;

    /// <summary>True from bytes without a frame to the next pause.</summary>
    public bool IsLost => _isLost;

    public void Clear()
    {
        _count = 0;
        _isLost = false;
    }

    /// <summary>Takes bytes, at most <see cref="Room"/>.</summary>
    public void Feed(byte[] bytes, int offset, int count, long nowMs)
    {
        if (count == 0)
        {
            return;
        }

        _lastByteMs = nowMs;
        if (count >= Room && _settings.Framing == ModbusFraming.Rtu)
        {
            // No frame is this long: the line babbles. What comes up to the next silence belongs to it.
            Lose();
            return;
        }

        Array.Copy(bytes, offset, _bytes, _count, count);
        _count += count;
    }

    /// <summary>True: a request lies in <see cref="Bytes"/> until <see cref="Drop"/>.</summary>
    public bool TryTake(long nowMs) =>
        _settings.Framing == ModbusFraming.Tcp ? TryTakeTcp(nowMs) : TryTakeRtu(nowMs);

    /// <summary>Forgets the request that was taken.</summary>
    public void Drop()
    {
        if (_settings.Framing == ModbusFraming.Rtu)
        {
            _count = 0;
            return;
        }

        int used = PduOffset + PduLength;
        _count -= used;
        Array.Copy(_bytes, used, _bytes, 0, _count);
    }

    private bool TryTakeRtu(long nowMs)
    {
        if (nowMs - _lastByteMs < _silenceMs)
        {
            return false;
        }

        if (_isLost)
        {
            Clear();
        }

        if (_count == 0)
        {
            return false;
        }

        if (IsWholeAt(0))
        {
            Unit = _bytes[0];
            PduOffset = 1;
            PduLength = _count - 1 - ModbusProtocol.CrcLength;
            return true;
        }

        // Bytes in front of a request are noise, of the line's turning round for one; a request is what the silence
        // ends.
        for (int i = 1; i + 4 <= _count; i++)
        {
            bool isForUs = _bytes[i] == _settings.Unit || _bytes[i] == ModbusProtocol.BroadcastUnit;
            if (isForUs && IsRequestAt(i))
            {
                Unit = _bytes[i];
                PduOffset = i + 1;
                PduLength = _count - i - 1 - ModbusProtocol.CrcLength;
                return true;
            }
        }

        if (nowMs - _lastByteMs >= _settings.PauseMs)
        {
            BadFrameCount++;
            _count = 0;
        }

        return false;
    }

    /// <summary>Anything whose check fits, of any unit and function: an unknown function is answered too.</summary>
    private bool IsWholeAt(int offset) =>
        _count - offset <= ModbusProtocol.RtuLengthMax && ModbusCrc.IsGood(_bytes, offset, _count - offset);

    private bool IsRequestAt(int offset)
    {
        int pdu = _count - offset - 1 - ModbusProtocol.CrcLength;
        return ModbusProtocol.RequestLength(_bytes, offset + 1, pdu) == pdu && IsWholeAt(offset);
    }

    private bool TryTakeTcp(long nowMs)
    {
        if (_count > 0 && nowMs - _lastByteMs > TcpPauseMs)
        {
            BadFrameCount += _isLost ? 0 : 1;
            Clear();
        }

        if (_isLost || _count < ModbusProtocol.TcpHeaderLength)
        {
            _count = _isLost ? 0 : _count;
            _isLost &= nowMs - _lastByteMs <= TcpPauseMs;
            return false;
        }

        int length = ModbusProtocol.ReadUInt16(_bytes, 4);
        if (ModbusProtocol.ReadUInt16(_bytes, 2) != 0 || length < 2 || length > ModbusProtocol.PduLengthMax + 1)
        {
            // Without a true length the next header cannot be found: the stream is read again after a pause.
            Lose();
            return false;
        }

        if (_count < 6 + length)
        {
            return false;
        }

        Transaction = ModbusProtocol.ReadUInt16(_bytes, 0);
        Unit = _bytes[6];
        PduOffset = ModbusProtocol.TcpHeaderLength;
        PduLength = length - 1;
        return true;
    }

    private void Lose()
    {
        BadFrameCount += _isLost ? 0 : 1;
        _isLost = true;
        _count = 0;
    }
}
