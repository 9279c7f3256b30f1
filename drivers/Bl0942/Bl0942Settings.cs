using MeterFirmware.Basics;
using MeterFirmware.Drivers.MeteringChips;

namespace MeterFirmware.Drivers.Bl0942;

/// <summary>
/// How one BL0942 is wired and calibrated. The defaults are the chip's theory with a 1 mΩ shunt and a divider of
/// 5 × 390 kΩ over 510 Ω: 15 883.3 counts a volt, 251 213.5 an ampere, 623.4 a watt. The chip has no gain registers:
/// <see cref="ScaleCalibration"/> finds the scales of a board. Energy has no scale of its own: it follows the power's.
/// </summary>
public sealed class Bl0942Settings
{
    /// <summary>One pulse of the energy counter is 419 430.4 counts of the power register for a second, so with a scale
    /// in mW a count it is 419 430 400 times that in µJ (data sheet, section 3.5).</summary>
    private const long MicrojoulesPerPulse = 419_430_400;

    /// <summary>Pins A2:A1, 0 to 3. On SPI 0.</summary>
    public int Address;

    /// <summary>Pin SCLK_BPS: 4 800 (low) or 9 600 (high). UART only.</summary>
    public int Baud = 4_800;

    /// <summary>True on 60 Hz mains.</summary>
    public bool Is60Hertz;

    /// <summary>True when the shunt is mounted the other way round.</summary>
    public bool IsCurrentInverted;

    /// <summary>Voltage in mV = counts × numerator / denominator.</summary>
    public int VoltageNumerator = 10_000;

    public int VoltageDenominator = 158_833;

    /// <summary>Current in mA = counts × numerator / denominator.</summary>
    public int CurrentNumerator = 10_000;

    public int CurrentDenominator = 2_512_135;

    /// <summary>Active power in mW = counts × numerator / denominator.</summary>
    public int PowerNumerator = 5_000;

    public int PowerDenominator = 3_117;

    /// <summary>What the commissioned connection can carry; a reading above is implausible.</summary>
    public int VoltageMillivoltsMax = 300_000;

    public int CurrentMilliampsMax = 48_000;

    public int PowerMilliwattsMax = 12_000_000;

    /// <summary>From this active power on (mW) the energy counter has to move.</summary>
    public int StuckPowerMilliwatts = 50_000;

    /// <summary>Readings that stay the same to the bit for this long (ms), with voltage present, mean a stuck chip.
    /// 0 switches this check off.</summary>
    public int FrozenMsMax = 20_000;

    /// <summary>An answer that is not whole after this time (ms) does not come; the packet takes 48 ms at 4 800 baud.
    /// </summary>
    public int AnswerMsMax = 250;

    /// <summary>MODE as this driver sets it: both RMS updates on (bits 0 and 1), pulses counted (2), RMS over 800 ms
    /// (3), mains (5), counter kept when read (6 = 0), signed sum (7 = 0). The chip starts with 0x87: a restart shows.
    /// </summary>
    internal int Mode => Is60Hertz ? 0x2F : 0x0F;

    internal long EnergyNumerator => MicrojoulesPerPulse * PowerNumerator;

    /// <summary>Throws when a value is outside of what it says: a board is put together wrongly.</summary>
    public void Validate()
    {
        Invariant.Require(Address >= 0 && Address <= 3, "BL0942: the address must be 0 to 3");
        Invariant.Require(Baud == 4_800 || Baud == 9_600, "BL0942: the speed must be 4800 or 9600 baud");
        Invariant.Require(AnswerMsMax >= 100, "BL0942: an answer must have 100 ms or more");
        ChipScale.Require(VoltageNumerator, VoltageDenominator);
        ChipScale.Require(CurrentNumerator, CurrentDenominator);
        ChipScale.Require(PowerNumerator, PowerDenominator);
        ChipScale.RequireMaxima(VoltageMillivoltsMax, CurrentMilliampsMax, PowerMilliwattsMax);
    }
}
