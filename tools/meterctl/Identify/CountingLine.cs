using MeterFirmware.Hardware;

namespace MeterFirmware.Tools.MeterCtl.Identify;

/// <summary>A line that remembers whether anything was heard since it was asked last.</summary>
internal sealed class CountingLine(ISerialLine line) : ISerialLine
{
    public BusFault LastFault => line.LastFault;

    /// <summary>Bytes, or damaged ones, since the last <see cref="Forget"/>.</summary>
    public int Heard { get; private set; }

    public void Forget() => Heard = 0;

    public bool TryConfigure(int baud, int parity) => line.TryConfigure(baud, parity);

    public bool TryRead(byte[] buffer, int offset, int count, out int received)
    {
        bool isGood = line.TryRead(buffer, offset, count, out received);
        Heard += isGood ? received : 1;
        return isGood;
    }

    public bool TryWrite(byte[] buffer, int offset, int count) => line.TryWrite(buffer, offset, count);
}
