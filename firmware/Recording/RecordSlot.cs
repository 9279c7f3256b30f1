namespace MeterFirmware.Recording;

/// <summary>The kinds of records in the meter's ring; stored in one byte, so a number is never given a new meaning.</summary>
public static class RecordSlot
{
    public const int Calibration = 5;

    /// <summary>From here: one for each event code and phase, <see cref="EventSlots"/>; room for 48.</summary>
    public const int FirstEvent = 6;

    public const int TimedFreeze = 54;

    public const int Count = 55;

    /// <summary>The slot of a <see cref="FreezeKind"/>.</summary>
    public static int OfFreeze(int kind) => kind == FreezeKind.Timed ? TimedFreeze : kind;
}
