using MeterFirmware.Basics;
using MeterFirmware.Hardware;

namespace MeterFirmware.Dlt698;

/// <summary>
/// Answers DL/T 698.45 requests on a line. One Tick reads what came and sends what is due; long messages go and come in
/// fragments. Nothing is allocated after construction.
/// </summary>
public sealed class Dlt698Server
{
    private const int Answer = Dlt698Protocol.FromServer | Dlt698Protocol.StartedByClient | Dlt698Protocol.UserData;
    private const int OwnReport = Dlt698Protocol.FromServer | Dlt698Protocol.UserData;
    private const int OwnLink = Dlt698Protocol.FromServer | Dlt698Protocol.LinkManagement;
    private const int AddressLength = 6;

    // A frame around no user data, with our address.
    private const int FrameOverhead = Dlt698Protocol.FrameLengthMin - 1 + AddressLength;
    private const int DataLengthMin = 16;

    // An answer begins behind the room for a fragment's head.
    private const int AnswerAt = Dlt698Protocol.FragmentHeadLength;

    private readonly ISerialLine _line;
    private readonly Dlt698Settings _settings;
    private readonly IDlt698Meter _meter;
    private readonly Dlt698Receiver _receiver;
    private readonly Dlt698Assembly _assembly;
    private readonly Dlt698Connection _connection;
    private readonly Dlt698Service _service;
    private readonly Dlt698Link _link;
    private readonly Dlt698Writer _linkWriter;
    private readonly Dlt698Frame _reply = new Dlt698Frame(0);
    private readonly byte[] _input = new byte[64];
    private readonly byte[] _output;
    private readonly byte[] _answer;
    private bool _configured;
    private int _outputLength;
    private long _sendAtMs;

    // The answer that goes in blocks: its length, the length of a block, and which one was sent last.
    private int _answerLength;
    private int _blockLength;
    private int _block;
    private long _blockEndMs;
    private int _client;
    private int _control;

    // Of the last request that has an answer.
    private int _askedClient;
    private int _askedControl;

    public Dlt698Server(ISerialLine line, Dlt698Settings settings, IDlt698Meter meter)
    {
        _line = line;
        _settings = settings;
        _meter = meter;
        _receiver = new Dlt698Receiver(settings.PauseMs, settings.FrameDataBytes);
        _assembly = new Dlt698Assembly(settings.RequestBytes, settings.AcknowledgeMs);
        _connection = new Dlt698Connection(settings, meter);
        _output = new byte[FrameOverhead + settings.FrameDataBytes + settings.WakeUpCount];
        _answer = new byte[AnswerAt + settings.AnswerBytes];
        _service = new Dlt698Service(settings, meter, _connection, _answer, AnswerAt, _assembly.Bytes);
        _link = new Dlt698Link(settings, meter);
        _linkWriter = new Dlt698Writer(_answer);
    }

    /// <summary>Good requests that were for this meter.</summary>
    public long RequestCount { get; private set; }

    /// <summary>Headers and frames refused by a check of the link layer.</summary>
    public long BadFrameCount => _receiver.FailureCount;

    /// <summary>Over TCP: the client has taken our login.</summary>
    public bool IsLoggedIn => _link.IsLoggedIn;

