namespace MeterFirmware.Tools.HeadEnds.Web.Api;

/// <summary>A value in the place of what counts.</summary>
/// <param name="Start">Begin of the interval.</param>
/// <param name="ImportMilliwattHours">Drawn.</param>
/// <param name="ExportMilliwattHours">Given back; null: as it counts now.</param>
/// <param name="Why">Reason: 1 to 200 characters.</param>
public sealed record NewEdit(DateTimeOffset Start, long ImportMilliwattHours, long? ExportMilliwattHours, string Why);
