using MeterFirmware.Basics;
using MeterFirmware.Drivers.MeteringChips;

namespace MeterFirmware.Drivers.Ina226;

/// <summary>How one INA226 is wired and calibrated.</summary>
public sealed class Ina226Settings
{
    /// <summary>Shunt resistance in µΩ, and one count of the current register in µA: at least the greatest current /
    /// 2¹⁵.</summary>
    public int ShuntMicroohms = 10_000;
    public int CurrentStepMicroamps = 250;

    /// <summary>True when the current sensor is mounted the other way round.</summary>
    public bool IsCurrentInverted;

    /// <summary>What the commissioned connection can carry; a reading above is implausible.</summary>
    public int VoltageMillivoltsMax = 36_000;
    public int CurrentMilliampsMax = 8_000;
    public int PowerMilliwattsMax = 290_000;

    /// <summary>From this power on (mW) readings have to move.</summary>
    public int StuckPowerMilliwatts = 100;

    /// <summary>Readings that stay the same to the bit for this long (ms), with voltage present, mean a stuck chip.
    /// 0 switches this check off.</summary>
    public int FrozenMsMax = 10_000;

    /// <summary>0.00512 / (step × shunt), data sheet, equation 1.</summary>
    internal int CalibrationRegister => (int)(5_120_000_000L / ((long)CurrentStepMicroamps * ShuntMicroohms));

    /// <summary>Throws when a value is outside of what it says: a board is put together wrongly.</summary>
    public void Validate()
    {
        Invariant.Require(
            ShuntMicroohms > 0 && CurrentStepMicroamps > 0 && CalibrationRegister >= 1 && CalibrationRegister <= 0x7FFF,
            "INA226: step × shunt gives no calibration of 1 to 0x7FFF");
        Invariant.Require(
            CurrentStepMicroamps * 32_767L >= CurrentMilliampsMax * 1000L,
            "INA226: the current register cannot hold the greatest current");
        ChipScale.RequireMaxima(VoltageMillivoltsMax, CurrentMilliampsMax, PowerMilliwattsMax);
        Invariant.Require(StuckPowerMilliwatts > 0, "INA226: the power of a stuck chip must be above 0");
    }
}
