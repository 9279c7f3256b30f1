using MeterFirmware.Basics;

namespace MeterFirmware.Commands;

/// <summary>
/// A limit that protects people or wiring: commissioned on site, lowered from afar at will, never above what was
/// commissioned. Each role has one of its own, and the least holds: only who set a limit lifts it, or the utility.
/// For a limit where more is safer (a lowest voltage), keep the negative.
/// </summary>
public sealed class SafetyLimit
{
    /// <summary>Bytes that <see cref="Save"/> writes.</summary>
    public const int SavedBytes = 4 * CommandRole.Count;

    private readonly int _leastValue;
    private readonly int[] _values = new int[CommandRole.Count];

    /// <param name="name">Its word in messages.</param>
    /// <param name="commissioned">The ceiling, set on site.</param>
    /// <param name="leastValue">The lowest value that means something, for example 0.</param>
    public SafetyLimit(string name, int commissioned, int leastValue)
    {
        Invariant.Require(commissioned >= leastValue, "a limit's ceiling lies below its lowest value");
        Name = name;
        Commissioned = commissioned;
        Value = commissioned;
        _leastValue = leastValue;
        for (int role = 0; role < CommandRole.Count; role++)
        {
            _values[role] = commissioned;
        }
    }

    public string Name { get; }

    /// <summary>The ceiling.</summary>
    public int Commissioned { get; }

    /// <summary>What holds now: the least of all roles'.</summary>
    public int Value { get; private set; }

    /// <summary>A role's own limit; the ceiling: none.</summary>
    public int ValueOf(int role) => _values[role];

    /// <summary>Sets a role's limit from afar; the ceiling lifts it.</summary>
    /// <returns>A <see cref="CommandRefusal"/>; anything but None changed nothing.</returns>
    public int TrySet(int role, long value)
    {
        if (value > Commissioned)
        {
            return CommandRefusal.AboveCommissioned;
        }

        if (value < _leastValue)
        {
            return CommandRefusal.OutOfRange;
        }

        _values[role] = (int)value;
        FindLeast();
        return CommandRefusal.None;
    }

    /// <summary>Writes <see cref="SavedBytes"/> bytes; returns the offset behind.</summary>
    public int Save(byte[] bytes, int offset)
    {
        for (int role = 0; role < CommandRole.Count; role++)
        {
            LittleEndian.WriteInt32(bytes, offset + 4 * role, _values[role]);
        }

        return offset + SavedBytes;
    }

    /// <summary>Takes what <see cref="Save"/> wrote; a limit above the ceiling was kept under a higher one, which
    /// counts no more. False: it is not whole, and nothing was taken.</summary>
    public bool TryLoad(byte[] bytes, int offset, int end)
    {
        if (end - offset < SavedBytes)
        {
            return false;
        }

        for (int role = 0; role < CommandRole.Count; role++)
        {
            int value = LittleEndian.ReadInt32(bytes, offset + 4 * role);
            _values[role] = value > Commissioned ? Commissioned : value < _leastValue ? _leastValue : value;
        }

        FindLeast();
        return true;
    }

    private void FindLeast()
    {
        Value = Commissioned;
        for (int role = 0; role < CommandRole.Count; role++)
        {
            Value = _values[role] < Value ? _values[role] : Value;
        }
    }
}
