namespace MeterFirmware.Dlt698;

/// <summary>
/// Answers messages. A request is read to its end before anything of it is done: what is not whole, and what is late by
/// its time tag, changes nothing.
/// </summary>
internal sealed class Dlt698Service
{
    private const int Connect = 0x02;
    private const int Release = 0x03;
    private const int Get = 0x05;
    private const int Set = 0x06;
    private const int Action = 0x07;
    private const int Report = 0x08;
    private const int Security = 0x10;
    private const int ErrorRequest = 0x6E;
    private const int AnswerBit = 0x80;
    private const int ErrorAnswer = 0xEE;
    private const int CannotParse = 1;
    private const int NotSupported = 2;
    private const int OtherReason = 0xFF;
    private const int Normal = 1;
    private const int List = 2;
    private const int Record = 3;

    private static readonly int[] _secondsOfUnit = { 1, 60, 3600, 86_400 };

    private readonly Dlt698Settings _settings;
    private readonly IDlt698Meter _meter;
    private readonly Dlt698Connection _connection;
    private readonly Dlt698Reader _reader = new Dlt698Reader();
    private readonly Dlt698Writer _writer;
    private readonly Dlt698Records _records;
    private readonly int _answerAt;
    private int _messageAt;
    private int _client;
    private bool _isExact;
    private long _nowMs;
    private bool _isLate;

    /// <param name="answer">Where answers go, from <paramref name="answerAt"/> on.</param>
    public Dlt698Service(Dlt698Settings settings, IDlt698Meter meter, Dlt698Connection connection, byte[] answer,
        int answerAt)
    {
        _settings = settings;
        _meter = meter;
        _connection = connection;
        _writer = new Dlt698Writer(answer);
        _records = new Dlt698Records(meter, _reader, _writer);
        _answerAt = answerAt;
    }

    /// <summary>Answers a message; returns the answer's length, 0 for none.</summary>
    /// <param name="isExact">False: the meter was addressed by a wildcard: it is read, and changes nothing.</param>
    public int Answer(byte[] bytes, int at, int end, int client, bool isExact, long nowMs)
    {
        _client = client;
        _isExact = isExact;
        _nowMs = nowMs;
        _connection.Refresh(client, nowMs);
        _writer.Begin(_answerAt);
        _meter.BeginAnswer();
        _reader.Begin(bytes, at, end);
        if (at < end && bytes[at] == Security)
        {
            AnswerSecured();
        }
        else
        {
            AnswerPlain();
        }

        if (_writer.IsFull)
        {
            return 0;
        }

        return _writer.At - _answerAt;
    }

    /// <summary>Makes the report of an event's newest record; returns its length, 0 when there is none.</summary>
    public int MakeReport(int oad, int piid)
    {
        _meter.BeginAnswer();
        _writer.Begin(_answerAt);
        _writer.Byte(Report | AnswerBit);
        _writer.Byte(List);
        _writer.Byte(piid);
        _writer.Byte(1);
        bool isThere = _records.TryWriteNewest(oad);
        Finish();
        return isThere && !_writer.IsFull ? _writer.At - _answerAt : 0;
    }

    private void AnswerPlain()
    {
        _messageAt = _writer.At;
        int tag = _reader.Byte();
        bool hasChoice = tag == Get || tag == Set || tag == Action || tag == Report;
        int choice = hasChoice ? _reader.Byte() : 0;
        int piid = _reader.Byte();
        if (tag == ErrorRequest)
        {
            return;
        }

        int bodyAt = _reader.At;
        bool isKnown = TrySkipBody(tag, choice);
        if (!isKnown || !_reader.IsGood || !TryTimeTag() || _reader.Left > 0)
        {
            WriteError(piid, isKnown ? CannotParse : NotSupported);
            return;
        }

        _reader.Return(bodyAt);
        bool isOfLink = tag == Connect || tag == Release;
        if (_isLate && isOfLink)
        {
            WriteError(piid, OtherReason);
            return;
        }

        if (tag == Report)
        {
            TakeReports();
            return;
        }

        _writer.Byte(tag | AnswerBit);
        if (hasChoice)
        {
            _writer.Byte(choice);
        }

        _writer.Byte(PiidOf(piid));
        switch (tag)
        {
            case Connect:
                _connection.Answer(_reader, _writer, _client, _nowMs);
                break;
            case Release:
                _connection.Release(_client);
                _writer.Byte(0);
                break;
            default:
                Items(tag, choice);
                break;
        }

        Finish();
        // What was asked to change has changed: its answers are short, and are sent however little the client takes.
        int most = tag == Get ? _connection.MessageBytesFor(_client, _nowMs) : int.MaxValue;
        if (_writer.IsFull || _writer.At - _messageAt > most)
        {
            WriteTooLong(tag, choice, piid, bodyAt);
        }
    }

