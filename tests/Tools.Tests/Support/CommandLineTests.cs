using Microsoft.VisualStudio.TestTools.UnitTesting;
using Spectre.Console;

namespace MeterFirmware.Tools.Tests.Support;

/// <summary>The harness itself: what runs after it must not write into what it kept.</summary>
[TestClass]
public class CommandLineTests
{
    [TestMethod]
    public void WhoWritesAfterARunReachesTheConsole()
    {
        Assert.AreEqual(0, CommandLine.Run("tariff", "examples").ExitCode);
        AnsiConsole.Write(new Text("still there"));
    }
}
