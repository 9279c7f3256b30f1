using MeterFirmware.Basics;
using MeterFirmware.Drivers.MeteringChips;

namespace MeterFirmware.Drivers.ChipName;

/// <summary>How one CHIPNAME is wired and calibrated.</summary>
public sealed class ChipNameSettings
{
    /// <summary>Units a count: mV, mA and mW by ratios of whole numbers.</summary>
    public int VoltageNumerator = 10;
    public int VoltageDenominator = 1;
    public int CurrentNumerator = 1;
    public int CurrentDenominator = 1;
    public int PowerNumerator = 1_000;
    public int PowerDenominator = 1;

    /// <summary>True when the current sensor is mounted the other way round.</summary>
    public bool IsCurrentInverted;

    /// <summary>What the commissioned connection can carry; a reading above is implausible.</summary>
    public int VoltageMillivoltsMax = 300_000;
    public int CurrentMilliampsMax = 32_000;
    public int PowerMilliwattsMax = 7_000_000;

    /// <summary>From this power on (mW) readings have to move.</summary>
    public int StuckPowerMilliwatts = 10_000;

    /// <summary>Readings that stay the same to the bit for this long (ms), with voltage present, mean a stuck chip.
    /// 0 switches this check off.</summary>
    public int FrozenMsMax = 10_000;

    /// <summary>Throws when a value is outside of what it says: a board is put together wrongly.</summary>
    public void Validate()
    {
        ChipScale.Require(VoltageNumerator, VoltageDenominator);
        ChipScale.Require(CurrentNumerator, CurrentDenominator);
        ChipScale.Require(PowerNumerator, PowerDenominator);
        ChipScale.RequireMaxima(VoltageMillivoltsMax, CurrentMilliampsMax, PowerMilliwattsMax);
        Invariant.Require(StuckPowerMilliwatts > 0, "CHIPNAME: the power of a stuck chip must be above 0");
    }
}
