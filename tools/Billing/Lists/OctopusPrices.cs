using System.Text.Json;
using MeterFirmware.Tools.Billing.Loads;

namespace MeterFirmware.Tools.Billing.Lists;

/// <summary>A price list as Octopus Energy's API gives it: results of value_inc_vat in pence, valid_from and valid_to,
/// newest first.</summary>
internal static class OctopusPrices
{
    private const string Expected = "results of value_inc_vat and valid_from were expected (Octopus)";

    public static IEnumerable<PriceRow> Read(string path)
    {
        using JsonDocument document = OctopusJson.Parse(path, TextFile.Read(path));
        List<PriceRow> rows = [];
        foreach (JsonElement result in OctopusJson.Results(path, document, Expected))
        {
            string place = $"{path}: $.results[{rows.Count}]";
            if (result.ValueKind != JsonValueKind.Object
                || !result.TryGetProperty("value_inc_vat", out JsonElement price) || price.ValueKind != JsonValueKind.Number
                || !result.TryGetProperty("valid_from", out JsonElement from) || from.ValueKind != JsonValueKind.String
                || !TimeText.TryRead(from.GetString(), false, out ParsedTime time) || !time.IsFull
                || time.OffsetSeconds is not int offset)
            {
                throw new InputException($"{place}: {Expected}");
            }

            long? scaled = NumberText.TryRead(price.GetRawText(), out decimal value) ? PriceRows.Scaled(value) : null;
            rows.Add(new PriceRow(place, time.Local.InUtc().ToInstant().ToUnixTimeSeconds() - offset,
                scaled ?? throw new InputException($"{place}.value_inc_vat: {price.GetRawText()}, a price with at most "
                    + "eight decimal places was expected"), null));
        }

        rows.Sort((a, b) => a.Utc.CompareTo(b.Utc));
        for (int i = 1; i < rows.Count; i++)
        {
            if (rows[i].Utc == rows[i - 1].Utc)
            {
                throw new InputException($"{rows[i].Place}.valid_from: given twice");
            }
        }

        return rows;
    }
}
