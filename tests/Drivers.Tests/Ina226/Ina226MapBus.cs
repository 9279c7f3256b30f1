using MeterFirmware.Hardware;

namespace MeterFirmware.Drivers.Tests.Ina226;

/// <summary>Answers from the data sheet's register map, typed here a third time: each register reads a value of its
/// own, so another register number reads another value.</summary>
internal sealed class Ina226MapBus : IRegisterBus
{
    private int _configuration;
    private int _calibration;

    /// <summary>What was written, in hex, one after another.</summary>
    public string Written { get; private set; } = "";

    public BusFault LastFault => BusFault.None;

    public bool TryWrite(byte[] buffer, int count)
    {
        Written += Support.Hex.Text(buffer, count) + "; ";
        int value = (buffer[1] << 8) | buffer[2];
        _configuration = buffer[0] == 0x00 ? value : _configuration;
        _calibration = buffer[0] == 0x05 ? value : _calibration;
        return true;
    }

    public bool TryWriteRead(byte[] write, int writeCount, byte[] read, int readCount)
    {
        int value = Value(write[0]);
        read[0] = (byte)(value >> 8);
        read[1] = (byte)value;
        return true;
    }

    private int Value(int register)
    {
        switch (register)
        {
            case 0x00: return _configuration;

            // 12.5 V in 1.25 mV; −1.1 A in 250 µA.
            case 0x02: return 10_000;
            case 0x04: return -4_400;
            case 0x05: return _calibration;
            default: return 0x7000 + register;
        }
    }
}
