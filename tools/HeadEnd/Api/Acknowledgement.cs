namespace MeterFirmware.Tools.HeadEnds.Web.Api;

/// <summary>That somebody has seen an alarm.</summary>
/// <param name="Words">A note to go with it; null: none.</param>
public sealed record Acknowledgement(string? Words);
