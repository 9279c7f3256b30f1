namespace MeterFirmware.Tools.HeadEnds.Web.Api;

/// <summary>A tariff's document to add.</summary>
/// <param name="From">First local day.</param>
/// <param name="Until">The day after the last; null: it goes on.</param>
/// <param name="Document">The tariff, as tools/Billing describes it.</param>
public sealed record NewTariff(DateOnly From, DateOnly? Until, System.Text.Json.JsonElement Document);
