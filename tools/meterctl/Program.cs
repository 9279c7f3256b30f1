using System.CommandLine;

namespace MeterFirmware.Tools.MeterCtl;

/// <summary>Entry point: one command, its subcommands each a file in Commands/.</summary>
public static class Program
{
    public const int Done = 0;
    public const int AnswerIsNo = 1;
    public const int BadInput = 2;

    public static int Main(string[] args)
    {
        RootCommand root = new("MeterFirmware's one command line: replay loads, check tariffs, simulate fleets, talk to meters.");
        root.Subcommands.Add(Commands.DemoCommand.Create());
        root.Subcommands.Add(Commands.ReplayCommand.Create());
        root.Subcommands.Add(Commands.ChaosCommand.Create());
        root.Subcommands.Add(Commands.SignedCommandCommand.Create());
        root.Subcommands.Add(Commands.ConfigureCommand.Create());
        root.Subcommands.Add(Commands.Dlt645Command.Create());
        root.Subcommands.Add(Commands.ScenarioCommand.Create());
        root.Subcommands.Add(Commands.ScheduleCommand.Create());
        root.Subcommands.Add(Commands.SimulateCommand.Create());
        root.Subcommands.Add(Commands.FreezesCommand.Create());
        root.Subcommands.Add(Commands.TariffCommand.Create());
        root.Subcommands.Add(Commands.AccuracyCommand.Create());
        root.Subcommands.Add(Commands.CalibrateCommand.Create());
        root.Subcommands.Add(Commands.QualityCommand.Create());
        ParseResult parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            Console.Error.WriteLine($"meterctl: {parsed.Errors[0].Message} ('meterctl --help' lists what there is)");
            return BadInput;
        }

        try
        {
            return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (InputException e)
        {
            Console.Error.WriteLine($"meterctl: {e.Message}");
            return BadInput;
        }
    }
}
