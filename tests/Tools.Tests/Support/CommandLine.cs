using System.IO;

namespace MeterFirmware.Tools.Tests.Support;

/// <summary>Runs the command line in this process and keeps what it prints.</summary>
public sealed class CommandLine
{
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
        // Not disposed: what the command left running may still write.
        StringWriter output = new();
        StringWriter errors = new();
        TextWriter safeOutput = TextWriter.Synchronized(output);
        TextWriter safeErrors = TextWriter.Synchronized(errors);
        int exitCode = ConsoleRoute.To(safeOutput, safeErrors,
            () => MeterFirmware.Tools.MeterCtl.Program.Main(arguments));
        lock (safeOutput)
        {
            lock (safeErrors)
            {
                return new CommandLine(exitCode, output.ToString(), errors.ToString());
            }
        }
    }
}
