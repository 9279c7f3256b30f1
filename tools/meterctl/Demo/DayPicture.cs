using System.Globalization;
using MeterFirmware.Tariffs;
using MeterFirmware.Tools.MeterCtl.Input;
using ScottPlot;

namespace MeterFirmware.Tools.MeterCtl.Demo;

/// <summary>The day's load of a fleet in quarter hours, coloured by rate, the chargers hatched on top of the meters.
/// </summary>
public static class DayPicture
{
    // From the dearest to the cheapest: red to blue, which no colour blindness merges (ColorBrewer RdYlBu).
    private static readonly string[] _palette =
        ["#B2182B", "#EF8A62", "#F3D98B", "#67A9CF", "#2166AC", "#7B68A6", "#7F8C8D"];

    /// <param name="path">PNG file to write.</param>
    /// <param name="title">Above the picture.</param>
    /// <param name="meters">Mean power of the meters in each quarter hour of the day, kW.</param>
    /// <param name="chargers">The same of the chargers.</param>
    /// <param name="rates">Rate of each quarter hour.</param>
    /// <param name="tariff">Names and prices of the rates.</param>
    public static void Save(
        string path, string title, double[] meters, double[] chargers, int[] rates, TariffTable tariff)
    {
        Plot plot = new();
        int[] order = [.. Enumerable.Range(0, tariff.RateCount).OrderByDescending(tariff.ImportPrice)];
        AddBars(plot, meters, chargers, rates, order);
        AddLegend(plot, meters, chargers, rates, tariff, order);
        plot.Title(title);
        plot.XLabel("local time");
        plot.YLabel("kW, mean of a quarter hour");
        plot.Axes.SetLimits(0, 24, 0, meters.Zip(chargers, (meter, charger) => meter + charger).Max() * 1.08 + 0.001);
        plot.Axes.Bottom.TickGenerator = new ScottPlot.TickGenerators.NumericManual(
            [.. Enumerable.Range(0, 9).Select(i => i * 3.0)],
            [.. Enumerable.Range(0, 9).Select(i => $"{i * 3:00}:00")]);
        OutputFile.Write("--picture", path, plot.GetImageBytes(1300, 600, ImageFormat.Png));
    }

    private static void AddBars(Plot plot, double[] meters, double[] chargers, int[] rates, int[] order)
    {
        double width = 24.0 / meters.Length;
        for (int i = 0; i < meters.Length; i++)
        {
            Color color = ColorOf(Array.IndexOf(order, rates[i]));
            Bar below = new()
            {
                Position = (i + 0.5) * width,
                Value = meters[i],
                Size = width,
                LineWidth = 0,
                FillColor = color,
            };
            Bar above = new()
            {
                Position = below.Position,
                ValueBase = meters[i],
                Value = meters[i] + chargers[i],
                Size = width,
                LineWidth = 0,
                FillColor = color,
                FillHatch = Stripes,
                FillHatchColor = Colors.Black.WithAlpha(0.55),
            };
            plot.Add.Bars(chargers[i] > 0 ? new[] { below, above } : new[] { below });
        }
    }

    private static void AddLegend(
        Plot plot, double[] meters, double[] chargers, int[] rates, TariffTable tariff, int[] order)
    {
        for (int rank = 0; rank < order.Length; rank++)
        {
            int rate = order[rank];
            if (rates.Contains(rate))
            {
                double sum = Enumerable.Range(0, rates.Length).Where(i => rates[i] == rate)
                    .Sum(i => meters[i] + chargers[i]) / 4;
                string price = $"{tariff.ImportPrice(rate) / 1_000_000m:0.000###} {tariff.Currency}/kWh";
                Add($"{tariff.RateName(rate)}  {price}  {Kwh(sum)}", ColorOf(rank), null);
            }
        }

        if (chargers.Any(kw => kw > 0))
        {
            Add($"meters  {Kwh(meters.Sum() / 4)}", Colors.LightGray, null);
            Add($"chargers  {Kwh(chargers.Sum() / 4)}", Colors.LightGray, Stripes);
        }

        Add($"total  {Kwh((meters.Sum() + chargers.Sum()) / 4)}", Colors.Transparent, null);
        plot.ShowLegend(Edge.Right);

        void Add(string text, Color color, IHatch? hatch) => plot.Legend.ManualItems.Add(new LegendItem
        {
            LabelText = text,
            FillColor = color,
            FillHatch = hatch,
            FillHatchColor = Colors.Black.WithAlpha(0.55),
        });
    }

    private static ScottPlot.Hatches.Striped Stripes { get; } = new(ScottPlot.Hatches.StripeDirection.DiagonalUp);

    private static string Kwh(double sum) => sum.ToString("F1", CultureInfo.InvariantCulture) + " kWh";

    private static Color ColorOf(int rank) => Color.FromHex(_palette[rank % _palette.Length]);
}
