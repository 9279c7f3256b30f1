namespace MeterFirmware.Tools.Billing.Lists;

/// <summary>A price of a list.</summary>
/// <param name="Place">File and line, for messages.</param>
/// <param name="Utc">Begin of its interval, UTC seconds.</param>
/// <param name="Import">Parts of <see cref="PriceList.Scale"/>.</param>
/// <param name="Export">The same; null: none.</param>
public sealed record PriceRow(string Place, long Utc, long Import, long? Export);
