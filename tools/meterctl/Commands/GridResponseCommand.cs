using System.CommandLine;
using MeterFirmware.Grid;
using MeterFirmware.Tools.GridServices;
using MeterFirmware.Tools.MeterCtl.Grid;
using MeterFirmware.Tools.MeterCtl.Input;
using Spectre.Console;

namespace MeterFirmware.Tools.MeterCtl.Commands;

/// <summary>`meterctl grid response`: a bidirectional unit under a grid profile, over a recorded trace.</summary>
internal static class GridResponseCommand
{
    private static readonly Option<string> _profile = new("--profile")
    {
        Description = "a profile that ships (meterctl grid profile), or a file",
        Required = true,
    };

    private static readonly Option<int> _rated =
        new("--rated-w") { Description = "the unit's power, W, of both directions", Required = true };

    private static readonly Option<int> _apparent = new("--rated-va")
    {
        Description = "apparent power of a unit that can give reactive power, VA; without it the unit gives none",
    };

    private static readonly Option<double?> _hertz =
        new("--nominal-hz") { Description = "the grid's frequency, 50 or 60; without it the profile's" };

    private static readonly Option<double> _volts =
        new("--nominal-volts") { Description = "phase to neutral, V", DefaultValueFactory = _ => 230 };

    private static readonly Option<int> _delay = new("--delay-s")
    {
        Description = "wait so long beyond the profile's time in place of its ramp, s; as far as the profile lets "
            + "a unit of this size",
    };

    private static readonly Option<string> _trace = new("--trace")
    {
        Description = "CSV with the columns ms,hz,volts,setpoint_w; a blank hz or volts is a missing reading",
        Required = true,
    };

    private static readonly Option<string?> _png = new("--png") { Description = "draw set-point, power and mains" };
    private static readonly Option<bool> _json = TariffCommand.JsonOption();

    public static Command Create()
    {
        Command command = new("response",
            "What a unit that charges and discharges does under a grid profile.\n\n"
            + "Example: meterctl grid response --profile en50549 --rated-w 11000 --trace dip.csv --json")
        {
            _profile, _rated, _apparent, _hertz, _volts, _delay, _trace, _png, _json,
        };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        GridProfileFile file = GridProfileFile.Load(parsed.GetRequiredValue(_profile));
        int rated = OptionRange.Within("--rated-w", parsed.GetValue(_rated), 1, GridUnit.RatedWattsMax);
        int apparent = parsed.GetResult(_apparent) is null ? 0
            : OptionRange.Within("--rated-va", parsed.GetValue(_apparent), rated, GridUnit.RatedWattsMax);
        int hertz = parsed.GetValue(_hertz) switch
        {
            null => file.Profile[GridField.NominalMillihertz],
            50 => 50_000,
            60 => 60_000,
            double other => throw new InputException(FormattableString.Invariant(
                $"--nominal-hz: {other}: 50 or 60 was expected")),
        };
        int millivolts =
            (int)Math.Round(OptionRange.Within("--nominal-volts", parsed.GetValue(_volts), 50, 500) * 1000);
        int delay = OptionRange.Within("--delay-s", parsed.GetValue(_delay), 0,
            DelayMax(file.Profile, Math.Max(rated, apparent)));
        if (parsed.GetValue(_png) is string target)
        {
            OutputFile.Check("--png", target);
        }

        ResponseTrace trace = ResponseTrace.Read(parsed.GetRequiredValue(_trace), rated);
        GridUnit unit = new(file.Profile, rated, apparent, millivolts, hertz, phaseCount: 1);
        unit.Ride.Delay(delay * 1000);
        IReadOnlyList<ResponseResult> results = ResponseRun.Run(unit, trace);
        if (parsed.GetValue(_png) is string png)
        {
            ResponsePicture.Save(png, $"{file.Profile.Name}: {file.Title}", trace, results, millivolts, hertz);
            Console.Error.WriteLine($"wrote {png}");
        }

        Write(file, results, apparent > 0, parsed.GetValue(_json));
        return Program.Done;
    }

    /// <summary>Only a small unit may wait in place of the ramp, and only where the profile lets it.</summary>
    private static int DelayMax(GridProfile profile, int voltAmperes) =>
        voltAmperes < profile[GridField.RandomVoltAmperesMax] ? profile[GridField.RandomMsMax] / 1000 : 0;

    private static void Write(
        GridProfileFile file, IReadOnlyList<ResponseResult> results, bool hasVars, bool isJson)
    {
        if (isJson)
        {
            TariffCommand.WriteJson(new
            {
                profile = file.Profile.Name,
                rows = results.Select(row => hasVars
                    ? (object)new { row.Ms, row.Watts, row.State, row.Cause, row.Vars }
                    : new { row.Ms, row.Watts, row.State, row.Cause }),
            });
            return;
        }

        Table table = new Table().AddColumns("ms", "W", "state", "tripped by");
        if (hasVars)
        {
            table.AddColumn("var");
        }

        foreach (ResponseResult row in results)
        {
            string[] cells = [$"{row.Ms}", $"{row.Watts}", row.State, row.Cause ?? ""];
            table.AddRow(hasVars ? [.. cells, $"{row.Vars}"] : cells);
        }

        AnsiConsole.Write(table);
    }
}
