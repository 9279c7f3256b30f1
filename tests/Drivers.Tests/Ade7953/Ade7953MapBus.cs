using MeterFirmware.Drivers.Tests.Support;
using MeterFirmware.Hardware;

namespace MeterFirmware.Drivers.Tests.Ade7953;

/// <summary>Answers from the data sheet's register map (revision C, tables 13 to 15), typed here apart from driver and
/// twin: each register reads a value of its own, so another register number reads another value.</summary>
internal sealed class Ade7953MapBus : IRegisterBus
{
    private readonly int[] _values = new int[0x400];
    private readonly bool[] _isWritten = new bool[0x400];
    private readonly int _headBytes;

    public Ade7953MapBus(bool isSpi)
    {
        _headBytes = isSpi ? 3 : 2;
    }

    /// <summary>What was written, in hex, one after another.</summary>
    public string Written { get; private set; } = "";

    /// <summary>How often the counters moved.</summary>
    public int Round { get; set; }

    public BusFault LastFault => BusFault.None;

    public bool TryWrite(byte[] buffer, int count)
    {
        Written += Hex.Text(buffer, count) + "; ";
        int register = (buffer[0] << 8) | buffer[1];
        int value = 0;
        for (int i = _headBytes; i < count; i++)
        {
            value = (value << 8) | buffer[i];
        }

        _values[register] = value;
        _isWritten[register] = true;
        return _headBytes == 2 || buffer[2] == 0x00;
    }

    public bool TryWriteRead(byte[] write, int writeCount, byte[] read, int readCount)
    {
        int register = (write[0] << 8) | write[1];
        int value = _isWritten[register] ? _values[register] : Value(register);
        for (int i = 0; i < readCount; i++)
        {
            read[i] = (byte)(value >> (8 * (readCount - 1 - i)));
        }

        return writeCount == _headBytes && (_headBytes == 2 || write[2] == 0x80);
    }

    private int Value(int register)
    {
        switch (register)
        {
            // S 1150, 1400 VA; P 1000, −1300 W; Q 100, 200 var: 154 counts each.
            case 0x310: return 177_100;
            case 0x311: return 215_600;
            case 0x312: return 154_000;
            case 0x313: return -200_200;
            case 0x314: return 15_400;
            case 0x315: return 30_800;

            // 5.001, 6.002 A at 100 000 counts; 230 V at 26 000.
            case 0x31A: return 500_100;
            case 0x31B: return 600_200;
            case 0x31C: return 5_980_000;

            // Energies, then 0.87 and −0.75 of 0x7FFF; 223 750 / 4475 = 50 Hz.
            case 0x31E: return 1_000 + 10 * Round;
            case 0x31F: return 2_000 - 20 * Round;
            case 0x320: return 3_000 + 3 * Round;
            case 0x321: return 4_000 + 5 * Round;
            case 0x10A: return 28_507;
            case 0x10B: return 0x10000 - 24_575;
            case 0x10E: return 4_474;
            default: return 0x7000 + register;
        }
    }
}
