using MeterFirmware.Hardware;

namespace MeterFirmware.Drivers.Tests.ChipName;

/// <summary>Answers from the data sheet's register map, typed here a third time: each register reads a value of its
/// own, so another register number reads another value.</summary>
internal sealed class ChipNameMapBus : IRegisterBus
{
    private int _configuration;

    /// <summary>What was written, in hex, one after another.</summary>
    public string Written { get; private set; } = "";

    public BusFault LastFault => BusFault.None;

    public bool TryWrite(byte[] buffer, int count)
    {
        Written += Support.Hex.Text(buffer, count) + "; ";
        _configuration = (buffer[1] << 8) | buffer[2];
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

            // 230.12 V, 1050 W, 4.567 A; a counter of 0x0001_0002.
            case 0x02: return 23_012;
            case 0x03: return 1_050;
            case 0x04: return 4_567;
            case 0x06: return 0x0001;
            case 0x07: return 0x0002;
            default: return 0x7000 + register;
        }
    }
}
