namespace MeterFirmware.History;

/// <summary>The kinds of records in the meter's ring; stored in one byte, so a number is never given a new
/// meaning.</summary>
public static class RecordSlot
{
    public const int Calibration = 5;

    public const int TimedFreeze = 54;

    public const int Count = EventSlots.Count <= FirstEvents ? LaterEvent : LaterEvent + EventSlots.Count - FirstEvents;

    private const int FirstEvent = 6;
    private const int FirstEvents = 48;
    private const int LaterEvent = 55;

    /// <summary>One for each event code and phase, <see cref="EventSlots"/>: 48 from 6 on, more from 55 on.</summary>
    public static int OfEvent(int slot) =>
        slot < FirstEvents ? FirstEvent + slot : LaterEvent + slot - FirstEvents;

    /// <summary>The slot of a <see cref="FreezeKind"/>.</summary>
    public static int OfFreeze(int kind) => kind == FreezeKind.Timed ? TimedFreeze : kind;
}
