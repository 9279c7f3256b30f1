namespace MeterFirmware.Drivers.PolyphaseChips;

/// <summary>Every register that a driver sets, with the value it must hold: written in this order, read back, and
/// looked through one a reading for as long as the meter runs.</summary>
public sealed class ChipTable
{
    private readonly int[] _addresses;
    private readonly int[] _values;

    /// <param name="capacity">Entries that are added at most.</param>
    public ChipTable(int capacity)
    {
        _addresses = new int[capacity];
        _values = new int[capacity];
    }

    public int Count { get; private set; }

    /// <param name="address">Of the register.</param>
    /// <param name="value">As the register reads back.</param>
    public void Add(int address, int value)
    {
        _addresses[Count] = address;
        _values[Count] = value;
        Count++;
    }

    /// <summary>Writes some entries. False: a transfer failed.</summary>
    /// <param name="port">Of the chip.</param>
    /// <param name="from">First entry.</param>
    /// <param name="to">Behind the last one.</param>
    public bool TryWrite(ChipPort port, int from, int to)
    {
        for (int i = from; i < to; i++)
        {
            if (!port.TryWrite(_addresses[i], _values[i]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Reads one entry back, a second time when the first answer is another. False: the transfer failed.
    /// <paramref name="isKept"/>: it holds what it must.</summary>
    public bool TryCheck(ChipPort port, int index, out bool isKept)
    {
        bool isRead = port.TryRead(_addresses[index], out int value);
        isRead = isRead && (value == _values[index] || port.TryRead(_addresses[index], out value));
        isKept = value == _values[index];
        return isRead;
    }
}
