using System;
using System.Device.Spi;
using MeterFirmware.Hardware;

namespace MeterFirmware.Boards.Device;

/// <summary>
/// One chip on an SPI bus, chip select held over a whole transfer. SPI acknowledges nothing: a missing chip reads all
/// ones or zeros, which the drivers recognise. Allocates two SpanBytes a transfer.
/// </summary>
public sealed class SpiRegisterBus : IRegisterBus
{
    private const int TransferBytesMax = 16;

    private readonly SpiDevice _device;
    private readonly byte[] _out = new byte[TransferBytesMax];
    private readonly byte[] _in = new byte[TransferBytesMax];

    /// <summary>Opens the device at once: its select pin must rest high before another chip of the bus is spoken to.
    /// </summary>
    /// <param name="busId">1 or 2; its pins have to be assigned before.</param>
    /// <param name="chipSelectPin">GPIO number of chip select, active low.</param>
    /// <param name="clockHertz">What the chip takes at most.</param>
    /// <param name="mode">0 to 3, of clock polarity and phase.</param>
    public SpiRegisterBus(int busId, int chipSelectPin, int clockHertz, int mode)
    {
        SpiConnectionSettings settings = new SpiConnectionSettings(busId, chipSelectPin)
        {
            ClockFrequency = clockHertz,
            Mode = (SpiMode)mode,
            DataBitLength = 8,
            DataFlow = DataFlow.MsbFirst,
        };
        _device = SpiDevice.Create(settings);
    }

    public BusFault LastFault { get; private set; }

    public bool TryWrite(byte[] buffer, int count)
    {
        try
        {
            _device.Write(new SpanByte(buffer, 0, count));
            LastFault = BusFault.None;
        }
        catch (Exception)
        {
            LastFault = BusFault.Other;
        }

        return LastFault == BusFault.None;
    }

    public bool TryWriteRead(byte[] write, int writeCount, byte[] read, int readCount)
    {
        int count = writeCount + readCount;
        if (count > TransferBytesMax)
        {
            LastFault = BusFault.Other;
            return false;
        }

        Array.Copy(write, 0, _out, 0, writeCount);
        Array.Clear(_out, writeCount, readCount);
        try
        {
            _device.TransferFullDuplex(new SpanByte(_out, 0, count), new SpanByte(_in, 0, count));
            Array.Copy(_in, writeCount, read, 0, readCount);
            LastFault = BusFault.None;
        }
        catch (Exception)
        {
            LastFault = BusFault.Other;
        }

        return LastFault == BusFault.None;
    }
}
