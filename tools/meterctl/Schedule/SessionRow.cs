namespace MeterFirmware.Tools.MeterCtl.Schedule;

/// <summary>One session as a file has it.</summary>
/// <param name="Line">Of a CSV; the number of the item in JSON.</param>
internal sealed record SessionRow(
    int Line, string Id, string Station, string User, DateTimeOffset PlugIn, DateTimeOffset PlugOut,
        decimal KilowattHours);
