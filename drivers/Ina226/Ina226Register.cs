namespace MeterFirmware.Drivers.Ina226;

/// <summary>Register addresses (INA226 data sheet, register maps). Each is 16 bits wide.</summary>
public static class Ina226Register
{
    /// <summary>The driver's mark: not what it holds after a reset.</summary>
    public const int Configuration = 0x00;
    public const int Voltage = 0x02;
    public const int Current = 0x04;

    /// <summary>0 after a reset, and current then reads 0.</summary>
    public const int Calibration = 0x05;
}
