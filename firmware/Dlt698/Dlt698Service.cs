using System;

namespace MeterFirmware.Dlt698;

/// <summary>
/// Answers messages. A request is read to its end before anything of it is done: what is not whole, and what is late by
/// its time tag, changes nothing.
/// </summary>
internal sealed class Dlt698Service
{
    private const int CannotParse = 1;
    private const int NotSupported = 2;
    private const int OtherReason = 0xFF;

    // No report follows, no time tag; and what SECURITY may still put around an answer.
    private const int FinishLength = 2;
    private const int WrapLength = 3;

    private static readonly int[] _secondsOfUnit = { 1, 60, 3600, 86_400 };

    private readonly Dlt698Settings _settings;
    private readonly IDlt698Meter _meter;
    private readonly Dlt698Connection _connection;
    private readonly Dlt698Reader _reader = new Dlt698Reader();
    private readonly Dlt698Writer _writer;
    private readonly Dlt698Records _records;
    private readonly Dlt698Items _items;
    private readonly Dlt698Blocks _blocks;
    private readonly byte[] _kept;
    private readonly int _answerAt;
    private readonly int _answerEnd;
    private int _messageAt;
    private int _client;
    private long _nowMs;
    private bool _isWrapped;

    // A "then get" that waits before it reads: the request that was kept, and when it is due.
    private int _laterLength;
    private int _laterTag;
    private int _laterPiid;
    private int _laterClient;
    private long _laterMs;

    /// <param name="answer">Where answers go, from <paramref name="answerAt"/> on.</param>
    /// <param name="kept">Room for a request that is not answered at once, or not in one message.</param>
    public Dlt698Service(Dlt698Settings settings, IDlt698Meter meter, Dlt698Connection connection, byte[] answer,
        int answerAt, byte[] kept)
    {
        _settings = settings;
        _meter = meter;
        _connection = connection;
        _writer = new Dlt698Writer(answer);
        _records = new Dlt698Records(meter, _reader, _writer);
        _items = new Dlt698Items(meter, connection, _reader, _writer, _records);
        _blocks = new Dlt698Blocks(_reader, _writer, _records, _items, kept);
        _kept = kept;
        _answerAt = answerAt;
        _answerEnd = answer.Length;
    }

    /// <summary>Answers a message; returns the answer's length, 0 for none.</summary>
    /// <param name="isExact">False: the meter was addressed by a wildcard: it is read, and changes nothing.</param>
    public int Answer(byte[] bytes, int at, int end, int client, bool isExact, long nowMs)
    {
        if (at < end && Dlt698Message.HasAnswer(bytes[at]))
        {
            // Who asks something else has given up what waits.
            _laterLength = 0;
        }

        Begin(client, nowMs);
        _items.IsExact = isExact;
        _connection.Refresh(client, nowMs);
        _reader.Begin(bytes, at, end);
        if (at < end && bytes[at] == Dlt698Message.Security)
        {
            AnswerSecured();
        }
        else
        {
            AnswerPlain();
        }

        return Length();
    }

    /// <summary>The room of what was kept holds something else by now.</summary>
    public void ForgetKept()
    {
        _laterLength = 0;
        _blocks.Forget();
    }

    /// <summary>A "then get" has waited long enough.</summary>
    public bool IsDue(long nowMs) => _laterLength > 0 && nowMs >= _laterMs;

    /// <summary>Reads what it asks for; returns the answer's length.</summary>
    public int AnswerLater(long nowMs)
    {
        Begin(_laterClient, nowMs);
        _items.IsLate = false;
        _reader.Begin(_kept, 0, _laterLength);
        _laterLength = 0;
        AnswerThenGet(_laterTag, _laterPiid);
        return Length();
    }

    /// <summary>Makes the report of an event's newest record; returns its length, 0 when there is none.</summary>
    public int MakeReport(int oad, int piid)
    {
        _meter.BeginAnswer();
        _writer.Limit = _answerEnd;
        _writer.Begin(_answerAt);
        _writer.Byte(Dlt698Message.Report | Dlt698Message.AnswerBit);
        _writer.Byte(Dlt698Message.List);
        _writer.Byte(piid);
        _writer.Byte(1);
        bool isThere = _records.TryWriteNewest(oad);
        Finish();
        return isThere ? Length() : 0;
    }

