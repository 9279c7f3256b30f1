using MeterFirmware.Basics;
using MeterFirmware.Drivers.MeteringChips;
using MeterFirmware.Drivers.PolyphaseChips;

namespace MeterFirmware.Drivers.Ade7880;

/// <summary>How one ADE7880 is wired and calibrated: four wires, three phases. Gains are in 2⁻²³ above 1.0.</summary>
public sealed class Ade7880Settings : PolyphaseSettings
{
    /// <summary>2²³: a gain of it would double.</summary>
    public const int UnityGain = 1 << 23;

    /// <summary>What r.m.s. registers show at full scale.</summary>
    public const int RmsFullScale = 3_766_572;

    /// <summary>What power registers show there: the DSP's 27 059 678 over 2⁴.</summary>
    public const int PowerFullScale = 1_691_230;

    private const int PhaseMax = 0x3FF;
    private const int OrderMax = 63;

    /// <summary>True on SPI; false on I²C.</summary>
    public bool IsSpi;

    /// <summary>Amplifier of the phase currents: 0 to 4 = 1, 2, 4, 8, 16 times. The full scale of currents falls with
    /// it.</summary>
    public int CurrentAmplifier;

    /// <summary>APNOLOAD and VARNOLOAD; 0: whatever flows is counted.</summary>
    public int NoLoadRegister;

    /// <summary>VLEVEL, by which the chip finds the fundamental: full scale / nominal voltage × 4·10⁶.</summary>
    public int VoltageLevel = 6_154_783;

    /// <summary>Orders that the harmonic engine follows, three of 2 to 63.</summary>
    public int[] Orders = { 3, 5, 7 };

    /// <summary>Full scale is 0.3536 V r.m.s. at an input: a divider of 1 MΩ and 1 kΩ; transformers of 2500:1 with
    /// 10.2 Ω.</summary>
    public Ade7880Settings()
    {
        VoltageFullScaleMillivolts = 353_900;
        CurrentFullScaleMilliamps = 86_650;
    }

    protected override void RequirePhase(int phase)
    {
        Invariant.Require(
            CurrentAmplifier >= 0 && CurrentAmplifier <= 4, "ADE7880: the amplifier code must be 0 to 4");
        Invariant.Require(
            IsMemory(VoltageGain[phase]) && IsMemory(CurrentGain[phase]) && IsMemory(PowerGain[phase])
            && IsMemory(PowerOffset[phase]), "ADE7880: gains and offsets must be -8388608 to 8388607");
        Invariant.Require(
            ChipScale.IsWithin(PhaseAngle[phase], 0, PhaseMax), "ADE7880: a phase register must be 0 to 1023");
        Invariant.Require(
            ChipScale.IsWithin(NoLoadRegister, 0, 0xFFFF) && ChipScale.IsWithin(VoltageLevel, 0, UnityGain - 1),
            "ADE7880: a no-load register must be 0 to 65535, the voltage level below 8388608");
        Invariant.Require(
            ChipScale.IsWithin(Orders[phase], 2, OrderMax), "ADE7880: an order must be 2 to 63");
    }

    private static bool IsMemory(int value) => ChipScale.IsWithin(value, -UnityGain, UnityGain - 1);
}
