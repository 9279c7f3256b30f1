namespace MeterFirmware.Dlt698;

/// <summary>GET of a record's rows: which rows, which columns, and the rows themselves.</summary>
internal sealed class Dlt698Records
{
    // Rows are read from flash: a request for years of minutes must not hold the loop.
    private const int RowsVisitedMax = 1_000;

    private readonly IDlt698Meter _meter;
    private readonly Dlt698Reader _reader;
    private readonly Dlt698Writer _writer;
    private readonly Dlt698Selection _selection = new Dlt698Selection();

    public Dlt698Records(IDlt698Meter meter, Dlt698Reader reader, Dlt698Writer writer)
    {
        _meter = meter;
        _reader = reader;
        _writer = writer;
    }

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

    /// <summary>Answers behind the request's number.</summary>
    /// <param name="isLate">Its time tag is past.</param>
    public void Answer(bool isLate)
    {
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
    }

    private int CopyLength()
    {
        int length = _reader.Length();
        _writer.Length(length);
        return length;
    }

    private int WriteRows(int oad, bool isDefault, int columnsAt, int columns)
    {
        int error = _meter.OpenRecord(oad, _selection.FromSeconds, _selection.Last, _selection.IsSingle);
        if (error != Dlt698Error.None)
        {
            return error;
        }

        _writer.Byte(1);
        int countAt = _writer.At;
        _writer.Byte(0);
        int rows = 0;
        int visited = 0;
        bool isDone = false;
        while (!isDone && !_writer.IsFull && visited <= RowsVisitedMax && _meter.TryNextRow())
        {
            visited++;
            isDone = _selection.IsPast(_meter);
            if (isDone || !_selection.Covers(_meter))
            {
                continue;
            }

            WriteRow(oad, isDefault, columnsAt, columns);
            rows++;
            isDone = _selection.IsSingle;
        }

        _writer.FillCount(countAt, rows);
        return _writer.IsFull || visited > RowsVisitedMax ? Dlt698Error.BlockSize : Dlt698Error.None;
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
