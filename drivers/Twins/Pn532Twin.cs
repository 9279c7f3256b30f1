using MeterFirmware.Basics;
using MeterFirmware.Hardware;

namespace MeterFirmware.Drivers.Twins;

/// <summary>
/// PN532 on its UART at byte level, with up to two cards in its field. Strict: a frame that is not as UM0701-02 writes
/// it, a command before the wake-up, or one that this twin does not know throws. Time passes by <see cref="Advance"/>.
/// </summary>
public sealed class Pn532Twin : ISerialLine
{
    private const int AnswerMs = 8;

    private readonly byte[] _queue = new byte[300];
    private readonly byte[] _data = new byte[64];
    private int _queueCount;
    private bool _isConfigured;
    private bool _isAwake;
    private bool _isLimited;
    private int _listed;
    private long _nowMs;
    private long _answerAtMs = -1;
    private int _command;

    public CardTwin Card { get; set; }

    public CardTwin OtherCard { get; set; }

    /// <summary>Bits of <see cref="TwinFault"/>: Unplugged never answers.</summary>
    public int Faults { get; set; }

    /// <summary>The line reports a framing error once.</summary>
    public bool FailsNextRead { get; set; }

    /// <summary>Answers break off after so many bytes; 0: they do not.</summary>
    public int TruncateAfter { get; set; }

    /// <summary>This byte of the next answers is flipped; −1: none.</summary>
    public int CorruptAt { get; set; } = -1;

    /// <summary>The UID's length field says so many bytes, whatever follows; 0: the truth.</summary>
    public int FalseLength { get; set; }

    public int Commands { get; private set; }

    public BusFault LastFault { get; private set; }

    /// <summary>Supply or reset line dropped.</summary>
    public void Reset()
    {
        _isAwake = false;
        _isLimited = false;
        _listed = 0;
        _queueCount = 0;
        _answerAtMs = -1;
    }

    public void Advance(int milliseconds)
    {
        _nowMs += milliseconds;
        if (_answerAtMs >= 0 && _nowMs >= _answerAtMs)
        {
            _answerAtMs = -1;
            Answer();
        }
    }

    public bool TryConfigure(int baud, int parity)
    {
        Invariant.Require(baud == 115_200 && parity == 0, "PN532 twin: 115 200 baud, no parity");
        _isConfigured = true;
        return true;
    }

    public bool TryRead(byte[] buffer, int offset, int count, out int received)
    {
        received = 0;
        LastFault = FailsNextRead ? BusFault.Partial : BusFault.None;
        if (FailsNextRead)
        {
            FailsNextRead = false;
            _queueCount = 0;
            return false;
        }

        received = count < _queueCount ? count : _queueCount;
        for (int i = 0; i < received; i++)
        {
            buffer[offset + i] = _queue[i];
        }

        for (int i = received; i < _queueCount; i++)
        {
            _queue[i - received] = _queue[i];
        }

        _queueCount -= received;
        return true;
    }

    public bool TryWrite(byte[] buffer, int offset, int count)
    {
        Invariant.Require(_isConfigured, "PN532 twin: the line has no speed yet");
        if ((Faults & TwinFault.Unplugged) != 0)
        {
            return true;
        }

        int at = offset;
        int end = offset + count;
        if (buffer[at] == 0x55)
        {
            while (at < end && (buffer[at] == 0x55 || (buffer[at] == 0 && buffer[at + 1] == 0 && buffer[at + 2] == 0)))
            {
                at++;
            }

            _isAwake = true;
        }

        if (!_isAwake)
        {
            // Asleep, the first bytes are lost and with them the frame.
            return true;
        }

        Take(buffer, at, end);
        return true;
    }

