using System.CommandLine;

namespace MeterFirmware.Tools.MeterCtl;

/// <summary>Entry point: one command, its subcommands each a file in Commands/.</summary>
public static class Program
{
    public static int Main(string[] args)
    {
        RootCommand root = new("MeterFirmware's one command line: replay loads, check tariffs, simulate fleets, talk to meters.");
        return root.Parse(args).Invoke();
    }
}
