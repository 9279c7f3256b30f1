namespace MeterFirmware.Metering;

/// <summary>
/// Stable numbers of the meter's events; a number is never given a new meaning. Beside each: its values. Behind them, when
/// a named operator commanded it (DL/T 645: C0 to C3): his code.
/// </summary>
public static class EventCode
{
    /// <summary>The meter started. Start = the instant up to which energy was booked before (equal to the end when that
    /// is unknown), end = now; values: import total Wh, export total Wh.</summary>
    public const int PowerUp = 1;

    /// <summary>The calendar was moved. Start = where it stood, end = where it stands; values: import, export Wh.</summary>
    public const int ClockStep = 2;

    /// <summary>Bits of SensorFault changed; values: bits before, bits now, import Wh, export Wh.</summary>
    public const int SensorFaults = 3;

    /// <summary>Bits of MeterFault changed; values: bits before, bits now, import Wh, export Wh.</summary>
    public const int MeterFaults = 4;

    /// <summary>Another tariff table is in force; values: import, export Wh.</summary>
    public const int TariffChanged = 5;

    /// <summary>Registers could not be saved, or saved registers could not be read; values: import, export Wh.</summary>
    public const int CheckpointFailed = 6;

    /// <summary>The maximum demands were cleared; values: import, export Wh. With a recorder, at the end: the maxima before,
    /// import mW and its UTC seconds, export mW and its UTC seconds.</summary>
    public const int DemandCleared = 7;

    // What lasts, 10 to 26: logged when it begins (end = start; values: import, export Wh) and, under the same ordinal of
    // the event memory, when it ends (values: import, export Wh at the start, at the end, and the worst value).

    /// <summary>Voltage of a phase low; worst: mV.</summary>
    public const int UnderVoltage = 10;

    /// <summary>Voltage of a phase high; worst: mV.</summary>
    public const int OverVoltage = 11;

    /// <summary>Current flows and its phase's voltage is missing; worst: mV.</summary>
    public const int VoltageLoss = 12;

    /// <summary>A phase has voltage and no current while another carries load; worst: mA.</summary>
    public const int CurrentLoss = 13;

    /// <summary>Current of a phase high; worst: mA.</summary>
    public const int OverCurrent = 14;

    /// <summary>Power of a phase high; worst: mW.</summary>
    public const int OverLoad = 15;

    /// <summary>A phase exports; worst: mW.</summary>
    public const int ReversePower = 16;

    /// <summary>Phases in the wrong order (an input); worst: 1.</summary>
    public const int PhaseSequence = 20;

    /// <summary>(highest − lowest) ÷ highest phase voltage; worst: permille.</summary>
    public const int VoltageUnbalance = 21;

    /// <summary>(highest − lowest) ÷ highest phase current; worst: permille.</summary>
    public const int CurrentUnbalance = 22;

    /// <summary>|P| ÷ S of all phases low; worst: permille.</summary>
    public const int LowPowerFactor = 23;

    /// <summary>Meter cover open (an input).</summary>
    public const int CoverOpened = 24;

    /// <summary>Terminal cover open (an input).</summary>
    public const int TerminalCoverOpened = 25;

    /// <summary>Strong magnetic field (an input).</summary>
    public const int MagneticField = 26;

    // What is done to the meter, 30 to 37; own values as given, then import and export Wh.

    /// <summary>A parameter was written; value: which (a DL/T 645 identifier).</summary>
    public const int Programming = 30;

    public const int MeterClear = 32;

    /// <summary>Value: what was cleared, a DL/T 645 identifier; −1 all.</summary>
    public const int EventClear = 33;

    /// <summary>Value: 1 closed, 0 opened.</summary>
    public const int RelayOperated = 34;

    /// <summary>Value: ordinal of the calibration record.</summary>
    public const int CalibrationChanged = 35;

    /// <summary>Value: cause, as the board defines it.</summary>
    public const int Reset = 36;

    /// <summary>Values: 0 total or 1 intensity, level 1 or 2, mg or µg/kWh reached, the budget in the same unit.</summary>
    public const int CarbonWarning = 37;

    /// <summary>The prepaid balance passed a level; values: PrepaymentState, balance in 0.0001 of the currency.</summary>
    public const int Prepayment = 38;

    /// <summary>Import above the load limit for a minute opened the relay; values: W, import and export Wh.</summary>
    public const int LoadLimited = 39;

    // Power quality, 40 to 44.

    /// <summary>Voltage dip (IEC 61000-4-30); values: ms, residual mV, reference mV, bits of the phases; from 0.2.0 on
    /// also the begin's ms in its second, <see cref="VoltageBeganBefore"/> and <see cref="VoltageGoesOn"/>, events lost
    /// since the start because too many ended at once.</summary>
    public const int VoltageDip = 40;

    /// <summary>Voltage swell; values as those of a dip, highest mV in place of residual.</summary>
    public const int VoltageSwell = 41;

    /// <summary>Interruption; values as those of a dip.</summary>
    public const int VoltageInterruption = 42;

    /// <summary>Bit of a voltage event: it went on already when the meter began to look.</summary>
    public const int VoltageBeganBefore = 1;

    /// <summary>Bit of a voltage event: it went on when the supply failed or the samples ended. An event that ended
    /// after all is recorded once more, with the same begin.</summary>
    public const int VoltageGoesOn = 2;

    /// <summary>Two hours of a phase (the event's phase); values: mean, lowest and highest 10-min voltage mV, mean, lowest
    /// and highest frequency mHz, 1 when a dip, swell or interruption lay in them, seconds covered.</summary>
    public const int QualityTwoHours = 43;

    /// <summary>Two hours of a phase's harmonics, from samples; values: total distortion, the order that is nearest to or
    /// farthest beyond its limit of GB/T 14549, its value, its limit, the share of its 3-s values inside (all in hundredths
    /// of a percent, but the order), 1 when flagged, seconds covered.</summary>
    public const int HarmonicsTwoHours = 44;

    /// <summary>An acknowledgement named records that were never sent: forged, or another device's. At most one event an hour;
    /// values: the number named, the highest that may have been sent (a charger: the import Wh in its place), import, export Wh.</summary>
    public const int AcknowledgedUnsent = 47;

    /// <summary>Metrological parameters may change, or did so before this start; neither the event nor its count is
    /// ever cleared. Values: 1 the programming input was closed, 2 the board's own settings are others than at the last
    /// start; the mark of those settings; import, export Wh.</summary>
    public const int Metrology = 48;
}
