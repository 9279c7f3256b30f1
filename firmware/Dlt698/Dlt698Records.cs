namespace MeterFirmware.Dlt698;

/// <summary>GET of a record's rows: which rows, which columns, and the rows themselves.</summary>
internal sealed class Dlt698Records
{
    // Rows are read from flash: a request for years of minutes must not hold the loop.
    private const int RowsVisitedMax = 1_000;
    private const int PartRowsMax = 127;

    private readonly IDlt698Meter _meter;
    private readonly Dlt698Reader _reader;
    private readonly Dlt698Writer _writer;
    private readonly Dlt698Selection _selection = new Dlt698Selection();
    private int _visited;

    // A part of an answer: it may stand behind others, and go on behind a row.
    private bool _isPart;
    private bool _isFirst;
    private int _behindOi;
    private long _behindKey;

    public Dlt698Records(IDlt698Meter meter, Dlt698Reader reader, Dlt698Writer writer)
    {
        _meter = meter;
        _reader = reader;
        _writer = writer;
    }

    /// <summary>An answer had more rows than fit, or than one message may look at.</summary>
    public bool IsTooLong { get; private set; }

    /// <summary>Not 0: rows are left behind the one whose key ...</summary>
    public int PartKeyOi { get; private set; }

    /// <summary>... is this.</summary>
    public long PartKey { get; private set; }

    /// <summary>Passes a request over; the reader says whether it was whole.</summary>
    public void Skip()
    {
        _reader.Skip(4);
        _selection.Read(_reader);
        for (int left = _reader.Length(); left > 0 && _reader.IsGood; left--)
        {
            int kind = _reader.Byte();
            _reader.Skip(4);
            if (kind > 1)
            {
                _reader.Fail();
            }
            else if (kind == 1)
            {
                _reader.Skip(4 * _reader.Length());
            }
        }
    }

    /// <summary>Writes a record's newest row with all its columns, as a report has it. False: there is none.</summary>
    public bool TryWriteNewest(int oad)
    {
        _writer.UInt32(oad);
        _writer.Byte(ColumnCount(oad));
        WriteColumns(oad);
        bool isThere = _meter.OpenRecord(oad, long.MinValue, 1, true) == Dlt698Error.None && _meter.TryNextRow();
        _writer.Byte(1);
        _writer.Byte(1);
        for (int i = 0; isThere && _meter.Column(oad, i) != 0; i++)
        {
            _meter.WriteColumn(_meter.Column(oad, i), _writer);
        }

        return isThere;
    }

    /// <summary>A message begins: its records together may visit so many rows.</summary>
    public void Begin()
    {
        _visited = 0;
        IsTooLong = false;
    }

    /// <summary>Answers one record of a request.</summary>
    /// <param name="isLate">The request's time tag is past.</param>
    public void Answer(bool isLate)
    {
        _isPart = false;
        _behindOi = 0;
        Write(isLate);
    }

    /// <summary>Answers as much of a record as fits; <see cref="PartKeyOi"/> is not 0 then.</summary>
    /// <param name="isFirst">Nothing stands in front of it. False: when no row fits the writer is full.</param>
    /// <param name="behindOi">0 from the first row on, or behind the row ...</param>
    /// <param name="behindKey">... of this key.</param>
    public void AnswerPart(bool isFirst, int behindOi, long behindKey)
    {
        _isPart = true;
        _isFirst = isFirst;
        _behindOi = behindOi;
        _behindKey = behindKey;
        Write(false);
    }

    private void Write(bool isLate)
    {
        PartKeyOi = 0;
        int oad = _reader.Int32();
        _selection.Read(_reader);
        int columnsAt = _reader.At;
        int asked = _reader.Length();
        bool isDefault = asked == 0;
        bool isPlain = true;
        _writer.UInt32(oad);
        int count = isDefault ? ColumnCount(oad) : asked;
        _writer.Length(count);
        for (int i = 0; i < asked; i++)
        {
            int kind = _reader.Byte();
            _writer.Byte(kind);
            _writer.UInt32(_reader.Int32());
            isPlain &= kind == 0;
            for (int left = kind == 0 ? 0 : CopyLength(); left > 0; left--)
            {
                _writer.UInt32(_reader.Int32());
            }
        }

        if (isDefault)
        {
            WriteColumns(oad);
        }

        int endAt = _reader.At;
        int at = _writer.At;
        int error = isLate ? Dlt698Error.TimeTag
            : !_selection.IsSupported ? Dlt698Error.OutOfRange
            : !isPlain ? Dlt698Error.Undefined
            : WriteRows(oad, isDefault, columnsAt, count);
        if (error != Dlt698Error.None)
        {
            _writer.Return(at);
            _writer.Byte(0);
            _writer.Byte(error);
        }

        _reader.Return(endAt);
    }

