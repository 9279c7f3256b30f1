using System;

namespace MeterFirmware.Dlt698;

/// <summary>
/// Answers to GET that are longer than a message. Each block is made when the client asks for it (GET next), from the
/// request that was kept: it tells of its own moment. The block that was sent last may be asked for again.
/// </summary>
internal sealed class Dlt698Blocks
{
    private const int NoAnswer = 0;
    private const int ItemsMax = 127;
    private const int Objects = 1;
    private const int RecordRows = 2;

    private readonly Dlt698Reader _reader;
    private readonly Dlt698Writer _writer;
    private readonly Dlt698Records _records;
    private readonly Dlt698Items _items;
    private readonly byte[] _kept;
    private int _length = NoAnswer;
    private int _client;
    private int _choice;
    private int _block;

    // Where the block that was sent last begins, and where the next one does: an item, and a row in it.
    private int _item;
    private int _nextItem;
    private int _keyOi;
    private int _nextKeyOi;
    private long _key;
    private long _nextKey;
    private bool _isEnd;

    /// <param name="kept">Room for a request.</param>
    public Dlt698Blocks(Dlt698Reader reader, Dlt698Writer writer, Dlt698Records records, Dlt698Items items, byte[] kept)
    {
        _reader = reader;
        _writer = writer;
        _records = records;
        _items = items;
        _kept = kept;
    }

    public void Forget() => _length = NoAnswer;

    /// <summary>Keeps a request whose answer is too long. False: there is no room for it.</summary>
    /// <param name="bytes">Its body is from <paramref name="at"/> on.</param>
    public bool TryBegin(byte[] bytes, int at, int end, int choice, int client)
    {
        Forget();
        if (end - at > _kept.Length)
        {
            return false;
        }

        Array.Copy(bytes, at, _kept, 0, end - at);
        _length = end - at;
        _choice = choice;
        _client = client;
        _block = 0;
        _nextItem = 0;
        _nextKeyOi = 0;
        Step();
        return true;
    }

    /// <summary>Goes to the block behind one that the client has; 0, or why there is none.</summary>
    public int Seek(int taken, int client)
    {
        if (_length == NoAnswer || client != _client)
        {
            return Dlt698Error.NotInBlocks;
        }

        if (taken == _block && !_isEnd)
        {
            _block++;
            Step();
            return Dlt698Error.None;
        }

        return taken == _block - 1 ? Dlt698Error.None : Dlt698Error.BlockNumber;
    }

    /// <summary>Writes the block behind the answer's number, up to the writer's limit.</summary>
    public void Write()
    {
        _reader.Begin(_kept, 0, _length);
        int count = Dlt698Items.HasCount(_choice) ? _reader.Length() : 1;
        bool isRecord = Dlt698Items.IsRecord(_choice);
        for (int i = 0; i < _item; i++)
        {
            Skip(isRecord);
        }

        int endAt = _writer.At;
        _writer.Byte(0);
        _writer.UInt16(_block);
        _writer.Byte(isRecord ? RecordRows : Objects);
        int countAt = _writer.At;
        _writer.Byte(0);
        _nextItem = _item;
        _nextKeyOi = 0;
        int written = 0;
        while (_nextItem < count && written < ItemsMax && _nextKeyOi == 0)
        {
            int at = _writer.At;
            int itemAt = _reader.At;
            WriteItem(isRecord, written == 0);
            if (_writer.IsFull && written > 0)
            {
                // It begins the next block.
                _writer.Return(at);
                break;
            }

            if (_writer.IsFull && !isRecord)
            {
                _reader.Return(itemAt);
                _writer.Return(at);
                _writer.UInt32(_reader.Int32());
                _writer.Byte(0);
                _writer.Byte(Dlt698Error.TooLong);
            }

            written++;
            _nextItem += _nextKeyOi == 0 ? 1 : 0;
        }

        _isEnd = _nextItem == count;
        _writer.FillCount(countAt, written);
        _writer.FillCount(endAt, _isEnd ? 1 : 0);
    }

    private void Step()
    {
        _item = _nextItem;
        _keyOi = _nextKeyOi;
        _key = _nextKey;
    }

    private void Skip(bool isRecord)
    {
        if (isRecord)
        {
            _records.Skip();
        }
        else
        {
            _reader.Skip(4);
        }
    }

    private void WriteItem(bool isRecord, bool isFirst)
    {
        if (!isRecord)
        {
            _items.GetOne();
            return;
        }

        bool isBehind = isFirst && _keyOi != 0;
        _records.AnswerPart(isFirst, isBehind ? _keyOi : 0, isBehind ? _key : 0);
        _nextKeyOi = _records.PartKeyOi;
        _nextKey = _records.PartKey;
    }
}
