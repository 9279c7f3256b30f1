using System.Text.Json;
using MeterFirmware.Tariffs;

namespace MeterFirmware.Tools.MeterCtl.Tariffs;

/// <summary>Prices, export prices, tiers, service fee and carbon factor of a tariff file.</summary>
internal sealed class TariffPriceParser(TariffFields fields, TariffModel model)
{
    /// <summary>Rates whose import price is known: only these can be checked against a tier's amount.</summary>
    private readonly HashSet<int> _pricedRates = [];

    public void Parse(JsonValue root)
    {
        if (root.Find("prices") is JsonValue prices)
        {
            model.ImportPrices = ParseRow(prices, _pricedRates);
        }

        if (root.Find("exportPrices") is JsonValue exportPrices)
        {
            model.ExportPrices = ParseRow(exportPrices, []);
        }

        if (root.Find("serviceFee") is JsonValue fee)
        {
            model.ServiceFee = fields.Price(fee, 0, TariffLimits.PriceMax) ?? 0;
        }

        if (root.Find("carbonGramsPerKwh") is JsonValue carbon)
        {
            ParseCarbon(carbon);
        }

        if (root.Find("tiers") is JsonValue tiers && fields.IsObject(tiers, ["period", "steps"], []))
        {
            ParseTiers(tiers);
        }
    }

    /// <summary>A price for each rate and for nothing else.</summary>
    private long[] ParseRow(JsonValue row, HashSet<int> priced)
    {
        long[] prices = new long[model.Rates.Count];
        if (!fields.IsKind(row, JsonValueKind.Object, "an object of prices by rate"))
        {
            return prices;
        }

        foreach ((string name, JsonValue value) in row.Members)
        {
            if (RateIndex(name, value) is int rate and >= 0 && fields.Price(value, 0, TariffLimits.PriceMax) is long price)
            {
                prices[rate] = price;
                priced.Add(rate);
            }
        }

        foreach (string name in model.Rates.Where(name => row.Find(name) is null))
        {
            fields.Add(JsonValue.MemberPath(row.Path, name), $"no price for rate {JsonReader.Quote(name)}");
        }

        return prices;
    }

    private int RateIndex(string name, JsonValue value)
    {
        int rate = model.Rates.IndexOf(name);
        if (rate < 0)
        {
            fields.Add(value, $"unknown rate {JsonReader.Quote(name)}; expected one of {TariffFields.List(model.Rates)}");
        }

        return rate;
    }

    private void ParseCarbon(JsonValue carbon)
    {
        if (carbon.Kind is not (JsonValueKind.Number or JsonValueKind.String))
        {
            fields.Add(carbon, $"expected grams as a number such as 530.6, found {carbon.KindName}");
            return;
        }

        string? error = ExactDecimal.Parse(carbon.Text, 6, 0, TariffLimits.PriceMax, out long micrograms);
        if (error != null)
        {
            fields.Add(carbon, error);
        }

        model.CarbonMicrogramsPerKwh = micrograms;
    }

    private void ParseTiers(JsonValue tiers)
    {
        if (tiers.Find("period") is JsonValue period)
        {
            model.TierPeriod = period is { Kind: JsonValueKind.String, Text: "year" } ? TierPeriod.Year
                : period is { Kind: JsonValueKind.String, Text: "month" } ? TierPeriod.Month : TierPeriod.None;
            if (model.TierPeriod == TierPeriod.None)
            {
                fields.Add(period, "expected \"year\" or \"month\"");
            }
        }

        if (tiers.Find("steps") is not JsonValue steps || !fields.IsKind(steps, JsonValueKind.Array, "an array of steps"))
        {
            return;
        }

        if (steps.Items.Count is 0 or > TariffLimits.TierCountMax)
        {
            fields.Add(steps, $"{steps.Items.Count} steps; expected 1 to {TariffLimits.TierCountMax}");
        }

        long previous = -1;
        foreach (JsonValue step in steps.Items)
        {
            if (fields.IsObject(step, ["fromKwh", "add"], []))
            {
                long[] adds = step.Find("add") is JsonValue add ? ParseAdds(add) : [];
                model.Tiers.Add(new TierModel(ParseFrom(step.Find("fromKwh"), ref previous), adds));
            }
        }
    }

    private long ParseFrom(JsonValue? from, ref long previous)
    {
        if (from is null || !fields.IsKind(from, JsonValueKind.Number, "kilowatt-hours as a number"))
        {
            return 0;
        }

        string? error = ExactDecimal.Parse(from.Text, 3, 0, TariffLimits.TierFromWattHoursMax, out long wattHours);
        if (error != null)
        {
            fields.Add(from, error);
        }
        else if (previous < 0 && wattHours != 0)
        {
            fields.Add(from, $"the first step begins at {from.Text} kWh; expected 0");
        }
        else if (wattHours <= previous)
        {
            fields.Add(from, $"{from.Text} kWh is out of order; expected more than {ExactDecimal.Format(previous, 3)}");
        }

        previous = Math.Max(wattHours, previous);
        return wattHours;
    }

    /// <summary>What the step adds; rates that it does not name stay. Less than nothing is allowed (a declining
    /// block), as long as no price falls below 0.</summary>
    private long[] ParseAdds(JsonValue add)
    {
        long[] adds = new long[model.Rates.Count];
        if (!fields.IsKind(add, JsonValueKind.Object, "an object of amounts by rate"))
        {
            return adds;
        }

        foreach ((string name, JsonValue value) in add.Members)
        {
            if (RateIndex(name, value) is not (int rate and >= 0)
                || fields.Price(value, -TariffLimits.PriceMax, TariffLimits.PriceMax) is not long amount)
            {
                continue;
            }

            adds[rate] = amount;
            if (_pricedRates.Contains(rate) && model.ImportPrices[rate] + amount is long price and (< 0 or > TariffLimits.PriceMax))
            {
                fields.Add(value, $"the price would be {ExactDecimal.Format(price, 6)}; expected 0 to 1000000");
            }
        }

        return adds;
    }
}
