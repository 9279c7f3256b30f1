namespace MeterFirmware.Tools.MeterCtl.Schedule;

/// <summary>One recorded session, cut to whole steps.</summary>
/// <param name="Line">Line of the file, for messages.</param>
/// <param name="FirstStep">First step that begins at or after plug-in, counted from 1970 UTC.</param>
/// <param name="EndStep">Step after the last one that ends at or before plug-out.</param>
/// <param name="DemandMillijoules">Energy drawn in the record, at most what the station gives in those steps.</param>
public sealed record ChargingSession(
    int Line, string Id, string Station, string User, long FirstStep, long EndStep, long DemandMillijoules)
{
    public int StaySteps => (int)(EndStep - FirstStep);
}
