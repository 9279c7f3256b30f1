using MeterFirmware.Hardware;

namespace MeterFirmware.Drivers.Tests.Ade9000;

/// <summary>Answers from the register map of the ADE9000's data sheet (revision B, table 6), typed here apart from
/// driver and twin: each register reads a value of its own, so another register number reads another value.</summary>
internal sealed class Ade9000MapBus : IRegisterBus
{
    private readonly int[] _written = new int[0x1000];
    private readonly bool[] _isWritten = new bool[0x1000];

    /// <summary>What was written, in hex, one after another.</summary>
    public string Written { get; private set; } = "";

    public BusFault LastFault => BusFault.None;

    public bool TryWrite(byte[] buffer, int count)
    {
        Written += Support.Hex.Text(buffer, count) + "; ";
        int register = (buffer[0] << 4) | (buffer[1] >> 4);
        int value = (buffer[2] << 8) | buffer[3];
        _written[register] = count == 4 ? value : (value << 16) | (buffer[4] << 8) | buffer[5];
        _isWritten[register] = true;
        return true;
    }

    public bool TryWriteRead(byte[] write, int writeCount, byte[] read, int readCount)
    {
        int register = (write[0] << 4) | (write[1] >> 4);
        int value = _isWritten[register] ? _written[register] : Value(register);
        for (int i = 0; i < readCount; i++)
        {
            read[i] = (byte)(value >> (8 * (readCount - 1 - i)));
        }

        return writeCount == 2 && (write[1] & 0xF) == 8;
    }

    private static int Value(int register)
    {
        switch (register)
        {
            // Three phases: 1/4, 1/5, 1/6 of the full scale of 52 702 092.
            case 0x20D: return 13_175_523;
            case 0x22D: return 10_540_418;
            case 0x24D: return 8_783_682;

            // 1/8, 1/9, 1/10 of it.
            case 0x20C: return 6_587_761;
            case 0x22C: return 5_855_788;
            case 0x24C: return 5_270_209;

            // Power: 1/20, −1/30, 1/40 of 20 694 066; reactive 1/50, 1/60, −1/70.
            case 0x210: return 1_034_703;
            case 0x230: return -689_802;
            case 0x250: return 517_352;
            case 0x211: return 413_881;
            case 0x231: return 344_901;
            case 0x251: return -295_629;

            // Counters, and later what they hold then.
            case 0x2E7: return 1_001;
            case 0x323: return 2_002;
            case 0x35F: return 3_003;
            case 0x2F1: return 4_004;
            case 0x32D: return 5_005;
            case 0x369: return 6_006;

            // 49.95 Hz: 8000 × 65536 / (register + 1).
            case 0x418: return 10_496_255;
            case 0x403: return 0x0001_0000;
            case 0x472: return 0x0010_0000;
            default: return 0x0300_0000 + register;
        }
    }
}
