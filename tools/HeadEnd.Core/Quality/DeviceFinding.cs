namespace MeterFirmware.Tools.HeadEnds.Quality;

/// <summary>A finding as it is stored.</summary>
public sealed record DeviceFinding(string Address, DateOnly Day, Finding Finding);
