using System.CommandLine;
using System.Data.Common;
using MeterFirmware.Tools.MeterCtl.Input;

namespace MeterFirmware.Tools.MeterCtl;

/// <summary>Entry point: one command, its subcommands each a file in Commands/.</summary>
public static class Program
{
    public const int Done = 0;
    public const int AnswerIsNo = 1;
    public const int BadInput = 2;

    public static int Main(string[] args)
    {
        RootCommand root = CreateRoot();
        ParseResult parsed = root.Parse(args.Length == 0 ? ["--help"] : args);
        if (parsed.Errors.Count > 0)
        {
            string what = parsed.UnmatchedTokens.Count > 0
                ? $"'{parsed.UnmatchedTokens[0]}' is no command, option or argument here" : parsed.Errors[0].Message;
            Console.Error.WriteLine($"meterctl: {what.TrimEnd('.')} ('{NameOf(parsed)} --help' lists what there is)");
            return BadInput;
        }

        try
        {
            Screen.Fit();
            return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (Exception e) when (TryExplain(e is AggregateException all ? all.Flatten().InnerException! : e,
            out int exitCode, out string line))
        {
            Console.Error.WriteLine($"meterctl: {line}");
            return exitCode;
        }
    }

    /// <summary>All commands, their options reading numbers one way.</summary>
    internal static RootCommand CreateRoot()
    {
        RootCommand root =
            new("MeterFirmware's one command line: replay loads, check tariffs, simulate fleets, talk to meters.")
        {
            Commands.DemoCommand.Create(),
            Commands.BillCommand.Create(),
            Commands.BoardCommand.Create(),
            Commands.DeviceCommand.Create(),
            Commands.ReplayCommand.Create(),
            Commands.ChaosCommand.Create(),
            Commands.SignedCommandCommand.Create(),
            Commands.KeyCommand.Create(),
            Commands.ConfigureCommand.Create(),
            Commands.Dlt645Command.Create(),
            Commands.ModbusCommand.Create(),
            Commands.Dlt698Command.Create(),
            Commands.IdentifyCommand.Create(),
            Commands.ScenarioCommand.Create(),
            Commands.ScheduleCommand.Create(),
            Commands.SimulateCommand.Create(),
            Commands.HeadEndCommand.Create(),
            Commands.FreezesCommand.Create(),
            Commands.TariffCommand.Create(),
            Commands.AccuracyCommand.Create(),
            Commands.CalibrateCommand.Create(),
            Commands.QualityCommand.Create(),
            Commands.GridCommand.Create(),
        };
        NumberOptions.Apply(root);
        return root;
    }

    /// <summary>What a person can mend: bad input, a file, a disk or a database that does not play along, a broker that
    /// does not answer, a device that answers nonsense, Ctrl-C. Anything else is a fault of the program and keeps its
    /// trace.</summary>
    private static bool TryExplain(Exception e, out int exitCode, out string line)
    {
        exitCode = e is OperationCanceledException or TimeoutException or AnswerException ? AnswerIsNo : BadInput;
        line = e is OperationCanceledException ? "stopped" : e.Message.ReplaceLineEndings(" ");
        return e is InputException or AnswerException or TimeoutException or OperationCanceledException or IOException
            or UnauthorizedAccessException or DbException;
    }

    private static string NameOf(ParseResult parsed)
    {
        Stack<string> names = [];
        for (System.CommandLine.Parsing.SymbolResult? at =
            parsed.CommandResult; at is System.CommandLine.Parsing.CommandResult command; at = at.Parent)
        {
            names.Push(command.Command is RootCommand ? "meterctl" : command.Command.Name);
        }

        return string.Join(' ', names);
    }
}
