using MeterFirmware.Tools.MeterCtl.Input;
using ScottPlot;

namespace MeterFirmware.Tools.MeterCtl.Grid;

/// <summary>A trace and the answer to it as a PNG: set-point and power over time, frequency or voltage on the right
/// axis, whichever moves more.</summary>
internal static class ResponsePicture
{
    public static void Save(
        string path, string title, ResponseTrace trace, IReadOnlyList<ResponseResult> results, int nominalMillivolts,
        int nominalMillihertz)
    {
        Plot plot = new();
        double[] seconds = [.. trace.Rows.Select(row => row.Ms / 1000.0)];
        double[] ends = [.. trace.Rows.Skip(1).Append(trace.Rows[^1]).Select(row => row.Ms / 1000.0)];

        // 1 Hz disturbs as much as 10 % of voltage: what moves more is drawn.
        bool isVoltage = Spread(trace, row => row.Millivolts, nominalMillivolts)
            > 5 * Spread(trace, row => row.Millihertz, nominalMillihertz);
        ScottPlot.Plottables.Scatter wanted = plot.Add.Scatter(
            seconds, trace.Rows.Select(row => row.SetpointWatts / 1000.0).ToArray());
        wanted.ConnectStyle = ConnectStyle.StepHorizontal;
        wanted.MarkerSize = 0;
        wanted.LinePattern = LinePattern.Dashed;
        wanted.LegendText = "set-point, kW";
        ScottPlot.Plottables.Scatter asked = plot.Add.Scatter(ends, results.Select(r => r.Watts / 1000.0).ToArray());
        asked.MarkerSize = 3;
        asked.LineWidth = 2;
        asked.LegendText = "asked of the unit, kW (> 0 charges)";
        ScottPlot.Plottables.Scatter mains = plot.Add.Scatter(seconds,
            trace.Rows.Select(row => (isVoltage ? row.Millivolts : row.Millihertz) / 1000.0).ToArray());
        mains.ConnectStyle = ConnectStyle.StepHorizontal;
        mains.MarkerSize = 0;
        mains.Axes.YAxis = plot.Axes.Right;
        mains.LegendText = isVoltage ? "voltage, V (right)" : "frequency, Hz (right)";
        plot.Axes.Right.Label.Text = isVoltage ? "V" : "Hz";
        plot.Title(title);
        plot.XLabel("s");
        plot.YLabel("kW");
        plot.ShowLegend(Edge.Bottom);
        plot.Font.Automatic();
        OutputFile.Write("--png", path, plot.GetImageBytes(1200, 600, ImageFormat.Png));
    }

    private static double Spread(ResponseTrace trace, Func<ResponseRow, int> value, int nominal)
    {
        ResponseRow[] measured = [.. trace.Rows.Where(row => row.IsMeasured)];

        return measured.Length == 0 ? 0 : measured.Max(row => Math.Abs((double)value(row) - nominal)) / nominal;
    }
}
