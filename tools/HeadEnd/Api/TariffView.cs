namespace MeterFirmware.Tools.HeadEnds.Web.Api;

/// <summary>A tariff's document in a list, without its text.</summary>
public sealed record TariffView(string Name, DateOnly From, DateOnly? Until, string Who, DateTimeOffset At);
