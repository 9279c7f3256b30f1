namespace MeterFirmware.Drivers.Ina219;

/// <summary>Register addresses of the INA219 (data sheet SBOS448, table 2); all are 16 bits, high byte first.</summary>
public static class Ina219Register
{
    public const int Configuration = 0x00;
    public const int ShuntVoltage = 0x01;
    public const int BusVoltage = 0x02;
    public const int Power = 0x03;
    public const int Current = 0x04;
    public const int Calibration = 0x05;
}
