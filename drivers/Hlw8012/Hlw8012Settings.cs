using MeterFirmware.Basics;
using MeterFirmware.Drivers.MeteringChips;

namespace MeterFirmware.Drivers.Hlw8012;

/// <summary>
/// How one HLW8012 (CSE7759) or BL0937 is wired and calibrated. Scales are what one hertz of a pulse output stands for;
/// the defaults are an HLW8012's with 1 mΩ and 5 × 470 kΩ over 1 kΩ. The chip counts what flows in either direction as
/// one: a connection without feed-in only.
/// </summary>
public sealed class Hlw8012Settings
{
    /// <summary>Energy of one pulse of CF: what 1 Hz stands for, for a second. Vref² · divider / shunt · 64 / 24 / fc,
    /// with 2.43 V and 3.579 MHz.</summary>
    public int MicrojoulesPerPulse = 10_343_410;

    /// <summary>RMS voltage of 1 Hz on CF1: Vref · divider · 256 / fc.</summary>
    public int MicrovoltsPerHertz = 408_640;

    /// <summary>RMS current of 1 Hz on CF1: Vref / shunt · 512 / 24 / fc.</summary>
    public int MicroampsPerHertz = 14_484;

    /// <summary>Level of SEL at which CF1 shows the current: low on an HLW8012, high on a BL0937; boards may invert it.
    /// </summary>
    public bool IsCurrentSelectedHigh;

    /// <summary>CF1 shows nothing of use for so long (ms) after SEL changed.</summary>
    public int SettleMs = 2_000;

    /// <summary>CF1 is counted for so long (ms).</summary>
    public int WindowMs = 2_000;

    /// <summary>Power is 0 when no pulse came for so long (ms): 10.3 J in 60 s are 0.17 W.</summary>
    public int NoPulseMsMax = 60_000;

    /// <summary>What the commissioned connection can carry; a reading above is implausible.</summary>
    public int VoltageMillivoltsMax = 300_000;

    public int CurrentMilliampsMax = 24_000;

    public int PowerMilliwattsMax = 6_000_000;

    /// <summary>A current from here on (mA) without any pulse of power means a broken line.</summary>
    public int StuckMilliamps = 1_000;

    /// <summary>BL0937 with 1 mΩ and 5 × 470 kΩ over 1 kΩ: Vref 1.218 V, constants of its data sheet.</summary>
    public static Hlw8012Settings ForBl0937() => new Hlw8012Settings
    {
        MicrojoulesPerPulse = 2_025_990,
        MicrovoltsPerHertz = 185_981,
        MicroampsPerHertz = 12_870,
        IsCurrentSelectedHigh = true,
    };

    /// <summary>Throws when a value is outside of what it says: a board is put together wrongly.</summary>
    public void Validate()
    {
        Invariant.Require(
            MicrojoulesPerPulse > 0 && MicrovoltsPerHertz > 0 && MicroampsPerHertz > 0,
            "HLW8012: what a hertz stands for must be above 0");
        Invariant.Require(
            SettleMs >= 500 && WindowMs >= 500 && NoPulseMsMax >= 10_000,
            "HLW8012: CF1 must settle and be counted for 500 ms or longer, and power end after 10 s or later");
        ChipScale.RequireMaxima(VoltageMillivoltsMax, CurrentMilliampsMax, PowerMilliwattsMax);
    }
}
