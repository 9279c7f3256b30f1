namespace MeterFirmware.Tools.HeadEnds.Web.Api;

/// <summary>A webhook's secret, told this once: X-Signature is sha256= and the HMAC-SHA256 of the body under
/// it.</summary>
public sealed record MadeWebhook(string Secret);
