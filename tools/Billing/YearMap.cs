using System.Globalization;
using System.Net;
using System.Text;
using MeterFirmware.Tools.Billing.Tariffs;
using NodaTime;

namespace MeterFirmware.Tools.Billing;

/// <summary>A year of a tariff as a picture: days across, hours down, a colour a rate, the dearest red and the cheapest
/// blue. The drawing programs of meterctl and the bill's page take their cells from here.</summary>
public sealed class YearMap
{
    /// <summary>Quarter hours of a day: the grain of the picture.</summary>
    public const int Rows = 96;

    private const int CellWidth = 3;
    private const int CellHeight = 3;
    private const int Left = 34;
    private const int Top = 18;

    // From the dearest to the cheapest: red to blue, which no colour blindness merges (ColorBrewer RdYlBu).
    private static readonly string[] _palette =
        ["#B2182B", "#EF8A62", "#F3D98B", "#67A9CF", "#2166AC", "#7B68A6", "#7F8C8D", "#1B7837"];

    private readonly TariffModel _model;

    private YearMap(TariffModel model, int year, int[,] rates)
    {
        _model = model;
        Year = year;
        Rates = rates;
        int[] order =
            [.. Enumerable.Range(0, model.Rates.Count).OrderByDescending(rate => model.ImportPrices[rate])
            .ThenBy(rate => rate)];
        Colours = [.. Enumerable.Range(0, model.Rates.Count)
            .Select(rate => _palette[Array.IndexOf(order, rate) % _palette.Length])];
    }

    public int Year { get; }

    /// <summary>Rate by day of the year (0 is 1 January) and quarter hour of the wall clock.</summary>
    public int[,] Rates { get; }

    /// <summary>By rate, such as #B2182B.</summary>
    public IReadOnlyList<string> Colours { get; }

    public static YearMap Of(TariffModel model, int year)
    {
        int days = CalendarSystem.Iso.GetDaysInYear(year);
        int[,] rates = new int[days, Rows];
        Dictionary<LocalDate, int> holidays = model.Holidays.ToDictionary(one => one.Date, one => one.DayTable);
        for (int day = 0; day < days; day++)
        {
            LocalDate date = new LocalDate(year, 1, 1).PlusDays(day);
            int table = holidays.TryGetValue(date, out int holiday) ? holiday
                : model.SeasonOf(date)!.TableOf(date.DayOfWeek);
            List<PeriodModel> periods = model.Days[table].Periods;
            for (int row = 0; row < Rows; row++)
            {
                rates[day, row] = periods.FindLast(period => period.StartMinute <= row * 15)!.Rate;
            }
        }

        return new YearMap(model, year, rates);
    }

    /// <summary>Runs of one rate down a day: some thousand of them a year.</summary>
    public IEnumerable<YearRun> Runs()
    {
        for (int day = 0; day < Rates.GetLength(0); day++)
        {
            for (int row = 0, end; row < Rows; row = end)
            {
                for (end = row + 1; end < Rows && Rates[day, end] == Rates[day, row];)
                {
                    end++;
                }

                yield return new YearRun(day, row, end, Rates[day, row]);
            }
        }
    }

    /// <summary>A run of one colour is one rectangle.</summary>
    public string ToSvg()
    {
        int days = Rates.GetLength(0);
        StringBuilder svg = new();
        int height = Top + Rows * CellHeight + 22 + 18 * _model.Rates.Count;
        svg.Append(CultureInfo.InvariantCulture,
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Left + days * CellWidth + 4} {height}\" "
            + $"font-family=\"sans-serif\" font-size=\"11\">\n");
        foreach (YearRun run in Runs())
        {
            svg.Append(CultureInfo.InvariantCulture,
                $"<rect x=\"{Left + run.Day * CellWidth}\" y=\"{Top + run.FromRow * CellHeight}\" width=\"{CellWidth}\" "
                + $"height=\"{(run.UntilRow - run.FromRow) * CellHeight}\" fill=\"{Colours[run.Rate]}\"/>");
        }

        for (int month = 1; month <= 12; month++)
        {
            int at = new LocalDate(Year, month, 1).DayOfYear - 1;
            svg.Append(CultureInfo.InvariantCulture,
                $"<text x=\"{Left + at * CellWidth}\" y=\"{Top - 6}\">{Year}-{month:00}</text>");
        }

        for (int hour = 0; hour <= 24; hour += 4)
        {
            svg.Append(CultureInfo.InvariantCulture,
                $"<text x=\"0\" y=\"{Top + hour * 4 * CellHeight + 4}\">{hour:00}:00</text>");
        }

        for (int rate = 0; rate < _model.Rates.Count; rate++)
        {
            int y = Top + Rows * CellHeight + 12 + rate * 18;
            string price = (_model.ImportPrices[rate] / 1_000_000m).ToString("0.######", CultureInfo.InvariantCulture);
            svg.Append(CultureInfo.InvariantCulture,
                $"<rect x=\"{Left}\" y=\"{y}\" width=\"12\" height=\"12\" fill=\"{Colours[rate]}\"/><text "
                + $"x=\"{Left + 18}\" y=\"{y + 10}\">{WebUtility.HtmlEncode(_model.Rates[rate])}  {price} "
                + $"{WebUtility.HtmlEncode(_model.Currency)}/kWh</text>");
        }

        return svg.Append("</svg>\n").ToString();
    }
}
