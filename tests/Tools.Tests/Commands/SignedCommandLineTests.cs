using System;
using System.IO;
using System.Text;
using MeterFirmware.Basics;
using MeterFirmware.Commands;
using MeterFirmware.Hardware;
using MeterFirmware.Storage;
using MeterFirmware.Telemetry;
using MeterFirmware.Tools.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Commands;

/// <summary>`meterctl command --print` and `configure validate`: what they make, the firmware takes; bad input names its place.</summary>
[TestClass]
public sealed class SignedCommandLineTests : ICommandTarget
{
    private string _folder;
    private string _secret;
    private string _executed = "";
    private long _nowMs;

    [TestInitialize]
    public void MakeSecret()
    {
        _folder = Directory.CreateTempSubdirectory("mf-command-").FullName;
        _secret = Path.Combine(_folder, "m1.secret");
        File.WriteAllText(_secret, new string('5', 64) + "\n");
    }

    [TestCleanup]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public void WhatIsPrintedTheDeviceTakesOnce()
    {
        CommandLine made = CommandLine.Run("command", "clear", """{"what":"demand"}""", "--device", "m1", "--secret", _secret, "--print");
        Assert.AreEqual(0, made.ExitCode, made.Errors);
        CommandReceiver receiver = Receiver();
        Assert.IsTrue(Take(receiver, made.Output.Trim(), out string reply));
        StringAssert.Contains(reply, "\"ok\":true");
        Assert.AreEqual("6", _executed);
        Assert.IsTrue(Take(receiver, made.Output.Trim(), out string again));
        StringAssert.Contains(again, "\"error\":\"replayed\"");
        Assert.AreEqual("6", _executed, "a second delivery is not carried out");
    }

    [TestMethod]
    public void ATableGoesInPiecesThatFitTheDevicesInbox()
    {
        CommandLine made = CommandLine.Run("command", "tariff", "--table", "china-workplace-five-rates", "--device", "m1", "--secret", _secret, "--print");
        Assert.AreEqual(0, made.ExitCode, made.Errors);
        CommandReceiver receiver = Receiver();
        foreach (string piece in made.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            Assert.IsTrue(piece.Length <= new TelemetryOptions().IncomingBytesMax);
            Assert.IsTrue(Take(receiver, piece, out string reply));
            StringAssert.Contains(reply, "\"ok\":true");
        }

        StringAssert.StartsWith(_executed, "3");
    }

    [TestMethod]
    [DataRow("clear", "reader", "--role: reader may not give 'clear'")]
    [DataRow("explode", "utility", "'explode' is no command")]
    [DataRow("clear", "king", "--role: 'king'")]
    public void WhatNoDeviceWouldTakeIsRefusedBeforeItIsSent(string name, string role, string expected)
    {
        CommandLine refused = CommandLine.Run("command", name, "--device", "m1", "--secret", _secret, "--role", role, "--print");
        Assert.AreEqual(2, refused.ExitCode);
        StringAssert.Contains(refused.Errors, expected);
        Assert.AreEqual("", refused.Output);
    }

    [TestMethod]
    public void ASecretOfTheWrongLengthIsRefusedByItsFile()
    {
        File.WriteAllText(_secret, "short");
        CommandLine refused = CommandLine.Run("command", "restart", "--device", "m1", "--secret", _secret, "--print");
        Assert.AreEqual(2, refused.ExitCode);
        StringAssert.Contains(refused.Errors, _secret);
    }

