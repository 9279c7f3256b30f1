using System.Text.Json;
using MeterFirmware.Tariffs;
using NodaTime;
using NodaTime.Text;

namespace MeterFirmware.Tools.Billing.Tariffs;

/// <summary>The members of a tariff document that only the bill engine computes: <see cref="TariffTerms"/>.</summary>
internal sealed class TariffTermsParser(TariffFields fields, TariffModel model)
{
    public static readonly string[] Members =
    [
        "document", "basePrices", "ratios", "surcharges", "taxes", "standingCharge", "minimumCharge", "capacityCharge",
        "powerFactor", "discharge", "occupancyFee", "reservationFee", "announced", "device",
    ];

    private readonly TariffTerms _terms = model.Terms;

    public void Parse(JsonValue root)
    {
        With(root, "document", Document);
        With(root, "surcharges", Surcharges);
        With(root, "standingCharge", Standing);
        With(root, "capacityCharge", Capacity);
        With(root, "powerFactor", PowerFactor);
        With(root, "occupancyFee", value => _terms.Occupancy = Minutes(value));
        With(root, "reservationFee", value => _terms.Reservation = Minutes(value));
        With(root, "taxes", Taxes);
        With(root, "minimumCharge", value =>
        {
            if (fields.IsObject(value, ["perMonth"], []))
            {
                _terms.MinimumPerMonth = fields.Money(value, "perMonth");
            }
        });
    }

    /// <summary>Prices of all rates from the base prices: exact products, rounded once to a millionth.</summary>
    public void BasePrices(JsonValue list, JsonValue? ratios)
    {
        if (ratios is null)
        {
            fields.Add(list, "base prices without \"ratios\" by rate");
            return;
        }

        _terms.Ratios = Row(ratios, value => fields.Price(value, 0, 1_000_000_000), "ratio");
        if (!fields.IsKind(list, JsonValueKind.Array, "an array of base prices"))
        {
            return;
        }

        LocalDate? previous = null;
        foreach (JsonValue item in list.Items.Where(item =>
            fields.IsObject(item, ["from", "floating"], ["fixed", "source"])))
        {
            LocalDate? from = fields.Date(item, "from");
            if (from <= previous)
            {
                fields.Add(item.Find("from")!,
                    $"{JsonReader.Quote(item.Find("from")!.Text)} is out of order or given twice");
            }

            previous = from ?? previous;
            long? floating = item.Find("floating") is JsonValue one
                ? fields.Price(one, -TariffLimits.PriceMax, TariffLimits.PriceMax) : null;
            long? more = item.Find("fixed") is JsonValue two
                ? fields.Price(two, -TariffLimits.PriceMax, TariffLimits.PriceMax) : 0;
            if (from is LocalDate date && floating is long f && more is long m)
            {
                _terms.BasePrices.Add(new BasePriceModel(date, f, m));
            }
        }

        if (list.Items.Count == 0)
        {
            fields.Add(list, "no base price; at least one was expected");
        }
    }

    /// <summary>A value for each rate and for nothing else.</summary>
    public long[] Row(JsonValue row, Func<JsonValue, long?> read, string what)
    {
        long[] values = new long[model.Rates.Count];
        if (!fields.IsKind(row, JsonValueKind.Object, $"an object of {what}s by rate"))
        {
            return values;
        }

        foreach ((string name, JsonValue value) in row.Members)
        {
            int rate = model.Rates.IndexOf(name);
            if (rate < 0)
            {
                fields.Add(value,
                    $"unknown rate {JsonReader.Quote(name)}; expected one of {TariffFields.List(model.Rates)}");
            }
            else if (read(value) is long number)
            {
                values[rate] = number;
            }
        }

        foreach (string name in model.Rates.Where(name => row.Find(name) is null))
        {
            fields.Add(JsonValue.MemberPath(row.Path, name), $"no {what} for rate {JsonReader.Quote(name)}");
        }

        return values;
    }

    private void With(JsonValue root, string name, Action<JsonValue> parse)
    {
        if (root.Find(name) is JsonValue value)
        {
            parse(value);
        }
    }

    private void Document(JsonValue value)
    {
        if (!fields.IsObject(value, [], ["number", "source", "from", "until", "uncertain"]))
        {
            return;
        }

        LocalDate? from = fields.Date(value, "from");
        LocalDate? until = fields.Date(value, "until");
        if (from is not null && until <= from)
        {
            fields.Add(value.Find("until")!, "the document ends before it begins");
        }

        _terms.Document = new DocumentModel(fields.Text(value, "number"), fields.Text(value, "source"), from, until,
            fields.Text(value, "uncertain"));
    }

    private void Surcharges(JsonValue list)
    {
        if (!fields.IsKind(list, JsonValueKind.Array, "an array of surcharges"))
        {
            return;
        }

        foreach (JsonValue item in list.Items.Where(item => fields.IsObject(item, ["name", "perKwh"], [])))
        {
            if (item.Find("perKwh") is JsonValue price
                && fields.Price(price, -TariffLimits.PriceMax, TariffLimits.PriceMax) is long amount)
            {
                Unique(item, _terms.Surcharges.Select(one => one.Name));
                _terms.Surcharges.Add(new SurchargeModel(fields.Text(item, "name"), amount));
            }
        }
    }

