namespace MeterFirmware.Tools.HeadEnds.Web.Api;

/// <summary>An edit or an estimate that is taken back.</summary>
/// <param name="Start">Begin of the interval.</param>
/// <param name="Why">Reason: 1 to 200 characters.</param>
public sealed record Withdrawal(DateTimeOffset Start, string Why);
