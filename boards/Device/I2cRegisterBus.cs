using System;
using System.Device.I2c;
using MeterFirmware.Hardware;

namespace MeterFirmware.Boards.Device;

/// <summary>One chip on an I²C bus. Every result is checked: on this runtime a transfer that fails throws nothing.
/// Allocates three small objects a transfer (SpanByte and I2cTransferResult are heap objects here).</summary>
public sealed class I2cRegisterBus : IRegisterBus
{
    private readonly I2cConnectionSettings _settings;
    private I2cDevice _device;

    /// <summary>Opens nothing before the first transfer: a board may carry chips that its settings do not name.
    /// </summary>
    /// <param name="busId">1 or 2; its pins have to be assigned before.</param>
    /// <param name="address">7-bit address.</param>
    public I2cRegisterBus(int busId, int address)
    {
        _settings = new I2cConnectionSettings(busId, address, I2cBusSpeed.FastMode);
    }

    /// <summary>Shares a device with somebody else, who must not use it inside a transfer of this one.</summary>
    public I2cRegisterBus(I2cDevice device)
    {
        _device = device;
    }

    public BusFault LastFault { get; private set; }

    public bool TryWrite(byte[] buffer, int count)
    {
        try
        {
            _device = _device ?? I2cDevice.Create(_settings);
            return IsComplete(_device.Write(new SpanByte(buffer, 0, count)), count);
        }
        catch (Exception)
        {
            // The driver throws when the bus cannot be opened, for example without pins.
            LastFault = BusFault.Other;
            return false;
        }
    }

    public bool TryWriteRead(byte[] write, int writeCount, byte[] read, int readCount)
    {
        try
        {
            _device = _device ?? I2cDevice.Create(_settings);
            I2cTransferResult result = _device.WriteRead(
                new SpanByte(write, 0, writeCount), new SpanByte(read, 0, readCount));
            return IsComplete(result, writeCount + readCount);
        }
        catch (Exception)
        {
            LastFault = BusFault.Other;
            return false;
        }
    }

    private bool IsComplete(I2cTransferResult result, int count)
    {
        switch (result.Status)
        {
            case I2cTransferStatus.FullTransfer:
                LastFault = result.BytesTransferred == count ? BusFault.None : BusFault.Partial;
                break;
            case I2cTransferStatus.SlaveAddressNotAcknowledged:
                LastFault = BusFault.NotAcknowledged;
                break;
            case I2cTransferStatus.PartialTransfer:
                LastFault = BusFault.Partial;
                break;
            case I2cTransferStatus.ClockStretchTimeout:
                LastFault = BusFault.TimeOut;
                break;
            default:
                LastFault = BusFault.Other;
                break;
        }

        return LastFault == BusFault.None;
    }
}
