namespace MeterFirmware.Drivers.Bl0942;

/// <summary>The way to the chip: sets MODE up, and reads all measurements with MODE behind them. Neither call waits:
/// one that is not done yet is called again.</summary>
internal abstract class Bl0942Port
{
    public const int Busy = 0;
    public const int Done = 1;

    /// <summary>Nobody answered.</summary>
    public const int Missing = 2;

    /// <summary>An answer whose check sum is wrong.</summary>
    public const int Damaged = 3;

    // What was read last, raw.
    public int Current;
    public int Voltage;
    public int Power;
    public int PulseCount;
    public int Period;

    /// <summary>MODE, read behind everything else.</summary>
    public int Mode;

    /// <summary>Unlocks, writes MODE and reads it back.</summary>
    public abstract int SetUp(long nowMs, int mode);

    public abstract int Read(long nowMs);

    /// <summary>The low 24 bits with their sign.</summary>
    protected static int Signed24(int value) => (value << 8) >> 8;

    /// <summary>Check byte: the complement of the sum of everything before it, the command included.</summary>
    protected static int Check(int sum) => ~sum & 0xFF;
}
