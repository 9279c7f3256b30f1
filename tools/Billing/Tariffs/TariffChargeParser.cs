using System.Text.Json;
using MeterFirmware.Tariffs;

namespace MeterFirmware.Tools.Billing.Tariffs;

/// <summary>Price list, charges on peaks and the rule of exported energy: members that only the bill engine computes,
/// and that name rates.</summary>
internal sealed class TariffChargeParser(TariffFields fields, TariffModel model)
{
    public static readonly string[] Members = ["priceList", "peakCharges", "export"];

    private static readonly int[] _minutes = [15, 30, 60];

    public void Parse(JsonValue root)
    {
        if (root.Find("priceList") is JsonValue list
            && fields.IsObject(list, ["minutes"], ["factor", "add", "maximum", "exportFactor"]))
        {
            model.Terms.PriceList = new PriceListModel(Minutes(list, 15),
                Signed(list, "factor") ?? 1_000_000, Adds(list.Find("add")), Signed(list, "maximum"),
                Signed(list, "exportFactor"));
        }

        if (root.Find("peakCharges") is JsonValue charges
            && fields.IsKind(charges, JsonValueKind.Array, "an array of charges"))
        {
            charges.Items.ForEach(Charge);
        }

        if (root.Find("export") is JsonValue export
            && fields.IsObject(export, ["rule"], ["surplus", "settlementMonth"]))
        {
            Export(root, export);
        }
    }

    private void Charge(JsonValue value)
    {
        string[] optional = ["minutes", "days", "months", "rates", "minimumKw"];
        if (!fields.IsObject(value, ["name", "by", "perMonth"], optional))
        {
            return;
        }

        string name = fields.Text(value, "name");
        if (model.Terms.PeakCharges.Exists(one => one.Name == name))
        {
            fields.Add(value.Find("name")!, $"{JsonReader.Quote(name)} is given twice");
        }

        string by = fields.Text(value, "by");
        if (by is not ("highest" or "coincident"))
        {
            fields.Add(JsonValue.MemberPath(value.Path, "by"), "expected \"highest\" or \"coincident\"");
        }

        foreach (string only in new[] { "days", "rates" }.Where(only =>
            by == "coincident" && value.Find(only) is not null))
        {
            fields.Add(value.Find(only)!, "only \"highest\" has it: the list names the hours");
        }

        model.Terms.PeakCharges.Add(new PeakChargeModel
        {
            Name = name,
            PerMonth = fields.Money(value, "perMonth"),
            IsCoincident = by == "coincident",
            Minutes = Minutes(value, 15),
            Days = Whole(value, "days", 1, 31, 1),
            Months = Whole(value, "months", 1, 24, 1),
            Rates = value.Find("rates") is JsonValue rates ? Rates(rates) : null,
            MinimumKilowatts = fields.Money(value, "minimumKw"),
        });
    }

    private void Export(JsonValue root, JsonValue value)
    {
        string rule = fields.Text(value, "rule");
        string surplus = value.Find("surplus") is null ? "carry" : fields.Text(value, "surplus");
        bool isNet = rule == "net";
        if (rule is not ("net" or "buy-all"))
        {
            fields.Add(JsonValue.MemberPath(value.Path, "rule"), "expected \"net\" or \"buy-all\"");
        }

        if (surplus is not ("carry" or "paid" or "lapses"))
        {
            fields.Add(value.Find("surplus")!, "expected \"carry\", \"paid\" or \"lapses\"");
        }

        foreach (JsonValue only in new[] { value.Find("surplus"), value.Find("settlementMonth") }.OfType<JsonValue>()
            .Where(_ => rule == "buy-all"))
        {
            fields.Add(only, "only \"net\" has it");
        }

        int month = Whole(value, "settlementMonth", 1, 12, 0);
        if (month > 0 && surplus != "carry")
        {
            fields.Add(value.Find("settlementMonth")!, "only what is carried is settled");
        }

        if ((!isNet || month > 0 || surplus == "paid") && root.Find("exportPrices") is null
            && (isNet || root.Find("discharge") is null))
        {
            fields.Add(value, "exported energy is paid, and \"exportPrices\" are missing");
        }

        if (isNet && root.Find("discharge") is JsonValue discharge)
        {
            fields.Add(discharge, "rates of its own beside \"net\", which offsets by rate");
        }

        model.Terms.Export = new ExportModel(isNet, surplus == "paid" ? SurplusRule.Paid
            : surplus == "lapses" ? SurplusRule.Lapses : SurplusRule.Carry, month);
    }

    private int Minutes(JsonValue parent, int without)
    {
        int minutes = Whole(parent, "minutes", 1, 60, without);
        if (!_minutes.Contains(minutes))
        {
            fields.Add(parent.Find("minutes")!, "expected 15, 30 or 60");
        }

        return minutes;
    }

    private int Whole(JsonValue parent, string name, int least, int most, int without)
    {
        if (parent.Find(name) is not JsonValue value || !fields.IsKind(value, JsonValueKind.Number, "a whole number"))
        {
            return without;
        }

        bool isRead = NumberText.TryReadWhole(value.Text, out int number) && number >= least && number <= most;
        if (!isRead)
        {
            fields.Add(value, $"{value.Text}; expected a whole number from {least} to {most}");
        }

        return isRead ? number : least;
    }

    private long? Signed(JsonValue parent, string name) => parent.Find(name) is JsonValue value
        ? fields.Price(value, -TariffLimits.PriceMax, TariffLimits.PriceMax) : null;

    private long[] Adds(JsonValue? add)
    {
        long[] adds = new long[model.Rates.Count];
        if (add is null || !fields.IsKind(add, JsonValueKind.Object, "an object of amounts by rate"))
        {
            return adds;
        }

        foreach ((string name, JsonValue value) in add.Members)
        {
            int rate = model.Rates.IndexOf(name);
            if (rate < 0)
            {
                fields.Add(value,
                    $"unknown rate {JsonReader.Quote(name)}; expected one of {TariffFields.List(model.Rates)}");
            }
            else
            {
                adds[rate] = fields.Price(value, -TariffLimits.PriceMax, TariffLimits.PriceMax) ?? 0;
            }
        }

        return adds;
    }

    private HashSet<int> Rates(JsonValue list) => fields.IsKind(list, JsonValueKind.Array, "an array of rates")
        ? [.. list.Items.Select(item => fields.Resolve(item, "rate", model.Rates))] : [];
}