    private int CopyLength()
    {
        int length = _reader.Length();
        _writer.Length(length);
        return length;
    }

    private int WriteRows(int oad, bool isDefault, int columnsAt, int columns)
    {
        int error = Open(oad);
        if (error != Dlt698Error.None)
        {
            return error;
        }

        _writer.Byte(1);
        int countAt = _writer.At;
        _writer.Byte(0);
        int rows = 0;
        bool isDone = false;
        while (!isDone && _meter.TryNextRow())
        {
            if (IsBehind())
            {
                continue;
            }

            int rowAt = _writer.At;
            bool isPast = _selection.IsPast(_meter);
            bool isWanted = !isPast && _selection.Covers(_meter);
            isDone = isPast || (isWanted && _selection.IsSingle);
            if (isWanted)
            {
                WriteRow(oad, isDefault, columnsAt, columns);
            }

            if (_writer.IsFull && PartKeyOi != 0 && rows > 0)
            {
                // The next part begins with it, behind the row before.
                _writer.Return(rowAt);
                _writer.FillCount(countAt, rows);
                return Dlt698Error.None;
            }

            if (_writer.IsFull)
            {
                IsTooLong = true;
                PartKeyOi = 0;
                return _isPart && !_isFirst ? Dlt698Error.None : Dlt698Error.TooLong;
            }

            rows += isWanted ? 1 : 0;
            _visited++;
            bool isEnough = _visited >= RowsVisitedMax || (_isPart && rows == PartRowsMax);
            if (!TryKeep(isDone) && isEnough && !isDone)
            {
                IsTooLong = true;
                return Dlt698Error.TooLong;
            }

            if (isEnough && !isDone)
            {
                _writer.FillCount(countAt, rows);
                return Dlt698Error.None;
            }
        }

        PartKeyOi = 0;
        _writer.FillCount(countAt, rows);
        return Dlt698Error.None;
    }

    /// <summary>Begins with the rows; of a part with those behind the last one, where they are found by time.</summary>
    private int Open(int oad)
    {
        long from = _selection.FromSeconds;
        bool isByTime = _behindOi == Dlt698Oi.FreezeTime;
        if (isByTime && _behindKey >= from)
        {
            from = _behindKey + 1;
        }

        return _meter.OpenRecord(
            oad, from, isByTime ? 0 : _selection.Last, !isByTime && _selection.IsSingle);
    }

    private bool IsBehind() =>
        _behindOi != 0 && _meter.TryRowKey(_behindOi, out long key) && key <= _behindKey;

    /// <summary>Keeps where a part ends. False: it is no part, or its rows have no order.</summary>
    private bool TryKeep(bool isDone)
    {
        if (!_isPart || isDone)
        {
            return _isPart;
        }

        int oi = _meter.TryRowKey(Dlt698Oi.FreezeNumber, out long key) ? Dlt698Oi.FreezeNumber
            : _meter.TryRowKey(Dlt698Oi.EventNumber, out key) ? Dlt698Oi.EventNumber
            : _meter.TryRowKey(Dlt698Oi.FreezeTime, out key) ? Dlt698Oi.FreezeTime : 0;
        PartKeyOi = oi;
        PartKey = key;
        return oi != 0;
    }

    private void WriteRow(int oad, bool isDefault, int columnsAt, int columns)
    {
        _reader.Return(columnsAt);
        _reader.Length();
        for (int i = 0; i < columns; i++)
        {
            if (!isDefault)
            {
                _reader.Skip(1);
            }

            _meter.WriteColumn(isDefault ? _meter.Column(oad, i) : _reader.Int32(), _writer);
        }
    }

    private int ColumnCount(int oad)
    {
        int count = 0;
        while (_meter.Column(oad, count) != 0)
        {
            count++;
        }

        return count;
    }

    private void WriteColumns(int oad)
    {
        for (int i = 0; _meter.Column(oad, i) != 0; i++)
        {
            _writer.Byte(0);
            _writer.UInt32(_meter.Column(oad, i));
        }
    }
}
