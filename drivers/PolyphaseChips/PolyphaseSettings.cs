using MeterFirmware.Basics;
using MeterFirmware.Drivers.MeteringChips;

namespace MeterFirmware.Drivers.PolyphaseChips;

/// <summary>What is set for every three-phase chip whose counters are followed by difference. Arrays have one value a
/// phase.</summary>
public abstract class PolyphaseSettings
{
    /// <summary>True on 60 Hz mains.</summary>
    public bool Is60Hertz;

    /// <summary>mV and mA of the mains at which the chip's r.m.s. registers show their full scale.</summary>
    public int VoltageFullScaleMillivolts;

    public int CurrentFullScaleMilliamps;

    /// <summary>Gains as the chip's registers count them, signed; 0 is 1.0.</summary>
    public int[] VoltageGain = { 0, 0, 0 };

    public int[] CurrentGain = { 0, 0, 0 };

    public int[] PowerGain = { 0, 0, 0 };

    /// <summary>Offset of active power in counts of its register, signed.</summary>
    public int[] PowerOffset = { 0, 0, 0 };

    /// <summary>Phase as the chip's register counts it.</summary>
    public int[] PhaseAngle = { 0, 0, 0 };

    /// <summary>What the commissioned connection can carry, per phase; a reading above is implausible.</summary>
    public int VoltageMillivoltsMax = 300_000;

    public int CurrentMilliampsMax = 72_000;

    public int PowerMilliwattsMax = 20_000_000;

    /// <summary>From this active power of a phase on (mW) its energy has to come.</summary>
    public int StuckPowerMilliwatts = 10_000;

    /// <summary>Readings that stay the same to the bit for this long (ms), with voltage present, mean a stuck chip.
    /// 0 switches this check off.</summary>
    public int FrozenMsMax = 10_000;

    /// <summary>mW at which voltage and current are both at full scale and in phase.</summary>
    public int FullScaleMilliwatts =>
        (int)((long)VoltageFullScaleMillivolts * CurrentFullScaleMilliamps / 1000);

    /// <summary>Throws when a value is outside of what it says: a board is put together wrongly.</summary>
    public void Validate()
    {
        const int FullScaleMax = 2_000_000;
        Invariant.Require(
            ChipScale.IsWithin(VoltageFullScaleMillivolts, 1_000, FullScaleMax)
            && ChipScale.IsWithin(CurrentFullScaleMilliamps, 1_000, FullScaleMax)
            && (long)VoltageFullScaleMillivolts * CurrentFullScaleMilliamps / 1000 < int.MaxValue,
            "polyphase chip: a full scale must be 1 to 2000 V or A, and their product below 2147 kW");
        ChipScale.RequireMaxima(VoltageMillivoltsMax, CurrentMilliampsMax, PowerMilliwattsMax);
        for (int phase = 0; phase < PolyphasePowerSensor.PhaseCount; phase++)
        {
            RequirePhase(phase);
        }
    }

    /// <summary>Throws when a phase's calibration does not fit the chip's registers.</summary>
    protected abstract void RequirePhase(int phase);
}
