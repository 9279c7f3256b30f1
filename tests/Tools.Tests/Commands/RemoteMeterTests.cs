using System;
using System.IO;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using MeterFirmware.Boards.Simulator;
using MeterFirmware.Commands;
using MeterFirmware.SmartMeter;
using MeterFirmware.Storage;
using MeterFirmware.Telemetry;
using MeterFirmware.Tools.HeadEnds;
using MeterFirmware.Tools.MeterCtl.Tariffs;
using MeterFirmware.Tools.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Commands;

/// <summary>The whole meter obeys meterctl over a broker: commands, configuration with trial and rollback, an image.</summary>
[TestClass]
public sealed class RemoteMeterTests : ILinkSettings
{
    private const string Device = "remote-1";
    private readonly byte[] _secret = new byte[DeviceSecurity.SecretBytes];
    private string _folder;
    private EmbeddedBroker _broker;
    private SimulatedMeter _meter;
    private MqttNetLink _link;
    private Thread _running;
    private volatile bool _isStopped;
    private volatile string _host = "";
    private volatile int _stepMs = 20;

    [TestInitialize]
    public async Task Start()
    {
        _folder = Directory.CreateTempSubdirectory("mf-remote-").FullName;
        new Random(1).NextBytes(_secret);
        File.WriteAllBytes(Path.Combine(_folder, "secret"), _secret);
        _broker = await EmbeddedBroker.StartAsync();

        // Nobody listens on port 1: a host that is named by a document is one that cannot be reached.
        _link = new MqttNetLink(builder => builder.WithTcpServer("127.0.0.1", _host.Length == 0 ? _broker.Port : 1));
        _meter = new SimulatedMeter(new SimulatedMeterOptions
        {
            Tariff = TariffFile.Load("shanghai-household").Table,
            StartUtcSeconds = DateTimeOffset.UtcNow.ToUnixTimeSeconds(),
            Link = _link,
            LinkSettings = this,
            Restarts = true,
            Plan = new MeterPlan { BlockBytes = 16_384, ImageBlocks = 4 },
            Telemetry = new TelemetryOptions { Device = Device, SpreadMs = 100, BackoffMs = 100, BackoffMsMax = 2_000, StableMs = 1_000 },
        });
        Assert.IsTrue(_meter.Firmware.Security.TryCommission(_secret));
        _running = new Thread(Run);
        _running.Start();
    }

