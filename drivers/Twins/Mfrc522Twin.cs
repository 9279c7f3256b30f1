using MeterFirmware.Basics;
using MeterFirmware.Hardware;

namespace MeterFirmware.Drivers.Twins;

/// <summary>
/// MFRC522 on SPI at register level, with up to two cards in its field. Strict: an unknown register, a write to one
/// that is read only, or access while it starts throws. Time passes by <see cref="Advance"/>.
/// </summary>
public sealed class Mfrc522Twin : IRegisterBus
{
    private const int StartMs = 38;
    private const int AnswerMs = 1;
    private const int Transceive = 0x0C;

    // Registers that this twin knows; W: writable.
    private const string Map =
        "01W 02W 03W 04W 05W 06 07 08W 09W 0AW 0BW 0CW 0DW 0EW 11W 12W 13W 14W 15W 24W 26W 2AW 2BW 2CW 2DW 37";

    private readonly int[] _registers = new int[64];
    private readonly bool[] _isKnown = new bool[64];
    private readonly bool[] _isWritable = new bool[64];
    private readonly byte[] _fifo = new byte[64];
    private readonly byte[] _frame = new byte[64];
    private readonly byte[] _answer = new byte[5];
    private readonly byte[] _otherAnswer = new byte[5];
    private int _fifoCount;
    private int _fifoAt;
    private int _answerCount;
    private bool _isCollided;
    private bool _isExchanging;
    private long _nowMs;
    private long _startedMs = -StartMs;
    private long _sentMs;

    public Mfrc522Twin()
    {
        for (int i = 0; i < Map.Length; i += 3)
        {
            int register = HexDigits.ValueOf(Map[i]) * 16 + HexDigits.ValueOf(Map[i + 1]);
            _isKnown[register] = true;
            _isWritable[register] = i + 2 < Map.Length && Map[i + 2] == 'W';
            i += _isWritable[register] ? 1 : 0;
        }

        Reset();
    }

    /// <summary>Cards in the field; null: none.</summary>
    public CardTwin Card { get; set; }

    public CardTwin OtherCard { get; set; }

    /// <summary>Bits of <see cref="TwinFault"/>: Unplugged reads zeros, AllOnes reads ones, Slow never completes an
    /// exchange.</summary>
    public int Faults { get; set; }

    public long Transfers { get; private set; }

    public int Version { get; set; } = 0x92;

    public BusFault LastFault => BusFault.None;

    private bool HasField => (_registers[0x14] & 3) == 3 && _registers[0x15] == 0x40;

    /// <summary>Supply or reset line dropped: registers as after power-on.</summary>
    public void Reset()
    {
        for (int i = 0; i < _registers.Length; i++)
        {
            _registers[i] = 0;
        }

        _registers[0x01] = 0x20;
        _registers[0x11] = 0x3F;
        _registers[0x14] = 0x80;
        _registers[0x37] = Version;
        _fifoCount = 0;
        _fifoAt = 0;
        _isExchanging = false;
        _startedMs = _nowMs;
        Card?.LoseField();
        OtherCard?.LoseField();
    }

    public void Advance(int milliseconds)
    {
        _nowMs += milliseconds;
        if (!_isExchanging || (Faults & TwinFault.Slow) != 0)
        {
            return;
        }

        if (_answerCount > 0 && _nowMs - _sentMs >= AnswerMs)
        {
            Receive();
        }
        else if (_registers[0x2A] == 0x80 && _nowMs - _sentMs >= TimerMs())
        {
            _registers[0x04] |= 0x01;
            _isExchanging = false;
        }
    }

    public bool TryWrite(byte[] buffer, int count)
    {
        Transfers++;
        Invariant.Require(count >= 2 && (buffer[0] & 0x81) == 0,
            "MFRC522 twin: a write is an address with bits 7 and 0 clear, then data");
        int register = buffer[0] >> 1;
        if ((Faults & (TwinFault.Unplugged | TwinFault.AllOnes)) != 0)
        {
            return true;
        }

        Invariant.Require(_isKnown[register] && _isWritable[register], "MFRC522 twin: no such register, or read only");
        Invariant.Require(_nowMs - _startedMs >= StartMs, "MFRC522 twin: accessed while it starts");
        for (int i = 1; i < count; i++)
        {
            Write(register, buffer[i]);
        }

        return true;
    }

