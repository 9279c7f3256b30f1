namespace MeterFirmware.Drivers.ChipName;

/// <summary>Register addresses (CHIPNAME data sheet, register map). Each is 16 bits wide.</summary>
public static class ChipNameRegister
{
    /// <summary>The driver's mark: not what it holds after a reset.</summary>
    public const int Configuration = 0x00;
    public const int Voltage = 0x02;
    public const int Power = 0x03;
    public const int Current = 0x04;
//#if (Counter)

    /// <summary>Signed, 32 bits in two registers, high word first; it wraps.</summary>
    public const int Energy = 0x06;
//#endif
}
