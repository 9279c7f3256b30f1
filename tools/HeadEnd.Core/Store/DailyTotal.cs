namespace MeterFirmware.Tools.HeadEnds.Store;

/// <summary>Energy of one device on one local day, sums of its interval records. Exact: mWh as integers.</summary>
/// <param name="Device">Device address.</param>
/// <param name="Date">The local day in which the intervals begin; null: untimed records.</param>
/// <param name="Rate">Index of the rate.</param>
/// <param name="ImportMilliwattHours">Imported energy.</param>
/// <param name="ExportMilliwattHours">Exported energy.</param>
/// <param name="Intervals">Interval records in the sums.</param>
public sealed record DailyTotal(
    string Device,
    DateOnly? Date,
    int Rate,
    long ImportMilliwattHours,
    long ExportMilliwattHours,
    int Intervals);
