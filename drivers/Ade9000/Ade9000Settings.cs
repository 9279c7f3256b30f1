using MeterFirmware.Basics;
using MeterFirmware.Drivers.MeteringChips;
using MeterFirmware.Drivers.PolyphaseChips;

namespace MeterFirmware.Drivers.Ade9000;

/// <summary>How one ADE9000 is wired and calibrated: four wires, three phases. Gains are in 2⁻²⁷ above 1.0.</summary>
public sealed class Ade9000Settings : PolyphaseSettings
{
    /// <summary>2²⁷: a gain of it would double.</summary>
    public const int UnityGain = 1 << 27;

    /// <summary>What r.m.s. and power registers show at full scale (data sheet, "Theory of operation").</summary>
    public const int RmsFullScale = 52_702_092;
    public const int PowerFullScale = 20_694_066;

    // A gain register is signed and its factor stays between 0.5 and 2.
    private const int GainMin = -UnityGain / 2;

    /// <summary>Amplifier of the current inputs: 0, 1, 2 = 1, 2, 4 times. The full scale of currents falls with it.
    /// </summary>
    public int CurrentAmplifier;

    /// <summary>Below this power (mW, mvar) a phase counts nothing.</summary>
    public int NoLoadMilliwatts = 500;

    /// <summary>True: the waveform buffer is filled, and <see cref="Ade9000PowerSensor.Samples"/> gives it out.
    /// </summary>
    public bool TakesSamples;

    /// <summary>Full scale is 0.7071 V r.m.s. at an input: a divider of 1 MΩ and 1 kΩ; transformers of 2500:1 with
    /// 10.2 Ω.</summary>
    public Ade9000Settings()
    {
        VoltageFullScaleMillivolts = 707_800;
        CurrentFullScaleMilliamps = 173_300;
    }

    /// <summary>The no-load threshold counts 64 samples of the power's register (reset value of NOLOAD_TMR).</summary>
    internal int NoLoadLevel => (int)(64L * NoLoadMilliwatts * PowerFullScale / FullScaleMilliwatts);

    protected override void RequirePhase(int phase)
    {
        Invariant.Require(
            CurrentAmplifier >= 0 && CurrentAmplifier <= 2, "ADE9000: the amplifier code must be 0 to 2");
        Invariant.Require(
            NoLoadMilliwatts >= 0 && NoLoadMilliwatts < StuckPowerMilliwatts,
            "ADE9000: the no-load threshold must be below the power of a stuck counter");
        Invariant.Require(
            IsGain(VoltageGain[phase]) && IsGain(CurrentGain[phase]) && IsGain(PowerGain[phase]),
            "ADE9000: a gain must be -67108864 to 134217727");
        Invariant.Require(
            ChipScale.IsWithin(PhaseAngle[phase], -UnityGain, UnityGain),
            "ADE9000: a phase angle must be -134217728 to 134217728");
        Invariant.Require(
            ChipScale.IsWithin(PowerOffset[phase], -PowerFullScale, PowerFullScale),
            "ADE9000: a power offset must be below the full scale");
    }

    private static bool IsGain(int gain) => ChipScale.IsWithin(gain, GainMin, UnityGain - 1);
}
