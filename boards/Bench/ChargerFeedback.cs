namespace MeterFirmware.Boards.Bench;

/// <summary>What the simulated contactor's contacts do.</summary>
public enum ChargerFeedback
{
    Follows,

    /// <summary>Closed whatever the coil does.</summary>
    Welded,

    /// <summary>Open whatever the coil does.</summary>
    Stuck,
}
