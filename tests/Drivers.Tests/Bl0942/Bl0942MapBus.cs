using MeterFirmware.Hardware;

namespace MeterFirmware.Drivers.Tests.Bl0942;

/// <summary>SPI answers from the data sheet's register table, typed here apart from driver and twin: another register
/// number reads another value.</summary>
internal sealed class Bl0942MapBus : IRegisterBus
{
    // Data sheet V1.06, section 2.2: 01 to 09 and 12 to 1D.
    private static readonly int[] _registers =
    {
        0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x12, 0x14, 0x15, 0x16, 0x17, 0x18, 0x1A, 0x1D,
    };

    private static readonly int[] _values =
    {
        111, 222, 47_523, 3_558_558, 555, -26_380 & 0xFF_FFFF, 153, 19_990, 1, 12, 14, 15, 1, 3, 24, 2, 0,
    };

    private int _mode = 0x87;
    private bool _isUnlocked;

    /// <summary>Counts that came to the pulse counter, register 07.</summary>
    public int Pulses { get; set; }

    public BusFault LastFault => BusFault.None;

    public bool TryWrite(byte[] buffer, int count)
    {
        if (buffer[0] == 0xA8 && buffer[1] == 0x1D)
        {
            _isUnlocked = buffer[2] == 0 && buffer[3] == 0 && buffer[4] == 0x55 && buffer[5] == 0xE5;
        }
        else if (buffer[0] == 0xA8 && buffer[1] == 0x19 && _isUnlocked)
        {
            _mode = buffer[4];
        }

        return true;
    }

    public bool TryWriteRead(byte[] write, int writeCount, byte[] read, int readCount)
    {
        int value = write[1] == 0x19 ? _mode : -1;
        for (int i = 0; i < _registers.Length; i++)
        {
            value = _registers[i] == write[1] ? _values[i] : value;
        }

        value += write[1] == 0x07 ? Pulses : 0;

        read[0] = (byte)(value >> 16);
        read[1] = (byte)(value >> 8);
        read[2] = (byte)value;
        read[3] = (byte)~(0x58 + write[1] + read[0] + read[1] + read[2]);
        return write[0] == 0x58 && value >= 0;
    }
}
