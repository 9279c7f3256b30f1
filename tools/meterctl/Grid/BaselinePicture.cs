using MeterFirmware.Tools.GridServices.Baselines;
using MeterFirmware.Tools.MeterCtl.Input;
using NodaTime;
using ScottPlot;

namespace MeterFirmware.Tools.MeterCtl.Grid;

/// <summary>The first event's day as a PNG: the load of each interval, and the baseline in the event's hours.</summary>
internal static class BaselinePicture
{
    private const int DaySeconds = 86_400;

    public static void Save(string path, string method, LoadDays days, IReadOnlyList<BaselineResult> results)
    {
        Plot plot = new();
        LocalDate date = results[0].Event.Date;
        List<double> hours = [];
        List<double> kilowatts = [];
        for (int second = 0; second < DaySeconds; second += days.StepSeconds)
        {
            if (days.At(date, second) is decimal wattHours)
            {
                hours.Add(second / 3600.0);
                kilowatts.Add((double)wattHours * 3.6 / days.StepSeconds);
            }
        }

        ScottPlot.Plottables.Scatter load = plot.Add.Scatter(hours.ToArray(), kilowatts.ToArray());
        load.ConnectStyle = ConnectStyle.StepHorizontal;
        load.MarkerSize = 0;
        load.LegendText = "load";
        foreach (BaselineResult result in results.Where(r => r.Event.Date == date))
        {
            double from = result.Event.FromSecond / 3600.0;
            double to = result.Event.ToSecond / 3600.0;
            double mean = (double)result.BaselineWattHours / 1000 / (to - from);
            ScottPlot.Plottables.Scatter line = plot.Add.Scatter(new[] { from, to }, new[] { mean, mean });
            line.MarkerSize = 0;
            line.LineWidth = 3;
            line.LegendText = $"baseline {method}, mean";
        }

        plot.Title($"{date:uuuu-MM-dd}");
        plot.XLabel("local hour");
        plot.YLabel("kW");
        plot.Axes.SetLimitsX(0, 24);
        plot.ShowLegend(Edge.Bottom);
        plot.Font.Automatic();
        OutputFile.Write("--png", path, plot.GetImageBytes(1200, 500, ImageFormat.Png));
    }
}
