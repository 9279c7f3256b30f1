namespace MeterFirmware.ChargerSafety;

/// <summary>A bounded queue of what happened, drained once a tick; when nobody drains it the oldest are lost and
/// counted.</summary>
public sealed class ChargerEventLog
{
    private readonly long[] _atMs;
    private readonly int[] _kinds;
    private readonly int[] _values;
    private int _first;

    public ChargerEventLog(int capacity)
    {
        _atMs = new long[capacity];
        _kinds = new int[capacity];
        _values = new int[capacity];
    }

    public int Count { get; private set; }

    public int LostCount { get; private set; }

    public void Add(long atMs, int kind, int value)
    {
        if (Count == _kinds.Length)
        {
            RemoveFirst();
            LostCount++;
        }

        int at = (_first + Count) % _kinds.Length;
        _atMs[at] = atMs;
        _kinds[at] = kind;
        _values[at] = value;
        Count++;
    }

    /// <summary>Monotonic ms of the oldest event.</summary>
    public long FirstAtMs => _atMs[_first];

    /// <summary>Kind of the oldest event (<see cref="ChargerEvent"/>).</summary>
    public int FirstKind => _kinds[_first];

    public int FirstValue => _values[_first];

    public void RemoveFirst()
    {
        _first = (_first + 1) % _kinds.Length;
        Count--;
    }
}
