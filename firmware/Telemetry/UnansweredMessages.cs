namespace MeterFirmware.Telemetry;

/// <summary>
/// Counts what an MQTT client was given and has not answered. A client may drop a message without a word (M2Mqtt does,
/// when its own retry is due before it looks at a PUBACK that is there), so the count is settled in two more ways:
/// <code>
///   answer for message n ──► n is settled; what is older is given up: a broker answers in order (MQTT 4.6.0-2)
///   patience is over     ──► the oldest is given up, and its place is doubtful: the client may still hold it
///   any answer           ──► the client works: no place is doubtful any more
/// </code>
/// Doubtful places count against what the client can hold, so that a client that hangs is never overfilled. One caller
/// at a time: an adapter whose answers come on another thread locks.
/// </summary>
public sealed class UnansweredMessages
{
    private readonly int[] _ids;
    private readonly long[] _takenMs;
    private readonly int _heldMax;
    private readonly int _patienceMs;
    private int _first;
    private int _doubtful;

    /// <param name="countMax">Messages that may wait for an answer.</param>
    /// <param name="heldMax">Messages that the client can hold; at least as many.</param>
    /// <param name="patienceMs">Longest time in which the client answers or gives up, with some to spare.</param>
    public UnansweredMessages(int countMax, int heldMax, int patienceMs)
    {
        _ids = new int[countMax];
        _takenMs = new long[countMax];
        _heldMax = heldMax;
        _patienceMs = patienceMs;
    }

    /// <summary>Messages that wait for an answer.</summary>
    public int Count { get; private set; }

    /// <summary>Messages answered or given up.</summary>
    public int Settled { get; private set; }

    /// <summary>Those of <see cref="Settled"/> that nobody has confirmed.</summary>
    public int GivenUp { get; private set; }

    /// <summary>Settles what has waited too long. True when one more message may be handed to the client.</summary>
    public bool HasRoom(long nowMs)
    {
        while (Count > 0 && nowMs - _takenMs[_first] >= _patienceMs)
        {
            SettleFirst(false);
            _doubtful++;
        }

        return Count < _ids.Length && Count + _doubtful < _heldMax;
    }

    /// <summary>The client has taken a message; <see cref="HasRoom"/> said yes.</summary>
    /// <param name="id">The client's number of it.</param>
    public void NoteTaken(int id, long nowMs)
    {
        int at = (_first + Count) % _ids.Length;
        _ids[at] = id;
        _takenMs[at] = nowMs;
        Count++;
    }

    /// <summary>The client has answered a message; one that is settled already changes no count.</summary>
    public void NoteAnswer(int id, bool isDelivered)
    {
        _doubtful = 0;
        int place = 0;
        while (place < Count && _ids[(_first + place) % _ids.Length] != id)
        {
            place++;
        }

        if (place == Count)
        {
            return;
        }

        for (; place > 0; place--)
        {
            SettleFirst(false);
        }

        SettleFirst(isDelivered);
    }

    private void SettleFirst(bool isDelivered)
    {
        _first = (_first + 1) % _ids.Length;
        Count--;
        Settled++;
        GivenUp += isDelivered ? 0 : 1;
    }
}
