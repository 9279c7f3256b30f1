using System;
using MeterFirmware.Boards.Simulator.Chaos;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Commands;

/// <summary>Whatever arrives on the command and configuration topics.</summary>
[TestClass]
public sealed class HostileMessageTests
{
    // Issue 4: one million, 0 accepted, 0 exceptions out of the loop, memory flat.
    [TestMethod]
    public void NoHostileMessageIsAcceptedThrowsOrAllocates()
    {
        int messages = Environment.GetEnvironmentVariable("METER_LONG") == "1" ? 1_000_000 : 20_000;
        Assert.IsTrue(new HostileMessageChaos(seed: 6).Run(messages).Survived);
    }
}
