using System.Globalization;
using MeterFirmware.Tools.MeterCtl.Input;
using ScottPlot;

namespace MeterFirmware.Tools.MeterCtl.Schedule;

/// <summary>Site load of the algorithms against the limit, with the price bands behind it.</summary>
public static class SchedulePicture
{
    private const int DaysShown = 2;

    /// <param name="currency">Of the prices.</param>
    /// <param name="firstDay">Local date of the first day shown; null: the day on which most energy is wanted.</param>
    public static void Save(string path, SchedulePlan plan, IReadOnlyList<ScheduleResult> results,
        string currency, string? firstDay)
    {
        int day = firstDay is null ? BusiestDay(plan) : DayNumber(firstDay);
        int from = Enumerable.Range(0, plan.Prices.Count).FirstOrDefault(i => plan.Prices.DayNumber(i) >= day, -1);
        int to = Enumerable.Range(0, plan.Prices.Count)
            .LastOrDefault(i => plan.Prices.DayNumber(i) < day + DaysShown, -1) + 1;
        if (from < 0 || to <= from)
        {
            throw new InputException($"--png-day: no step of the file lies on {firstDay}");
        }

        Plot plot = new();
        double highest = Math.Max(plan.Site.LimitWatts / 1000.0,
            results.Max(r => r.StepMillijoules[from..to].Max()) / 1e6 / plan.Site.StepSeconds);
        AddPriceBands(plot, plan, from, to, highest * 1.12);
        AddLoads(plot, plan, results, currency, from, to);
        double limit = plan.Site.LimitWatts / 1000.0;
        var line = plot.Add.HorizontalLine(limit);
        line.Color = Colors.Black;
        line.LinePattern = LinePattern.Dashed;
        line.LegendText = FormattableString.Invariant($"limit {limit:F0} kW");
        plot.Axes.SetLimits(0, (to - from) * plan.Site.StepSeconds / 3600.0, 0, highest * 1.12);
        plot.Title(FormattableString.Invariant(
            $"Site load from {Date(day):yyyy-MM-dd}: {plan.Sessions.Count} sessions, limit {limit:F0} kW ")
            + $"(bands: {currency}/kWh; legend: demand met and cost of the whole file)");
        plot.YLabel("kW");
        plot.XLabel("local time");
        AddHours(plot, plan, from, to);
        plot.ShowLegend(Edge.Bottom);
        OutputFile.Write("--png", path, plot.GetImageBytes(1500, 700, ImageFormat.Png));
    }

    private static void AddLoads(Plot plot, SchedulePlan plan, IReadOnlyList<ScheduleResult> results,
        string currency, int from, int to)
    {
        Dictionary<string, Color> colours = new()
        {
            ["uncontrolled"] = Colors.Gray,
            ["fcfs"] = Colors.Orange,
            ["edf"] = Colors.Purple,
            ["llf"] = Colors.DarkGreen,
            ["round-robin"] = Colors.DarkCyan,
            ["orderly"] = Colors.Blue,
        };
        foreach (ScheduleResult result in results)
        {
            List<double> hours = [];
            List<double> kilowatts = [];
            for (int i = from; i < to; i++)
            {
                double kw = result.StepMillijoules[i] / 1e6 / plan.Site.StepSeconds;
                hours.Add((i - from) * plan.Site.StepSeconds / 3600.0);
                kilowatts.Add(kw);
                hours.Add((i + 1 - from) * plan.Site.StepSeconds / 3600.0);
                kilowatts.Add(kw);
            }

            var scatter = plot.Add.ScatterLine(hours, kilowatts);
            scatter.Color = colours.GetValueOrDefault(result.Algorithm, Colors.Green);
            scatter.LineWidth = result.Algorithm == "orderly" ? 3 : 1.5f;
            scatter.LegendText = FormattableString.Invariant(
                $"{result.Algorithm}: {result.DemandMetShare * 100:F2} %, {result.Cost:F0} {currency}");
        }
    }

    private static void AddPriceBands(Plot plot, SchedulePlan plan, int from, int to, double top)
    {
        int low = Enumerable.Range(from, to - from).Min(i => plan.Prices.PriceMicros(i));
        int high = Enumerable.Range(from, to - from).Max(i => plan.Prices.PriceMicros(i));
        int start = from;
        for (int i = from + 1; i <= to; i++)
        {
            if (i < to && plan.Prices.PriceMicros(i) == plan.Prices.PriceMicros(start))
            {
                continue;
            }

            double share = high == low ? 0 : (double)(plan.Prices.PriceMicros(start) - low) / (high - low);
            double left = (start - from) * plan.Site.StepSeconds / 3600.0;
            double right = (i - from) * plan.Site.StepSeconds / 3600.0;
            var band = plot.Add.Rectangle(left, right, 0, top);

            // Light to dark: the order is seen without colours too.
            band.FillColor = new Color((byte)(240 - 5 * share), (byte)(245 - 50 * share), (byte)(250 - 110 * share));
            band.LineWidth = 0;
            var text = plot.Add.Text(
                (plan.Prices.PriceMicros(start) / 1e6).ToString("0.00##", CultureInfo.InvariantCulture),
                (left + right) / 2, top * 0.985);
            text.LabelAlignment = Alignment.UpperCenter;
            text.LabelFontColor = Colors.DarkSlateGray;
            start = i;
        }
    }

    private static void AddHours(Plot plot, SchedulePlan plan, int from, int to)
    {
        List<double> positions = [];
        List<string> labels = [];
        int perHour = 3600 / plan.Site.StepSeconds;
        for (int i = from; i < to; i++)
        {
            int slot = plan.Prices.SlotOfDay(i);
            if (slot % (3 * perHour) == 0)
            {
                positions.Add((i - from) * plan.Site.StepSeconds / 3600.0);
                string hour = (slot / perHour).ToString("00", CultureInfo.InvariantCulture) + ":00";
                string date = Date(plan.Prices.DayNumber(i)).ToString("ddd yyyy-MM-dd", CultureInfo.InvariantCulture);
                labels.Add(slot == 0 ? hour + "\n" + date : hour);
            }
        }

        plot.Axes.Bottom.SetTicks([.. positions], [.. labels]);
    }

    private static int BusiestDay(SchedulePlan plan) =>
        plan.Sessions.GroupBy(s => plan.Prices.DayNumber((int)(s.FirstStep - plan.Prices.FirstStep)))
            .OrderByDescending(g => g.Sum(s => s.DemandMillijoules)).ThenBy(g => g.Key).First().Key;

    private static int DayNumber(string text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly date)
            ? date.DayNumber - 719_162
            : throw new InputException($"--png-day: '{text}', a date such as 2018-11-05 was expected");

    private static DateOnly Date(int dayNumber) => DateOnly.FromDayNumber(dayNumber + 719_162);
}
