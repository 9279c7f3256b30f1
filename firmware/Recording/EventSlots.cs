using MeterFirmware.Metering;

namespace MeterFirmware.Recording;

/// <summary>Where the event memory keeps each code: a slot, three for what phases have each.</summary>
public static class EventSlots
{
    public const int Count = PhaseCodes * 3 + 26;

    /// <summary>Slots of what lasts: those of the phases and the seven after them.</summary>
    public const int LastingCount = PhaseCodes * 3 + 7;

    private const int PhaseCodes = 7;

    // Append only: the place is part of the stored form.
    private static readonly byte[] _codes =
    {
        EventCode.UnderVoltage, EventCode.OverVoltage, EventCode.VoltageLoss, EventCode.CurrentLoss,
        EventCode.OverCurrent, EventCode.OverLoad, EventCode.ReversePower,
        EventCode.PhaseSequence, EventCode.VoltageUnbalance, EventCode.CurrentUnbalance, EventCode.LowPowerFactor,
        EventCode.CoverOpened, EventCode.TerminalCoverOpened, EventCode.MagneticField,
        EventCode.PowerUp, EventCode.ClockStep, EventCode.SensorFaults, EventCode.MeterFaults, EventCode.TariffChanged,
        EventCode.CheckpointFailed, EventCode.Programming, EventCode.DemandCleared, EventCode.MeterClear,
        EventCode.EventClear, EventCode.RelayOperated, EventCode.CalibrationChanged, EventCode.Reset,
        EventCode.CarbonWarning, EventCode.Prepayment, EventCode.VoltageDip, EventCode.VoltageSwell,
        EventCode.VoltageInterruption, EventCode.Metrology,
    };

    /// <summary>The slot of a code and phase (0 to 2; ignored for what is not per phase); −1: not kept.</summary>
    public static int Of(int code, int phase)
    {
        for (int i = 0; i < _codes.Length; i++)
        {
            if (_codes[i] == code)
            {
                return i < PhaseCodes ? i * 3 + (phase < 3 ? phase : 0) : PhaseCodes * 2 + i;
            }
        }

        return -1;
    }

    /// <summary>False for what shows how the meter came to measure as it does: those events stay.</summary>
    public static bool IsCleared(int slot) =>
        CodeOf(slot) != EventCode.Metrology && CodeOf(slot) != EventCode.CalibrationChanged;

    public static int CodeOf(int slot) => _codes[slot < PhaseCodes * 3 ? slot / 3 : slot - PhaseCodes * 2];

    public static int PhaseOf(int slot) => slot < PhaseCodes * 3 ? slot % 3 : Storage.Records.EventRecord.NoPhase;
}
