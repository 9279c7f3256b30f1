using System.Threading.Channels;

namespace MeterFirmware.Tools.HeadEnds.Intake;

/// <summary>
/// What waits for the store, bounded in bytes. Up to the bound a message may be acknowledged to the broker at once; up
/// to twice the bound it is kept and acknowledged when there is room again, so that the broker waits and in the end the
/// devices, which are built for that; beyond it is let go, and its device sends it again.
/// </summary>
internal sealed class ArrivalQueue
{
    /// <summary>What a message costs beside its payload.</summary>
    private const int OverheadBytes = 512;

    private readonly Channel<Arrival> _arrivals = Channel.CreateUnbounded<Arrival>(
        new UnboundedChannelOptions { SingleReader = true });
    private readonly Queue<(long Before, TaskCompletionSource Room)> _held = new();
    private readonly Lock _lock = new();
    private readonly long _bytesMax;
    private long _added;
    private long _taken;

    public ArrivalQueue(long bytesMax)
    {
        _bytesMax = bytesMax;
    }

    /// <summary>True while messages are held back from the broker's sight.</summary>
    public bool IsFull
    {
        get
        {
            lock (_lock)
            {
                return _added - _taken > _bytesMax;
            }
        }
    }

    /// <summary>Takes a message. False: no room, it was not taken.</summary>
    /// <param name="arrival">Read and checked.</param>
    /// <param name="room">Done when the broker may be told that the message was taken.</param>
    public bool TryAdd(Arrival arrival, out Task room)
    {
        room = Task.CompletedTask;
        lock (_lock)
        {
            long after = _added + BytesOf(arrival);
            if (after - _taken > 2 * _bytesMax || !_arrivals.Writer.TryWrite(arrival))
            {
                return false;
            }

            _added = after;
            if (after - _taken > _bytesMax)
            {
                TaskCompletionSource later = new(TaskCreationOptions.RunContinuationsAsynchronously);
                _held.Enqueue((after - _bytesMax, later));
                room = later.Task;
            }

            return true;
        }
    }

    /// <summary>Waits for the next message. False: complete and empty.</summary>
    public ValueTask<bool> WaitAsync() => _arrivals.Reader.WaitToReadAsync();

    /// <summary>Takes the oldest message, when there is one.</summary>
    public bool TryTake(out Arrival? arrival)
    {
        if (!_arrivals.Reader.TryRead(out arrival))
        {
            return false;
        }

        List<TaskCompletionSource> free = [];
        lock (_lock)
        {
            _taken += BytesOf(arrival);
            while (_held.TryPeek(out (long Before, TaskCompletionSource Room) first) && _taken >= first.Before)
            {
                free.Add(_held.Dequeue().Room);
            }
        }

        free.ForEach(room => room.TrySetResult());
        return true;
    }

    /// <summary>Takes nothing more.</summary>
    public void Complete() => _arrivals.Writer.TryComplete();

    private static long BytesOf(Arrival arrival) => OverheadBytes + arrival.Bytes;
}
