using MeterFirmware.Basics;
using MeterFirmware.Tariffs;
using NodaTime;

namespace MeterFirmware.Tools.Billing.Tariffs;

/// <summary>What stands behind the rates in a table of version 2 (firmware/Tariffs/README.md, "The compact
/// table").</summary>
internal sealed class WideTableWriter(TariffCompiler bytes, List<TariffProblem> problems)
{
    public const int Version = 2;

    private const int WorkedBit = 0x80;
    private const int SpanDaysMax = 255;
    private const int ExportNone = 0;
    private const int ExportByRate = 1;
    private const int ExportOwnPeriods = 2;

    private static readonly IsoDayOfWeek[] _week =
    [
        IsoDayOfWeek.Sunday, IsoDayOfWeek.Monday, IsoDayOfWeek.Tuesday, IsoDayOfWeek.Wednesday, IsoDayOfWeek.Thursday,
        IsoDayOfWeek.Friday, IsoDayOfWeek.Saturday,
    ];

    /// <summary>Whether a tariff has something that version 1 has no place for.</summary>
    public static bool IsNeeded(TariffModel model) =>
        model.Days.Count > TariffLimits.StandardDayTableCountMax
        || model.Days.Any(day => day.Periods.Count > TariffLimits.StandardPeriodCountMax
            || day.Periods.Any(period => period.StartMinute % TariffLimits.StandardGridMinutes != 0))
        || model.Seasons.Any(season => season.Days.Count > 0 || season.Prices is not null)
        || model.Holidays.Count > TariffLimits.HolidayCountMax || model.Terms.Announced.Count > 0
        || AllPrices(model).Any(price => price < 0) || (model.ExportPrices ?? []).Any(price => price < 0)
        || HasWideTerms(model.Terms);

    /// <summary>Import prices of every season and tier.</summary>
    private static IEnumerable<long> AllPrices(TariffModel model) => model.Seasons
        .Select(season => season.Prices ?? model.ImportPrices).Append(model.ImportPrices)
        .SelectMany(row => row.Concat(model.Tiers.SelectMany(tier => row.Zip(tier.Adds, (price, add) => price + add))));

    private static bool HasWideTerms(TariffTerms terms) =>
        terms.Discharge is not null || terms.ServiceFees.Length > 0 || terms.Occupancy is not null
        || terms.Reservation is not null || terms.TierSpan != TierSpan.None || terms.TierStartMonth != 1
        || terms.TierSeasons.Count > 0;

    public void Write(TariffModel model)
    {
        Schedule(model, "$");
        Announced(model);

        ImportPrices(model);
        Export(model);
        bytes.Byte(Math.Max(1, model.Terms.ServiceFees.Length));
        Array.ForEach(model.Terms.ServiceFees.Length > 0 ? model.Terms.ServiceFees : [model.ServiceFee], bytes.Number);
        bytes.Number(model.CarbonMicrogramsPerKwh);
        Fee(model.Terms.Occupancy, "occupancyFee");
        Fee(model.Terms.Reservation, "reservationFee");
        Tiers(model);
    }

    private void Schedule(TariffModel model, string path)
    {
        bytes.Byte(model.Days.Count);
        foreach (DayTableModel day in model.Days)
        {
            bytes.Byte(day.Periods.Count);
            foreach (PeriodModel period in day.Periods)
            {
                bytes.UInt16(period.StartMinute);
                bytes.Byte(period.Rate);
            }
        }

        bytes.Byte(model.Seasons.Count);
        foreach (SeasonModel season in model.Seasons)
        {
            bytes.Byte(season.Month);
            bytes.Byte(season.Day);
            Array.ForEach(_week, day => bytes.Byte(season.TableOf(day)));
        }

        List<(LocalDate First, int Days, int Table)> spans = Spans(model);
        if (spans.Count > TariffLimits.HolidayCountMax)
        {
            problems.Add(new TariffProblem(JsonValue.MemberPath(path, "holidays"),
                $"{spans.Count} spans of holidays; a device holds at most {TariffLimits.HolidayCountMax}"));
            spans.Clear();
        }

        bytes.Byte(spans.Count);
        foreach ((LocalDate first, int days, int table) in spans)
        {
            bytes.UInt16((int)CivilTime.DaysFromDate(first.Year, first.Month, first.Day));
            bytes.Byte(days);
            bytes.Byte(table);
        }
    }

