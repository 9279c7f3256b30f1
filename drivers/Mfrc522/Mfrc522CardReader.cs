using MeterFirmware.Hardware;

namespace MeterFirmware.Drivers.Mfrc522;

/// <summary>
/// MFRC522 (and its clones FM17522, SLRC-like) on SPI: finds one ISO/IEC 14443 A card and reads its UID of 4, 7 or 10
/// bytes. Each call does at most one exchange and never waits: what a call sends, the next one collects.
/// <code>
///   start --soft reset, 50 ms--> idle --200 ms: WUPA--> ATQA --anticollision--> level --select--> SAK --complete--> HLTA
///     ^                           ^                                              ^                 |                 |
///     |                           |                                              +--cascade bit----+                 |
///     +---- no chip, lost set-up--+------ nothing, or anything not whole <-------------------------------------------+
/// </code>
/// Two cards at once are no card: whose session it would be cannot be known.
/// </summary>
public sealed class Mfrc522CardReader : ICardReader
{
    private const int StateStart = 0;
    private const int StateResetting = 1;
    private const int StateIdle = 2;
    private const int StateRequested = 3;
    private const int StateAnticollision = 4;
    private const int StateSelecting = 5;
    private const int StateHalting = 6;

    private const int ResetMs = 50;
    private const int RetryMs = 1_000;
    private const int PollMs = 200;

    // The chip's own timer ends an exchange after 5 ms; a chip that says nothing after this is gone.
    private const int ExchangeMsMax = 100;
    private const int TimerModeAuto = 0x80;
    private const int TimerPrescaler = 0xA9;
    private const int TimerReload = 200;
    private const int ModeCrc6363 = 0x3D;
    private const int Ask100Percent = 0x40;

    private const int Pending = 0;
    private const int Nothing = 1;
    private const int Frame = 2;

    private readonly IRegisterBus _bus;
    private readonly byte[] _out = new byte[2];
    private readonly byte[] _in = new byte[1];
    private readonly byte[] _frame = new byte[9];
    private readonly byte[] _uid = new byte[10];
    private int _frameLength;
    private int _state;
    private int _level;
    private int _uidLength;
    private long _dueMs;
    private long _sentMs;

    /// <summary>Touches nothing; the first calls start the chip.</summary>
    /// <param name="bus">SPI, up to 10 MHz, mode 0.</param>
    public Mfrc522CardReader(IRegisterBus bus)
    {
        _bus = bus;
    }

    /// <inheritdoc/>
    public bool IsReady { get; private set; }

    /// <inheritdoc/>
    public bool TryReadUid(long nowMs, byte[] uid, out int uidLength)
    {
        uidLength = 0;
        switch (_state)
        {
            case StateStart:
                Reset(nowMs);
                return false;
            case StateResetting:
                Configure(nowMs);
                return false;
            case StateIdle:
                Poll(nowMs);
                return false;
            case StateHalting:
                // Nobody answers HLTA.
                _state = StateIdle;
                return false;
        }

        int result = Collect(nowMs);
        if (result == Pending)
        {
            return false;
        }

        if (result == Frame && TryGoOn(nowMs))
        {
            return _state == StateHalting && TryFinish(uid, out uidLength);
        }

        _state = _state == StateStart ? StateStart : StateIdle;
        return false;
    }

    private void Reset(long nowMs)
    {
        if (nowMs < _dueMs)
        {
            return;
        }

        bool isSent = TryWrite(Mfrc522Register.Command, Mfrc522Register.SoftResetCommand);
        _dueMs = nowMs + (isSent ? ResetMs : RetryMs);
        _state = isSent ? StateResetting : StateStart;
    }

    private void Configure(long nowMs)
    {
        if (nowMs < _dueMs)
        {
            return;
        }

        // 0x91 and 0x92 are NXP's; clones have others. All zeros and all ones are an open line.
        bool isThere = TryRead(Mfrc522Register.Version, out int version) && version != 0 && version != 0xFF
            && TryWrite(Mfrc522Register.TMode, TimerModeAuto)
            && TryWrite(Mfrc522Register.TPrescaler, TimerPrescaler)
            && TryWrite(Mfrc522Register.TReloadHigh, TimerReload >> 8)
            && TryWrite(Mfrc522Register.TReloadLow, TimerReload & 0xFF)
            && TryWrite(Mfrc522Register.TxAsk, Ask100Percent)
            && TryWrite(Mfrc522Register.Mode, ModeCrc6363)
            && TryRead(Mfrc522Register.TxControl, out int control)
            && TryWrite(Mfrc522Register.TxControl, control | Mfrc522Register.AntennaOn)
            && IsConfigured();
        if (!isThere)
        {
            GiveUp(nowMs);
            return;
        }

        IsReady = true;
        _dueMs = nowMs;
        _state = StateIdle;
    }

    // A chip that was reset by a disturbance has its antenna off and its timer stopped.
    private bool IsConfigured() =>
        TryRead(Mfrc522Register.TMode, out int mode) && mode == TimerModeAuto
        && TryRead(Mfrc522Register.TxControl, out int control)
        && (control & Mfrc522Register.AntennaOn) == Mfrc522Register.AntennaOn;

    private void GiveUp(long nowMs)
    {
        IsReady = false;
        _state = StateStart;
        _dueMs = nowMs + RetryMs;
    }

    private void Poll(long nowMs)
    {
        if (nowMs < _dueMs)
        {
            return;
        }

        if (!IsConfigured())
        {
            GiveUp(nowMs);
            return;
        }

        _dueMs = nowMs + PollMs;
        _level = 0;
        _uidLength = 0;
        _frame[0] = Iso14443.WakeUp;
        Send(nowMs, 1, 7, StateRequested);
    }

