using MeterFirmware.Basics;
using MeterFirmware.Drivers.MeteringChips;

namespace MeterFirmware.Drivers.Cse7766;

/// <summary>
/// How one CSE7766 or HLW8032 is wired and calibrated. Both send their own coefficients in every frame; a scale
/// multiplies what they give: 1 for a CSE7766 on the data sheet's circuit, <see cref="ForHlw8032"/> for the other.
/// The chip counts what flows in either direction as one: a connection without feed-in only.
/// </summary>
public sealed class Cse7766Settings
{
    /// <summary>Coefficient of power of a chip that has none stored (header AA).</summary>
    public const int PowerCoefficientDefault = 5_364_000;

    public int VoltageNumerator = 1;

    public int VoltageDenominator = 1;

    public int CurrentNumerator = 1;

    public int CurrentDenominator = 1;

    /// <summary>Of power, and of energy with it.</summary>
    public int PowerNumerator = 1;

    public int PowerDenominator = 1;

    /// <summary>What the commissioned connection can carry; a reading above is implausible.</summary>
    public int VoltageMillivoltsMax = 300_000;

    public int CurrentMilliampsMax = 24_000;

    public int PowerMilliwattsMax = 6_000_000;

    /// <summary>Without a whole frame for this long (ms) the chip is missing; frames come every 55 ms.</summary>
    public int SilentMsMax = 1_000;

    /// <summary>A silence up to this (ms) is bridged by the counter; in a longer one a restart of the chip could hide,
    /// and what flowed in it is flagged as a gap.</summary>
    public int BridgeMsMax = 10_000;

    /// <summary>HLW8032 with 4 × 470 kΩ over 1 kΩ (1.88) and a 1 mΩ shunt.</summary>
    public static Cse7766Settings ForHlw8032() => new Cse7766Settings
    {
        VoltageNumerator = 188,
        VoltageDenominator = 100,
        PowerNumerator = 188,
        PowerDenominator = 100,
    };

    /// <summary>Throws when a value is outside of what it says: a board is put together wrongly.</summary>
    public void Validate()
    {
        ChipScale.Require(VoltageNumerator, VoltageDenominator);
        ChipScale.Require(CurrentNumerator, CurrentDenominator);
        ChipScale.Require(PowerNumerator, PowerDenominator);
        ChipScale.RequireMaxima(VoltageMillivoltsMax, CurrentMilliampsMax, PowerMilliwattsMax);
        Invariant.Require(SilentMsMax >= 200, "CSE7766: silence begins at 200 ms or later");
    }
}
