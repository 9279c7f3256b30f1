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
        _secret = SecretFile.Write(_folder, "m1.secret", Encoding.ASCII.GetBytes(new string('5', 64) + "\n"));
    }

    [TestCleanup]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public void WhatIsPrintedTheDeviceTakesOnce()
    {
        CommandLine made = CommandLine.Run("command", "clear", """{"what":"demand"}""", "--device", "m1", "--secret",
            _secret, "--print");
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
        CommandLine made = CommandLine.Run("command", "tariff", "--table", "china-workplace-five-rates", "--device",
            "m1", "--secret", _secret, "--print");
        Assert.AreEqual(0, made.ExitCode, made.Errors);
        CommandReceiver receiver = Receiver();
        foreach (string piece in made.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            Assert.IsTrue(piece.Length <= new TelemetrySettings().IncomingBytesMax);
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
        CommandLine refused = CommandLine.Run("command", name, "--device", "m1", "--secret", _secret, "--role",
            role, "--print");
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

    /// <summary>What a tool holds signs for its role and for nothing else, and only for its device.</summary>
    [TestMethod]
    public void ARolesKeySignsForItsRoleAndDeviceOnly()
    {
        string key = Derive("reader");
        CommandLine read = CommandLine.Run("command", "read", """{"what":"tariff"}""", "--device", "m1", "--role-key",
            key, "--print");
        Assert.AreEqual(0, read.ExitCode, read.Errors);
        CommandReceiver receiver = Receiver();
        Assert.IsTrue(Take(receiver, read.Output.Trim(), out string reply));
        StringAssert.Contains(reply, "\"ok\":true");
        AssertRefused("--role: reader may not give 'clear'", "command", "clear", """{"what":"demand"}""", "--device",
            "m1", "--role-key", key, "--print");
        AssertRefused("is the key of 'reader', that of 'utility' was expected",
            "command", "restart", "--device", "m1", "--role-key", key, "--role", "utility", "--print");
        AssertRefused("is a key of device m1, not of m2", "command", "health", "--device", "m2", "--role-key", key,
            "--print");
        AssertRefused("is of generation 1", "command", "health", "--device", "m1", "--role-key", key,
            "--key-generation", "2", "--print");
        AssertRefused("exactly one of --role-key FILE and --secret FILE", "command", "health", "--device", "m1",
            "--print");
        AssertRefused("exactly one of --role-key FILE and --secret FILE",
            "command", "health", "--device", "m1", "--role-key", key, "--secret", _secret, "--print");
        AssertRefused("is the key of 'image', a role's key was expected",
            "command", "health", "--device", "m1", "--role-key", Derive("image"), "--print");
        File.WriteAllText(key, "m1 reader 1 12");
        AssertRefused("one line 'DEVICE USE GENERATION 64-HEX-DIGITS'", "command", "health", "--device", "m1",
            "--role-key", key, "--print");
    }

    [TestMethod]
    [DataRow("utility", "--image-key FILE was expected")]
    [DataRow("image", "Connection refused")] // signed, and nobody listens
    public void AnImageIsSignedByTheKeyOfImages(string use, string expected)
    {
        string image = Path.Combine(_folder, "image.bin");
        File.WriteAllBytes(image, [1, 2, 3]);
        string[] imageKey = use == "image" ? ["--image-key", Derive("image")] : [];
        CommandLine sent = CommandLine.Run(["command", "update", "--image", image, "--device", "m1", "--role-key",
            Derive("utility"), .. imageKey,
            "--broker", "mqtt://127.0.0.1:1"]);
        Assert.AreEqual(2, sent.ExitCode, sent.Errors);
        StringAssert.Contains(sent.Errors, expected);
    }

    [TestMethod]
    [DataRow("king", "1",
        "--role: 'king', one of utility, technician, owner, reader, image, acknowledgement was expected")]
    [DataRow("reader", "0", "--key-generation: 0 is outside of 1 to 65535")]
    [DataRow("image", "2", "--key-generation: the key of image has none")]
    public void WhatNoKeyCanBeMadeForIsRefused(string role, string generation, string expected)
    {
        string path = Path.Combine(_folder, "new.key");
        AssertRefused(expected, "key", "derive", "--device", "m1", "--secret", _secret, "--role", role,
            "--key-generation", generation, "--out", path);
        Assert.IsFalse(File.Exists(path));
    }

    /// <summary>Whoever reads a key signs for the device: a file that others may read or write is refused, whatever it
    /// holds.
    /// </summary>
    [TestMethod]
    [DataRow("--secret", UnixFileMode.GroupRead)]
    [DataRow("--secret", UnixFileMode.OtherRead)]
    [DataRow("--secret", UnixFileMode.OtherWrite)]
    [DataRow("--role-key", UnixFileMode.OtherRead)]
    [DataRow("--role-key", UnixFileMode.GroupWrite)]
    public void AKeyThatOthersMayReadIsRefused(string option, UnixFileMode others)
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Inconclusive("no modes there");
            return;
        }

        string path = option == "--secret" ? _secret : Derive("utility");
        string[] arguments = ["command", "health", "--device", "m1", option, path, "--print"];
        Assert.AreEqual(0, CommandLine.Run(arguments).ExitCode, "a derived key is its owner's from the first byte on");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | others);
        AssertRefused($"{option}: {path} holds keys, and others may read or change it: chmod 600 {path}", arguments);

        // A link to it is the same file.
        string link = Path.Combine(_folder, "link");
        File.CreateSymbolicLink(link, path);
        AssertRefused("others may read or change it", "command", "health", "--device", "m1", option, link, "--print");
    }

    [TestMethod]
    public void ADeviceOrAHugeFileIsNoKey()
    {
        string path = SecretFile.Write(_folder, "huge", new byte[100_000]);
        AssertRefused("longer than 4096 bytes", "command", "health", "--device", "m1", "--secret", path, "--print");
        AssertRefused("--secret: ", "command", "health", "--device", "m1", "--secret", _folder, "--print");
        AssertRefused("--secret: ", "command", "health", "--device", "m1", "--secret", Path.Combine(_folder, "none"),
            "--print");
    }

    private string Derive(string role)
    {
        string path = Path.Combine(_folder, role + ".key");
        CommandLine made = CommandLine.Run("key", "derive", "--device", "m1", "--secret", _secret, "--role", role,
            "--out", path);
        Assert.AreEqual(0, made.ExitCode, made.Errors);
        Assert.IsFalse(File.ReadAllText(path).Contains(new string('5', 64), StringComparison.Ordinal),
            "not the secret");
        return path;
    }

    private static void AssertRefused(string expected, params string[] arguments)
    {
        CommandLine refused = CommandLine.Run(arguments);
        Assert.AreEqual(2, refused.ExitCode, refused.Output + refused.Errors);
        StringAssert.Contains(refused.Errors, expected);
        Assert.AreEqual("", refused.Output);
    }

    [TestMethod]
    public void EveryErrorOfAConfigurationIsReportedWithItsPath()
    {
        string file = Path.Combine(_folder, "meter.json");
        File.WriteAllText(file,
            """{"version":1,"revision":0,"link":{"port":0,"hosts":"x"},"log":{"level":9},"more":{}}""");
        CommandLine bad = CommandLine.Run("configure", "validate", file);
        Assert.AreEqual(2, bad.ExitCode);
        foreach (string path in new[] { "revision:", "link.port:", "link.hosts:", "log.level:", "more:" })
        {
            StringAssert.Contains(bad.Errors, path);
        }

        File.WriteAllText(file,
            "{\"version\":1,\n\"revision\":1,\n\"events\":{\n\"delaySeconds\":60,\n\"overVoltageMillivolts\":-5}}");
        CommandLine lines = CommandLine.Run("configure", "validate", file);
        StringAssert.Contains(lines.Errors,
            $"{file}: line 5: events.overVoltageMillivolts: a whole number from 1 to 1000000 was expected");
        File.WriteAllText(file, """{"version":1,"revision":1,"events":{"underVoltageMillivolts":264000}}""");
        StringAssert.Contains(CommandLine.Run("configure", "validate", file).Errors,
            "events.overVoltageMillivolts: does not go with the other settings");
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
        StringAssert.Contains(CommandLine.Run("configure", "validate", file).Errors,
            $"{file}: line 8: demand.slipMinutes: does not go");
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
