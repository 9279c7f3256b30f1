namespace MeterFirmware.Metering;

/// <summary>Stable numbers of the meter's events; a number is never given a new meaning. Beside each: its values.</summary>
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

    /// <summary>The maximum demands were cleared; values: import, export Wh.</summary>
    public const int DemandCleared = 7;
}
