using MeterFirmware.Tools.MeterCtl.Input;
using ScottPlot;

namespace MeterFirmware.Tools.MeterCtl.Grid;

/// <summary>Load, oil and hot spot as a PNG.</summary>
internal static class TransformerPicture
{
    public static void Save(string path, TransformerLoad load, TransformerRun run)
    {
        Plot plot = new();
        double[] hours = [.. load.Rows.Select(row => (row.UtcSeconds - load.Rows[0].UtcSeconds) / 3600.0)];
        Line(plot, hours, run.HotSpot, "hot spot, °C");
        Line(plot, hours, run.Oil, "top oil, °C");
        ScottPlot.Plottables.Scatter kva = Line(
            plot, hours, [.. load.Rows.Select(row => row.KilovoltAmperes)], "load, kVA (right)");
        kva.ConnectStyle = ConnectStyle.StepHorizontal;
        kva.Axes.YAxis = plot.Axes.Right;
        plot.Axes.Right.Label.Text = "kVA";
        plot.Title($"IEC 60076-7 from {load.Rows[0].Text}");
        plot.XLabel("h");
        plot.YLabel("°C");
        plot.ShowLegend(Edge.Bottom);
        plot.Font.Automatic();
        OutputFile.Write("--png", path, plot.GetImageBytes(1200, 600, ImageFormat.Png));
    }

    private static ScottPlot.Plottables.Scatter Line(Plot plot, double[] hours, double[] values, string name)
    {
        ScottPlot.Plottables.Scatter line = plot.Add.Scatter(hours, values);
        line.MarkerSize = 0;
        line.LineWidth = 2;
        line.LegendText = name;
        return line;
    }
}
