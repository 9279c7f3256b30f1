using System;
using System.IO;
using Spectre.Console;

namespace MeterFirmware.Tools.Tests.Support;

/// <summary>Runs the command line in this process and keeps what it prints.</summary>
public sealed class CommandLine
{
    private static readonly object _gate = new();

    private CommandLine(int exitCode, string output, string errors)
    {
        ExitCode = exitCode;
        Output = output;
        Errors = errors;
    }

    public int ExitCode { get; }

    public string Output { get; }

    public string Errors { get; }

    public static CommandLine Run(params string[] arguments)
    {
        lock (_gate)
        {
            TextWriter output = Console.Out;
            TextWriter errors = Console.Error;
            using StringWriter newOutput = new();
            using StringWriter newErrors = new();
            try
            {
                Console.SetOut(newOutput);
                Console.SetError(newErrors);

                // Spectre keeps the writer that it saw first.
                AnsiConsole.Console =
                    AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(newOutput) });
                int exitCode = MeterFirmware.Tools.MeterCtl.Program.Main(arguments);
                return new CommandLine(exitCode, newOutput.ToString(), newErrors.ToString());
            }
            finally
            {
                Console.SetOut(output);
                Console.SetError(errors);
                AnsiConsole.Console =
                    AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
            }
        }
    }
}