    private void Begin(int client, long nowMs)
    {
        _client = client;
        _nowMs = nowMs;
        _isWrapped = false;
        _messageAt = _answerAt;
        _items.Client = client;
        _items.NowMs = nowMs;
        _records.Begin();
        _writer.Limit = _answerEnd;
        _writer.Begin(_answerAt);
        _meter.BeginAnswer();
    }

    private int Length() => _writer.IsFull ? 0 : _writer.At - _answerAt;

    private void AnswerPlain()
    {
        _messageAt = _writer.At;
        int tag = _reader.Byte();
        bool hasItems = tag == Dlt698Message.Get || tag == Dlt698Message.Set || tag == Dlt698Message.Action
            || tag == Dlt698Message.Report;
        bool isOfLink = tag == Dlt698Message.Connect || tag == Dlt698Message.Release;
        int choice = hasItems ? _reader.Byte() : 0;
        int piid = _reader.Byte();
        if (tag == Dlt698Message.Error)
        {
            return;
        }

        int bodyAt = _reader.At;
        bool isKnown = isOfLink || (hasItems && _items.TrySkip(tag, choice));
        if (tag == Dlt698Message.Connect)
        {
            Dlt698Connection.Skip(_reader);
        }

        if (!isKnown || !_reader.IsGood || !TryTimeTag() || _reader.Left > 0)
        {
            WriteError(piid, isKnown ? CannotParse : NotSupported);
            return;
        }

        int end = _reader.At;
        _reader.Return(bodyAt);
        if (isOfLink)
        {
            AnswerLink(tag, piid);
        }
        else if (tag == Dlt698Message.Report)
        {
            _items.TakeReports();
        }
        else if (tag == Dlt698Message.Get)
        {
            AnswerGet(choice, piid, bodyAt, end);
        }
        else if (choice == Dlt698Message.ThenGet)
        {
            ChangeThenGet(tag, piid, bodyAt, end);
        }
        else
        {
            // What was asked to change has changed: its answer is short, and is sent however little the client takes.
            WriteHead(tag, choice, piid);
            _items.Change(tag == Dlt698Message.Action, choice);
            FinishOrRefuse(piid);
        }
    }

    private void AnswerLink(int tag, int piid)
    {
        if (_items.IsLate)
        {
            WriteError(piid, OtherReason);
            return;
        }

        WriteHead(tag, 0, piid);
        if (tag == Dlt698Message.Connect)
        {
            _connection.Answer(_reader, _writer, _client, _nowMs);
        }
        else
        {
            _connection.Release(_client);
            _writer.Byte(0);
        }

        Finish();
    }

    private void AnswerGet(int choice, int piid, int bodyAt, int end)
    {
        WriteHead(Dlt698Message.Get, choice, piid);
        _writer.Limit = MostAt();
        if (choice == Dlt698Message.Next)
        {
            AnswerNext();
        }
        else
        {
            _items.Get(choice);
        }

        bool isTooLong = _writer.IsFull || _records.IsTooLong;
        if (isTooLong && choice == Dlt698Message.Normal)
        {
            _reader.Return(bodyAt);
            _writer.Limit = _answerEnd;
            _writer.Begin(_messageAt);
            WriteHead(Dlt698Message.Get, choice, piid);
            _writer.UInt32(_reader.Int32());
            _writer.Byte(0);
            _writer.Byte(Dlt698Error.TooLong);
        }
        else if (isTooLong && choice != Dlt698Message.Next
            && _blocks.TryBegin(_reader.Bytes, bodyAt, end, choice, _client))
        {
            _records.Begin();
            _writer.Begin(_messageAt);
            WriteHead(Dlt698Message.Get, Dlt698Message.Next, piid);
            _blocks.Write();
        }

        FinishOrRefuse(piid);
    }

