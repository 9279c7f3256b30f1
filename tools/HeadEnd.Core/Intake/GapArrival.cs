namespace MeterFirmware.Tools.HeadEnds.Intake;

/// <summary>Numbers that will never come.</summary>
internal sealed record GapArrival(string Device, long First, long Last, long Acknowledged, string Reason)
    : Arrival(Device);
