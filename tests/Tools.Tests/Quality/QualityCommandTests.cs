using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;
using MeterFirmware.Tools.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Quality;

/// <summary>meterctl quality over waveforms that are known by their formula.</summary>
[TestClass]
public sealed class QualityCommandTests
{
    private const int Rate = 3_200;
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"mf-wave-{Guid.NewGuid():N}.csv");

    [TestCleanup]
    public void Delete() => File.Delete(_path);

    [TestMethod]
    public void AWaveOfKnownHarmonicsIsMeasuredAndJudged()
    {
        Write(12, t => [230 * Wave(t, 0.03, 0), 10 * Wave(t, 0.2, 0)], "t,u1,i1");
        CommandLine run = CommandLine.Run("quality", _path, "--declared", "230", "--json");
        Assert.AreEqual(0, run.ExitCode, run.Errors + run.Output);
        JsonElement phase = JsonDocument.Parse(run.Output).RootElement.GetProperty("phases")[0];
        Assert.AreEqual(230 * Math.Sqrt(1 + 0.03 * 0.03), phase.GetProperty("volts").GetDouble(), 0.05);
        Assert.AreEqual(3, Order(phase, 5).GetProperty("voltagePercent").GetDouble(), 0.03);
        Assert.AreEqual(20, Order(phase, 5).GetProperty("currentPercent").GetDouble(), 0.05);
        Assert.AreEqual(0, Order(phase, 7).GetProperty("voltagePercent").GetDouble(), 0.03);
        Assert.AreEqual(100, Order(phase, 5).GetProperty("qualifiedPercent").GetDouble());
        Assert.IsTrue(phase.GetProperty("inside").GetBoolean());
        Assert.AreEqual(3, phase.GetProperty("distortionPercent").GetDouble(), 0.05);

        Write(12, t => [220 * Wave(t, 0.045, 0)], "t,u1");
        CommandLine outside = CommandLine.Run("quality", _path);
        Assert.AreEqual(1, outside.ExitCode);
        StringAssert.Contains(outside.Output, "u1: outside of GB/T 14549");
    }

    [TestMethod]
    public void ADipIsAnEventAndAShortRecordingIsNotJudged()
    {
        Write(2, t => [220 * Wave(t, 0, 0) * (t is >= 1 and < 1.1 ? 0.5 : 1)], "t,u1");
        CommandLine run = CommandLine.Run("quality", _path, "--json");
        Assert.AreEqual(0, run.ExitCode, run.Errors + run.Output);
        JsonElement root = JsonDocument.Parse(run.Output).RootElement;
        JsonElement dip = root.GetProperty("events").EnumerateArray().Single();
        Assert.AreEqual("dip", dip.GetProperty("kind").GetString());
        Assert.AreEqual(100, dip.GetProperty("durationMs").GetDouble(), 21);
        Assert.AreEqual(110, dip.GetProperty("volts").GetDouble(), 0.1);
        Assert.AreEqual(JsonValueKind.Null, root.GetProperty("phases")[0].GetProperty("inside").ValueKind);
        StringAssert.Contains(CommandLine.Run("quality", _path).Output, "u1: not judged, no whole 3 s without an event");
    }

    [TestMethod]
    [DataRow("t,v\n0,1\n", "line 1: a header such as t,u1")]
    [DataRow("t,u1,i1,i2\n0,1,1,1\n", "line 1: a header such as t,u1")]
    [DataRow("t,u1\n0,1\n0.0003,x\n", "line 3: column 2: \"x\" is no number")]
    [DataRow("t,u1\n0,1\n0.0003\n", "line 3: 2 columns were expected, not 1")]
    [DataRow("t,u1\n0,1\n0.0003,1\n0.0003,1\n", "line 4: column 1: times must rise")]
    [DataRow("t,u1\n0,1\n0.0003,1\n0.0006,1\n0.0012,1\n", "line 5: column 1: a step of 0.0004 s was expected")]
    [DataRow("t,u1\n0,1\n0.001,1\n", "1000.0 samples a second: a multiple of 10 from 2420 on was expected")]
    [DataRow("t,u1\n0,1\n", "two rows or more")]
    [DataRow("t,u1\n0,1\n0.0003125,1\n", "no whole window of 10 cycles")]
    public void ABadRecordingIsOneLineWithItsPlace(string text, string expected)
    {
        File.WriteAllText(_path, text);
        CommandLine bad = CommandLine.Run("quality", _path);
        Assert.AreEqual(2, bad.ExitCode);
        StringAssert.Contains(bad.Errors, expected);
    }

    private static JsonElement Order(JsonElement phase, int order) => phase.GetProperty("orders")[order - 2];

    private static double Wave(double t, double fifth, double angle) =>
        Math.Sqrt(2) * (Math.Sin(2 * Math.PI * 50 * t + angle) + fifth * Math.Sin(2 * Math.PI * 250 * t + 1));

    private void Write(int seconds, Func<double, double[]> at, string header)
    {
        StringBuilder text = new(header + "\n");
        for (int i = 0; i < seconds * Rate; i++)
        {
            double t = (double)i / Rate;
            text.AppendLine(string.Join(',', at(t).Prepend(t).Select(value => value.ToString("F7", CultureInfo.InvariantCulture))));
        }

        File.WriteAllText(_path, text.ToString());
    }
}
