namespace MeterFirmware.Drivers.Ade7880;

/// <summary>Register addresses (ADE7880 data sheet, revision A, tables 30 to 33). Those of phases B and C follow phase
/// A's at the step that is named.</summary>
public static class Ade7880Register
{
    // Data memory: 24 bits in 32. A phase further is 2 further.
    public const int CurrentGainA = 0x4380;
    public const int VoltageGainA = 0x4381;
    public const int PowerGainA = 0x4389;
    public const int PowerOffsetA = 0x438A;
    public const int MemoryStep = 2;
    public const int VoltageLevel = 0x439F;
    public const int CurrentA = 0x43C0;
    public const int VoltageA = 0x43C1;

    public const int Run = 0xE228;

    // A phase further is 1 further.
    public const int EnergyA = 0xE400;

    /// <summary>Of the fundamental: the chip counts no other.</summary>
    public const int ReactiveEnergyA = 0xE409;
    public const int Status1 = 0xE503;
    public const int PowerA = 0xE513;
    public const int ReactivePowerA = 0xE516;
    public const int ComputationMode = 0xE60E;
    public const int Amplifier = 0xE60F;
    public const int PhaseA = 0xE614;
    public const int Configuration = 0xE618;

    /// <summary>Bit 6: counters are cleared by reading; the driver's mark.</summary>
    public const int LineCycleMode = 0xE702;

    /// <summary>Takes the key before a write of <see cref="Protection"/>.</summary>
    public const int ProtectionKey = 0xE7FE;
    public const int Protection = 0xE7E3;

    // The harmonic engine: the fundamental, then X, Y and Z, eight quantities each.
    public const int Fundamental = 0xE880;
    public const int HarmonicStep = 8;
    public const int HarmonicConfiguration = 0xE900;
    public const int PeriodA = 0xE905;
    public const int NoLoad = 0xE908;
    public const int ReactiveNoLoad = 0xE909;
    public const int EnergyThreshold = 0xEA02;
    public const int ReactiveEnergyThreshold = 0xEA03;
    public const int HarmonicX = 0xEA08;

    /// <summary>No register: three writes there choose SPI.</summary>
    public const int Nowhere = 0xEBFF;

    /// <summary>A write locks the bus that it came by.</summary>
    public const int BusLock = 0xEC01;
}
