using System.CommandLine;
using MeterFirmware.Tools.GridServices;
using MeterFirmware.Tools.MeterCtl.Input;
using Spectre.Console;

namespace MeterFirmware.Tools.MeterCtl.Commands;

/// <summary>`meterctl grid`: what a grid engineer checks.</summary>
public static class GridCommand
{
    public static Command Create() => new("grid",
        "Runs the firmware's grid functions over recorded traces, loads and events.")
    {
        Profiles(),
        GridResponseCommand.Create(),
        GridCapacityCommand.Create(),
        GridBaselineCommand.Create(),
        GridTransformerCommand.Create(),
    };

    private static Command Profiles()
    {
        Argument<string?> file = new("PROFILE")
        {
            Description = "a profile that ships, or a file; without it all that ship are listed",
            Arity = ArgumentArity.ZeroOrOne,
        };
        Option<string?> output = new("--out") { Description = "where the compact form goes that a device loads" };
        Option<bool> json = TariffCommand.JsonOption();
        Command command = new("profile",
            "Checks a grid profile and makes its compact form.\n\nExample: meterctl grid profile en50549 --out en.mfg")
        {
            file, output, json,
        };
        command.SetAction(parsed => RunProfile(parsed.GetValue(file), parsed.GetValue(output), parsed.GetValue(json)));
        return command;
    }

    private static int RunProfile(string? name, string? output, bool isJson)
    {
        if (name is null && output is not null)
        {
            throw new InputException("--out: a profile to compile was expected");
        }

        GridProfileFile[] files = [.. (name is null ? GridProfileFile.Names : [name]).Select(GridProfileFile.Load)];
        if (output is not null)
        {
            OutputFile.Write("--out", output, files[0].Bytes);
        }

        if (isJson)
        {
            TariffCommand.WriteJson(files.Select(file => new
            {
                name = file.Profile.Name,
                title = file.Title,
                bytes = file.Bytes.Length,
                crc = file.Profile.Crc.ToString("X8"),
                voltageWindowMsMax = file.Profile.WindowMsMax(isFrequency: false),
                frequencyWindowMsMax = file.Profile.WindowMsMax(isFrequency: true),
                uncertain = file.Uncertain,
            }));
            return Program.Done;
        }

        foreach (GridProfileFile file in files)
        {
            AnsiConsole.MarkupLineInterpolated($"[bold]{file.Profile.Name}[/]  {file.Title}");
            AnsiConsole.WriteLine($"  {file.Bytes.Length} bytes, CRC {file.Profile.Crc:X8}; measure voltage within "
                + $"{file.Profile.WindowMsMax(isFrequency: false)} ms, frequency within "
                + $"{file.Profile.WindowMsMax(isFrequency: true)} ms");
            foreach (string note in file.Uncertain)
            {
                AnsiConsole.MarkupLineInterpolated($"  [yellow]note: {note}[/]");
            }
        }

        return Program.Done;
    }
}
