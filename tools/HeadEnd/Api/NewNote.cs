namespace MeterFirmware.Tools.HeadEnds.Web.Api;

/// <summary>A note on an alarm.</summary>
/// <param name="Words">1 to 500 characters.</param>
public sealed record NewNote(string Words);
