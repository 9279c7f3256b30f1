using System.CommandLine;
using MeterFirmware.Grid;
using MeterFirmware.Tools.MeterCtl.Grid;
using MeterFirmware.Tools.MeterCtl.Input;
using Spectre.Console;

namespace MeterFirmware.Tools.MeterCtl.Commands;

/// <summary>`meterctl grid transformer`: oil, hot spot and ageing over a recorded load.</summary>
internal static class GridTransformerCommand
{
    private const string OnlyClass = "distribution-onan";

    /// <summary>What a room adds to the ambient.</summary>

    private static readonly Option<double> _rating =
        new("--rating-kva") { Description = "the transformer's rating", Required = true };

    private static readonly Option<string> _load = new("--load")
    {
        Description = "CSV with the columns time,kva: ISO 8601, values hold until the next row",
        Required = true,
    };

    private static readonly Option<double> _ambient =
        new("--ambient") { Description = "temperature around it, °C", Required = true };

    private static readonly Option<string> _class = new("--class")
    {
        Description = $"constants of IEC 60076-7: {OnlyClass}",
        DefaultValueFactory = _ => OnlyClass,
    };

    private static readonly Option<bool> _indoors =
        new("--indoors") { Description = "it stands in a room: 10 K more" };

    private static readonly Option<string?> _png = new("--png") { Description = "draw load, oil and hot spot" };
    private static readonly Option<bool> _json = TariffCommand.JsonOption();

    public static Command Create()
    {
        _class.AcceptOnlyFromAmong(OnlyClass);
        Command command = new("transformer",
            "Oil, hot spot and ageing of a transformer over a load: IEC 60076-7. It starts in the steady state of the "
            + "first row.\n\n"
            + "Example: meterctl grid transformer --rating-kva 400 --load load.csv --ambient 20 --json")
        {
            _rating, _load, _ambient, _class, _indoors, _png, _json,
        };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        double rating = OptionRange.Within("--rating-kva", parsed.GetValue(_rating), 1, 1_000_000);
        double ambient = OptionRange.Within("--ambient", parsed.GetValue(_ambient), -50, 60);
        if (parsed.GetValue(_png) is string target)
        {
            OutputFile.Check("--png", target);
        }

        TransformerLoad load = TransformerLoad.Read(parsed.GetRequiredValue(_load), rating);
        TransformerThermal thermal = new(new TransformerSettings
        {
            IndoorKelvin = parsed.GetValue(_indoors) ? TransformerSettings.IndoorsKelvin : 0,
        });
        TransformerRun run = TransformerRun.Of(thermal, load, rating, ambient);
        if (parsed.GetValue(_png) is string png)
        {
            TransformerPicture.Save(png, load, run);
            Console.Error.WriteLine($"wrote {png}");
        }

        if (parsed.GetValue(_json))
        {
            TariffCommand.WriteJson(new
            {
                maxOilC = Math.Round(run.OilMax, 3),
                maxHotSpotC = Math.Round(run.HotSpotMax, 3),
                lossOfLifeHours = Math.Round(thermal.LossOfLifeHours, 6),
                hours = Math.Round((load.Rows[^1].UtcSeconds - load.Rows[0].UtcSeconds) / 3600.0, 6),
                rows = load.Rows.Select((row, i) => new
                {
                    time = row.Text,
                    oilC = Math.Round(run.Oil[i], 3),
                    hotSpotC = Math.Round(run.HotSpot[i], 3),
                }),
            });
            return Program.Done;
        }

        AnsiConsole.WriteLine(FormattableString.Invariant(
            $"oil at most {run.OilMax:0.0} °C, hot spot {run.HotSpotMax:0.0} °C, ")
            + FormattableString.Invariant($"{thermal.LossOfLifeHours:0.00} h of life used"));
        return Program.Done;
    }
}
