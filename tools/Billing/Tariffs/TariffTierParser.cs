using System.Text.Json;
using MeterFirmware.Tariffs;

namespace MeterFirmware.Tools.Billing.Tariffs;

/// <summary>What tiers may have besides their steps: the month in which their year begins, thresholds by season.</summary>
internal sealed class TariffTierParser(TariffFields fields, TariffModel model)
{
    public void Parse(JsonValue tiers)
    {
        if (tiers.Find("startMonth") is JsonValue month)
        {
            bool isMonth = NumberText.TryReadWhole(month.Text, out int number) && number is >= 1 and <= 12
                && model.TierPeriod == TierPeriod.Year;
            model.Terms.TierStartMonth = isMonth ? number : 1;
            Require(month, isMonth, "expected a month from 1 to 12, with \"period\": \"year\"");
        }

        if (tiers.Find("seasons") is JsonValue seasons
            && fields.IsKind(seasons, JsonValueKind.Array, "an array of seasons"))
        {
            Require(seasons, model.Terms.TierSpan == TierSpan.Season || model.TierPeriod == TierPeriod.Month,
                "thresholds by season are for tiers over a month or a season");
            foreach (JsonValue season in seasons.Items.Where(season =>
                fields.IsObject(season, ["from", "fromKwh"], [])))
            {
                Season(season);
            }
        }
    }

    private void Season(JsonValue season)
    {
        if (season.Find("from") is not JsonValue from
            || !TariffScheduleParser.TrySeasonDate(fields, from, out NodaTime.AnnualDate date)
            || season.Find("fromKwh") is not JsonValue list
                || !fields.IsKind(list, JsonValueKind.Array, "an array of kilowatt-hours"))
        {
            return;
        }

        List<long> steps = [];
        foreach (JsonValue item in list.Items)
        {
            string? error = ExactDecimal.Parse(item.Text, 3, 0, TariffLimits.TierFromWattHoursMax, out long wattHours);
            if (error is not null || (steps.Count == 0 ? wattHours != 0 : wattHours <= steps[^1]))
            {
                fields.Add(item, error ?? "expected 0, then rising thresholds");
            }

            steps.Add(wattHours);
        }

        Require(list, steps.Count == model.Tiers.Count, $"expected {model.Tiers.Count} thresholds, one a step");
        List<TierSeasonModel> seasons = model.Terms.TierSeasons;
        Require(from, seasons.Count == 0 || (seasons[^1].Month, seasons[^1].Day).CompareTo((date.Month, date.Day)) < 0,
            "out of order or given twice");
        seasons.Add(new TierSeasonModel(date.Month, date.Day, [.. steps]));
    }

    private void Require(JsonValue at, bool holds, string message)
    {
        if (!holds)
        {
            fields.Add(at, message);
        }
    }
}