    /// <summary>Holidays that follow each other with one table are one entry.</summary>
    private static List<(LocalDate First, int Days, int Table)> Spans(TariffModel model)
    {
        List<(LocalDate First, int Days, int Table)> spans = [];
        foreach (HolidayModel holiday in model.Holidays.OrderBy(one => one.Date))
        {
            int table = holiday.DayTable | (IsWorked(model, holiday) ? WorkedBit : 0);
            if (spans.Count > 0 && spans[^1] is var last && last.Table == table && last.Days < SpanDaysMax
                && last.First.PlusDays(last.Days) == holiday.Date)
            {
                spans[^1] = (last.First, last.Days + 1, table);
            }
            else
            {
                spans.Add((holiday.Date, 1, table));
            }
        }

        return spans;
    }

    /// <summary>A day of the weekend that takes the weekday's table is a working day that was moved there.</summary>
    private static bool IsWorked(TariffModel model, HolidayModel holiday) =>
        holiday.Date.DayOfWeek is IsoDayOfWeek.Saturday or IsoDayOfWeek.Sunday
        && model.SeasonOf(holiday.Date) is SeasonModel season
        && holiday.DayTable == season.WeekdayTable && season.WeekdayTable != season.TableOf(holiday.Date.DayOfWeek);

    private void Announced(TariffModel model)
    {
        List<AnnouncedModel> kinds = model.Terms.Announced;
        if (kinds.Count > TariffLimits.AnnouncedCountMax)
        {
            problems.Add(new TariffProblem("$.announced",
                $"{kinds.Count} kinds of days; a device holds at most {TariffLimits.AnnouncedCountMax}"));
        }

        bytes.Byte(kinds.Count);
        for (int i = 0; i < kinds.Count; i++)
        {
            string name = kinds[i].Name;
            if (name.Length > TariffLimits.AnnouncedNameBytesMax || !name.All(one => one is > ' ' and <= '~'))
            {
                problems.Add(new TariffProblem($"$.announced[{i}].name", $"{JsonReader.Quote(name)}: a device holds "
                    + $"1 to {TariffLimits.AnnouncedNameBytesMax} letters of ASCII without a space"));
            }

            bytes.Text(name);
            bytes.Byte(kinds[i].DayTable);
        }
    }

    private void ImportPrices(TariffModel model)
    {
        // Without prices of their own all seasons have the tariff's.
        List<SeasonModel> seasons = [.. model.Seasons.Any(one => one.Prices is not null)
            ? model.Seasons : [new SeasonModel(1, 1, 0, 0)]];
        bytes.Byte(seasons.Count);
        seasons.ForEach(season => Date(season.Month, season.Day));
        seasons.ForEach(season => Array.ForEach(season.Prices ?? model.ImportPrices, bytes.Signed));
    }

    private void Export(TariffModel model)
    {
        if (model.Terms.Discharge is TariffModel discharge)
        {
            bytes.Byte(ExportOwnPeriods);
            bytes.Byte(discharge.Rates.Count);
            discharge.Rates.ForEach(bytes.Text);
            Schedule(discharge, "$.discharge");
            ImportPrices(discharge);
            return;
        }

        bytes.Byte(model.ExportPrices is null ? ExportNone : ExportByRate);
        Array.ForEach(model.ExportPrices ?? [], bytes.Signed);
    }

    private void Fee(OccupancyModel? fee, string name)
    {
        if (fee?.PerMinute > TariffLimits.FeeMax)
        {
            problems.Add(new TariffProblem($"$.{name}.perMinute", "a device holds at most 1000 a minute"));
        }

        bytes.Number(fee?.PerMinute ?? 0);
        if (fee is { PerMinute: > 0 })
        {
            bytes.Number(fee.FreeMinutes);
            bytes.Number(fee.Maximum);
        }
    }

    private void Tiers(TariffModel model)
    {
        TierPeriod period = model.Terms.TierSpan switch
        {
            TierSpan.Day => TierPeriod.Day,
            TierSpan.Season => TierPeriod.Season,
            _ => model.TierPeriod,
        };
        List<TierModel> tiers = model.Tiers.Count > 0 ? model.Tiers : [new TierModel(0, new long[model.Rates.Count])];
        List<TierSeasonModel> seasons = model.Terms.TierSeasons.Count > 0 ? model.Terms.TierSeasons
            : [new TierSeasonModel(1, 1, [.. tiers.Select(tier => tier.FromWattHours)])];
        bytes.Byte((int)period);
        bytes.Byte(model.Terms.TierStartMonth);
        bytes.Byte(tiers.Count);
        bytes.Byte(seasons.Count);
        seasons.ForEach(season => Date(season.Month, season.Day));
        seasons.ForEach(season => Array.ForEach(season.FromWattHours, bytes.Number));
        tiers.ForEach(tier => Array.ForEach(tier.Adds, bytes.Signed));
    }

    private void Date(int month, int day)
    {
        bytes.Byte(month);
        bytes.Byte(day);
    }
}