    /// <summary>SECURITY around a read: the answer goes back plain. Whatever needs the security chip is refused: this
    /// meter has none, and makes no MAC.</summary>
    private void AnswerSecured()
    {
        int start = _writer.At;
        _messageAt = start;
        _reader.Skip(1);
        bool isPlain = _reader.Byte() == 0;
        int length = _reader.Length();
        int innerAt = _reader.At;
        _reader.Skip(length);
        int innerEnd = _reader.At;
        SkipProtection();
        if (!_reader.IsGood || _reader.Left > 0)
        {
            WriteError(0, CannotParse);
            return;
        }

        int tag = isPlain && length > 0 ? _reader.Bytes[innerAt] : 0;
        if (tag != Get)
        {
            WriteSecuredError(start, Dlt698Error.Security);
            return;
        }

        _writer.Byte(Security | AnswerBit);
        _writer.Byte(0);
        int countAt = _writer.At;
        _writer.Byte(0);
        _reader.Begin(_reader.Bytes, innerAt, innerEnd);
        AnswerPlain();
        _writer.FillCount(countAt, _writer.At - countAt - 1);
        _writer.Byte(0);
        if (_writer.IsFull || _writer.At - start > _connection.MessageBytesFor(_client, _nowMs))
        {
            WriteSecuredError(start, Dlt698Error.BlockSize);
        }
    }

    private void WriteSecuredError(int at, int error)
    {
        _writer.Begin(at);
        _writer.Byte(Security | AnswerBit);
        _writer.Byte(2);
        _writer.Byte(error);
        _writer.Byte(0);
    }

    private void SkipProtection()
    {
        switch (_reader.Byte())
        {
            case 0:
                _reader.Skip(4);
                _reader.Skip(_reader.Length());
                _reader.Skip(_reader.Length());
                return;
            case 1:
                _reader.Skip(_reader.Length());
                return;
            case 2:
                _reader.Skip(_reader.Length());
                _reader.Skip(_reader.Length());
                return;
            case 3:
                _reader.Skip(4);
                _reader.Skip(_reader.Length());
                return;
            default:
                _reader.Fail();
                return;
        }
    }

    /// <summary>Passes the body over. False: this server has no such service.</summary>
    private bool TrySkipBody(int tag, int choice)
    {
        if (tag == Connect)
        {
            Dlt698Connection.Skip(_reader);
            return true;
        }

        if (tag == Release)
        {
            return true;
        }

        if (tag == Get && choice == Record)
        {
            _records.Skip();
            return true;
        }

        bool hasChoice = tag == Get || tag == Set || tag == Action || tag == Report;
        bool isKnown = hasChoice && (choice == Normal || choice == List);
        int count = !isKnown ? 0 : choice == List || tag == Report ? _reader.Length() : 1;
        for (int i = 0; i < count && _reader.IsGood; i++)
        {
            _reader.Skip(4);
            if (tag == Set || tag == Action)
            {
                _reader.SkipData();
            }
        }

        return isKnown;
    }

