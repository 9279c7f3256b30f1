namespace MeterFirmware.EvCharger.Sessions;

/// <summary>Who may charge, and for how long a permission waits.</summary>
public sealed class SessionSettings
{
    /// <summary>True: whoever plugs in charges. False: a token of the local list, or a remote start.</summary>
    public bool IsFree { get; set; }

    /// <summary>The offline rule: a token that is not on the list may charge while nobody can be asked.</summary>
    public bool AcceptsUnknownOffline { get; set; }

    /// <summary>A permission given before plugging in waits so long.</summary>
    public int PermissionMs { get; set; } = 60_000;

    /// <summary>After a loss of supply the same token goes on as a new session when the vehicle is there within
    /// this.</summary>
    public int ResumeMs { get; set; } = 60_000;

    /// <summary>Limits of every session, 0 for none: energy in Wh, duration in s, cost in ten-thousandths of the
    /// currency.</summary>
    public long WattHoursMax { get; set; }

    public long SecondsMax { get; set; }

    public long CostMax { get; set; }
}
