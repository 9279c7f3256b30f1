using MeterFirmware.Drivers.Twins;
using MeterFirmware.Hardware;

namespace MeterFirmware.Drivers.Tests.Ade7953;

/// <summary>Passes transfers on and resets the chip after a set number of them.</summary>
internal sealed class ResettingBus : IRegisterBus
{
    private readonly Ade7953Twin _twin;
    private int _transfersLeft = -1;

    public ResettingBus(Ade7953Twin twin)
    {
        _twin = twin;
    }

    public BusFault LastFault => _twin.LastFault;

    public void ResetAfterTransfers(int count) => _transfersLeft = count;

    public bool TryWrite(byte[] buffer, int count)
    {
        CountDown();
        return _twin.TryWrite(buffer, count);
    }

    public bool TryWriteRead(byte[] write, int writeCount, byte[] read, int readCount)
    {
        CountDown();
        return _twin.TryWriteRead(write, writeCount, read, readCount);
    }

    private void CountDown()
    {
        if (_transfersLeft == 0)
        {
            _twin.Reset();
            _twin.Advance(100);
        }

        if (_transfersLeft >= 0)
        {
            _transfersLeft--;
        }
    }
}