    public bool TryWriteRead(byte[] write, int writeCount, byte[] read, int readCount)
    {
        Transfers++;
        Invariant.Require(writeCount == 1 && readCount == 1, "MFRC522 twin: one register a read");
        Invariant.Require((write[0] & 0x81) == 0x80, "MFRC522 twin: a read's address has bit 7 set and bit 0 clear");
        int register = (write[0] >> 1) & 0x3F;
        if ((Faults & (TwinFault.Unplugged | TwinFault.AllOnes)) != 0)
        {
            read[0] = (byte)((Faults & TwinFault.AllOnes) != 0 ? 0xFF : 0);
            return true;
        }

        Invariant.Require(_isKnown[register], "MFRC522 twin: no such register");
        Invariant.Require(_nowMs - _startedMs >= StartMs, "MFRC522 twin: accessed while it starts");
        read[0] = (byte)Read(register);
        return true;
    }

    private void Write(int register, int value)
    {
        switch (register)
        {
            case 0x01:
                if ((value & 0x0F) == 0x0F)
                {
                    Reset();
                    return;
                }

                _isExchanging = false;
                break;
            case 0x04:
                // Set1 clear: the bits that are written as one are cleared.
                value = (value & 0x80) != 0 ? _registers[4] | (value & 0x7F) : _registers[4] & ~value;
                break;
            case 0x09:
                Invariant.Require(_fifoCount < _fifo.Length, "MFRC522 twin: FIFO overflow");
                _fifo[_fifoCount++] = (byte)value;
                return;
            case 0x0A:
                _fifoCount = (value & 0x80) != 0 ? 0 : _fifoCount;
                _fifoAt = (value & 0x80) != 0 ? 0 : _fifoAt;
                return;
        }

        _registers[register] = value;
        if (register == 0x0D && (value & 0x80) != 0 && (_registers[1] & 0x0F) == Transceive)
        {
            Send(value & 7);
        }
    }

    private int Read(int register)
    {
        if (register == 0x09)
        {
            return _fifoAt < _fifoCount ? _fifo[_fifoAt++] : 0;
        }

        return register == 0x0A ? _fifoCount - _fifoAt : _registers[register];
    }

    private void Send(int lastBits)
    {
        int count = _fifoCount - _fifoAt;
        Invariant.Require(count > 0, "MFRC522 twin: nothing in the FIFO to send");
        for (int i = 0; i < count; i++)
        {
            _frame[i] = _fifo[_fifoAt + i];
        }

        _fifoCount = 0;
        _fifoAt = 0;
        _sentMs = _nowMs;
        _isExchanging = true;
        _registers[0x06] = 0;
        _answerCount = 0;
        _isCollided = false;
        if (!HasField)
        {
            return;
        }

        _answerCount = Card == null ? 0 : Card.Answer(_frame, count, lastBits, _answer);
        int other = OtherCard == null ? 0 : OtherCard.Answer(_frame, count, lastBits, _otherAnswer);
        Overlay(other);
    }

    // Two answers at once: where their bits differ, the receiver sees both half bits and reports a collision.
    private void Overlay(int other)
    {
        if (other > 0 && _answerCount == 0)
        {
            _answerCount = other;
            for (int i = 0; i < other; i++)
            {
                _answer[i] = _otherAnswer[i];
            }
        }
        else if (other > 0)
        {
            for (int i = 0; i < _answerCount && i < other; i++)
            {
                _isCollided |= _answer[i] != _otherAnswer[i];
                _answer[i] |= _otherAnswer[i];
            }
        }
    }

    private void Receive()
    {
        _isExchanging = false;
        for (int i = 0; i < _answerCount; i++)
        {
            _fifo[i] = _answer[i];
        }

        _fifoCount = _answerCount;
        _fifoAt = 0;
        _registers[0x04] |= 0x20;
        _registers[0x06] = _isCollided ? 0x08 : 0;
        _registers[0x0C] = 0;
    }

    // 13.56 MHz / (2 × prescaler + 1); the prescaler's high bits are the low ones of TModeReg.
    private long TimerMs()
    {
        long prescaler = ((_registers[0x2A] & 0x0F) << 8) | _registers[0x2B];
        long reload = (_registers[0x2C] << 8) | _registers[0x2D];
        return (2 * prescaler + 1) * (reload + 1) / 13_560;
    }
}
