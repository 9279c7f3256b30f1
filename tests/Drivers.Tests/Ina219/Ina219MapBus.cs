using MeterFirmware.Drivers.Tests.Support;
using MeterFirmware.Hardware;

namespace MeterFirmware.Drivers.Tests.Ina219;

/// <summary>Answers from the data sheet's register map (SBOS448, table 2), typed here apart from driver and twin: each
/// register reads a value of its own, so another register number reads another value.</summary>
internal sealed class Ina219MapBus : IRegisterBus
{
    private int _configuration;
    private int _calibration;

    /// <summary>What was written, in hex, one after another.</summary>
    public string Written { get; private set; } = "";

    public BusFault LastFault => BusFault.None;

    public bool TryWrite(byte[] buffer, int count)
    {
        Written += Hex.Text(buffer, count) + "; ";
        int value = (buffer[1] << 8) | buffer[2];
        _configuration = buffer[0] == 0x00 ? value : _configuration;
        _calibration = buffer[0] == 0x05 ? value : _calibration;
        return count == 3;
    }

    public bool TryWriteRead(byte[] write, int writeCount, byte[] read, int readCount)
    {
        int value = Value(write[0]);
        read[0] = (byte)(value >> 8);
        read[1] = (byte)value;
        return writeCount == 1 && readCount == 2;
    }

    private int Value(int register)
    {
        switch (register)
        {
            case 0x00: return _configuration;

            // 55 mV at 10 µV; 28 V at 4 mV, three bits up, with the conversion-ready bit.
            case 0x01: return 5_500;
            case 0x02: return (7_000 << 3) | 2;

            // Current × bus / 5000; 0.55 A at 100 µA.
            case 0x03: return 7_700;
            case 0x04: return 5_500;
            case 0x05: return _calibration;
            default: return 0x7000 + register;
        }
    }
}
