namespace MeterFirmware.Drivers.Bl0942;

/// <summary>Register addresses (data sheet V1.06, section 2.2), each 24 bits wide.</summary>
public static class Bl0942Register
{
    public const int CurrentRms = 0x03;
    public const int VoltageRms = 0x04;
    public const int ActivePower = 0x06;
    public const int PulseCount = 0x07;
    public const int Period = 0x08;
    public const int Mode = 0x19;

    /// <summary>Takes 0x55 before a register is written.</summary>
    public const int WriteProtection = 0x1D;

    /// <summary>Asks for the packet of all measurements on the UART.</summary>
    public const int Packet = 0xAA;

    /// <summary>First byte of a read, with the chip's address in its low bits.</summary>
    public const int Read = 0x58;

    /// <summary>First byte of a write, likewise.</summary>
    public const int Write = 0xA8;
}
