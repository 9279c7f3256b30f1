using MeterFirmware.Hardware;

namespace MeterFirmware.Drivers.Tests.Ade7880;

/// <summary>Answers from the register tables of the ADE7880's data sheet (revision A, tables 30 to 33), typed here apart
/// from driver and twin: each register reads a value of its own, so another register number reads another
/// value.</summary>
internal sealed class Ade7880MapBus : IRegisterBus
{
    private readonly bool _isSpi;
    private readonly int[] _written = new int[0x1_0000];
    private readonly bool[] _isWritten = new bool[0x1_0000];

    public Ade7880MapBus(bool isSpi)
    {
        _isSpi = isSpi;
    }

    /// <summary>What was written, in hex, one after another.</summary>
    public string Written { get; private set; } = "";

    public BusFault LastFault => BusFault.None;

    public bool TryWrite(byte[] buffer, int count)
    {
        Written += Support.Hex.Text(buffer, count) + "; ";
        int at = _isSpi ? 1 : 0;
        int register = (buffer[at] << 8) | buffer[at + 1];
        int value = 0;
        for (int i = at + 2; i < count; i++)
        {
            value = (value << 8) | buffer[i];
        }

        _written[register] = value;
        _isWritten[register] = true;
        return true;
    }

    public bool TryWriteRead(byte[] write, int writeCount, byte[] read, int readCount)
    {
        int at = _isSpi ? 1 : 0;
        int register = (write[at] << 8) | write[at + 1];
        int value = _isWritten[register] ? _written[register] : Value(register);
        for (int i = 0; i < readCount; i++)
        {
            read[i] = (byte)(value >> (8 * (readCount - 1 - i)));
        }

        return writeCount == at + 2 && (!_isSpi || write[0] == 1);
    }

    private static int Value(int register)
    {
        switch (register)
        {
            // Full scale is 3 766 572: 1/2, 1/3, 1/4 and 1/8, 1/9, 1/10 of it.
            case 0x43C1: return 1_883_286;
            case 0x43C3: return 1_255_524;
            case 0x43C5: return 941_643;
            case 0x43C0: return 470_822;
            case 0x43C2: return 418_508;
            case 0x43C4: return 376_657;

            // Power: 1/20, −1/30, 1/40 of 1 691 230; reactive 1/50, 1/60, −1/70.
            case 0xE513: return 84_562;
            case 0xE514: return -56_374;
            case 0xE515: return 42_281;
            case 0xE516: return 33_825;
            case 0xE517: return 28_187;
            case 0xE518: return -24_160;
            case 0xE400: return 1_001;
            case 0xE401: return 2_002;
            case 0xE402: return 3_003;
            case 0xE409: return 4_004;
            case 0xE40A: return 5_005;
            case 0xE40B: return 6_006;

            // 256 000 / 5125 = 49.951 Hz.
            case 0xE905: return 5_125;
            case 0xE503: return 0x0020_8000;

            // The harmonic engine: distortion of voltage and current; of the orders X, Y, Z; in 2^-21.
            case 0xE886: return 104_858;
            case 0xE887: return 209_715;
            case 0xE88E: return 62_915;
            case 0xE88F: return 125_829;
            case 0xE896: return 41_943;
            case 0xE897: return 83_886;
            case 0xE89E: return 20_972;
            case 0xE89F: return 31_457;
            default: return 0x0300_0000 + register;
        }
    }
}
