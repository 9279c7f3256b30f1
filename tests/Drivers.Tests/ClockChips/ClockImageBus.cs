using MeterFirmware.Hardware;

namespace MeterFirmware.Drivers.Tests.ClockChips;

/// <summary>Sixteen registers that hold what is put there, and nothing more.</summary>
internal sealed class ClockImageBus : IRegisterBus
{
    private readonly int _shift;

    public ClockImageBus(byte[] registers, int shift)
    {
        Registers = registers;
        _shift = shift;
    }

    public byte[] Registers { get; }

    public BusFault LastFault => BusFault.None;

    public bool TryWrite(byte[] buffer, int count)
    {
        for (int i = 1; i < count; i++)
        {
            Registers[(buffer[0] >> _shift) + i - 1] = buffer[i];
        }

        return true;
    }

    public bool TryWriteRead(byte[] write, int writeCount, byte[] read, int readCount)
    {
        for (int i = 0; i < readCount; i++)
        {
            read[i] = Registers[(write[0] >> _shift) + i];
        }

        return true;
    }
}