    private void Take(byte[] buffer, int at, int end)
    {
        Invariant.Require(buffer[at] == 0 && buffer[at + 1] == 0 && buffer[at + 2] == 0xFF, "PN532 twin: start code");
        int length = buffer[at + 3];
        Invariant.Require(((length + buffer[at + 4]) & 0xFF) == 0, "PN532 twin: length check");
        Invariant.Require(end - at == length + 7 && buffer[at + 5] == 0xD4, "PN532 twin: length or TFI");
        int sum = 0;
        for (int i = 0; i < length + 1; i++)
        {
            sum += buffer[at + 5 + i];
        }

        Invariant.Require((sum & 0xFF) == 0 && buffer[end - 1] == 0, "PN532 twin: data check or postamble");
        _command = buffer[at + 6];
        Commands++;
        for (int i = 0; i < length - 2; i++)
        {
            _data[i] = buffer[at + 7 + i];
        }

        CheckCommand(length - 2);

        // A command breaks off the one before.
        _queueCount = 0;
        Queue(0);
        Queue(0);
        Queue(0xFF);
        Queue(0);
        Queue(0xFF);
        Queue(0);
        _answerAtMs = _nowMs + AnswerMs;
    }

    private void CheckCommand(int count)
    {
        switch (_command)
        {
            case 0x14:
                Invariant.Require(count == 3 && _data[0] == 1, "PN532 twin: SAMConfiguration, normal mode");
                return;
            case 0x32:
                Invariant.Require(count == 4 && _data[0] == 5, "PN532 twin: RFConfiguration, retries");
                return;
            case 0x4A:
                Invariant.Require(count == 2 && _data[0] >= 1 && _data[0] <= 2 && _data[1] == 0,
                    "PN532 twin: InListPassiveTarget");
                return;
            default:
                Invariant.Require(_command == 0x52 && count == 1, "PN532 twin: unknown command");
                return;
        }
    }

    private void Answer()
    {
        int count = 1;
        int first = _data[0];
        _data[0] = (byte)(_command + 1);
        if (_command == 0x32)
        {
            // MxRtyPassiveActivation: 0xFF, the default, is for ever.
            _isLimited = _data[3] != 0xFF;
        }
        else if (_command == 0x4A)
        {
            count = List(first);
            if (count == 0)
            {
                return;
            }
        }
        else if (_command == 0x52)
        {
            _data[1] = 0;
            _listed = 0;
            count = 2;
        }

        QueueFrame(count);
    }

    private int List(int max)
    {
        int count = 2;
        int found = 0;
        if (Card != null && _listed == 0)
        {
            found++;
            count = AddTarget(count, found, Card);
        }

        if (OtherCard != null && _listed == 0 && found < max)
        {
            found++;
            count = AddTarget(count, found, OtherCard);
        }

        if (found == 0 && !_isLimited)
        {
            // It looks for ever.
            _data[0] = (byte)max;
            _answerAtMs = _nowMs + AnswerMs;
            return 0;
        }

        _data[1] = (byte)found;
        _listed = found;
        return count;
    }

    private int AddTarget(int at, int number, CardTwin card)
    {
        byte[] uid = card.Uid;
        _data[at++] = (byte)number;
        _data[at++] = 0;
        _data[at++] = (byte)(uid.Length == 4 ? 0x04 : 0x44);
        _data[at++] = (byte)(card.EndsEarly ? 0x0C : 0x08);
        _data[at++] = (byte)(FalseLength > 0 ? FalseLength : uid.Length);
        for (int i = 0; i < uid.Length; i++)
        {
            _data[at++] = uid[i];
        }

        return at;
    }

    private void QueueFrame(int count)
    {
        int from = _queueCount;
        int length = count + 1;
        Queue(0);
        Queue(0);
        Queue(0xFF);
        Queue(length);
        Queue(-length);
        Queue(0xD5);
        int sum = 0xD5;
        for (int i = 0; i < count; i++)
        {
            Queue(_data[i]);
            sum += _data[i];
        }

        Queue(-sum);
        Queue(0);
        if (CorruptAt >= 0 && from + CorruptAt < _queueCount)
        {
            _queue[from + CorruptAt] ^= 0x21;
        }

        if (TruncateAfter > 0 && from + TruncateAfter < _queueCount)
        {
            _queueCount = from + TruncateAfter;
        }
    }

    private void Queue(int value)
    {
        _queue[_queueCount] = (byte)value;
        _queueCount++;
    }
}
