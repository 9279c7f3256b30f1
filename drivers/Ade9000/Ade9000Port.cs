using MeterFirmware.Drivers.PolyphaseChips;
using MeterFirmware.Hardware;

namespace MeterFirmware.Drivers.Ade9000;

/// <summary>SPI mode 0, at most 20 MHz: a header of 12 bits address, read, three of no meaning; then 16 or 32 bits, most
/// significant first (data sheet, "SPI protocol overview"). The CRC that the chip sends behind a reading is not
/// clocked out.</summary>
internal sealed class Ade9000Port : ChipPort
{
    private const int Read = 0x8;
    private const int HeaderBytes = 2;

    private readonly IRegisterBus _bus;
    private readonly byte[] _out = new byte[HeaderBytes + 4];
    private readonly byte[] _in = new byte[4];

    public Ade9000Port(IRegisterBus bus)
    {
        _bus = bus;
    }

    public override bool TryRead(int address, out int value)
    {
        int bytes = BytesOf(address);
        bool isRead = TryReadBlock(address, _in, bytes);
        value = (_in[0] << 8) | _in[1];
        value = bytes == 2 ? value : (value << 16) | (_in[2] << 8) | _in[3];
        return isRead;
    }

    public override bool TryWrite(int address, int value)
    {
        int bytes = BytesOf(address);
        SetHeader(address, 0);
        for (int i = 0; i < bytes; i++)
        {
            _out[HeaderBytes + i] = (byte)(value >> (8 * (bytes - 1 - i)));
        }

        return _bus.TryWrite(_out, HeaderBytes + bytes);
    }

    /// <summary>Reads on from an address in one transfer: the waveform buffer bursts.</summary>
    public bool TryReadBlock(int address, byte[] bytes, int count)
    {
        SetHeader(address, Read);
        return _bus.TryWriteRead(_out, HeaderBytes, bytes, count);
    }

    private void SetHeader(int address, int direction)
    {
        int header = (address << 4) | direction;
        _out[0] = (byte)(header >> 8);
        _out[1] = (byte)header;
    }

    private static int BytesOf(int address) =>
        address >= Ade9000Register.FirstWord && address <= Ade9000Register.LastWord ? 2 : 4;
}