    /// <summary>None, or the time of sending and how long the request is good. False: neither.</summary>
    private bool TryTimeTag()
    {
        _isLate = false;
        int kind = _reader.Byte();
        if (kind == 0)
        {
            return _reader.IsGood;
        }

        bool isTime = _reader.TryBareTime(out long sent);
        int unit = _reader.Byte();
        int count = _reader.UInt16();
        if (!_reader.IsGood || kind != 1 || unit >= _secondsOfUnit.Length)
        {
            return false;
        }

        // An interval of 0 sets no limit. A meter that does not know the time cannot say that it is not too late.
        long allowed = (long)count * _secondsOfUnit[unit];
        bool isKnown = _meter.TryReadClock(out long now);
        _isLate = !isTime || (allowed > 0 && (!isKnown || now - sent > allowed || sent - now > allowed));
        return true;
    }

    private void Items(int tag, int choice)
    {
        if (tag == Get && choice == Record)
        {
            _records.Answer(_isLate);
            return;
        }

        int count = 1;
        if (choice == List)
        {
            count = _reader.Length();
            _writer.Length(count);
        }

        for (int i = 0; i < count; i++)
        {
            if (tag == Get)
            {
                AnswerGet();
            }
            else
            {
                AnswerChange(tag == Action);
            }
        }
    }

    private void AnswerGet()
    {
        int oad = _reader.Int32();
        _writer.UInt32(oad);
        int at = _writer.At;
        _writer.Byte(1);
        int error = _isLate ? Dlt698Error.TimeTag : _meter.Get(oad, _writer);
        if (error != Dlt698Error.None)
        {
            _writer.Return(at);
            _writer.Byte(0);
            _writer.Byte(error);
        }
    }

    private void AnswerChange(bool isAction)
    {
        int what = _reader.Int32();
        int dataAt = _reader.At;
        int rights = _connection.RightsOf(_client, _nowMs);
        int error = _isLate ? Dlt698Error.TimeTag
            : !_isExact ? Dlt698Error.Refused
            : (rights & (isAction ? Dlt698Rights.Act : Dlt698Rights.Write)) == 0 ? Dlt698Error.Password
            : isAction ? _meter.Act(what, _reader, _client) : _meter.Set(what, _reader, _client);

        // The meter may have stopped at what it did not like: the next one begins behind the data.
        _reader.Return(dataAt);
        _reader.SkipData();
        _writer.UInt32(what);
        _writer.Byte(error);
        if (isAction)
        {
            _writer.Byte(0);
        }
    }

    /// <summary>The client has what was reported.</summary>
    private void TakeReports()
    {
        for (int left = _isLate ? 0 : _reader.Length(); left > 0; left--)
        {
            _meter.ReportTaken(_reader.Int32());
        }
    }

    /// <summary>An answer that does not fit: an error in its place, for a list one of the whole message.</summary>
    private void WriteTooLong(int tag, int choice, int piid, int bodyAt)
    {
        if (tag != Get || choice == List)
        {
            WriteError(piid, OtherReason);
            return;
        }

        _reader.Return(bodyAt);
        _writer.Begin(_messageAt);
        _writer.Byte(tag | AnswerBit);
        _writer.Byte(choice);
        _writer.Byte(PiidOf(piid));
        _writer.UInt32(_reader.Int32());
        if (choice == Record)
        {
            _writer.Byte(0);
        }

        _writer.Byte(0);
        _writer.Byte(Dlt698Error.BlockSize);
        Finish();
    }

    private void WriteError(int piid, int reason)
    {
        _writer.Begin(_messageAt);
        _writer.Byte(ErrorAnswer);
        _writer.Byte(PiidOf(piid));
        _writer.Byte(reason);
        Finish();
    }

    /// <summary>No report follows, no time tag.</summary>
    private void Finish() => _writer.UInt16(0);

    /// <summary>Bit 6 of an answer: an event waits to be reported. Only who logs in reports any.</summary>
    private int PiidOf(int piid) =>
        (piid & 0xBF) | (_settings.HeartbeatSeconds > 0 && _meter.WaitingReport != 0 ? 0x40 : 0);
}
