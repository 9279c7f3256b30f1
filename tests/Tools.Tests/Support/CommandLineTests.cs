using System.Linq;
using System.Threading.Tasks;
using Microsoft.VisualStudio.TestTools.UnitTesting;
using Spectre.Console;

namespace MeterFirmware.Tools.Tests.Support;

/// <summary>The harness itself: each run keeps what it printed, and nothing else.</summary>
[TestClass]
public class CommandLineTests
{
    [TestMethod]
    public void WhoWritesAfterARunReachesTheConsole()
    {
        Assert.AreEqual(0, CommandLine.Run("tariff", "examples").ExitCode);
        AnsiConsole.Write(new Text("still there"));
    }

    [TestMethod]
    public async Task RunsBesideEachOtherKeepTheirOwnOutput()
    {
        string[][] commands = [["tariff", "examples", "--json"], ["tariff", "validate", "china-workplace-five-rates"]];
        CommandLine[] alone = [.. commands.Select(CommandLine.Run)];
        CommandLine[] beside = await Task.WhenAll(Enumerable.Range(0, 16)
            .Select(i => Task.Run(() => CommandLine.Run(commands[i % 2]))));
        for (int i = 0; i < beside.Length; i++)
        {
            Assert.AreEqual(alone[i % 2].Output, beside[i].Output);
            Assert.AreEqual(alone[i % 2].Errors, beside[i].Errors);
        }
    }
}
