using System.Text;
using MeterFirmware.Tariffs;

namespace MeterFirmware.Tools.Billing.Tariffs;

/// <summary>A model back into a tariff file that a person likes to read: a line a season, a line a day table.</summary>
internal static class TariffWriter
{
    public static string Write(TariffModel model)
    {
        List<string> members =
        [
            Member("name", JsonReader.Quote(model.Name)),
            Member("timezone", JsonReader.Quote(model.TimeZoneText)),
            Member("currency", JsonReader.Quote(model.Currency)),
            Member("rates", $"[{string.Join(", ", model.Rates.Select(JsonReader.Quote))}]"),
            Member("days",
                Block('{', '}', model.Days.Select(day => $"{JsonReader.Quote(day.Name)}: [{Periods(model, day)}]"))),
            Member("seasons", Block('[', ']', model.Seasons.Select(season => Season(model, season)))),
        ];
        if (model.Holidays.Count > 0)
        {
            members.Add(Member("holidays", Block('[', ']', model.Holidays.Select(h =>
                $"{{ \"date\": \"{h.Date:uuuu-MM-dd}\", "
                + $"\"day\": {JsonReader.Quote(model.Days[h.DayTable].Name)} }}"))));
        }

        members.Add(Member("prices", Block('{', '}', Row(model, model.ImportPrices))));
        if (model.ExportPrices != null)
        {
            members.Add(Member("exportPrices", Block('{', '}', Row(model, model.ExportPrices))));
        }

        if (model.TierPeriod != TierPeriod.None)
        {
            string steps = Block('[', ']', model.Tiers.Select(tier => Tier(model, tier)), "    ");
            members.Add(Member("tiers",
                $"{{\n    \"period\": \"{(model.TierPeriod == TierPeriod.Year ? "year" : "month")}\",\n    "
                + $"\"steps\": {steps}\n  }}"));
        }

        if (model.ServiceFee > 0)
        {
            members.Add(Member("serviceFee", $"\"{ExactDecimal.Format(model.ServiceFee, 6)}\""));
        }

        if (model.CarbonMicrogramsPerKwh > 0)
        {
            members.Add(Member("carbonGramsPerKwh", ExactDecimal.Format(model.CarbonMicrogramsPerKwh, 6)));
        }

        return new StringBuilder().Append("{\n").AppendJoin(",\n", members).Append("\n}\n").ToString();
    }

    private static string Member(string name, string value) => $"  \"{name}\": {value}";

    private static string Block(char open, char close, IEnumerable<string> lines, string indent = "  ") =>
        $"{open}\n{string.Join(",\n", lines.Select(line => $"{indent}  {line}"))}\n{indent}{close}";

    private static string Periods(TariffModel model, DayTableModel day) => string.Join(", ", day.Periods.Select(p =>
        $"[\"{p.StartMinute / 60:00}:{p.StartMinute % 60:00}\", {JsonReader.Quote(model.Rates[p.Rate])}]"));

    private static string Season(TariffModel model, SeasonModel season) =>
        $"{{ \"from\": \"{season.Month:00}-{season.Day:00}\", \"weekday\": "
            + $"{JsonReader.Quote(model.Days[season.WeekdayTable].Name)}, " +
        $"\"weekend\": {JsonReader.Quote(model.Days[season.WeekendTable].Name)} }}";

    private static IEnumerable<string> Row(TariffModel model, long[] prices) =>
        model.Rates.Select((name, rate) => $"{JsonReader.Quote(name)}: \"{ExactDecimal.Format(prices[rate], 6)}\"");

    private static string Tier(TariffModel model, TierModel tier)
    {
        IEnumerable<string> adds = model.Rates.Index().Where(r => tier.Adds[r.Index] != 0)
            .Select(r => $"{JsonReader.Quote(r.Item)}: \"{ExactDecimal.Format(tier.Adds[r.Index], 6)}\"");
        return $"{{ \"fromKwh\": {ExactDecimal.Format(tier.FromWattHours, 3)}, \"add\": {{ {string.Join(", ", adds)} "
            + $"}} }}";
    }
}
