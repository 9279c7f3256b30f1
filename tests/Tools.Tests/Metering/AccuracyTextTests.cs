using MeterFirmware.Tools.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Metering;

[TestClass]
public class AccuracyTextTests
{
    [TestMethod]
    public void AnErrorHasOneSign()
    {
        CommandLine run = CommandLine.Run("accuracy", "--class", "1");
        Assert.AreEqual(0, run.ExitCode, run.Errors);
        Assert.IsFalse(run.Output.Contains("-+", System.StringComparison.Ordinal), run.Output);
    }
}