    [TestMethod]
    public void EveryErrorOfAConfigurationIsReportedWithItsPath()
    {
        string file = Path.Combine(_folder, "meter.json");
        File.WriteAllText(file, """{"version":1,"revision":0,"link":{"port":0,"hosts":"x"},"log":{"level":9},"more":{}}""");
        CommandLine bad = CommandLine.Run("configure", "validate", file);
        Assert.AreEqual(2, bad.ExitCode);
        foreach (string path in new[] { "revision:", "link.port:", "link.hosts:", "log.level:", "more:" })
        {
            StringAssert.Contains(bad.Errors, path);
        }

        File.WriteAllText(file, "{\"version\":1,\n\"revision\":1,\n\"events\":{\n\"delaySeconds\":60,\n\"overVoltageMillivolts\":-5}}");
        CommandLine lines = CommandLine.Run("configure", "validate", file);
        StringAssert.Contains(lines.Errors, $"{file}: line 5: events.overVoltageMillivolts: a whole number from 1 to 1000000 was expected");
        File.WriteAllText(file, """{"version":1,"revision":1,"events":{"underVoltageMillivolts":264000}}""");
        StringAssert.Contains(CommandLine.Run("configure", "validate", file).Errors, "events.overVoltageMillivolts: does not go with the other settings");
        File.WriteAllText(file, """{"version":1,"revision":1,"demand":{"periodMinutes":15,"slipMinutes":2}}""");
        CommandLine conflict = CommandLine.Run("configure", "validate", file);
        StringAssert.Contains(conflict.Errors, "demand.slipMinutes");
        File.WriteAllText(file, """{"version":1,"revision":1,"demand":{"periodMinutes":15,"slipMinutes":3}}""");
        CommandLine good = CommandLine.Run("configure", "validate", file);
        Assert.AreEqual(0, good.ExitCode, good.Errors);
    }

    [TestMethod]
    public void AnErrorOfAConfigurationNamesFileLineFieldAndWhatWasExpected()
    {
        string file = Path.Combine(_folder, "lines.json");
        File.WriteAllText(file, """
            {
              "version": 1, "revision": 2,
              "link": {
                "host": "broker",
                "port": 70000
              },
              "demand": { "periodMinutes": 15,
                "slipMinutes": 2 },
              "list": [ { "a": 1 }, { "a": 2 } ]
            }
            """);
        CommandLine bad = CommandLine.Run("configure", "validate", file);
        Assert.AreEqual(2, bad.ExitCode);
        StringAssert.Contains(bad.Errors, $"{file}: line 5: link.port: a whole number from 1 to 65535 was expected");
        StringAssert.Contains(bad.Errors, $"{file}: line 9: list: there is no such section");
        File.WriteAllText(file, File.ReadAllText(file).Replace("70000", "8883")
            .Replace("},\n  \"list\": [ { \"a\": 1 }, { \"a\": 2 } ]", "}"));
        StringAssert.Contains(CommandLine.Run("configure", "validate", file).Errors, $"{file}: line 8: demand.slipMinutes: does not go");
    }

    [TestMethod]
    public void ASettingThatStandsInADocumentTwiceIsAnErrorWithItsLine()
    {
        string file = Path.Combine(_folder, "twice.json");
        File.WriteAllText(file, "{\n\"version\":1,\"revision\":1,\n\"log\":{\"level\":1,\n\"level\":2}}");
        CommandLine bad = CommandLine.Run("configure", "validate", file);
        Assert.AreEqual(2, bad.ExitCode);
        StringAssert.Contains(bad.Errors, $"{file}: line 4: log.level: it stands there twice");
    }

    public int Execute(int code, int role, FlatJson arguments, ByteTextWriter result)
    {
        _executed += code.ToString();
        return CommandRefusal.None;
    }

    private CommandReceiver Receiver()
    {
        DeviceSecurity security = new(new CheckpointStore(new RamBlockStore(2, 4096), DeviceSecurity.StateBytes));
        Assert.IsTrue(security.TryCommission(Convert.FromHexString(new string('5', 64))));
        return new CommandReceiver("m1", security, this);
    }

    private bool Take(CommandReceiver receiver, string text, out string reply)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        MqttMessage message = new(4096) { PayloadLength = bytes.Length };
        bytes.CopyTo(message.Payload, 0);
        ByteTextWriter writer = new(1024);
        _nowMs += 1_000;
        bool isAnswered = receiver.TryHandle(_nowMs, DateTimeOffset.UtcNow.ToUnixTimeSeconds(), message, writer);
        reply = Encoding.UTF8.GetString(writer.Bytes, 0, writer.Length);
        return isAnswered;
    }
}
