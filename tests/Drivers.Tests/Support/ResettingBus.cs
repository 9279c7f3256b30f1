using System;
using MeterFirmware.Hardware;

namespace MeterFirmware.Drivers.Tests.Support;

/// <summary>Passes transfers on and restarts the chip after a set number of them.</summary>
internal sealed class ResettingBus : IRegisterBus
{
    private readonly IRegisterBus _twin;
    private readonly Action _restart;
    private int _transfersLeft = -1;

    /// <param name="twin">The chip.</param>
    /// <param name="restart">Restarts it, its silence included.</param>
    public ResettingBus(IRegisterBus twin, Action restart)
    {
        _twin = twin;
        _restart = restart;
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
            _restart();
        }

        if (_transfersLeft >= 0)
        {
            _transfersLeft--;
        }
    }
}