    public void Tick(long nowMs)
    {
        if (!_configured)
        {
            _configured = _line.TryConfigure(_settings.Baud, _settings.Parity);
            if (!_configured)
            {
                return;
            }
        }

        if (!TrySend(nowMs))
        {
            return;
        }

        _answerLength = nowMs >= _blockEndMs ? 0 : _answerLength;
        if (_answerLength == 0 && _service.IsDue(nowMs))
        {
            SendToClient(_service.AnswerLater(nowMs), nowMs);
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
                SpeakFirst(nowMs);
                return;
            }

            for (int i = 0; i < count; i++)
            {
                // One answer at a time: requests behind an unanswered one come from a client that did not wait.
                if (_receiver.Feed(_input[i], nowMs) && _outputLength == 0)
                {
                    Handle(_receiver.Frame, nowMs);
                }
            }
        }
    }

    private void Handle(Dlt698Frame frame, long nowMs)
    {
        // What comes from a server is another meter, or the echo of our own answer.
        if (frame.IsFromServer || !IsForUs(frame, out bool isExact))
        {
            return;
        }

        int function = frame.Control & Dlt698Protocol.FunctionMask;
        if (function == Dlt698Protocol.LinkManagement)
        {
            _link.Take(frame, nowMs);
            return;
        }

        if (function != Dlt698Protocol.UserData || frame.Length == 0)
        {
            return;
        }

        RequestCount++;
        if (!frame.IsFragment)
        {
            _assembly.Clear();
            Respond(frame, frame.Data, frame.Length, isExact, nowMs);
        }
        else if (frame.FragmentKind == Dlt698Protocol.Acknowledge)
        {
            TakeAcknowledge(frame, nowMs);
        }
        else if (_assembly.TryTake(frame, nowMs))
        {
            _service.ForgetKept();
            if (_assembly.IsWhole)
            {
                Respond(frame, _assembly.Bytes, _assembly.Length, isExact, nowMs);
                _assembly.Clear();
                return;
            }

            // The room in front of an answer serves as the acknowledge: none is under way while a request comes.
            _answerLength = 0;
            LittleEndian.WriteUInt16(_answer, 0, (Dlt698Protocol.Acknowledge << 14) | frame.FragmentBlock);
            _control = Answer | Dlt698Protocol.Fragment | (frame.Control & Dlt698Protocol.Scrambled);
            _client = frame.ClientAddress;
            Send(0, Dlt698Protocol.FragmentHeadLength, nowMs);
        }
    }

    private void Respond(Dlt698Frame frame, byte[] message, int length, bool isExact, long nowMs)
    {
        long reported = _meter.WaitingReport;
        _answerLength = 0;
        int answered = _service.Answer(message, 0, length, frame.ClientAddress, isExact, nowMs);
        if (_meter.WaitingReport != reported)
        {
            _link.ReportTaken();
        }

        if (Dlt698Message.HasAnswer(message[0]))
        {
            _askedControl = Answer | (frame.Control & Dlt698Protocol.Scrambled);
            _askedClient = frame.ClientAddress;
            SendToClient(answered, nowMs);
        }
    }

    /// <summary>Answers who asked last.</summary>
    private void SendToClient(int length, long nowMs)
    {
        _control = _askedControl;
        _client = _askedClient;
        SendAnswer(length, nowMs);
    }

    private void SendAnswer(int length, long nowMs)
    {
        int most = _connection.FrameBytesFor(_client, nowMs) - FrameOverhead;
        most = most > _settings.FrameDataBytes ? _settings.FrameDataBytes : most < DataLengthMin ? DataLengthMin : most;
        if (length == 0)
        {
            return;
        }

        if (length <= most)
        {
            Send(AnswerAt, length, nowMs);
            return;
        }

        _answerLength = length;
        _blockLength = most - Dlt698Protocol.FragmentHeadLength;
        _block = 0;
        _control |= Dlt698Protocol.Fragment;
        SendBlock(nowMs);
    }

    /// <summary>A block goes out behind its head, which lies over the end of the block before: that one has arrived.
    /// </summary>
    private void SendBlock(long nowMs)
    {
        int from = _block * _blockLength;
        int count = _answerLength - from < _blockLength ? _answerLength - from : _blockLength;
        int kind = from + count == _answerLength ? Dlt698Protocol.LastBlock
            : _block == 0 ? Dlt698Protocol.FirstBlock : Dlt698Protocol.MiddleBlock;
        LittleEndian.WriteUInt16(_answer, from, (kind << 14) | _block);
        _blockEndMs = nowMs + _settings.AcknowledgeMs;
        Send(from, count + Dlt698Protocol.FragmentHeadLength, nowMs);
    }

    private void TakeAcknowledge(Dlt698Frame frame, long nowMs)
    {
        if (_answerLength == 0 || frame.ClientAddress != _client)
        {
            return;
        }

        bool isLast = (_block + 1) * _blockLength >= _answerLength;
        if (frame.FragmentBlock == _block && !isLast)
        {
            _block++;
            SendBlock(nowMs);
        }
        else if (frame.FragmentBlock == _block - 1)
        {
            // The client did not get the block behind it.
            SendBlock(nowMs);
        }
    }

    /// <summary>Login, heartbeat and report, when nothing else is under way.</summary>
    private void SpeakFirst(long nowMs)
    {
        if (_settings.HeartbeatSeconds == 0 || _answerLength > 0 || _receiver.PendingCount > 0)
        {
            return;
        }

        _client = 0;
        int length = _link.Write(_linkWriter, AnswerAt, nowMs);
        if (length > 0)
        {
            _control = OwnLink;
            Send(AnswerAt, length, nowMs);
            return;
        }

        if (!_link.WantsReport(nowMs))
        {
            return;
        }

        int oad = _meter.WaitingReport;
        length = _service.MakeReport(oad, _link.NextPiid());
        if (length == 0)
        {
            // Its record was cleared meanwhile: there is nothing left to tell, and the next one must not wait for it.
            _meter.ReportTaken(oad);
            _link.ReportTaken();
            return;
        }

        _control = OwnReport;
        SendAnswer(length, nowMs);
    }

    /// <summary>A single address or one with A for any digit. Groups are not formed, and a broadcast can ask for
    /// nothing
    /// that this meter does unasked.</summary>
    private bool IsForUs(Dlt698Frame frame, out bool isExact)
    {
        isExact = true;
        if (frame.AddressType > Dlt698Protocol.Wildcard || frame.LogicalAddress != 0)
        {
            return false;
        }

        // Of a wildcard address that ends in AA the rest, which was left out, is any too.
        byte[] own = _meter.Address;
        int rest = frame.AddressType == Dlt698Protocol.Wildcard ? frame.Address[frame.AddressLength - 1] : 0;
        rest = rest == 0xAA ? rest : 0;
        for (int i = 0; i < AddressLength || i < frame.AddressLength; i++)
        {
            // A shorter or longer address is the same number with zeros in front.
            int asked = i < frame.AddressLength ? frame.Address[i] : rest;
            int ours = i < AddressLength ? own[i] : 0;
            bool isLowAny = (asked & 0x0F) == 0x0A;
            bool isHighAny = asked >> 4 == 0x0A;
            isExact &= !isLowAny && !isHighAny;
            if ((!isLowAny && ((asked ^ ours) & 0x0F) != 0) || (!isHighAny && (asked ^ ours) >> 4 != 0))
            {
                return false;
            }
        }

        return true;
    }

    private void Send(int at, int count, long nowMs)
    {
        _reply.Control = _control;
        _reply.AddressHead = AddressLength - 1;
        for (int i = 0; i < AddressLength; i++)
        {
            _reply.Address[i] = _meter.Address[i];
        }

        _reply.ClientAddress = _client;
        _reply.Length = count;
        _outputLength = _reply.Encode(_settings.WakeUpCount, _answer, at, _output, 0);
        _sendAtMs = nowMs + _settings.ReplyDelayMs;
    }

    /// <summary>False while a frame waits.</summary>
    private bool TrySend(long nowMs)
    {
        if (_outputLength == 0)
        {
            return true;
        }

        if (nowMs < _sendAtMs || !_line.TryWrite(_output, 0, _outputLength))
        {
            // Beyond that the client has given up: a late answer would hit its next request.
            _outputLength = nowMs - _sendAtMs > _settings.PauseMs ? 0 : _outputLength;
            return false;
        }

        _outputLength = 0;
        return true;
    }
}
