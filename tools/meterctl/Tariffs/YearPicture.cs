using System.Globalization;
using MeterFirmware.Tools.Billing;
using MeterFirmware.Tools.Billing.Tariffs;
using MeterFirmware.Tools.MeterCtl.Input;
using ScottPlot;

namespace MeterFirmware.Tools.MeterCtl.Tariffs;

/// <summary>A tariff's year as a PNG: days across, hours down, a colour a rate.</summary>
internal static class YearPicture
{
    public static void Save(string path, YearMap map, TariffModel model)
    {
        Plot plot = new();
        int days = map.Rates.GetLength(0);
        foreach (YearRun run in map.Runs())
        {
            ScottPlot.Plottables.Rectangle rectangle =
                plot.Add.Rectangle(run.Day, run.Day + 1, run.FromRow / 4.0, run.UntilRow / 4.0);
            rectangle.FillColor = Color.FromHex(map.Colours[run.Rate]);
            rectangle.LineWidth = 0;
        }

        for (int rate = 0; rate < model.Rates.Count; rate++)
        {
            plot.Legend.ManualItems.Add(new LegendItem
            {
                LabelText = string.Create(CultureInfo.InvariantCulture,
                    $"{model.Rates[rate]}  {model.ImportPrices[rate] / 1_000_000m:0.######} {model.Currency}/kWh"),
                FillColor = Color.FromHex(map.Colours[rate]),
            });
        }

        plot.ShowLegend(Edge.Bottom);
        plot.Title($"{model.Name}, {map.Year}");
        plot.YLabel("local time");
        plot.Axes.SetLimits(0, days, 24, 0);
        plot.Axes.Left.TickGenerator = new ScottPlot.TickGenerators.NumericManual(
            [.. Enumerable.Range(0, 9).Select(i => i * 3.0)],
                [.. Enumerable.Range(0, 9).Select(i => $"{i * 3:00}:00")]);
        plot.Axes.Bottom.TickGenerator = new ScottPlot.TickGenerators.NumericManual(
            [.. Enumerable.Range(1, 12).Select(month => new NodaTime.LocalDate(map.Year, month, 1).DayOfYear - 1.0)],
            [.. Enumerable.Range(1, 12).Select(month => $"{map.Year}-{month:00}")]);
        plot.Font.Automatic();
        OutputFile.Write("--png", path, plot.GetImageBytes(1300, 600, ImageFormat.Png));
    }
}