    [TestCleanup]
    public async Task Stop()
    {
        _isStopped = true;
        _running.Join();
        _link.Dispose();
        await _broker.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [TestMethod]
    public void TheMeterTellsHowItIsAndWhatHappened()
    {
        CommandLine health = Send("health");
        Assert.AreEqual(0, health.ExitCode, health.Errors);
        foreach (string member in new[] { "uptimeSeconds", "\"resetCause\":\"power\"", "loopMsMax", "heapFreeBytes", "connects", "watchdog", "\"source\":\"rtc\"" })
        {
            StringAssert.Contains(health.Output, member);
        }

        Assert.AreEqual(0, Send("log-level", """{"level":4}""").ExitCode);
        StringAssert.Contains(Send("log").Output, "\"text\":\"start\"");
        StringAssert.Contains(Send("self-test").Output, "\"passed\":true");
        CommandLine wrong = Send("log-level", """{"level":9}""");
        Assert.AreEqual(1, wrong.ExitCode);
        StringAssert.Contains(wrong.Errors, "out-of-range");
        Assert.AreEqual(1, _meter.Firmware.Receiver.Counters.RefusedFor(CommandRefusal.OutOfRange));
        int refused = _meter.Firmware.Receiver.Counters.Refused;
        StringAssert.Contains(Send("health", role: "reader").Output, "\"refusedMessages\":");
        Assert.IsTrue(refused >= 1);
    }

    [TestMethod]
    public void ARestartByCommandIsToldFromALossOfSupply()
    {
        Assert.AreEqual(0, Send("restart").ExitCode);
        StringAssert.Contains(Send("health").Output, "\"resetCause\":\"command\"");
        Assert.AreEqual(1, _meter.Restarts);
    }

    [TestMethod]
    public void AClockByCommandIsTheMostTrusted()
    {
        long utcSeconds = DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 1_000;
        Assert.AreEqual(0, Send("clock", $$"""{"utcSeconds":{{utcSeconds}}}""").ExitCode);
        StringAssert.Contains(Send("health").Output, "\"source\":\"command\"");
        Assert.IsTrue(_meter.Firmware.Supervision.Time.TryReadUtc(out long now, out _) && now >= utcSeconds);
    }

    [TestMethod]
    public void ADocumentIsShownSentAndExported()
    {
        CommandLine shown = Configure("show");
        Assert.AreEqual(0, shown.ExitCode, shown.Errors);
        StringAssert.Contains(shown.Output, "confirmed");
        string file = Write("""{"version":1,"revision":1,"telemetry":{"instantSeconds":5},"log":{"level":3}}""");
        CommandLine sent = Configure("send", file);
        Assert.AreEqual(0, sent.ExitCode, sent.Errors);
        Assert.AreEqual(3, _meter.Firmware.Supervision.Log.Level);
        string copy = Path.Combine(_folder, "copy.json");
        Assert.AreEqual(0, Configure("export", "--out", copy).ExitCode);
        StringAssert.Contains(File.ReadAllText(copy), "\"instantSeconds\": 5");
        Assert.IsFalse(File.ReadAllText(copy).Contains("password"), "secrets never leave");
        Assert.AreEqual(0, _meter.Restarts);
    }

    [TestMethod]
    public void WhatRecordsAreBuiltOnHoldsAfterARestartThatTheMeterMakes()
    {
        CommandLine sent = Configure("send", Write("""{"version":1,"revision":1,"telemetry":{"intervalMinutes":5}}"""));
        Assert.AreEqual(0, sent.ExitCode, sent.Errors);
        Assert.IsTrue(SpinWait.SpinUntil(() => _meter.Restarts == 1, TimeSpan.FromSeconds(30)), "restarted");
        StringAssert.Contains(Send("health").Output, "\"resetCause\":\"configuration\"");
        StringAssert.Contains(Configure("show").Output, "\"intervalMinutes\": 5");
        Assert.AreEqual(1, _meter.Restarts, "once");
    }

    [TestMethod]
    public void ABrokerThatCannotBeReachedIsRolledBack()
    {
        _ = Configure("show");
        _stepMs = 200;
        CommandLine sent = Configure("send", Write("""{"version":1,"revision":1,"link":{"host":"nowhere.example"},"log":{"level":4}}"""));
        Assert.AreEqual(1, sent.ExitCode);
        StringAssert.Contains(sent.Errors, "rolled revision 1 back");
        Assert.AreEqual(0L, _meter.Firmware.Supervision.Configuration.Current.Revision);
        Assert.AreEqual(2, _meter.Firmware.Supervision.Log.Level, "the whole document is rolled back");
    }

    [TestMethod]
    public void AnImageIsStoredAndVerified()
    {
        string file = Path.Combine(_folder, "image.bin");
        byte[] image = new byte[20_000];
        new Random(2).NextBytes(image);
        File.WriteAllBytes(file, image);
        CommandLine sent = Send("update", "{}", "utility", "--image", file);
        Assert.AreEqual(0, sent.ExitCode, sent.Errors);
        StringAssert.Contains(sent.Output, "stored and verified");
        byte[] stored = new byte[image.Length];
        Assert.IsTrue(_meter.Firmware.Images.TryRead(0, stored, stored.Length));
        CollectionAssert.AreEqual(image, stored);
    }

    public void WriteDefaults(ConfigurationField[] fields)
    {
    }

    public void Use(ConfigurationValues values) =>
        _host = Encoding.ASCII.GetString(values.TextOf(MeterConfiguration.LinkHost), 0, values.TextLengthOf(MeterConfiguration.LinkHost));

    private CommandLine Send(string name, string arguments = "{}", string role = "utility", params string[] more) => CommandLine.Run(
        ["command", name, arguments, "--device", Device, "--secret", Path.Combine(_folder, "secret"), "--role", role, "--valid", "86000", .. Broker, .. more]);

    private CommandLine Configure(string name, params string[] more)
    {
        string[] signer = name == "send" ? ["--secret", Path.Combine(_folder, "secret"), "--valid", "86000"] : [];
        return CommandLine.Run(["configure", name, .. more, "--device", Device, .. signer, .. Broker]);
    }

    private string[] Broker => ["--broker", $"mqtt://127.0.0.1:{_broker.Port}"];

    private string Write(string document)
    {
        string path = Path.Combine(_folder, "document.json");
        File.WriteAllText(path, document);
        return path;
    }

    /// <summary>The meter's loop, at twice the wall's speed or twenty times.</summary>
    private void Run()
    {
        while (!_isStopped)
        {
            _meter.Step(_stepMs, 1_000L * 1_000 * _stepMs);
            Thread.Sleep(10);
        }
    }
}
