using MeterFirmware.Hardware;

namespace MeterFirmware.Drivers.Tests.Ade7953;

/// <summary>A bus on which a number of writes fail, some after good ones; reads are good.</summary>
internal sealed class WriteFailingBus : IRegisterBus
{
    private readonly IRegisterBus _bus;

    public WriteFailingBus(IRegisterBus bus) => _bus = bus;

    /// <summary>Writes that are still good before <see cref="Failures"/>.</summary>
    public int GoodWrites { get; set; }

    /// <summary>Writes that fail then.</summary>
    public int Failures { get; set; }

    public BusFault LastFault => _bus.LastFault;

    public bool TryWrite(byte[] buffer, int count)
    {
        if (GoodWrites > 0)
        {
            GoodWrites--;
        }
        else if (Failures > 0)
        {
            Failures--;
            return false;
        }

        return _bus.TryWrite(buffer, count);
    }

    public bool TryWriteRead(byte[] write, int writeCount, byte[] read, int readCount) =>
        _bus.TryWriteRead(write, writeCount, read, readCount);
}
