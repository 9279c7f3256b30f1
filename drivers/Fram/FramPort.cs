using MeterFirmware.Hardware;

namespace MeterFirmware.Drivers.Fram;

/// <summary>
/// Bytes in and out of the chip. Each is stored when its last clock, or its acknowledge, has come: no pages, no
/// waiting. SPI acknowledges nothing, so what was written is read back.
/// </summary>
internal sealed class FramPort
{
    private const byte WriteEnable = 0x06;
    private const byte ReadCommand = 0x03;
    private const byte WriteCommand = 0x02;

    private readonly IRegisterBus _bus;
    private readonly bool _isSpi;
    private readonly int _addressBytes;
    private readonly int _transferBytesMax;
    private readonly byte[] _out;
    private readonly byte[] _in;
    private readonly byte[] _enable = { WriteEnable };

    public FramPort(IRegisterBus bus, FramSettings settings)
    {
        _bus = bus;
        _isSpi = settings.IsSpi;
        _addressBytes = settings.AddressBytes;
        _transferBytesMax = settings.TransferBytesMax;
        _out = new byte[4 + _transferBytesMax];
        _in = new byte[_transferBytesMax];
    }

    public bool TryRead(int address, byte[] buffer, int offset, int count)
    {
        while (count > 0)
        {
            int part = count < _transferBytesMax ? count : _transferBytesMax;
            if (!_bus.TryWriteRead(_out, PutHead(ReadCommand, address), _in, part))
            {
                return false;
            }

            for (int i = 0; i < part; i++)
            {
                buffer[offset + i] = _in[i];
            }

            address += part;
            offset += part;
            count -= part;
        }

        return true;
    }

    /// <summary>True: the bytes are there, and were read back.</summary>
    public bool TryWrite(int address, byte[] buffer, int offset, int count)
    {
        while (count > 0)
        {
            int part = count < _transferBytesMax ? count : _transferBytesMax;
            if (!TryWritePart(address, buffer, offset, part) || !IsWritten(address, buffer, offset, part))
            {
                return false;
            }

            address += part;
            offset += part;
            count -= part;
        }

        return true;
    }

    private bool TryWritePart(int address, byte[] buffer, int offset, int count)
    {
        // The latch drops with every chip select that ends a write.
        if (_isSpi && !_bus.TryWrite(_enable, 1))
        {
            return false;
        }

        int head = PutHead(WriteCommand, address);
        for (int i = 0; i < count; i++)
        {
            _out[head + i] = buffer[offset + i];
        }

        return _bus.TryWrite(_out, head + count);
    }

    private bool IsWritten(int address, byte[] buffer, int offset, int count)
    {
        if (!_bus.TryWriteRead(_out, PutHead(ReadCommand, address), _in, count))
        {
            return false;
        }

        for (int i = 0; i < count; i++)
        {
            if (_in[i] != buffer[offset + i])
            {
                return false;
            }
        }

        return true;
    }

    private int PutHead(byte command, int address)
    {
        int at = 0;
        if (_isSpi)
        {
            _out[at++] = command;
        }

        if (_addressBytes == 3)
        {
            _out[at++] = (byte)(address >> 16);
        }

        _out[at++] = (byte)(address >> 8);
        _out[at++] = (byte)address;
        return at;
    }
}
