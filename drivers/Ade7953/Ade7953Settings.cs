using MeterFirmware.Basics;
using MeterFirmware.Drivers.MeteringChips;

namespace MeterFirmware.Drivers.Ade7953;

/// <summary>
/// How one ADE7953 is wired and calibrated. Scales are ratios of whole numbers, so that nothing is rounded on the way
/// to a register that bills. The defaults are those of the open boards with a 1 mΩ shunt that Tasmota and ESPHome
/// support: 26 000 counts a volt, 100 000 an ampere, 154 a watt. Every real board is calibrated: see
/// <see cref="Ade7953Calibration"/>. Fields and not properties: a property is 150 bytes of the device's image.
/// </summary>
public sealed class Ade7953Settings
{
    /// <summary>The chip counts whatever flows.</summary>
    public const int NoLoadOff = 0;

    /// <summary>The threshold that the chip starts with: a ten-thousandth of full scale, 3.2 W with the scale
    /// below.</summary>
    public const int NoLoadOfChip = -1;

    /// <summary>The lowest threshold with the default scale: full scale / 91 750.</summary>
    public const int NoLoadMilliwattsMin = 345;

    /// <summary>AP_NOLOAD and VAR_NOLOAD after a reset (data sheet, table 15).</summary>
    private const int NoLoadRegisterOfChip = 0xE419;

    /// <summary>The power register at full scale (data sheet, "Active Power Calculation").</summary>
    private const int FullScaleCounts = 4_862_401;

    /// <summary>The current input that measures phase 0.</summary>
    public Ade7953Channel Channel = Ade7953Channel.A;

    /// <summary>True when the current transformer or shunt is mounted the other way round.</summary>
    public bool IsCurrentInverted;

    /// <summary>True on SPI (a third byte names the direction), false on I²C.</summary>
    public bool IsSpi;

    /// <summary>Voltage in mV = counts × numerator / denominator.</summary>
    public int VoltageNumerator = 1;

    public int VoltageDenominator = 26;

    /// <summary>Current in mA = counts × numerator / denominator.</summary>
    public int CurrentNumerator = 1;

    public int CurrentDenominator = 100;

    /// <summary>Active, reactive and apparent power in mW, mvar, mVA = counts × numerator / denominator.</summary>
    public int PowerNumerator = 500;

    public int PowerDenominator = 77;

    /// <summary>
    /// Energy in µJ (microvar-seconds) = counts × numerator / denominator. At full scale the power register shows
    /// 4 862 401 while the energy register takes about 206 900 counts a second (data sheet, "Active Energy
    /// Calculation"), so one count is 4 862 401 / 206 900 / 154 W·s = 152 605 µJ. ESPHome's factor, found by
    /// comparison with a meter, says 3600 / 154² = 151 796 µJ: half a percent less. Calibration settles it.
    /// </summary>
    public long EnergyNumerator = 24_312_005_000;

    public long EnergyDenominator = 159_313;

    /// <summary>Gain registers, 0x400000 = 1.0, 0x200000 to 0x600000.</summary>
    public int VoltageGain = Ade7953Calibration.UnityGain;

    public int CurrentGain = Ade7953Calibration.UnityGain;

    public int ActivePowerGain = Ade7953Calibration.UnityGain;

    public int ReactivePowerGain = Ade7953Calibration.UnityGain;

    public int ApparentPowerGain = Ade7953Calibration.UnityGain;

    /// <summary>Delay of the current path in steps of 1.117 µs (0.02° at 50 Hz), −383 to 383.</summary>
    public int PhaseCalibration;

    /// <summary>Offset registers, 24 bits signed, 0 = none.</summary>
    public int VoltageRmsOffset;

    public int CurrentRmsOffset;

    public int ActivePowerOffset;

    public int ReactivePowerOffset;

    /// <summary>What is left to correct by range of current, in the firmware; null: nothing.</summary>
    public CurrentRangeTable Ranges;

    /// <summary>Amplifier codes 0 to 5 (gain 1, 2, 4, 8, 16, 22).</summary>
    public int VoltageAmplifier;

    public int CurrentAmplifier;

