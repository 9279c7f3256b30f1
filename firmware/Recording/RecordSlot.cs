namespace MeterFirmware.Recording;

/// <summary>The kinds of records in the meter's ring; stored in one byte, so a number is never given a new meaning.</summary>
public static class RecordSlot
{
    /// <summary>0 to 4 are the freezes, by <see cref="FreezeKind"/>.</summary>
    public const int FirstFreeze = 0;

    public const int Calibration = 5;

    /// <summary>From here: one for each event code and phase, <see cref="EventSlots"/>.</summary>
    public const int FirstEvent = 6;
}
