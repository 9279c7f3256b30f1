using MeterFirmware.Tools.Billing.Tariffs;
using NodaTime;
using Spectre.Console;
namespace MeterFirmware.Tools.MeterCtl.Tariffs;

/// <summary>A tariff for a person: its prices, and each day table as a line of 48 half hours, a letter a
/// rate.</summary>
internal static class TariffView
{
    private static readonly string[] _colours = ["red", "orange3", "yellow", "green", "deepskyblue1", "mediumpurple",
        "grey", "hotpink"];

    public static void Show(TariffFile tariff)
    {
        TariffModel model = tariff.Model;
        AnsiConsole.MarkupLineInterpolated($"[bold]{model.Name}[/]  {model.TimeZoneText}  {model.Currency}");
        Table table = new Table().Border(TableBorder.Rounded).AddColumns("rate", $"{model.Currency}/kWh");
        model.Tiers.Skip(1).ToList()
            .ForEach(tier =>
            table.AddColumn($"from {ExactDecimal.Format(tier.FromWattHours, 3)} kWh a "
            + $"{model.TierPeriod.ToString().ToLowerInvariant()}"));
        if (model.ExportPrices != null)
        {
            table.AddColumn("export");
        }

        for (int rate = 0; rate < model.Rates.Count; rate++)
        {
            List<string> cells = [$"{Block(rate)} {Markup.Escape(model.Rates[rate])}", Price(model.ImportPrices[rate])];
            cells.AddRange(model.Tiers.Skip(1).Select(tier => Price(model.ImportPrices[rate] + tier.Adds[rate])));
            if (model.ExportPrices != null)
            {
                cells.Add(Price(model.ExportPrices[rate]));
            }

            table.AddRow([.. cells]);
        }

        Screen.Write(table);
        foreach (DayTableModel day in model.Days)
        {
            AnsiConsole.MarkupLine(Line(day));
        }

        foreach (SeasonModel season in model.Seasons)
        {
            string days = $"{model.Days[season.WeekdayTable].Name}, weekend {model.Days[season.WeekendTable].Name}";
            AnsiConsole.MarkupLineInterpolated($"from {season.Month:00}-{season.Day:00}: {days}");
        }

        string[] billed = [.. BilledOnly(model.Terms)];
        if (billed.Length > 0)
        {
            AnsiConsole.MarkupLineInterpolated($"billed from the meter's records: {string.Join(", ", billed)}");
        }

        if (!model.IsForDevices)
        {
            AnsiConsole.MarkupLineInterpolated(
                $"{model.Holidays.Count} holidays; [green]valid[/], for bills only (no device's table)");
            return;
        }

        string until = Instant.FromUnixTimeSeconds(tariff.Table.ZoneUntilUtc).ToString("uuuu", null);
        string held = $"the device's table has {tariff.Bytes.Length} bytes, zone offsets until {until}";
        AnsiConsole.MarkupLineInterpolated($"{model.Holidays.Count} holidays; [green]valid[/], {held}");
    }

    /// <summary>Members that no device computes: what a meter's own cost does not hold.</summary>
    private static IEnumerable<string> BilledOnly(TariffTerms terms)
    {
        (bool IsThere, string Name)[] members =
        [
            (terms.Surcharges.Count > 0, "surcharges"), (terms.Capacity is not null, "capacity charge"),
            (terms.PowerFactorStandard > 0, "power factor"), (terms.Discharge is not null, "discharge"),
            (terms.StandingPerDay + terms.StandingPerMonth > 0, "standing charge"),
            (terms.MinimumPerMonth > 0, "minimum charge"), (terms.Occupancy is not null, "occupancy fee"),
            (terms.Taxes.Count > 0, "taxes"),
        ];
        return members.Where(member => member.IsThere).Select(member => member.Name);
    }

    public static void List(IEnumerable<string> names)
    {
        foreach (string name in names)
        {
            TariffModel model = TariffFile.Load(name).Model;
            AnsiConsole.MarkupLineInterpolated(
                $"[bold]{name}[/]  {model.Name}, {model.Rates.Count} rates, {model.Currency}");
        }
    }

    /// <summary>Half hours, so that a day fits 48 columns; a quarter hour that differs shows at its half
    /// hour.</summary>
    private static string Line(DayTableModel day)
    {
        IEnumerable<string> cells = Enumerable.Range(0, 48).Select(half =>
            Block(day.Periods.Last(p => p.StartMinute <= half * 30 + 15).Rate));
        return $"00 {string.Concat(cells)} 24  {Markup.Escape(day.Name)}";
    }

    /// <summary>A letter, coloured where there are colours: a pipe, a log and an eye that does not part red from green
    /// read it too.</summary>
    public static string Block(int rate)
    {
        char letter = (char)(rate < 26 ? 'A' + rate : rate < 52 ? 'a' + rate - 26 : '0' + (rate - 52) % 10);
        return $"[{_colours[rate % _colours.Length]}]{letter}[/]";
    }

    private static string Price(long millionths) => ExactDecimal.Format(millionths, 6);
}
