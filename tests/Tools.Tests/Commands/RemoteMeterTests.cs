using System;
using System.Buffers;
using System.IO;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using MeterFirmware.Boards.Simulator.Meters;
using MeterFirmware.Boards.Simulator.Mqtt;
using MeterFirmware.Commands;
using MeterFirmware.DeviceCore;
using MeterFirmware.SmartMeter;
using MeterFirmware.Storage;
using MeterFirmware.Supervision;
using MeterFirmware.Telemetry;
using MeterFirmware.Tools.Billing.Tariffs;
using MeterFirmware.Tools.HeadEnds;
using MeterFirmware.Tools.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;
using MQTTnet;

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
        SecretFile.Write(_folder, "secret", _secret);
        _broker = await EmbeddedBroker.StartAsync();

        // Nobody listens on port 1: a host that is named by a document is one that cannot be reached.
        _link = new MqttNetLink(builder => builder.WithTcpServer("127.0.0.1", _host.Length == 0 ? _broker.Port : 1));
        _meter = NewMeter(Device, _link, this);
        Assert.IsTrue(_meter.Firmware.Core.Security.TryCommission(_secret));
        _running = new Thread(Run);
        _running.Start();

        // meterctl's own patience begins when the meter is there, however busy the machine is.
        Wait(() => _meter.Product.Telemetry.Counters.Births > 0, "online");
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
        foreach (string member in new[] { "uptimeSeconds", "\"resetCause\":\"power\"", "loopMsMax", "heapFreeBytes",
            "connects", "watchdog", "\"source\":\"rtc\"" })
        {
            StringAssert.Contains(health.Output, member);
        }

        Assert.AreEqual(0, Send("log-level", """{"level":4}""").ExitCode);
        StringAssert.Contains(Send("log").Output, "\"text\":\"start\"");
        StringAssert.Contains(Send("self-test").Output, "\"passed\":true");
        CommandLine wrong = Send("log-level", """{"level":9}""", "utility", "--unchecked");
        Assert.AreEqual(1, wrong.ExitCode);
        StringAssert.Contains(wrong.Errors, "out-of-range");
        Assert.AreEqual(1, _meter.Firmware.Core.Receiver.Counters.RefusedFor(CommandRefusal.OutOfRange));
        int refused = _meter.Firmware.Core.Receiver.Counters.Refused;
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
        Assert.IsTrue(_meter.Firmware.Core.Time.TryReadUtc(out long now, out _) && now >= utcSeconds);
    }

    /// <summary>The head-end's answer to a birth sets a clock that is an hour wrong, which no expiry would let through; a
    /// forged one and one that comes twice do not (one for another birth: AsyncApiCommandTests).</summary>
    [TestMethod]
    public async Task TheHeadEndTellsTheTimeAtEveryBirth()
    {
        byte[] key = new byte[DeviceSecurity.SecretBytes];
        string taken = "";
        using IMqttClient spy = new MqttClientFactory().CreateMqttClient();
        spy.ApplicationMessageReceivedAsync += received =>
        {
            taken = Encoding.ASCII.GetString(received.ApplicationMessage.Payload.ToArray());
            return Task.CompletedTask;
        };
        await spy.ConnectAsync(new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", _broker.Port).Build());
        await spy.SubscribeAsync($"mf/v1/{Device}/command");
        await using HeadEnd headEnd = new(new HeadEndOptions
        {
            Configure = builder => builder.WithTcpServer("127.0.0.1", _broker.Port),
            TimeKeyOf = device => device == Device ? new DeviceKey(key, 1) : null,
            UtcNow = () => DateTimeOffset.UtcNow.AddHours(1),
        });
        headEnd.Start();
        Wait(() => headEnd.IsConnected, "connected");
        Assert.AreEqual(0, Send("restart").ExitCode);
        Wait(() => _meter.Restarts == 1
            && _meter.Firmware.Core.Receiver.Counters.RefusedFor(CommandRefusal.WrongSignature) >= 1,
            "a forged time is refused");
        Assert.AreEqual(TimeSource.Rtc, _meter.Firmware.Core.Time.Source);

        _secret.CopyTo(key, 0);
        Assert.AreEqual(0, Send("restart").ExitCode);
        Wait(() => _meter.Restarts == 2 && _meter.Firmware.Core.Time.Source == TimeSource.HeadEnd, "the time is taken");
        Assert.IsTrue(_meter.Firmware.Core.Time.TryReadUtc(out long now, out _));
        Assert.AreEqual(3_600, now - DateTimeOffset.UtcNow.ToUnixTimeSeconds(), 120);
        Wait(() => taken.Contains("\"command\":\"time\""), "seen on the wire");
        int accepted = _meter.Firmware.Core.Receiver.Counters.Accepted;
        int replayed = _meter.Firmware.Core.Receiver.Counters.RefusedFor(CommandRefusal.Replayed);
        await spy.PublishStringAsync($"mf/v1/{Device}/command", taken);
        Wait(() => _meter.Firmware.Core.Receiver.Counters.RefusedFor(CommandRefusal.Replayed) > replayed,
            "its second delivery is known");
        Assert.AreEqual(accepted, _meter.Firmware.Core.Receiver.Counters.Accepted);
    }

    /// <summary>The old key is refused once the new one was used, after a restart too.</summary>
    [TestMethod]
    public void ARotatedKeyReplacesTheOldOne()
    {
        Assert.AreEqual(0, Send("health", "{}", "technician").ExitCode);
        CommandLine rotated = Send("rotate-key", """{"role":"technician"}""");
        StringAssert.Contains(rotated.Output, "\"nextKey\":2");
        Assert.AreEqual(0, Send("restart").ExitCode, "in the middle of the rotation");
        Assert.AreEqual(0, Send("health", "{}", "technician").ExitCode, "the new one was not used yet");
        Assert.AreEqual(0, Send("health", "{}", "technician", "--key-generation", "2").ExitCode);
        CommandLine old = Send("health", "{}", "technician");
        Assert.AreEqual(1, old.ExitCode);
        StringAssert.Contains(old.Errors, "unknown-key");
        Assert.AreEqual(0, Send("restart").ExitCode);
        StringAssert.Contains(Send("health", "{}", "technician").Errors, "unknown-key");
        Assert.AreEqual(0, Send("health", "{}", "technician", "--key-generation", "2").ExitCode);
        Assert.AreEqual(0, Send("health").ExitCode, "the utility's is another one");
    }

    /// <summary>cases/safety-and-security/17: who may only read holds a key that only reads. A technician's key leaks:
    /// the utility ends it with a key of its own, and the next is made where the secret is kept, which never
    /// travels.</summary>
    [TestMethod]
    public void ARolesKeyIsChangedAfterALeakWithoutTheSecretOnAnyTool()
    {
        string utility = Derive("utility", 1);
        string leaked = Derive("technician", 1);
        Assert.AreEqual(0, ByKey("log-level", """{"level":3}""", leaked).ExitCode);
        CommandLine rotated = ByKey("rotate-key", """{"role":"technician","now":true}""", utility);
        Assert.AreEqual(0, rotated.ExitCode, rotated.Errors);
        StringAssert.Contains(rotated.Output, "\"nextKey\":2");
        CommandLine thief = ByKey("log-level", """{"level":0}""", leaked, "--timeout", "3");
        Assert.AreEqual(1, thief.ExitCode, "silence or a refusal, nothing done");
        Assert.AreEqual(3, _meter.Firmware.Core.Log.Level);
        Assert.AreEqual(0, ByKey("log-level", """{"level":4}""", Derive("technician", 2)).ExitCode);
        Assert.AreEqual(4, _meter.Firmware.Core.Log.Level);
        Assert.AreEqual(0, ByKey("log-level", """{"level":1}""", utility).ExitCode, "other roles' keys go on");
    }

    private string Derive(string role, int generation)
    {
        string path = Path.Combine(_folder, $"{role}-{generation}.key");
        CommandLine made = CommandLine.Run("key", "derive", "--device", Device, "--secret",
            Path.Combine(_folder, "secret"), "--role", role,
            "--key-generation", generation.ToString(), "--out", path);
        Assert.AreEqual(0, made.ExitCode, made.Errors);
        return path;
    }

    private CommandLine ByKey(string name, string arguments, string key, params string[] more) => CommandLine.Run(
        ["command", name, arguments, "--device", Device, "--role-key", key, "--valid", "86000", .. Broker, .. more]);

    [TestMethod]
    public void ACloneHasTheOthersSettingsAndItsOwnSecrets()
    {
        LongRun.AskedOrSkip();
        Assert.AreEqual(0,
            Configure("send",
                Write("""{"version":1,"revision":3,"telemetry":{"instantSeconds":7},"log":{"level":3}}""")).ExitCode);
        byte[] bytes = new byte[DeviceSecurity.SecretBytes];
        new Random(2).NextBytes(bytes);
        string secret = SecretFile.Write(_folder, "other.secret", bytes);
        using MqttNetLink link = new(builder => builder.WithTcpServer("127.0.0.1", _broker.Port));
        SimulatedMeter other = NewMeter("remote-2", link, null);
        Assert.IsTrue(other.Firmware.Core.Security.TryCommission(bytes));
        bool isDone = false;
        Thread running = new(() =>
        {
            while (!Volatile.Read(ref isDone))
            {
                other.Step(20, 1_000L * 1_000 * 20);
                Thread.Sleep(10);
            }
        });
        running.Start();
        try
        {
            string[] target = ["--device", "remote-2", "--secret", secret, "--valid", "86000", .. Broker];
            CommandLine own = CommandLine.Run(["configure", "send",
                Write("""{"version":1,"revision":1,"link":{"password":"its-own"}}"""), .. target]);
            Assert.AreEqual(0, own.ExitCode, own.Errors);
            CommandLine wrongKey = CommandLine.Run(["configure", "clone", "--from", Device, "--device", "remote-2",
                "--secret", Path.Combine(_folder, "secret"), "--valid", "86000", .. Broker]);
            Assert.AreEqual(1, wrongKey.ExitCode);
            StringAssert.Contains(wrongKey.Errors, "did not report", "a wrong mac is met with silence");
            CommandLine cloned = CommandLine.Run(["configure", "clone", "--from", Device, .. target]);
            Assert.AreEqual(0, cloned.ExitCode, cloned.Errors);
            string copy = Path.Combine(_folder, "copy.json");
            Assert.AreEqual(0,
                CommandLine.Run(["configure", "export", "--device", "remote-2", "--out", copy, .. Broker]).ExitCode);
            StringAssert.Contains(File.ReadAllText(copy), "\"instantSeconds\": 7");
            Assert.AreEqual(3, other.Firmware.Core.Log.Level);
            SettingsValues values = other.Firmware.Core.Settings.Current;
            Assert.AreEqual("its-own",
                Encoding.ASCII.GetString(values.Bytes, values.TextOffsetOf(MeterSchema.LinkPassword),
                    values.TextLengthOf(MeterSchema.LinkPassword)));
        }
        finally
        {
            Volatile.Write(ref isDone, true);
            running.Join();
        }
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
        Assert.AreEqual(3, _meter.Firmware.Core.Log.Level);
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
        Assert.IsTrue(SpinWait.SpinUntil(() => _meter.Restarts == 1, TimeSpan.FromSeconds(120)), "restarted");
        StringAssert.Contains(Send("health").Output, "\"resetCause\":\"configuration\"");
        StringAssert.Contains(Configure("show").Output, "\"intervalMinutes\": 5");
        Assert.AreEqual(1, _meter.Restarts, "once");
    }

    [TestMethod]
    public void ABrokerThatCannotBeReachedIsRolledBack()
    {
        LongRun.AskedOrSkip();
        _ = Configure("show");
        _stepMs = 200;
        CommandLine sent = Configure("send",
            Write("""{"version":1,"revision":1,"link":{"host":"nowhere.example"},"log":{"level":4}}"""));
        Assert.AreEqual(1, sent.ExitCode);
        StringAssert.Contains(sent.Errors, "rolled revision 1 back");
        Assert.AreEqual(0L, _meter.Firmware.Core.Settings.Current.Revision);
        Assert.AreEqual(2, _meter.Firmware.Core.Log.Level, "the whole document is rolled back");
    }

    [TestMethod]
    public void AnImageIsStoredAndVerified()
    {
        LongRun.AskedOrSkip();
        string file = Path.Combine(_folder, "image.bin");
        byte[] image = new byte[20_000];
        new Random(2).NextBytes(image);
        File.WriteAllBytes(file, image);
        CommandLine sent = Send("update", "{}", "utility", "--image", file);
        Assert.AreEqual(0, sent.ExitCode, sent.Errors);
        StringAssert.Contains(sent.Output, "stored and verified");
        byte[] stored = new byte[image.Length];
        Assert.IsTrue(_meter.Firmware.Core.Images.TryRead(0, stored, stored.Length));
        CollectionAssert.AreEqual(image, stored);
    }

    public void WriteDefaults(SettingsSchema schema)
    {
    }

    public void Use(SettingsValues values) =>
        _host = Encoding.ASCII.GetString(values.Bytes, values.TextOffsetOf(MeterSchema.LinkHost),
            values.TextLengthOf(MeterSchema.LinkHost));

    private static SimulatedMeter NewMeter(string device, MqttNetLink link, ILinkSettings settings) =>
        new(new SimulatedMeterParts
        {
            Tariff = TariffFile.Load("shanghai-household").Table,
            StartUtcSeconds = DateTimeOffset.UtcNow.ToUnixTimeSeconds(),
            Link = link,
            LinkSettings = settings,
            Restarts = true,
            Plan = new MeterPlan { BlockBytes = 16_384, ImageBlocks = 4 },
            Telemetry = new TelemetrySettings
            {
                Device = device,
                SpreadMs = 100,
                BackoffMs = 100,
                BackoffMsMax = 2_000,
                StableMs = 1_000
            },
        });

    private static void Wait(Func<bool> isSo, string what) =>
        Assert.IsTrue(SpinWait.SpinUntil(isSo, TimeSpan.FromSeconds(120)), what);

    private CommandLine Send(string name, string arguments = "{}", string role = "utility", params string[] more) =>
        CommandLine.Run(
        ["command", name, arguments, "--device", Device, "--secret", Path.Combine(_folder, "secret"), "--role", role,
            "--valid", "86000", .. Broker, .. more]);

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
