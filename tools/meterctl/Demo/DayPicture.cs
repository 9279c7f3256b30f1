using MeterFirmware.Tariffs;
using MeterFirmware.Tools.MeterCtl.Input;
using ScottPlot;

namespace MeterFirmware.Tools.MeterCtl.Demo;

/// <summary>The day's load of a fleet in quarter hours, coloured by rate.</summary>
public static class DayPicture
{
    private static readonly string[] _palette = ["#C0392B", "#E67E22", "#F1C40F", "#27AE60", "#2E86C1", "#8E44AD", "#7F8C8D"];

    /// <param name="path">PNG file to write.</param>
    /// <param name="title">Above the picture.</param>
    /// <param name="kilowatts">Mean power of each quarter hour of the day.</param>
    /// <param name="rates">Rate of each quarter hour.</param>
    /// <param name="tariff">Names and prices of the rates.</param>
    public static void Save(string path, string title, double[] kilowatts, int[] rates, TariffTable tariff)
    {
        Plot plot = new();
        double width = 24.0 / kilowatts.Length;
        int[] order = [.. Enumerable.Range(0, tariff.RateCount).OrderByDescending(tariff.ImportPrice)];
        for (int i = 0; i < kilowatts.Length; i++)
        {
            ScottPlot.Plottables.BarPlot bar = plot.Add.Bar((i + 0.5) * width, kilowatts[i]);
            bar.Color = ColorOf(Array.IndexOf(order, rates[i]));
            bar.Bars[0].Size = width;
            bar.Bars[0].LineWidth = 0;
        }

        for (int rank = 0; rank < order.Length; rank++)
        {
            if (rates.Contains(order[rank]))
            {
                plot.Legend.ManualItems.Add(new LegendItem
                {
                    LabelText = $"{tariff.RateName(order[rank])}  {tariff.ImportPrice(order[rank]) / 1_000_000m:0.000###} {tariff.Currency}/kWh",
                    FillColor = ColorOf(rank),
                });
            }
        }

        plot.ShowLegend(Alignment.UpperLeft);
        plot.Title(title);
        plot.XLabel("local time");
        plot.YLabel("kW, mean of a quarter hour");
        plot.Axes.SetLimits(0, 24, 0, kilowatts.Max() * 1.25 + 0.001);
        plot.Axes.Bottom.TickGenerator = new ScottPlot.TickGenerators.NumericManual(
            [.. Enumerable.Range(0, 9).Select(i => i * 3.0)], [.. Enumerable.Range(0, 9).Select(i => $"{i * 3:00}:00")]);
        plot.Axes.Right.MinimumSize = 40;
        OutputFile.Write("--picture", path, plot.GetImageBytes(1200, 600, ImageFormat.Png));
    }

    private static Color ColorOf(int rank) => Color.FromHex(_palette[rank % _palette.Length]);
}