    private void AnswerNext()
    {
        int taken = _reader.UInt16();
        int error = _items.IsLate ? Dlt698Error.TimeTag : _blocks.Seek(taken, _client);
        if (error == Dlt698Error.None)
        {
            _blocks.Write();
            return;
        }

        _writer.Byte(1);
        _writer.UInt16(taken);
        _writer.Byte(0);
        _writer.Byte(error);
    }

    /// <summary>Place behind the last byte of an answer that the client takes, with room for what ends it.</summary>
    private int MostAt()
    {
        int most = _connection.MessageBytesFor(_client, _nowMs);
        int room = _answerEnd - _answerAt;
        return _answerAt + (most < room ? most : room) - FinishLength - (_isWrapped ? WrapLength : 0);
    }

    private void ChangeThenGet(int tag, int piid, int bodyAt, int end)
    {
        int seconds = _items.ChangeThenGet(tag == Dlt698Message.Action);
        byte[] bytes = _reader.Bytes;
        if (seconds == 0 || end - bodyAt > _kept.Length)
        {
            _reader.Return(bodyAt);
            AnswerThenGet(tag, piid);
            return;
        }

        ForgetKept();
        Array.Copy(bytes, bodyAt, _kept, 0, end - bodyAt);
        _laterLength = end - bodyAt;
        _laterTag = tag;
        _laterPiid = piid;
        _laterClient = _client;
        _laterMs = _nowMs + seconds * 1000L;
    }

    private void AnswerThenGet(int tag, int piid)
    {
        WriteHead(tag, Dlt698Message.ThenGet, piid);
        _writer.Limit = _answerEnd - FinishLength;
        _items.AnswerThenGet(tag == Dlt698Message.Action, MostAt());
        FinishOrRefuse(piid);
    }

    /// <summary>SECURITY around a read: the answer goes back plain. Whatever needs the security chip is refused: this
    /// meter has none, and makes no MAC.</summary>
    private void AnswerSecured()
    {
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

        _writer.Byte(Dlt698Message.Security | Dlt698Message.AnswerBit);
        int tag = isPlain && length > 0 ? _reader.Bytes[innerAt] : 0;
        if (tag != Dlt698Message.Get)
        {
            _writer.Byte(2);
            _writer.Byte(Dlt698Error.Security);
            _writer.Byte(0);
            return;
        }

        _writer.Byte(0);
        int countAt = _writer.At;
        _writer.Byte(0);
        _isWrapped = true;
        _reader.Begin(_reader.Bytes, innerAt, innerEnd);
        AnswerPlain();
        _writer.FillCount(countAt, _writer.At - countAt - 1);
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

    /// <summary>None, or the time of sending and how long the request is good. False: neither.</summary>
    private bool TryTimeTag()
    {
        _items.IsLate = false;
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
        _items.IsLate = !isTime || (allowed > 0 && (!isKnown || now - sent > allowed || sent - now > allowed));
        return true;
    }

    private void WriteError(int piid, int reason)
    {
        _writer.Begin(_messageAt);
        _writer.Byte(Dlt698Message.ErrorAnswer);
        _writer.Byte(PiidOf(piid));
        _writer.Byte(reason);
        Finish();
    }

    private void WriteHead(int tag, int choice, int piid)
    {
        _writer.Byte(tag | Dlt698Message.AnswerBit);
        if (choice != 0)
        {
            _writer.Byte(choice);
        }

        _writer.Byte(PiidOf(piid));
    }

    /// <summary>No report follows, no time tag.</summary>
    private void Finish() => _writer.UInt16(0);

    /// <summary>An answer that does not fit is an error of the whole message.</summary>
    private void FinishOrRefuse(int piid)
    {
        _writer.Limit = _answerEnd;
        Finish();
        if (_writer.IsFull)
        {
            WriteError(piid, OtherReason);
        }
    }

    /// <summary>Bit 6 of an answer: an event waits to be reported. Only who logs in reports any.</summary>
    private int PiidOf(int piid) =>
        (piid & 0xBF) | (_settings.HeartbeatSeconds > 0 && _meter.WaitingReport != 0 ? 0x40 : 0);
}
