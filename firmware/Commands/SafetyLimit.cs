using MeterFirmware.Basics;

namespace MeterFirmware.Commands;

/// <summary>
/// A limit that protects people or wiring: commissioned on site, lowered from afar at will, never above what was
/// commissioned. For a limit where more is safer (a lowest voltage), keep the negative.
/// </summary>
public sealed class SafetyLimit
{
    private readonly int _leastValue;

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
    }

    public string Name { get; }

    /// <summary>The ceiling.</summary>
    public int Commissioned { get; }

    /// <summary>What holds now.</summary>
    public int Value { get; private set; }

    /// <summary>Sets the limit from afar. Returns a <see cref="CommandRefusal"/>; anything but None changed nothing.</summary>
    public int TrySet(long value)
    {
        if (value > Commissioned)
        {
            return CommandRefusal.AboveCommissioned;
        }

        if (value < _leastValue)
        {
            return CommandRefusal.OutOfRange;
        }

        Value = (int)value;
        return CommandRefusal.None;
    }
}
