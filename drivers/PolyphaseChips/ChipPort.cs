namespace MeterFirmware.Drivers.PolyphaseChips;

/// <summary>How one register of a chip moves over its bus; the address says how wide it is.</summary>
public abstract class ChipPort
{
    /// <summary>False: the value means nothing.</summary>
    public abstract bool TryRead(int address, out int value);

    /// <summary>False: nothing may be assumed of the chip.</summary>
    public abstract bool TryWrite(int address, int value);
}
