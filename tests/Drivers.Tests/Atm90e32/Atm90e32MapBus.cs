using MeterFirmware.Hardware;

namespace MeterFirmware.Drivers.Tests.Atm90e32;

/// <summary>Answers from the register tables of Atmel-46003B, typed here apart from driver and twin: each
/// register reads a value of its own, so another register number reads another value.</summary>
internal sealed class Atm90e32MapBus : IRegisterBus
{
    private readonly int[] _written = new int[0x80];
    private int _last;

    /// <summary>What was written, register, value, in hex, one after another.</summary>
    public string Written { get; private set; } = "";

    public BusFault LastFault => BusFault.None;

    public bool TryWrite(byte[] buffer, int count)
    {
        Written += Support.Hex.Text(buffer, count) + "; ";
        _written[buffer[1]] = (buffer[2] << 8) | buffer[3];
        return count == 4;
    }

    public bool TryWriteRead(byte[] write, int writeCount, byte[] read, int readCount)
    {
        int register = write[1];
        int value = register == 0x78 ? _last : register < 0x80 ? _written[register] : Value(register);
        _last = value;
        read[0] = (byte)(value >> 8);
        read[1] = (byte)value;
        return write[0] == 0x80 && writeCount == 2 && readCount == 2;
    }

    private static int Value(int register)
    {
        switch (register)
        {
            // U 220.01, 221.02, 222.03 V; I 1.001, 2.002, 3.003 A.
            case 0xD9: return 22_001;
            case 0xDA: return 22_102;
            case 0xDB: return 22_203;
            case 0xDD: return 1_001;
            case 0xDE: return 2_002;
            case 0xDF: return 3_003;

            // P 0x0001_0203, −0x0001_0000 + 5, 7; Q 0x0002_0009, 11, 13 counts of 0.32 mW.
            case 0xB1: return 1;
            case 0xC1: return 0x0203;
            case 0xB2: return 0xFFFF;
            case 0xC2: return 5;
            case 0xB3: return 0;
            case 0xC3: return 7;
            case 0xB5: return 2;
            case 0xC5: return 9;
            case 0xB6: return 0;
            case 0xC6: return 11;
            case 0xB7: return 0;
            case 0xC7: return 13;

            // Energies, 3.125 mWh a count.
            case 0x81: return 101;
            case 0x82: return 102;
            case 0x83: return 103;
            case 0x85: return 205;
            case 0x86: return 206;
            case 0x87: return 207;
            case 0x89: return 409;
            case 0x8A: return 410;
            case 0x8B: return 411;
            case 0x8D: return 13;
            case 0x8E: return 14;
            case 0x8F: return 15;
            case 0xF8: return 0x1388;
            default: return 0x6000 + register;
        }
    }
}
