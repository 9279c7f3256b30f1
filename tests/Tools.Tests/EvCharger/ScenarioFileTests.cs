using System;
using MeterFirmware.Boards.Simulator.Scenarios;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.EvCharger;

[TestClass]
public class ScenarioFileTests
{
    [TestMethod]
    [DataRow("{\"standard\":\"iec61851\",\n\"steps\":[,", "line 2")]
    [DataRow("[]", "$: an object")]
    [DataRow("{\"steps\":[],\"untilMs\":1}", "standard: missing")]
    [DataRow("{\"standard\":\"iec\",\"steps\":[],\"untilMs\":1}", "standard: expected \"iec61851\" or \"gbt18487\"")]
    [DataRow("{\"standard\":\"iec61851\",\"steps\":[]}", "untilMs: missing")]
    [DataRow("{\"standard\":\"iec61851\",\"steps\":[],\"untilMs\":-1}", "untilMs: whole milliseconds")]
    [DataRow("{\"standard\":\"iec61851\",\"steps\":[],\"untilMs\":1,\"x\":1}", "x: unknown field")]
    [DataRow("{\"standard\":\"iec61851\",\"steps\":[{\"atMs\":5},{\"atMs\":4}],\"untilMs\":9}",
        "steps[1].atMs: 4 lies before")]
    [DataRow("{\"standard\":\"iec61851\",\"steps\":[{\"atMs\":1,\"set\":{\"cpvolts\":9}}],\"untilMs\":9}",
        "steps[0].set.cpvolts: unknown field")]
    [DataRow("{\"standard\":\"iec61851\",\"steps\":[{\"atMs\":1,\"set\":{\"cpVolts\":\"9\"}}],\"untilMs\":9}",
        "steps[0].set.cpVolts: a number")]
    [DataRow("{\"standard\":\"iec61851\",\"steps\":[{\"atMs\":1,\"set\":{\"mainsVolts\":[230]}}],\"untilMs\":9}",
        "steps[0].set.mainsVolts: an array of three")]
    [DataRow("{\"standard\":\"iec61851\",\"steps\":[{\"atMs\":1,\"set\":{\"contactorFeedback\":\"open\"}}],"
        + "\"untilMs\":9}", "\"follows\" or \"welded\" or \"stuck\"")]
    [DataRow("{\"standard\":\"iec61851\",\"steps\":[{\"atMs\":1.5,\"set\":{}}],\"untilMs\":9}",
        "steps[0].atMs: whole milliseconds")]
    public void ABadScenarioIsRefusedWithItsPath(string text, string expected)
    {
        FormatException error = Assert.ThrowsExactly<FormatException>(() => ChargerScenarioFile.Parse(text));
        StringAssert.Contains(error.Message, expected);
    }

    [TestMethod]
    public void AMissingFileIsNamed()
    {
        FormatException error = Assert.ThrowsExactly<FormatException>(() => ChargerScenarioFile.Read("no/such.json"));
        StringAssert.Contains(error.Message, "no/such.json");
    }
}