    /// <summary>What the commissioned connection can carry; a reading above is implausible. They also bound how much
    /// energy can have flowed in a gap, and so how long a gap the 24-bit counter bridges. Defaults: 60 A and a fifth
    /// more, at 20 % above 230 V. Too low would refuse an overload that has to be billed.</summary>
    public int VoltageMillivoltsMax = 300_000;

    public int CurrentMilliampsMax = 72_000;

    /// <summary>Active, reactive and apparent power, either direction, in mW, mvar, mVA.</summary>
    public int PowerMilliwattsMax = 20_000_000;

    /// <summary>Active and reactive power (mW, mvar) below which the chip counts no energy: below the power at the
    /// starting current of the accuracy class, above what the board makes without a load. 0.5 W suits class 0.2S of 5
    /// A, which starts at 1.1 W. <see cref="NoLoadOff"/> or <see cref="NoLoadOfChip"/>: no such threshold, or the
    /// chip's own.
    /// </summary>
    public int NoLoadMilliwatts = 500;

    /// <summary>From this active power on (mW) the energy counter has to move.</summary>
    public int StuckPowerMilliwatts = 10_000;

    /// <summary>Readings that stay the same to the bit for this long (ms), with voltage present, mean a stuck chip: the
    /// lowest bits of a live one never rest. 0 switches this check off.</summary>
    public int FrozenMsMax = 10_000;

    /// <summary>Throws when a value is outside of what it says: a board is put together wrongly.</summary>
    public void Validate()
    {
        ChipScale.Require(VoltageNumerator, VoltageDenominator);
        ChipScale.Require(CurrentNumerator, CurrentDenominator);
        ChipScale.Require(PowerNumerator, PowerDenominator);

        // A difference of 2^23 counts times the numerator has to fit a long.
        Invariant.Require(
            EnergyDenominator > 0 && EnergyDenominator <= 1_000_000
            && EnergyNumerator >= EnergyDenominator && EnergyNumerator <= 500_000_000_000,
            "ADE7953: energy scale must be 1 µJ a count or more, numerator up to 5*10^11, denominator up to 10^6");
        RequireGain(VoltageGain);
        RequireGain(CurrentGain);
        RequireGain(ActivePowerGain);
        RequireGain(ReactivePowerGain);
        RequireGain(ApparentPowerGain);
        Invariant.Require(
            PhaseCalibration >= -Ade7953Calibration.PhaseStepsMax
            && PhaseCalibration <= Ade7953Calibration.PhaseStepsMax,
            "ADE7953: phase calibration must be -383 to 383");
        Invariant.Require(
            VoltageAmplifier >= 0 && VoltageAmplifier <= 5 && CurrentAmplifier >= 0 && CurrentAmplifier <= 5,
            "ADE7953: an amplifier code must be 0 to 5");
        ChipScale.RequireMaxima(VoltageMillivoltsMax, CurrentMilliampsMax, PowerMilliwattsMax);
        Invariant.Require(
            NoLoadMilliwatts == NoLoadOfChip
            || (NoLoadMilliwatts >= NoLoadOff && NoLoadRegister >= 0 && NoLoadMilliwatts < StuckPowerMilliwatts),
            "ADE7953: the no-load threshold must be 1/91750 of full scale or more, and below the power of a stuck "
                + "counter");
        string problem = Ranges == null ? null : Ranges.FirstProblem();
        Invariant.Require(problem == null, problem);
    }

    /// <summary>Of AP_NOLOAD and VAR_NOLOAD: 65536 − Y / 1.4, where the threshold is full scale / Y (data sheet,
    /// "Setting the No-Load Thresholds"). Rounded so that the threshold is never above the setting.</summary>
    internal int NoLoadRegister
    {
        get
        {
            if (NoLoadMilliwatts <= 0)
            {
                return NoLoadRegisterOfChip;
            }

            long fullScaleMilliwatts = (long)FullScaleCounts * PowerNumerator / PowerDenominator;
            long steps = (fullScaleMilliwatts * 10 + NoLoadMilliwatts * 14L - 1) / (NoLoadMilliwatts * 14L);
            return (int)(65_536 - steps);
        }
    }

    private static void RequireGain(int gain) =>
        Invariant.Require(
            gain >= Ade7953Calibration.GainMin && gain <= Ade7953Calibration.GainMax,
            "ADE7953: a gain must be 0x200000 to 0x600000");
}
