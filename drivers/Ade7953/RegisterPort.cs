using MeterFirmware.Hardware;

namespace MeterFirmware.Drivers.Ade7953;

/// <summary>One register access = one bus transfer: 16-bit address, on SPI a direction byte, then the value, high byte
/// first. Its two buffers are all that a reading needs.</summary>
internal sealed class RegisterPort
{
    private const byte SpiRead = 0x80;
    private const byte SpiWrite = 0x00;

    private readonly IRegisterBus _bus;
    private readonly bool _isSpi;
    private readonly int _headBytes;
    private readonly byte[] _out = new byte[7];
    private readonly byte[] _in = new byte[4];

    public RegisterPort(IRegisterBus bus, bool isSpi)
    {
        _bus = bus;
        _isSpi = isSpi;
        _headBytes = isSpi ? 3 : 2;
    }

    public bool TryReadByte(int address, out int value)
    {
        bool isRead = TryTransfer(address, 1);
        value = _in[0];
        return isRead;
    }

    public bool TryReadWord(int address, out int value)
    {
        bool isRead = TryTransfer(address, 2);
        value = (_in[0] << 8) | _in[1];
        return isRead;
    }

    public bool TryReadLong(int address, out int value)
    {
        bool isRead = TryTransfer(address, 4);
        value = (_in[0] << 24) | (_in[1] << 16) | (_in[2] << 8) | _in[3];
        return isRead;
    }

    /// <summary>A register of any width, as an unsigned pattern of its bits.</summary>
    public bool TryRead(int address, out int value)
    {
        int width = Ade7953Register.WidthOf(address);
        if (width == 1)
        {
            return TryReadByte(address, out value);
        }

        return width == 2 ? TryReadWord(address, out value) : TryReadLong(address, out value);
    }

    public bool TryWrite(int address, int value)
    {
        SetHead(address, SpiWrite);
        int width = Ade7953Register.WidthOf(address);
        for (int i = 0; i < width; i++)
        {
            _out[_headBytes + i] = (byte)(value >> (8 * (width - 1 - i)));
        }

        return _bus.TryWrite(_out, _headBytes + width);
    }

    private bool TryTransfer(int address, int width)
    {
        SetHead(address, SpiRead);
        return _bus.TryWriteRead(_out, _headBytes, _in, width);
    }

    private void SetHead(int address, byte direction)
    {
        _out[0] = (byte)(address >> 8);
        _out[1] = (byte)address;
        if (_isSpi)
        {
            _out[2] = direction;
        }
    }
}
