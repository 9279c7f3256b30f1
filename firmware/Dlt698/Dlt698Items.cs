namespace MeterFirmware.Dlt698;

/// <summary>The objects and methods of a message, one behind the other: read, written, run.</summary>
internal sealed class Dlt698Items
{
    // Object or method, result, no data, object, error: an item of "then get" whose value does not fit.
    private const int ThenGetLengthMin = 12;

    private readonly IDlt698Meter _meter;
    private readonly Dlt698Connection _connection;
    private readonly Dlt698Reader _reader;
    private readonly Dlt698Writer _writer;
    private readonly Dlt698Records _records;

    public Dlt698Items(IDlt698Meter meter, Dlt698Connection connection, Dlt698Reader reader, Dlt698Writer writer,
        Dlt698Records records)
    {
        _meter = meter;
        _connection = connection;
        _reader = reader;
        _writer = writer;
        _records = records;
    }

    /// <summary>Who asks, and when.</summary>
    public int Client { get; set; }

    public long NowMs { get; set; }

    /// <summary>False: the meter was addressed by a wildcard.</summary>
    public bool IsExact { get; set; }

    /// <summary>The request's time tag is past.</summary>
    public bool IsLate { get; set; }

    /// <summary>Passes a body over; the reader says whether it was whole. False: the service has no such
    /// choice.</summary>
    public bool TrySkip(int tag, int choice)
    {
        if (tag == Dlt698Message.Get && choice == Dlt698Message.Next)
        {
            _reader.Skip(2);
            return true;
        }

        bool isChange = tag == Dlt698Message.Set || tag == Dlt698Message.Action;
        bool isThenGet = isChange && choice == Dlt698Message.ThenGet;
        bool isRecord = tag == Dlt698Message.Get && IsRecord(choice);
        if (choice != Dlt698Message.Normal && choice != Dlt698Message.List && !isThenGet && !isRecord)
        {
            return false;
        }

        int count = tag == Dlt698Message.Report || isThenGet || HasCount(choice) ? _reader.Length() : 1;
        for (int i = 0; i < count && _reader.IsGood; i++)
        {
            if (isRecord)
            {
                _records.Skip();
                continue;
            }

            _reader.Skip(4);
            if (isChange)
            {
                _reader.SkipData();
            }

            if (isThenGet)
            {
                _reader.Skip(5);
            }
        }

        return true;
    }

    public static bool IsRecord(int choice) => choice == Dlt698Message.Record || choice == Dlt698Message.RecordList;

    public static bool HasCount(int choice) => choice == Dlt698Message.List || choice == Dlt698Message.RecordList;

    public void Get(int choice)
    {
        for (int left = Count(choice); left > 0; left--)
        {
            if (IsRecord(choice))
            {
                _records.Answer(IsLate);
            }
            else
            {
                GetOne();
            }
        }
    }

    /// <summary>Object and value, or why there is none.</summary>
    public void GetOne()
    {
        int oad = _reader.Int32();
        _writer.UInt32(oad);
        int at = _writer.At;
        _writer.Byte(1);
        int error = IsLate ? Dlt698Error.TimeTag : _meter.Get(oad, _writer);
        if (error != Dlt698Error.None)
        {
            _writer.Return(at);
            _writer.Byte(0);
            _writer.Byte(error);
        }
    }

    public void Change(bool isAction, int choice)
    {
        for (int left = Count(choice); left > 0; left--)
        {
            _writer.UInt32(_reader.Int32());
            _reader.Return(_reader.At - 4);
            _writer.Byte(ChangeOne(isAction));
            if (isAction)
            {
                _writer.Byte(0);
            }
        }
    }

    /// <summary>Changes what "then get" asks for; a result is put where its delay stood. Returns the longest delay of
    /// what has changed, in seconds.</summary>
    public int ChangeThenGet(bool isAction)
    {
        int longest = 0;
        for (int left = _reader.Length(); left > 0; left--)
        {
            int error = ChangeOne(isAction);
            _reader.Skip(4);
            int delay = _reader.Byte();
            _reader.Bytes[_reader.At - 1] = (byte)error;
            longest = error == Dlt698Error.None && delay > longest ? delay : longest;
        }

        return longest;
    }

    /// <summary>Answers it: each result and the value behind it. A value that does not fit is left out with an error:
    /// what has changed is told in any case.</summary>
    /// <param name="most">Place behind the last byte that the client takes.</param>
    public void AnswerThenGet(bool isAction, int most)
    {
        int whole = _writer.Limit;
        for (int left = Count(Dlt698Message.List); left > 0; left--)
        {
            _writer.UInt32(_reader.Int32());
            _reader.SkipData();
            int readAt = _reader.At;
            _reader.Skip(4);
            _writer.Byte(_reader.Byte());
            if (isAction)
            {
                _writer.Byte(0);
            }

            int end = _reader.At;
            int at = _writer.At;
            int fits = whole - (left - 1) * ThenGetLengthMin;
            _writer.Limit = fits < most ? fits : most;
            _reader.Return(readAt);
            GetOne();
            _writer.Limit = whole;
            if (_writer.IsFull)
            {
                _reader.Return(readAt);
                _writer.Return(at);
                _writer.UInt32(_reader.Int32());
                _writer.Byte(0);
                _writer.Byte(Dlt698Error.TooLong);
            }

            _reader.Return(end);
        }
    }

    /// <summary>The client has what was reported.</summary>
    public void TakeReports()
    {
        for (int left = IsLate ? 0 : _reader.Length(); left > 0; left--)
        {
            _meter.ReportTaken(_reader.Int32());
        }
    }

    private int Count(int choice)
    {
        if (!HasCount(choice))
        {
            return 1;
        }

        int count = _reader.Length();
        _writer.Length(count);
        return count;
    }

    private int ChangeOne(bool isAction)
    {
        int what = _reader.Int32();
        int dataAt = _reader.At;
        int rights = _connection.RightsOf(Client, NowMs);
        int error = IsLate ? Dlt698Error.TimeTag
            : !IsExact ? Dlt698Error.Refused
            : (rights & (isAction ? Dlt698Rights.Act : Dlt698Rights.Write)) == 0 ? Dlt698Error.Password
            : isAction ? _meter.Act(what, _reader, Client) : _meter.Set(what, _reader, Client);

        // The meter may have stopped at what it did not like: the next one begins behind the data.
        _reader.Return(dataAt);
        _reader.SkipData();
        return error;
    }
}
