namespace MeterFirmware.Drivers.PolyphaseChips;

/// <summary>What a chip has a register of for each phase.</summary>
public static class PolyphaseQuantity
{
    public const int Voltage = 0;
    public const int Current = 1;
    public const int Power = 2;
    public const int Reactive = 3;

    // Signed counters of 32 bits that wrap.
    public const int Energy = 4;
    public const int ReactiveEnergy = 5;
}
