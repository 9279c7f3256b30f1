using MeterFirmware.Hardware;

namespace MeterFirmware.Drivers.Atm90e32;

/// <summary>
/// One register access = 32 clocks in one chip select: direction, address, 16 bits of value (section 4.1.1).
/// A register that is cleared by reading gives its value once. So every such read stands between the mark, which is
/// read before it, and LastSPIData, which is read behind it: the chip clears the register only when it has put the
/// value there. Whatever went wrong on the way, LastSPIData tells: the mark, then the register was not read; else it
/// holds what was cleared.
/// </summary>
internal sealed class Atm90e32Port
{
    /// <summary>Held by NeutralWarning, whose value after a reset is 0xFFFF: 64.2 A, and a count that no energy
    /// register reaches before the driver flags a gap.</summary>
    public const int Mark = 0xFACE;

    public const int Good = 0;
    public const int Missing = 1;

    /// <summary>The chip does not hold the mark.</summary>
    public const int Unmarked = 2;

    /// <summary>Answers contradict each other.</summary>
    public const int Doubtful = 3;

    /// <summary>The read never reached the register, which keeps its count.</summary>
    public const int NotRead = 4;

    private const int AllOnes = 0xFFFF;
    private const int ResolveReadsMax = 4;

    private readonly IRegisterBus _bus;
    private readonly byte[] _out = new byte[4];
    private readonly byte[] _in = new byte[2];

    public Atm90e32Port(IRegisterBus bus)
    {
        _bus = bus;
    }

    public bool TryRead(int register, out int value)
    {
        _out[0] = 0x80;
        _out[1] = (byte)register;
        bool isRead = _bus.TryWriteRead(_out, 2, _in, 2);
        value = (_in[0] << 8) | _in[1];
        return isRead;
    }

    public bool TryWrite(int register, int value)
    {
        _out[0] = 0;
        _out[1] = (byte)register;
        _out[2] = (byte)(value >> 8);
        _out[3] = (byte)value;
        return _bus.TryWrite(_out, 4);
    }

    /// <summary>Reads a register that this clears. Doubtful or Missing: it may have been cleared, and
    /// <see cref="Resolve"/> has to tell before anything else is asked of the chip. Unmarked: it was not touched.
    /// </summary>
    /// <param name="register">Which.</param>
    /// <param name="value">Its count on Good.</param>
    /// <param name="isAsked">True: the read itself was sent.</param>
    public int ReadCleared(int register, out int value, out bool isAsked)
    {
        value = 0;
        isAsked = false;
        if (!TryRead(Atm90e32Register.NeutralWarning, out int mark)
            || (mark != Mark && !TryRead(Atm90e32Register.NeutralWarning, out mark)))
        {
            return Missing;
        }

        if (mark != Mark)
        {
            // Twice: not a bit that fell over on the line.
            return Unmarked;
        }

        isAsked = true;
        bool isRead = TryRead(register, out value);
        if (isRead && TryRead(Atm90e32Register.LastData, out int last) && last == value && last != AllOnes)
        {
            return Good;
        }

        int result = Resolve(out value);
        isAsked = result != NotRead;
        return isAsked ? result : Missing;
    }

    /// <summary>Asks LastSPIData until two answers agree. Good: <paramref name="value"/> is what was cleared.</summary>
    public int Resolve(out int value)
    {
        int before = AllOnes;
        for (int i = 0; i < ResolveReadsMax; i++)
        {
            if (!TryRead(Atm90e32Register.LastData, out value))
            {
                value = 0;
                return Missing;
            }

            if (value == before && value != AllOnes)
            {
                return value == Mark ? NotRead : Good;
            }

            before = value;
        }

        value = 0;
        return Doubtful;
    }
}
