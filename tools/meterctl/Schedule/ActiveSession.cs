namespace MeterFirmware.Tools.MeterCtl.Schedule;

/// <summary>A session while it is played.</summary>
public sealed class ActiveSession(ChargingSession session)
{
    public ChargingSession Session { get; } = session;

    public long DeliveredMillijoules { get; set; }

    public long RemainingMillijoules => Session.DemandMillijoules - DeliveredMillijoules;

    /// <summary>What it may draw in this step.</summary>
    public long OfferMillijoules { get; set; }

    public bool IsCharging { get; set; }

    public int Starts { get; set; }

    /// <summary>Place in the firmware's columns; −1 = none.</summary>
    public int Connector { get; set; } = -1;
}
