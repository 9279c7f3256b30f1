using MeterFirmware.Basics;
using MeterFirmware.Drivers.MeteringChips;

namespace MeterFirmware.Drivers.Atm90e32;

/// <summary>How one ATM90E32AS is wired and calibrated: four wires, three phases. Arrays have one value a
/// phase.</summary>
public sealed class Atm90e32Settings
{
    /// <summary>1.0 in a voltage or current gain register.</summary>
    public const int UnityGain = 0x8000;

    /// <summary>0.32 mW: the unit of the start-up thresholds (section 3.2).</summary>
    private const int StartMicrowattsPerCount = 320;

    /// <summary>True on 60 Hz mains.</summary>
    public bool Is60Hertz;

    /// <summary>Amplifier of the current inputs: 0, 1, 2 = 1, 2, 4 times.</summary>
    public int CurrentAmplifier;

    /// <summary>1; or 2, when the chip is calibrated to half of the current because its register ends at 65.5 A.
    /// Current, power and energy are then doubled here.</summary>
    public int Multiplier = 1;

    public int[] VoltageGain = { UnityGain, UnityGain, UnityGain };

    public int[] CurrentGain = { UnityGain, UnityGain, UnityGain };

    /// <summary>Signed, from the values without input: see <see cref="Atm90e32Calibration.RmsOffset"/>.</summary>
    public int[] VoltageOffset = { 0, 0, 0 };

    public int[] CurrentOffset = { 0, 0, 0 };

    /// <summary>Signed, in counts of 0.32 mW.</summary>
    public int[] PowerOffset = { 0, 0, 0 };

    public int[] ReactiveOffset = { 0, 0, 0 };

    /// <summary>Signed, 2⁻¹⁵: see <see cref="Atm90e32Calibration.PowerGain"/>.</summary>
    public int[] PowerGain = { 0, 0, 0 };

    /// <summary>Delay, see <see cref="Atm90e32Calibration.PhaseAngle"/>.</summary>
    public int[] PhaseAngle = { 0, 0, 0 };

    /// <summary>Below this power (mW, mvar) a phase counts nothing.</summary>
    public int NoLoadMilliwatts = 500;

    /// <summary>What the commissioned connection can carry, per phase; a reading above is implausible.</summary>
    public int VoltageMillivoltsMax = 300_000;

    public int CurrentMilliampsMax = 72_000;

    public int PowerMilliwattsMax = 20_000_000;

    /// <summary>From this active power of a phase on (mW) its energy has to come.</summary>
    public int StuckPowerMilliwatts = 10_000;

    /// <summary>Readings that stay the same to the bit for this long (ms), with voltage present, mean a stuck chip.
    /// 0 switches this check off.</summary>
    public int FrozenMsMax = 10_000;

    internal int StartCounts => NoLoadMilliwatts * 1000 / StartMicrowattsPerCount;

    /// <summary>Throws when a value is outside of what it says: a board is put together wrongly.</summary>
    public void Validate()
    {
        Invariant.Require(Multiplier == 1 || Multiplier == 2, "ATM90E32: the multiplier must be 1 or 2");
        Invariant.Require(
            CurrentAmplifier >= 0 && CurrentAmplifier <= 2, "ATM90E32: the amplifier code must be 0 to 2");
        Invariant.Require(
            NoLoadMilliwatts >= 0 && NoLoadMilliwatts < StuckPowerMilliwatts && StartCounts <= 0xFFFF,
            "ATM90E32: the no-load threshold must be below the power of a stuck counter, and below 20 W");
        ChipScale.RequireMaxima(VoltageMillivoltsMax, CurrentMilliampsMax, PowerMilliwattsMax);
        for (int phase = 0; phase < 3; phase++)
        {
            Invariant.Require(
                IsWord(VoltageGain[phase]) && IsWord(CurrentGain[phase]), "ATM90E32: a gain must be 0 to 0xFFFF");
            Invariant.Require(
                IsSigned(VoltageOffset[phase]) && IsSigned(CurrentOffset[phase]) && IsSigned(PowerOffset[phase])
                && IsSigned(ReactiveOffset[phase]) && IsSigned(PowerGain[phase]),
                "ATM90E32: offsets and power gains must be -32768 to 32767");
            Invariant.Require(IsWord(PhaseAngle[phase]), "ATM90E32: a phase angle must be 0 to 0xFFFF");
        }
    }

    private static bool IsWord(int value) => ChipScale.IsWithin(value, 0, 0xFFFF);

    private static bool IsSigned(int value) => ChipScale.IsWithin(value, short.MinValue, short.MaxValue);
}
