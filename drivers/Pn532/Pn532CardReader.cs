using MeterFirmware.Hardware;

namespace MeterFirmware.Drivers.Pn532;

/// <summary>
/// PN532 on its high-speed UART (115 200 baud, 8N1): finds one ISO/IEC 14443 A card and reads its UID of 4, 7 or 10
/// bytes; the chip does the anticollision itself. Each call takes what has arrived and sends at most one command; it
/// never waits.
/// <code>
///   start --wake-up, SAMConfiguration--> set up --RFConfiguration--> idle --200 ms: InListPassiveTarget--> listed
///     ^                                                               ^                                      |
///     +---- no acknowledge or answer within its time ----+            +--none, two, not whole; InRelease <---+
/// </code>
/// Two cards at once are no card: whose session it would be cannot be known.
/// </summary>
public sealed class Pn532CardReader : ICardReader
{
    private const int Baud = 115_200;
    private const int RetryMs = 1_000;
    private const int PollMs = 200;
    private const int AnswerMsMax = 300;

    private const int StateStart = 0;
    private const int StateSam = 1;
    private const int StateRetries = 2;
    private const int StateIdle = 3;
    private const int StateListing = 4;
    private const int StateReleasing = 5;

    private const int SamConfiguration = 0x14;
    private const int RfConfiguration = 0x32;
    private const int InListPassiveTarget = 0x4A;
    private const int InRelease = 0x52;

    private readonly ISerialLine _line;
    private readonly Pn532Frame _frame = new Pn532Frame();
    private readonly byte[] _out = new byte[40];
    private readonly byte[] _in = new byte[64];
    private int _state;
    private bool _isAcknowledged;
    private long _dueMs;
    private long _deadlineMs;

    /// <summary>Touches nothing; the first call configures line and chip.</summary>
    public Pn532CardReader(ISerialLine line)
    {
        _line = line;
    }

    /// <inheritdoc/>
    public bool IsReady { get; private set; }

    /// <inheritdoc/>
    public bool TryReadUid(long nowMs, byte[] uid, out int uidLength)
    {
        uidLength = 0;
        if (_state == StateStart)
        {
            Start(nowMs);
            return false;
        }

        if (_state == StateIdle)
        {
            if (nowMs >= _dueMs)
            {
                _dueMs = nowMs + PollMs;
                List(nowMs);
            }

            return false;
        }

        int found = Receive();
        if (found == Pn532Frame.Answer && _isAcknowledged)
        {
            return TakeAnswer(nowMs, uid, out uidLength);
        }

        if (nowMs >= _deadlineMs || found == Pn532Frame.Broken)
        {
            // An answer that is late or not whole: the chip is set up anew, which also ends what it was doing.
            GiveUp(nowMs);
        }

        return false;
    }

    private void Start(long nowMs)
    {
        if (nowMs < _dueMs)
        {
            return;
        }

        if (!_line.TryConfigure(Baud, 0) || !_line.TryRead(_in, 0, _in.Length, out int _))
        {
            _dueMs = nowMs + RetryMs;
            return;
        }

        // UM0701-02 7.2.11: a long preamble wakes the UART up; then normal mode, without a SAM.
        int at = 0;
        _out[at++] = 0x55;
        _out[at++] = 0x55;
        for (int i = 0; i < 14; i++)
        {
            _out[at++] = 0;
        }

        _out[at + 7] = 0x01;
        _out[at + 8] = 0x14;
        _out[at + 9] = 0x00;
        Send(nowMs, at, SamConfiguration, 3, StateSam);
    }

    private void List(long nowMs)
    {
        // Up to two targets, 106 kbit/s type A.
        _out[7] = 2;
        _out[8] = 0;
        Send(nowMs, 0, InListPassiveTarget, 2, StateListing);
    }

    private bool TakeAnswer(long nowMs, byte[] uid, out int uidLength)
    {
        uidLength = 0;
        byte[] data = _frame.Data;
        int wanted = _state == StateSam ? SamConfiguration : _state == StateRetries ? RfConfiguration
            : _state == StateListing ? InListPassiveTarget : InRelease;
        if (data[0] != wanted + 1)
        {
            GiveUp(nowMs);
            return false;
        }

        switch (_state)
        {
            case StateSam:
                // One try to find a card, then an answer: without this the chip looks for ever.
                _out[7] = 0x05;
                _out[8] = 0xFF;
                _out[9] = 0x01;
                _out[10] = 0x00;
                Send(nowMs, 0, RfConfiguration, 4, StateRetries);
                return false;
            case StateListing:
                bool isRead = TryTakeTargets(uid, out uidLength);
                if (_frame.Length > 1 && data[1] > 0)
                {
                    _out[7] = 0;
                    Send(nowMs, 0, InRelease, 1, StateReleasing);
                }
                else
                {
                    _state = StateIdle;
                }

                return isRead;
            default:
                IsReady = true;
                _state = StateIdle;
                return false;
        }
    }

    /// <summary>NbTg, then Tg, SENS_RES (2), SEL_RES, length, UID [, ATS]. UM0701-02 7.3.5.</summary>
    private bool TryTakeTargets(byte[] uid, out int uidLength)
    {
        uidLength = 0;
        byte[] data = _frame.Data;
        if (_frame.Length < 7 || data[1] != 1)
        {
            return false;
        }

        int length = data[6];
        bool isLength = length == 4 || length == 7 || length == 10;
        bool isComplete = (data[5] & 0x04) == 0;
        if (!isLength || !isComplete || _frame.Length < 7 + length)
        {
            return false;
        }

        for (int i = 0; i < length; i++)
        {
            uid[i] = data[7 + i];
        }

        uidLength = length;
        return true;
    }

    private int Receive()
    {
        if (!_line.TryRead(_in, 0, _in.Length, out int count))
        {
            return Pn532Frame.Broken;
        }

        for (int i = 0; i < count; i++)
        {
            int found = _frame.Take(_in[i]);
            if (found == Pn532Frame.Acknowledge)
            {
                _isAcknowledged = true;
            }
            else if (found != Pn532Frame.None)
            {
                return found;
            }
        }

        return Pn532Frame.None;
    }

    // The data stand at at + 7 already.
    private void Send(long nowMs, int at, int command, int dataCount, int nextState)
    {
        int length = dataCount + 2;
        int start = at;
        _out[at++] = 0;
        _out[at++] = 0;
        _out[at++] = 0xFF;
        _out[at++] = (byte)length;
        _out[at++] = (byte)-length;
        _out[at++] = 0xD4;
        _out[at++] = (byte)command;
        int sum = 0xD4 + command;
        for (int i = 0; i < dataCount; i++)
        {
            sum += _out[start + 7 + i];
        }

        at += dataCount;
        _out[at++] = (byte)-sum;
        _out[at++] = 0;
        _frame.Clear();
        _isAcknowledged = false;
        _state = nextState;
        _deadlineMs = nowMs + AnswerMsMax;
        if (!_line.TryWrite(_out, 0, at))
        {
            GiveUp(nowMs);
        }
    }

    private void GiveUp(long nowMs)
    {
        IsReady = false;
        _state = StateStart;
        _dueMs = nowMs + RetryMs;
    }
}
