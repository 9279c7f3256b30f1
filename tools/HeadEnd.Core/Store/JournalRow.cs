namespace MeterFirmware.Tools.HeadEnds.Store;

/// <summary>A journal as the store has it when a head-end starts.</summary>
/// <param name="Id">Its row.</param>
/// <param name="DeviceId">Row of its device.</param>
/// <param name="Device">Address of its device.</param>
/// <param name="Name">Its name; empty: a nameless one.</param>
/// <param name="FirstNumber">First number under its name.</param>
/// <param name="IsCurrent">The present one of its device.</param>
/// <param name="Settled">Every number up to this is settled.</param>
/// <param name="Next">The next number as the newest birth told it; 0: none did.</param>
/// <param name="Highest">Highest number stored; 0: none.</param>
/// <param name="Protocol">Version that its device speaks; empty: it names none.</param>
public sealed record JournalRow(
    long Id,
    long DeviceId,
    string Device,
    string Name,
    long FirstNumber,
    bool IsCurrent,
    long Settled,
    long Next,
    long Highest,
    string Protocol);