    private void Taxes(JsonValue list)
    {
        if (!fields.IsKind(list, JsonValueKind.Array, "an array of taxes"))
        {
            return;
        }

        foreach (JsonValue item in list.Items.Where(item => fields.IsObject(item, ["name", "percent"], ["of"])))
        {
            Unique(item, _terms.Taxes.Select(one => one.Name));
            _terms.Taxes.Add(new TaxModel(fields.Text(item, "name"), fields.Percent(item, "percent"), Kinds(item.Find("of"))));
        }
    }

    private List<BillLineKind> Kinds(JsonValue? of)
    {
        if (of is null)
        {
            return [.. Enum.GetValues<BillLineKind>().Where(kind =>
                kind is not (BillLineKind.Tax or BillLineKind.Export))];
        }

        List<BillLineKind> kinds = [];
        if (fields.IsKind(of, JsonValueKind.Array, "an array of kinds of lines"))
        {
            foreach (JsonValue item in of.Items)
            {
                if (item.Kind == JsonValueKind.String && Enum.TryParse(item.Text, true, out BillLineKind kind)
                    && Enum.IsDefined(kind) && !char.IsDigit(item.Text[0]) && kind != BillLineKind.Tax)
                {
                    kinds.Add(kind);
                }
                else
                {
                    fields.Add(item,
                        "expected energy, surcharge, capacity, powerFactor, export, service, standing or minimum");
                }
            }
        }

        return kinds;
    }

    private void Standing(JsonValue value)
    {
        if (fields.IsObject(value, [], ["perMonth", "perDay"]))
        {
            _terms.StandingPerMonth = value.Find("perMonth") is null ? 0 : fields.Money(value, "perMonth");
            _terms.StandingPerDay = value.Find("perDay") is null ? 0 : fields.Money(value, "perDay");
            if (value.Members.Count != 1)
            {
                fields.Add(value, "expected either \"perMonth\" or \"perDay\"");
            }
        }
    }

    private void Capacity(JsonValue value)
    {
        string[] optional = ["freePercent", "excessFactor", "floorPercentOfKva", "discount"];
        if (!fields.IsObject(value, ["by", "perMonth"], optional))
        {
            return;
        }

        CapacityRule? rule = value.Find("by") switch
        {
            { Kind: JsonValueKind.String, Text: "kva" } => CapacityRule.Kva,
            { Kind: JsonValueKind.String, Text: "agreed-demand" } => CapacityRule.AgreedDemand,
            { Kind: JsonValueKind.String, Text: "actual-demand" } => CapacityRule.ActualDemand,
            _ => null,
        };
        if (rule is null)
        {
            fields.Add(JsonValue.MemberPath(value.Path, "by"),
                "expected \"kva\", \"agreed-demand\" or \"actual-demand\"");
        }

        foreach (string name in optional.Take(2).Where(name =>
            rule != CapacityRule.AgreedDemand && value.Find(name) is not null))
        {
            fields.Add(value.Find(name)!, "only \"agreed-demand\" has it");
        }

        JsonValue? discount = value.Find("discount");
        bool hasDiscount = discount is not null && fields.IsObject(discount, ["fromKwhPerKva", "percent"], []);
        _terms.Capacity = new CapacityModel
        {
            Rule = rule ?? CapacityRule.Kva,
            PerMonth = fields.Money(value, "perMonth"),
            Free = value.Find("freePercent") is null ? 1_050_000 : fields.Percent(value, "freePercent"),
            ExcessFactor = value.Find("excessFactor") is null ? 2_000_000 : fields.Money(value, "excessFactor"),
            FloorOfKva = value.Find("floorPercentOfKva") is null ? 0 : fields.Percent(value, "floorPercentOfKva"),
            DiscountFromMilliwattHoursPerKva = hasDiscount ? fields.Money(discount!, "fromKwhPerKva") : 0,
            DiscountShare = hasDiscount ? fields.Percent(discount!, "percent") : 0,
        };
    }

    private void PowerFactor(JsonValue value)
    {
        _terms.PowerFactorStandard = value is { Kind: JsonValueKind.String, Text: "0.90" or "0.85" or "0.80" }
            ? int.Parse(value.Text.AsSpan(2), System.Globalization.CultureInfo.InvariantCulture) : 0;
        if (_terms.PowerFactorStandard == 0)
        {
            fields.Add(value, "expected \"0.90\", \"0.85\" or \"0.80\"");
        }
    }

    /// <summary>A fee for minutes: occupancy after charging, a reservation before it.</summary>
    private OccupancyModel? Minutes(JsonValue value)
    {
        if (!fields.IsObject(value, ["perMinute"], ["freeMinutes", "maximum"]))
        {
            return null;
        }

        string free = value.Find("freeMinutes") is JsonValue minutes
            && fields.IsKind(minutes, JsonValueKind.Number, "minutes") ? minutes.Text : "0";
        bool isWhole = NumberText.TryReadWhole(free, out int count) && count is >= 0 and <= 1440;
        if (!isWhole)
        {
            fields.Add(value.Find("freeMinutes")!, "expected whole minutes from 0 to 1440");
        }

        return new OccupancyModel(fields.Money(value, "perMinute"), count, fields.Money(value, "maximum"));
    }

    private void Unique(JsonValue item, IEnumerable<string> names)
    {
        if (names.Contains(fields.Text(item, "name")))
        {
            fields.Add(item.Find("name")!, $"{JsonReader.Quote(fields.Text(item, "name"))} is given twice");
        }
    }
}
