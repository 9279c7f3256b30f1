namespace MeterFirmware.Drivers.Twins;

/// <summary>What a twin does wrong on demand. Bits; they stay until cleared.</summary>
public static class TwinFault
{
    public const int None = 0;

    /// <summary>Nobody acknowledges: chip or cable removed. The chip itself goes on measuring.</summary>
    public const int Unplugged = 1;

    /// <summary>Every transfer runs into the bus's time-out.</summary>
    public const int Slow = 2;

    /// <summary>Every byte reads 0xFF: data line stuck high.</summary>
    public const int AllOnes = 4;

    /// <summary>Reads break off after a set number of bytes.</summary>
    public const int BreaksOff = 8;

    /// <summary>Measurement registers keep the values that they had; the chip behind them goes on counting.</summary>
    public const int Stuck = 16;

    /// <summary>Energy registers no longer count, all others live.</summary>
    public const int CounterHalted = 32;

    /// <summary>Every answer that carries a check sum carries a wrong one.</summary>
    public const int WrongCheck = 64;

    /// <summary>Bytes that nobody sent stand before every answer on a serial line.</summary>
    public const int Noise = 128;
}
