using System;

namespace MeterFirmware.Dlt645;

/// <summary>
/// Finds frames in bytes that come one at a time, with noise before, between and inside them. A header that turns
/// out wrong costs its first byte only: the rest is searched again, so a false 68 cannot hide a true frame.
/// Allocates nothing after construction.
/// </summary>
public sealed class Dlt645Receiver
{
    // One frame and a frame's worth of false header before it.
    private const int Capacity = 2 * Dlt645Protocol.FrameLengthMax;

    private readonly byte[] _bytes = new byte[Capacity];
    private readonly int _pauseMs;
    private int _count;
    private int _suspectCount;
    private long _lastByteMs;

    /// <param name="pauseMs">A longer pause inside a frame ends it. DL/T 645-2007, 5.3: at most 500 ms.</param>
    public Dlt645Receiver(int pauseMs)
    {
        _pauseMs = pauseMs;
    }

    /// <summary>The last good frame; stays until the next one.</summary>
    public Dlt645Frame Frame { get; } = new Dlt645Frame();

    /// <summary>The check that refused a frame last.</summary>
    public Dlt645Check LastFailure { get; private set; }

    /// <summary>Refused headers and frames since construction; bytes between frames do not count.</summary>
    public long FailureCount { get; private set; }

    /// <summary>Bytes that wait for the rest of a frame.</summary>
    public int PendingCount => _count;

    /// <summary>Forgets what is pending, as after a change of speed.</summary>
    public void Clear()
    {
        _count = 0;
        _suspectCount = 0;
    }

    /// <summary>Takes one byte. True: <see cref="Frame"/> is a good frame (call <see cref="TryTake"/> for
    /// more).</summary>
    public bool Feed(byte value, long nowMs)
    {
        if (_count > 0 && nowMs - _lastByteMs > _pauseMs && TryExpire())
        {
            Append(value, nowMs);
            return true;
        }

        Append(value, nowMs);
        return TryTake();
    }

    /// <summary>To be called when no byte has come: a pause ends a false header, what was behind it may be a frame.
    /// True as for <see cref="Feed"/>.</summary>
    public bool Idle(long nowMs) => _count > 0 && nowMs - _lastByteMs > _pauseMs && TryExpire();

    /// <summary>The next frame among the bytes that are here.</summary>
    public bool TryTake()
    {
        while (_count > 0)
        {
            Dlt645Check check = Frame.Decode(_bytes, 0, _count, out int used);
            if (check == Dlt645Check.None)
            {
                Drop(used);
                _suspectCount = 0;
                return true;
            }

            if (check == Dlt645Check.Truncated)
            {
                return false;
            }

            Refuse(check);
        }

        return false;
    }

    private bool TryExpire()
    {
        while (_count > 0)
        {
            if (TryTake())
            {
                return true;
            }

            if (_count > 0)
            {
                Refuse(Dlt645Check.Truncated);
            }
        }

        return false;
    }

    private void Append(byte value, long nowMs)
    {
        _lastByteMs = nowMs;
        if (_count == Capacity)
        {
            // Frames that nobody took: the oldest bytes go.
            Refuse(Dlt645Check.Truncated);
        }

        if (_count > 0 || value == Dlt645Protocol.Start)
        {
            _bytes[_count] = value;
            _count++;
        }
    }

    private void Refuse(Dlt645Check check)
    {
        // A 68 among the bytes of a frame that was refused already is no second failure.
        if (_bytes[0] == Dlt645Protocol.Start && _suspectCount == 0)
        {
            LastFailure = check;
            FailureCount++;
            _suspectCount = _count;
        }

        // Not the byte alone but up to the next 68: quadratic shifting over noise would cost time on the device.
        int next = 1;
        while (next < _count && _bytes[next] != Dlt645Protocol.Start)
        {
            next++;
        }

        Drop(next);
    }

    private void Drop(int count)
    {
        _count -= count;
        _suspectCount = _suspectCount > count ? _suspectCount - count : 0;
        if (_count > 0)
        {
            Array.Copy(_bytes, count, _bytes, 0, _count);
        }
    }
}