    /// <summary>Takes the frame that arrived, sends the next one. False: it was not whole, or the chip is
    /// gone.</summary>
    private bool TryGoOn(long nowMs)
    {
        if (_state == StateRequested)
        {
            // ATQA: two bytes, contents proprietary but for what anticollision finds anyway.
            return _frameLength == 2 && SendAnticollision(nowMs);
        }

        if (_state == StateAnticollision)
        {
            if (_frameLength != 5 || !Iso14443.IsLevelWhole(_frame))
            {
                return false;
            }

            for (int i = 4; i >= 0; i--)
            {
                _frame[i + 2] = _frame[i];
            }

            _frame[0] = Iso14443.SelectOf(_level);
            _frame[1] = 0x70;
            Iso14443.AddCrc(_frame, 7);
            for (int i = 0; i < 4; i++)
            {
                _uid[_uidLength + i] = _frame[2 + i];
            }

            return Send(nowMs, 9, 0, StateSelecting);
        }

        return TryTakeSelected(nowMs);
    }

    private bool TryTakeSelected(long nowMs)
    {
        if (_frameLength != 3 || Iso14443.CrcA(_frame, 1) != (_frame[1] | (_frame[2] << 8)))
        {
            return false;
        }

        bool isTagged = _uid[_uidLength] == Iso14443.CascadeTag;
        bool goesOn = (_frame[0] & Iso14443.CascadeBit) != 0;
        if (isTagged != goesOn)
        {
            // A tag without a next level is a UID cut short; a next level without a tag is none of ISO 14443.
            return false;
        }

        if (!goesOn)
        {
            _uidLength += 4;
            _frame[0] = 0x50;
            _frame[1] = 0;
            Iso14443.AddCrc(_frame, 2);
            return Send(nowMs, 4, 0, StateHalting);
        }

        for (int i = 0; i < 3; i++)
        {
            _uid[_uidLength + i] = _uid[_uidLength + i + 1];
        }

        _uidLength += 3;
        _level++;
        return _level < Iso14443.LevelCount && SendAnticollision(nowMs);
    }

    private bool TryFinish(byte[] uid, out int uidLength)
    {
        for (int i = 0; i < _uidLength; i++)
        {
            uid[i] = _uid[i];
        }

        uidLength = _uidLength;
        return true;
    }

    private bool SendAnticollision(long nowMs)
    {
        _frame[0] = Iso14443.SelectOf(_level);
        _frame[1] = 0x20;
        return Send(nowMs, 2, 0, StateAnticollision);
    }

    private bool Send(long nowMs, int count, int lastBits, int nextState)
    {
        bool isSent = TryWrite(Mfrc522Register.Command, Mfrc522Register.IdleCommand)
            && TryWrite(Mfrc522Register.ComIrq, Mfrc522Register.IrqClear)
            && TryWrite(Mfrc522Register.FifoLevel, Mfrc522Register.FifoFlush);
        for (int i = 0; i < count && isSent; i++)
        {
            isSent = TryWrite(Mfrc522Register.FifoData, _frame[i]);
        }

        isSent = isSent && TryWrite(Mfrc522Register.Coll, 0)
            && TryWrite(Mfrc522Register.BitFraming, lastBits)
            && TryWrite(Mfrc522Register.Command, Mfrc522Register.TransceiveCommand)
            && TryWrite(Mfrc522Register.BitFraming, Mfrc522Register.StartSend | lastBits);
        _sentMs = nowMs;
        _state = nextState;
        if (!isSent)
        {
            GiveUp(nowMs);
        }

        return isSent;
    }

    private int Collect(long nowMs)
    {
        if (!TryRead(Mfrc522Register.ComIrq, out int requests))
        {
            GiveUp(nowMs);
            return Nothing;
        }

        if ((requests & Mfrc522Register.IrqReceived) == 0)
        {
            if ((requests & Mfrc522Register.IrqTimer) != 0)
            {
                return Nothing;
            }

            if (nowMs - _sentMs <= ExchangeMsMax)
            {
                return Pending;
            }

            GiveUp(nowMs);
            return Nothing;
        }

        if (!TryRead(Mfrc522Register.Error, out int error) || !TryRead(Mfrc522Register.FifoLevel, out int level)
            || !TryRead(Mfrc522Register.Control, out int control))
        {
            GiveUp(nowMs);
            return Nothing;
        }

        // Whole bytes without collision or parity error, and not more than any answer of activation has.
        if ((error & Mfrc522Register.ErrorMask) != 0 || (control & Mfrc522Register.RxLastBitsMask) != 0
            || level < 1 || level > 5)
        {
            return Nothing;
        }

        _frameLength = level;
        for (int i = 0; i < level; i++)
        {
            if (!TryRead(Mfrc522Register.FifoData, out int value))
            {
                GiveUp(nowMs);
                return Nothing;
            }

            _frame[i] = (byte)value;
        }

        return Frame;
    }

    // Data sheet 8.1.2.3: address in bits 6 to 1, bit 7 set to read.
    private bool TryWrite(int register, int value)
    {
        _out[0] = (byte)(register << 1);
        _out[1] = (byte)value;
        return _bus.TryWrite(_out, 2);
    }

    private bool TryRead(int register, out int value)
    {
        _out[0] = (byte)(0x80 | (register << 1));
        bool isRead = _bus.TryWriteRead(_out, 1, _in, 1);
        value = _in[0];
        return isRead;
    }
}
