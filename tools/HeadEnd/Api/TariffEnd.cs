namespace MeterFirmware.Tools.HeadEnds.Web.Api;

/// <summary>When a tariff's document ends.</summary>
/// <param name="Until">The day after its last.</param>
public sealed record TariffEnd(DateOnly Until);
