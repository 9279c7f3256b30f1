using System.CommandLine;
using MeterFirmware.Grid;
using MeterFirmware.Tools.MeterCtl.Input;
using ScottPlot;
using Spectre.Console;

namespace MeterFirmware.Tools.MeterCtl.Commands;

/// <summary>`meterctl grid capacity`: what generation an area still bears, by DL/T 2041-2025.</summary>
internal static class GridCapacityCommand
{
    private const decimal MegaMax = 1000;

    private static readonly Option<decimal> _transformer =
        new("--transformer-mva") { Description = "rating S of the area's transformers", Required = true };

    private static readonly Option<decimal> _factor =
        new("--power-factor") { Description = "cos θ, 0 to 1", Required = true };

    private static readonly Option<decimal> _load =
        new("--load-mw") { Description = "load P of the area", Required = true };

    private static readonly Option<decimal> _generation =
        new("--generation-mw") { Description = "generation PG that is there" };

    private static readonly Option<decimal> _storage = new("--storage-mw")
    {
        Description = "storage PESS; where it enters the sources disagree: here beside the load",
    };

    private static readonly Option<decimal> _beta = new("--beta")
    {
        Description = "usable share of the rating; (n − 1) ÷ n for n in parallel",
        DefaultValueFactory = _ => 0.8m,
    };

    private static readonly Option<decimal> _tau = new("--tau")
    {
        Description = "share of its rating that new generation reaches at most",
        DefaultValueFactory = _ => 1,
    };

    private static readonly Option<decimal> _connected =
        new("--connected-mw") { Description = "generation that is connected", Required = true };

    private static readonly Option<decimal> _registered =
        new("--registered-mw") { Description = "generation that is registered, not yet connected", Required = true };

    private static readonly Option<bool> _above =
        new("--above-is-red") { Description = "the level above is red: so is what it feeds" };

    private static readonly Option<string?> _png = new("--png") { Description = "draw the area's bar" };
    private static readonly Option<bool> _json = TariffCommand.JsonOption();

    public static Command Create()
    {
        Command command = new("capacity",
            "What generation an area still bears: DL/T 2041-2025.\n\n"
            + "Example: meterctl grid capacity --transformer-mva 0.4 --power-factor 0.95 --load-mw 0.06 --tau 0.8 "
            + "--connected-mw 0.3 --registered-mw 0.1")
        {
            _transformer, _factor, _load, _generation, _storage, _beta, _tau, _connected, _registered, _above, _png,
            _json,
        };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        long Mega(Option<decimal> option) =>
            (long)decimal.Round(Within(option.Name, parsed.GetValue(option), 0, MegaMax) * 1_000_000);
        int Share(Option<decimal> option, decimal least) =>
            (int)decimal.Round(Within(option.Name, parsed.GetValue(option), least, 1) * 1_000_000);
        long capacity = OpenCapacity.GenerationWatts(Mega(_load), Mega(_generation), Mega(_transformer),
            Share(_factor, 0), Share(_beta, 0), Mega(_storage), Share(_tau, 0.01m));
        long connectable = capacity - Mega(_connected);
        long registrable = connectable - Mega(_registered);
        string zone = OpenCapacity.NameOf(OpenCapacity.ZoneOf(connectable, registrable, parsed.GetValue(_above)));
        if (parsed.GetValue(_png) is string png)
        {
            Draw(png, zone, capacity, Mega(_connected), Mega(_registered));
            Console.Error.WriteLine($"wrote {png}");
        }

        if (parsed.GetValue(_json))
        {
            TariffCommand.WriteJson(new
            {
                method = OpenCapacity.GenerationMethod,
                capacityMw = capacity / 1_000_000m,
                connectableMw = connectable / 1_000_000m,
                registrableMw = registrable / 1_000_000m,
                zone,
            });
        }
        else
        {
            AnsiConsole.MarkupLine($"{OpenCapacity.GenerationMethod}: capacity {capacity / 1_000_000m:0.000} MW, "
                + $"connectable {connectable / 1_000_000m:0.000} MW, "
                + $"registrable {registrable / 1_000_000m:0.000} MW: [{zone}]{zone}[/]");
        }

        return Program.Done;
    }

    private static void Draw(string path, string zone, long capacity, long connected, long registered)
    {
        Plot plot = new();
        double[] parts = [connected / 1e6, registered / 1e6];
        string[] names = ["connected", "registered"];
        double from = 0;
        for (int i = 0; i < parts.Length; i++)
        {
            ScottPlot.Plottables.Rectangle bar = plot.Add.Rectangle(from, from + parts[i], 0.2, 0.8);
            bar.LegendText = $"{names[i]} {parts[i]:0.###} MW";
            from += parts[i];
        }

        ScottPlot.Plottables.VerticalLine line = plot.Add.VerticalLine(capacity / 1e6);
        line.LegendText = $"capacity {capacity / 1e6:0.###} MW";
        line.LineWidth = 3;
        plot.Title($"{OpenCapacity.GenerationMethod}: {zone}");
        plot.XLabel("MW");
        plot.Axes.SetLimitsY(0, 1);
        plot.Axes.Left.IsVisible = false;
        plot.ShowLegend(Edge.Bottom);
        plot.Font.Automatic();
        OutputFile.Write("--png", path, plot.GetImageBytes(900, 300, ImageFormat.Png));
    }

    private static decimal Within(string option, decimal value, decimal least, decimal most) =>
        value >= least && value <= most ? value
            : throw new InputException(FormattableString.Invariant(
                $"{option}: {value}: {least} to {most} was expected"));
}
