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
    private const double Rate = 3_200;
    private const double Third = 2 * Math.PI / 3;
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
        string text = CommandLine.Run("quality", _path).Output;
        StringAssert.Contains(text, "u1: not judged, no whole 3 s without an event");
    }

    /// <summary>The very rates of the converters, and times of few digits.</summary>
    [TestMethod]
    [DataRow(4_096, 9, 50.0, 4_096.0)]
    [DataRow(8_192, 7, 50.0, 8_192.0)]
    [DataRow(3_999, 7, 50.0, 3_999.0)]
    [DataRow(4_882.8125, 7, 50.0, 4_882.813)]
    [DataRow(4_882.8125, 9, 49.871, 4_882.813)]
    [DataRow(3_200, 5, 50.131, 3_200.0)]
    [DataRow(4_096, 7, 60.0, 4_096.0)]
    [DataRow(3_999, 7, 59.913, 3_999.0)]
    [DataRow(4_882.8125, 7, 60.05, 4_882.813)]
    [DataRow(8_192, 7, 60.0, 8_192.0)]
    public void TheRateIsTheFilesAndTheFrequencyRight(double rate, int digits, double hertz, double expectedRate)
    {
        Write(2, t => [311 * Math.Sin(2 * Math.PI * hertz * t)], "t,u1", rate, digits);
        CommandLine run = CommandLine.Run("quality", _path, "--json", "--hertz", hertz > 55 ? "60" : "50");
        Assert.AreEqual(0, run.ExitCode, run.Errors + run.Output);
        JsonElement root = JsonDocument.Parse(run.Output).RootElement;
        Assert.AreEqual(expectedRate, root.GetProperty("sampleRateHz").GetDouble(), expectedRate * 1e-6);
        Assert.AreEqual(hertz, root.GetProperty("frequencyHz").GetDouble(), 0.002);
    }

    /// <summary>A recorder that a failing supply triggers makes such files; the last piece is below a tenth of a
    /// second.
    /// </summary>
    [TestMethod]
    [DataRow(4.0, 9, 8.0, "dip goesOn 0")]
    [DataRow(4.0, 9, 8.0, "dip goesOn 0.6")]
    [DataRow(7.97, 9, 8.05, "dip goesOn 0.6")]
    [DataRow(-1, 2, 8.0, "dip fromStart 0.6")]
    [DataRow(-1, 9, 8.0, "dip fromStart goesOn 0.6")]
    [DataRow(-1, 9, 8.0, "dip fromStart goesOn 0")]
    [DataRow(-1, 9, 8.0, "swell fromStart goesOn 1.2")]
    public void AnEventAtAnEndOfTheRecordingIsAnEvent(double begin, double end, double seconds, string expected)
    {
        double share = double.Parse(expected.Split(' ')[^1], CultureInfo.InvariantCulture);
        Write(seconds, t => [220 * Wave(t, 0, 0) * (t >= begin && t < end ? share : 1)], "t,u1", from: 100);
        CommandLine run = CommandLine.Run("quality", _path, "--json");
        JsonElement[] events = [.. JsonDocument.Parse(run.Output).RootElement.GetProperty("events").EnumerateArray()];
        Assert.HasCount(share == 0 ? 2 : 1, events);
        Assert.AreEqual(expected.Split(' ')[0], events[0].GetProperty("kind").GetString());
        foreach (JsonElement one in events)
        {
            Assert.AreEqual(220 * share, one.GetProperty("volts").GetDouble(), 0.2);
            Assert.AreEqual(100 + Math.Max(0, begin), one.GetProperty("beginSeconds").GetDouble(), 0.04);
            double durationMs = (Math.Min(end, seconds) - Math.Max(0, begin)) * 1000;
            Assert.AreEqual(durationMs, one.GetProperty("durationMs").GetDouble(), 60);
            Assert.AreEqual(expected.Contains("goesOn"), one.GetProperty("goesOn").GetBoolean());
            Assert.AreEqual(expected.Contains("fromStart"), one.GetProperty("fromStart").GetBoolean());
        }

        string text = CommandLine.Run("quality", _path).Output;
        Assert.AreEqual(expected.Contains("goesOn") && end - begin > 0.2, text.Contains(" Hz, with an event in it"));
        Assert.AreEqual(expected.Contains("goesOn"), text.Contains(", goes on at the end"));
        Assert.AreEqual(expected.Contains("fromStart"), text.Contains(", from the start on"));
    }

    [TestMethod]
    [DataRow(3_200.0)]
    [DataRow(4_882.8125)]
    public void EveryDipOfALooseContactIsShownWithItsTime(double rate)
    {
        double Share(double t) => t is >= 1 and < 11 && t % 0.2 < 0.03 ? t < 3 ? 0.2 : 0.5 : 1;
        Write(12, t => [220 * Wave(t, 0, 0) * Share(t)], "t,u1", rate);
        CommandLine run = CommandLine.Run("quality", _path, "--json");
        JsonElement root = JsonDocument.Parse(run.Output).RootElement;
        JsonElement[] events = [.. root.GetProperty("events").EnumerateArray()];
        Assert.HasCount(50, events);
        Assert.AreEqual(0, root.GetProperty("lostEvents").GetInt32());
        for (int i = 0; i < 50; i++)
        {
            Assert.AreEqual(1.01 + i * 0.2, events[i].GetProperty("beginSeconds").GetDouble(), 0.021);
            Assert.AreEqual(i < 10 ? 44 : 110, events[i].GetProperty("volts").GetDouble(), 0.5);
        }
    }

    /// <summary>Orders of a drive beyond the 21st: 3 % each of six make 7.35 %.</summary>
    [TestMethod]
    public void TheDistortionSaysItsLastOrderAndGoesToFifty()
    {
        int[] orders = [23, 25, 29, 31, 35, 37];
        double Drive(double angle) => Math.Sin(angle) + orders.Sum(order => 0.03 * Math.Sin(order * angle + order));
        Write(4, t => [311.127 * Drive(2 * Math.PI * 50 * t)], "t,u1", 12_800);
        CommandLine run = CommandLine.Run("quality", _path, "--json");
        JsonElement root = JsonDocument.Parse(run.Output).RootElement;
        JsonElement phase = root.GetProperty("phases")[0];
        Assert.AreEqual(1, run.ExitCode);
        Assert.AreEqual(50, root.GetProperty("orderMax").GetInt32());
        Assert.AreEqual(7.35, phase.GetProperty("distortionPercent").GetDouble(), 0.03);
        Assert.IsFalse(root.GetProperty("lastWindowHasEvent").GetBoolean());
        Assert.AreEqual(3, Order(phase, 37).GetProperty("voltagePercent").GetDouble(), 0.03);
        Assert.AreEqual(JsonValueKind.Null, Order(phase, 37).GetProperty("limitPercent").ValueKind);
        string text = CommandLine.Run("quality", _path).Output;
        StringAssert.Contains(text, "distortion 2–50");
        StringAssert.Contains(text, "u1: outside of GB/T 14549 (orders to 25, distortion to 50)");

        // 3.2 kHz does not carry them: what is shown says how far it goes.
        Write(4, t => [311.127 * Math.Sin(2 * Math.PI * 50 * t)], "t,u1");
        StringAssert.Contains(CommandLine.Run("quality", _path).Output, "distortion 2–27");
    }

    [TestMethod]
    [DataRow(50.19, 0, "within")]
    [DataRow(50.21, 1, "outside of")]
    [DataRow(60.19, 0, "within")]
    [DataRow(59.79, 1, "outside of")]
    public void TheFrequencyIsJudged(double hertz, int expectedExit, string expected)
    {
        string nominal = hertz > 55 ? "60" : "50";
        Write(10, t => [311 * Math.Sin(2 * Math.PI * hertz * t)], "t,u1");
        CommandLine run = CommandLine.Run("quality", _path, "--hertz", nominal);
        Assert.AreEqual(expectedExit, run.ExitCode, run.Output);
        string range = string.Create(CultureInfo.InvariantCulture, $"{hertz:F3} to {hertz:F3} Hz in 1 values of 10 s");
        StringAssert.Contains(run.Output, $"frequency: {range}, {expected} GB/T 15945");
        JsonElement root = Json("--hertz", nominal);
        Assert.AreEqual(expectedExit == 0, root.GetProperty("frequency").GetProperty("inside").GetBoolean());
    }

    /// <summary>One phase low by 5 or 8 %: (1 − 0.95)/3 over 2.95/3 is 1.69 %, (1 − 0.92)/3 over 2.92/3 is 2.74
    /// %.</summary>
    [TestMethod]
    [DataRow(0.95, 0, "within", 1.70)]
    [DataRow(0.92, 1, "outside of", 2.75)]
    public void UnbalanceIsJudged(double share, int expectedExit, string expected, double percent)
    {
        WriteThreePhases(4, share);
        CommandLine run = CommandLine.Run("quality", _path);
        Assert.AreEqual(expectedExit, run.ExitCode, run.Output);
        StringAssert.Contains(run.Output, expected + " GB/T 15543");
        JsonElement unbalance = Json().GetProperty("unbalance");
        Assert.AreEqual(expectedExit == 0, unbalance.GetProperty("inside").GetBoolean());
        Assert.AreEqual(percent, unbalance.GetProperty("percent95").GetDouble(), 0.051);
        Assert.AreEqual(percent, unbalance.GetProperty("highestPercent").GetDouble(), 0.051);
    }

    [TestMethod]
    public void WhatIsTooShortIsSaidNotToBeJudged()
    {
        WriteThreePhases(2, 1);
        CommandLine run = CommandLine.Run("quality", _path);
        Assert.AreEqual(0, run.ExitCode);
        StringAssert.Contains(run.Output, "frequency: not judged, no whole 10 s");
        StringAssert.Contains(run.Output, "unbalance: not judged, no whole 3 s");
        StringAssert.Contains(run.Output, "voltage u3: not judged, no whole 10 min");
    }

    [TestMethod]
    public void ADirectPartIsToldAndCurrentsAreNotCut()
    {
        // 400 A, more than the 60 A that the converter of a household meter has.
        Write(1, t => [20 + 220 * Wave(t, 0, 0), -8 + 400 * Wave(t, 0, 0)], "t,u1,i1");
        CommandLine run = CommandLine.Run("quality", _path);
        StringAssert.Contains(run.Output, "u1: r.m.s. is without the direct part of 20.00 V; with it 220.91 V");
        StringAssert.Contains(run.Output, "i1: r.m.s. is without the direct part of -8.0");
        JsonElement phase = Json().GetProperty("phases")[0];
        Assert.AreEqual(400, phase.GetProperty("amps").GetDouble(), 0.2);
        Assert.AreEqual(20, phase.GetProperty("directVolts").GetDouble(), 0.05);
        Assert.AreEqual(220, phase.GetProperty("volts").GetDouble(), 0.05);

        Write(1, t => [220 * Wave(t, 0, 0)], "t,u1");
        Assert.IsFalse(CommandLine.Run("quality", _path).Output.Contains("is without the direct part"));
        CommandLine cut = CommandLine.Run("quality", _path, "--declared", "50");
        StringAssert.Contains(cut.Output, "were cut: r.m.s. and orders are too low");
    }

    [TestMethod]
    [DataRow("t,v\n0,1\n", ":1: a header such as t,u1")]
    [DataRow("t,u1,i1,i2\n0,1,1,1\n", ":1: a header such as t,u1")]
    [DataRow("t,u1\n0,1\n0.0003,x\n", ":3: column 2 (u1): 'x' is no number")]
    [DataRow("t,u1\n0,1\n0.0003\n", ":3: column 2: 1 columns, the header has 2")]
    [DataRow("t,u1\n0,1\n0.0003,1\n0.0003,1\n", ":4: column 1 (t): times must rise")]
    [DataRow("t,u1\n0,1\n0.0003,1\n0.0006,1\n0.0012,1\n", ":5: column 1 (t): a step of 0.0004 s was expected")]
    [DataRow("t,u1\n0,1\n0.001,1\n", "1000.0 samples a second: 2420 to 1000000 were expected")]
    [DataRow("t,u1\n0,1\n", "two rows or more")]
    [DataRow("", ":1: a header such as t,u1")]
    [DataRow("0.0000000,0.000\n0.0003125,30.496\n", ":1: a header such as t,u1")]
    [DataRow("0;0\n0;1\n", ":1: a header such as t,u1")]
    [DataRow("t;u1\n0;1\n0;2\n", ":3: column 1 (t): times must rise")]
    [DataRow("t,u1\n0,1\n0,0003125,30,496\n", ":3: column 3: 4 columns, the header has 2; a comma is no decimal point")]
    [DataRow("t,u1\n0,1\n\n0.0003,\"30,496\"\n",
        ":4: column 2 (u1): '30,496' is no number: a number was expected, with")]
    [DataRow("t,u1\n0,1\n0.0003,\"1,234.5\"\n", ":3: column 2 (u1): '1,234.5' is no number")]
    [DataRow("t,u1\n0,1\n0.0003,1 234\n", ":3: column 2 (u1): '1 234' is no number")]
    [DataRow("t,u1\n0,1\n0.0003,NaN\n", ":3: column 2 (u1): 'NaN' is no number")]
    [DataRow("t,u1\n0,1\n0.0003,2e6\n", ":3: column 2 (u1): 2e6 is outside of -1000000 to 1000000")]
    [DataRow("t,u1\n2026-01-01T00:00:00,1\n", ":2: column 1 (t): '2026-01-01T00:00:00' is no number")]
    [DataRow("t,u1\n0,1\n\n0.0003,1\n0.0006,1\n\n0.0012,1\n", ":7: column 1 (t): a step of 0.0004 s was expected")]
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

    private JsonElement Json(params string[] options) =>
        JsonDocument.Parse(CommandLine.Run(["quality", _path, "--json", .. options]).Output).RootElement;

    private void WriteThreePhases(double seconds, double shareOfFirst) => Write(
        seconds,
        t => [220 * shareOfFirst * Wave(t, 0, 0), 220 * Wave(t, 0, -Third), 220 * Wave(t, 0, Third)],
        "t,u1,u2,u3");

    private void Write(
        double seconds, Func<double, double[]> at, string header, double rate = Rate, int digits = 7, double from = 0)
    {
        StringBuilder text = new(header + "\n");
        for (int i = 0; i < seconds * rate; i++)
        {
            double t = i / rate;
            text.Append((from + t).ToString($"F{digits}", CultureInfo.InvariantCulture));
            foreach (double value in at(t))
            {
                text.Append(',').Append(value.ToString("F3", CultureInfo.InvariantCulture));
            }

            text.Append('\n');
        }

        File.WriteAllText(_path, text.ToString());
    }
}
