namespace MeterFirmware.History;

/// <summary>Walks a ring's records of a span of time, oldest first; the ring's buffer then holds each in
/// turn.</summary>
public sealed class RingCursor
{
    private readonly RecordRing _ring;
    private long _sequence;
    private int _block;
    private int _at;
    private long _fromUtcSeconds;
    private long _toUtcSeconds;

    public RingCursor(RecordRing ring)
    {
        _ring = ring;
    }

    /// <summary>Begins at the oldest; both ends inclusive.</summary>
    public void Seek(long fromUtcSeconds, long toUtcSeconds)
    {
        _sequence = 0;
        _block = -1;
        _fromUtcSeconds = fromUtcSeconds;
        _toUtcSeconds = toUtcSeconds;
    }

    /// <summary>Reads the next record of the span into the ring's buffer; damaged ones are passed over. False: no more.
    /// </summary>
    public bool TryNext()
    {
        while (true)
        {
            // The block may have given way between two calls: go on with the next one.
            if (_block < 0 || _ring.SequenceOf(_block) != _sequence || _at >= _ring.Store.LengthOf(_block))
            {
                if (!TryNextBlock())
                {
                    return false;
                }
            }

            bool isGood = _ring.TryReadAt(_block, _at, out int next);
            _at = next < 0 ? int.MaxValue : next;
            if (isGood && _ring.UtcSeconds >= _fromUtcSeconds && _ring.UtcSeconds <= _toUtcSeconds)
            {
                return true;
            }
        }
    }

    private bool TryNextBlock()
    {
        do
        {
            _block = _ring.NextUsed(_sequence);
            if (_block < 0)
            {
                return false;
            }

            _sequence = _ring.SequenceOf(_block);
        }
        while (!_ring.MayHold(_block, _fromUtcSeconds, _toUtcSeconds));
        _at = RecordRing.BlockHeaderBytes;
        return true;
    }
}
