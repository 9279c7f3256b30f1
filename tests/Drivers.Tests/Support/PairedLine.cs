using MeterFirmware.Hardware;

namespace MeterFirmware.Drivers.Tests.Support;

/// <summary>One end of a serial line; bytes cross at once.</summary>
internal sealed class PairedLine : ISerialLine
{
    private readonly byte[] _received = new byte[1024];
    private int _count;

    public PairedLine()
    {
        Other = new PairedLine(this);
    }

    private PairedLine(PairedLine other)
    {
        Other = other;
    }

    public PairedLine Other { get; }

    public BusFault LastFault => BusFault.None;

    public bool TryConfigure(int baud, int parity) => true;

    public bool TryRead(byte[] buffer, int offset, int count, out int received)
    {
        received = count < _count ? count : _count;
        System.Array.Copy(_received, 0, buffer, offset, received);
        _count -= received;
        System.Array.Copy(_received, received, _received, 0, _count);
        return true;
    }

    public bool TryWrite(byte[] buffer, int offset, int count)
    {
        System.Array.Copy(buffer, offset, Other._received, Other._count, count);
        Other._count += count;
        return true;
    }
}
