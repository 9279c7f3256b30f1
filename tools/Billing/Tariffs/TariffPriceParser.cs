using System.Text.Json;
using MeterFirmware.Tariffs;

namespace MeterFirmware.Tools.Billing.Tariffs;

/// <summary>Prices, export prices, tiers, service fee and carbon factor of a tariff file.</summary>
internal sealed class TariffPriceParser(TariffFields fields, TariffModel model)
{
    /// <summary>Rates whose import price is known: only these can be checked against a tier's amount.</summary>
    private readonly HashSet<int> _pricedRates = [];

    private readonly TariffTermsParser _terms = new(fields, model);

    /// <summary>Below 0 whoever consumes is paid.</summary>
    private const long PriceMin = -TariffLimits.PriceMax;

    public void Parse(JsonValue root)
    {
        ParsePrices(root);

        if (root.Find("exportPrices") is JsonValue exportPrices)
        {
            model.ExportPrices = ParseRow(exportPrices, []);
        }

        if (root.Find("serviceFee") is JsonValue fee)
        {
            if (fee.Kind == JsonValueKind.Object)
            {
                model.Terms.ServiceFees = _terms.Row(fee, value =>
                    fields.Price(value, 0, TariffLimits.PriceMax), "service fee");
            }
            else
            {
                model.ServiceFee = fields.Price(fee, 0, TariffLimits.PriceMax) ?? 0;
            }
        }

        if (root.Find("carbonGramsPerKwh") is JsonValue carbon)
        {
            ParseCarbon(carbon);
        }

        if (root.Find("tiers") is JsonValue tiers
            && fields.IsObject(tiers, ["period", "steps"], ["startMonth", "seasons"]))
        {
            ParseTiers(tiers);
            new TariffTierParser(fields, model).Parse(tiers);
        }

        ParseSeasonPrices(root);
    }

    /// <summary>Whole prices by rate, or base prices with ratios: one of the two.</summary>
    private void ParsePrices(JsonValue root)
    {
        JsonValue? prices = root.Find("prices");
        JsonValue? basePrices = root.Find("basePrices");
        if (prices is null == basePrices is null)
        {
            string path = JsonValue.MemberPath(root.Path, "prices");
            fields.Add(path, prices is null ? "missing"
                : "a tariff has either \"prices\" or \"basePrices\" with \"ratios\", not both");
            return;
        }

        if (prices is not null)
        {
            model.ImportPrices = ParseRow(prices, _pricedRates);
            return;
        }

        _terms.BasePrices(basePrices!, root.Find("ratios"));
        if (model.Terms.BasePrices.Count > 0)
        {
            model.ImportPrices = model.Terms.BasePrices[0].PricesOf(model.Terms.Ratios);
            _pricedRates.UnionWith(Enumerable.Range(0, model.Rates.Count));
        }

        if (model.Terms.BasePrices.Count > 1)
        {
            OnlyWithoutDevice(basePrices!, "more than one base price");
        }
    }

    private void ParseSeasonPrices(JsonValue root)
    {
        List<JsonValue> seasons = root.Find("seasons")?.Items ?? [];
        for (int i = 0; i < seasons.Count && i < model.Seasons.Count; i++)
        {
            if (seasons[i].Find("prices") is JsonValue prices)
            {
                model.Seasons[i].Prices = ParseRow(prices, []);
                if (model.Terms.BasePrices.Count > 0)
                {
                    fields.Add(prices, "prices of a season beside base prices: which of them holds is not said");
                }
            }
        }
    }

    /// <summary>What no table of a device can hold is refused, unless the document says that it is for none.</summary>
    private void OnlyWithoutDevice(JsonValue at, string what)
    {
        if (model.IsForDevices)
        {
            fields.Add(at, $"{what}: a device cannot hold it; \"device\": false makes it a document for bills only");
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
            if (RateIndex(name, value) is int rate and >= 0
                && fields.Price(value, PriceMin, TariffLimits.PriceMax) is long price)
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
            fields.Add(value,
                $"unknown rate {JsonReader.Quote(name)}; expected one of {TariffFields.List(model.Rates)}");
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
            model.Terms.TierSpan = period is { Kind: JsonValueKind.String, Text: "day" } ? TierSpan.Day
                : period is { Kind: JsonValueKind.String, Text: "season" } ? TierSpan.Season : TierSpan.None;
            if (model.Terms.TierSpan == TierSpan.None && model.TierPeriod == TierPeriod.None)
            {
                fields.Add(period, "expected \"year\", \"month\", \"season\" or \"day\"");
            }
        }

        if (tiers.Find("steps") is not JsonValue steps
            || !fields.IsKind(steps, JsonValueKind.Array, "an array of steps"))
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

    /// <summary>What the step adds; rates that it does not name stay. Less than nothing is allowed: a declining
    /// block.</summary>
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
            if (_pricedRates.Contains(rate) && model.ImportPrices[rate] + amount is long price
                && (price < PriceMin || price > TariffLimits.PriceMax))
            {
                fields.Add(value, $"the price would be {ExactDecimal.Format(price, 6)}; expected "
                    + $"{ExactDecimal.Format(PriceMin, 6)} to 1000000");
            }
        }

        return adds;
    }
}
