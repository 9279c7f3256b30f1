using System;

namespace MeterFirmware.Dlt698;

/// <summary>
/// Finds frames in bytes that come one at a time, with noise before, between and inside them. A header has its own
/// check, so a false 68 is passed over as soon as its header is there. Allocates nothing after construction.
/// </summary>
public sealed class Dlt698Receiver
{
    private readonly byte[] _bytes;
    private readonly int _pauseMs;
    private int _count;
    private long _lastByteMs;

    /// <param name="pauseMs">A longer pause inside a frame ends it.</param>
    public Dlt698Receiver(int pauseMs)
        : this(pauseMs, Dlt698Protocol.DataLengthMax)
    {
    }

    /// <param name="pauseMs">A longer pause inside a frame ends it.</param>
    /// <param name="dataLengthMax">User data of the longest frame that is taken.</param>
    public Dlt698Receiver(int pauseMs, int dataLengthMax)
    {
        _pauseMs = pauseMs;
        _bytes = new byte[Dlt698Protocol.FrameLengthOf(dataLengthMax)];
        Frame = new Dlt698Frame(dataLengthMax);
    }

    /// <summary>The last good frame; stays until the next one.</summary>
    public Dlt698Frame Frame { get; }

    /// <summary>The check that refused a frame last.</summary>
    public Dlt698Check LastFailure { get; private set; }

    /// <summary>Headers and frames that a check refused.</summary>
    public long FailureCount { get; private set; }

    public int PendingCount => _count;

    public void Clear() => _count = 0;

    /// <summary>Takes one byte. True: <see cref="Frame"/> is a good frame.</summary>
    public bool Feed(byte value, long nowMs)
    {
        if (_count > 0 && nowMs - _lastByteMs > _pauseMs)
        {
            Refuse(Dlt698Check.Truncated);
            _count = 0;
        }

        _lastByteMs = nowMs;
        if (_count == 0 && value != Dlt698Protocol.Start)
        {
            return false;
        }

        _bytes[_count] = value;
        _count++;
        return TryTake();
    }

    private bool TryTake()
    {
        while (_count > 0)
        {
            Dlt698Check check = Frame.Decode(_bytes, 0, _count, out int used);
            if (check == Dlt698Check.None)
            {
                Drop(used);
                return true;
            }

            if (check == Dlt698Check.Truncated)
            {
                return false;
            }

            Refuse(check);
            int next = 1;
            while (next < _count && _bytes[next] != Dlt698Protocol.Start)
            {
                next++;
            }

            Drop(next);
        }

        return false;
    }

    private void Refuse(Dlt698Check check)
    {
        LastFailure = check;
        FailureCount++;
    }

    private void Drop(int count)
    {
        _count -= count;
        Array.Copy(_bytes, count, _bytes, 0, _count);
    }
}
