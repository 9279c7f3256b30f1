using MeterFirmware.Drivers.PolyphaseChips;
using MeterFirmware.Hardware;

namespace MeterFirmware.Drivers.Ade7880;

/// <summary>I²C (address 38): 16 bits of address, then the value. SPI mode 3, at most 2.5 MHz: a byte that says read or
/// write before it. Most significant byte first; the third digit of the address says how wide a register is.</summary>
internal sealed class Ade7880Port : ChipPort
{
    private const int Read = 1;
    private const int HeaderBytesMax = 3;

    private readonly IRegisterBus _bus;
    private readonly bool _isSpi;
    private readonly byte[] _out = new byte[HeaderBytesMax + 4];
    private readonly byte[] _in = new byte[4];

    public Ade7880Port(IRegisterBus bus, bool isSpi)
    {
        _bus = bus;
        _isSpi = isSpi;
    }

    public override bool TryRead(int address, out int value)
    {
        int bytes = BytesOf(address);
        bool isRead = _bus.TryWriteRead(_out, SetHeader(address, Read), _in, bytes);
        value = 0;
        for (int i = 0; i < bytes; i++)
        {
            value = (value << 8) | _in[i];
        }

        return isRead;
    }

    public override bool TryWrite(int address, int value)
    {
        int bytes = BytesOf(address);
        int header = SetHeader(address, 0);
        for (int i = 0; i < bytes; i++)
        {
            _out[header + i] = (byte)(value >> (8 * (bytes - 1 - i)));
        }

        return _bus.TryWrite(_out, header + bytes);
    }

    private int SetHeader(int address, int direction)
    {
        int at = 0;
        if (_isSpi)
        {
            _out[0] = (byte)direction;
            at = 1;
        }

        _out[at] = (byte)(address >> 8);
        _out[at + 1] = (byte)address;
        return at + 2;
    }

    private static int BytesOf(int address)
    {
        switch ((address >> 8) & 0xF)
        {
            case 0x3:
            case 0x4:
            case 0x5:
            case 0x8:
                return 4;
            case 0x1:
            case 0x2:
            case 0x6:
            case 0x9:
                return 2;
            default:
                return 1;
        }
    }
}
