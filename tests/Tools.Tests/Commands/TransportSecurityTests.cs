using System;
using System.Collections.Concurrent;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;
using MeterFirmware.Boards.Simulator.Mqtt;
using MeterFirmware.Tools.HeadEnds;
using MeterFirmware.Tools.Tests.Support;
using MeterFirmware.Tools.Tests.Telemetry;
using Microsoft.VisualStudio.TestTools.UnitTesting;
using MQTTnet;
using MQTTnet.Protocol;

namespace MeterFirmware.Tools.Tests.Commands;

/// <summary>tools/broker/make-test-broker against a real mosquitto: who gets in, who is who, and who reaches
/// what.</summary>
[TestClass]
public sealed class TransportSecurityTests
{
    private static CertifiedBroker _broker;

    [ClassInitialize]
    public static void StartBroker(TestContext _) =>
        _broker = CertifiedBroker.TryStart("--site", "site/7=site-1,meter-1,meter-2",
        "meter-1", "meter-2", "site-1", "sim-m00001", "sim-m00002");

    [ClassCleanup]
    public static void StopBroker() => _broker?.Dispose();

    [TestInitialize]
    public void SkipWithoutBroker()
    {
        if (_broker == null)
        {
            Assert.Inconclusive("skipped: mosquitto not found");
        }
    }

    [TestMethod]
    public async Task ADevicePublishesOnlyBelowItsOwnTopic()
    {
        using IMqttClient headEnd = await _broker.ConnectAsync("head-end");
        Heard heard = await Heard.ByAsync(headEnd, "mf/v1/+/record");
        using IMqttClient device = await _broker.ConnectAsync("meter-1");
        await CertifiedBroker.PublishAsync(device, "mf/v1/meter-2/record");
        await CertifiedBroker.PublishAsync(device, "mf/v1/meter-1/command");
        await CertifiedBroker.PublishAsync(device, "mf/v1/meter-1/record");

        // The broker keeps a sender's order, so what came before the last message would have arrived before it.
        Assert.AreEqual("mf/v1/meter-1/record", await heard.FirstAsync());
    }

    [TestMethod]
    public async Task ADeviceHearsOnlyWhatIsMeantForIt()
    {
        using IMqttClient device = await _broker.ConnectAsync("meter-1");
        Heard heard = await Heard.ByAsync(device, "mf/v1/#");
        using IMqttClient headEnd = await _broker.ConnectAsync("head-end");
        await CertifiedBroker.PublishAsync(headEnd, "mf/v1/meter-2/command");
        await CertifiedBroker.PublishAsync(headEnd, "mf/v1/meter-1/command");
        Assert.AreEqual("mf/v1/meter-1/command", await heard.FirstAsync());
    }

    [TestMethod]
    public async Task AnOperatorCommandsAndHearsRepliesButTakesNoRecords()
    {
        using IMqttClient device = await _broker.ConnectAsync("meter-1");
        Heard command = await Heard.ByAsync(device, "mf/v1/meter-1/command");
        using IMqttClient person = await _broker.ConnectAsync("operator");
        Heard heard = await Heard.ByAsync(person, "mf/v1/#");
        await CertifiedBroker.PublishAsync(person, "mf/v1/meter-1/ack");
        await CertifiedBroker.PublishAsync(person, "mf/v1/meter-1/command");
        Assert.AreEqual("mf/v1/meter-1/command", await command.FirstAsync());
        await CertifiedBroker.PublishAsync(device, "mf/v1/meter-1/record");
        await CertifiedBroker.PublishAsync(device, "mf/v1/meter-1/reply");
        Assert.AreEqual("mf/v1/meter-1/reply", await heard.FirstAsync());
    }

    /// <summary>Case safety-and-security/05: `-i mf-head-end` with a meter's certificate threw the head-end
    /// out.</summary>
    [TestMethod]
    public async Task NobodyTakesAnothersPlaceByItsClientId()
    {
        await using HeadEnd headEnd = new(
            new HeadEndOptions { Brokers = new MqttBrokers(_broker.Security("head-end")) });
        headEnd.Start();
        Until.True(() => headEnd.IsReady, "connected");
        for (int i = 0; i < 3; i++)
        {
            foreach (string id in new[] { "mf-head-end", "head-end", "mf-meter-1", "meter-1" })
            {
                using IMqttClient thief = await _broker.ConnectAsync("meter-2", id);
                await CertifiedBroker.PublishAsync(thief, "mf/v1/meter-2/record");
                await thief.DisconnectAsync();
            }
        }

        Until.True(() =>
            headEnd.Counters.Refused == 12, "all twelve messages, each no record, came over one connection");
        Assert.AreEqual(0, headEnd.Counters.Reconnects);
    }

    /// <summary>A device would have to hold 60 KB before its own limit sees them.</summary>
    [TestMethod]
    public async Task AMessageThatIsTooLongForADeviceNeverReachesIt()
    {
        ConcurrentQueue<int> lengths = new();
        using SemaphoreSlim arrived = new(0);
        using IMqttClient device = await _broker.ConnectAsync("meter-1");
        device.ApplicationMessageReceivedAsync += message =>
        {
            lengths.Enqueue((int)message.ApplicationMessage.Payload.Length);
            arrived.Release();
            return Task.CompletedTask;
        };
        await device.SubscribeAsync("mf/v1/meter-1/command", MqttQualityOfServiceLevel.AtLeastOnce);
        using IMqttClient first = await _broker.ConnectAsync("operator");
        await CertifiedBroker.PublishAsync(first, "mf/v1/meter-1/command", 4_097);
        try
        {
            await CertifiedBroker.PublishAsync(first, "mf/v1/meter-1/command", 60_000);
        }
        catch (Exception)
        {
            // The broker ends such a connection.
        }

        using IMqttClient second = await _broker.ConnectAsync("operator");
        await CertifiedBroker.PublishAsync(second, "mf/v1/meter-1/command", 2_048);
        Assert.IsTrue(await arrived.WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.AreEqual("2048", string.Join(' ', lengths));
    }

    [TestMethod]
    public async Task OnTheSiteBusALeaderHearsAllAndAMemberOnlyItsOwnGrants()
    {
        using IMqttClient leader = await _broker.ConnectAsync("site-1-site", "site-1-site");
        Heard all = await Heard.ByAsync(leader, "site/7/all");
        using IMqttClient member = await _broker.ConnectAsync("meter-2-site");
        Heard grants = await Heard.ByAsync(member, "site/7/#");

        // Its other connection lives beside it; neither it nor a stranger reaches the site.
        using IMqttClient telemetry = await _broker.ConnectAsync("meter-2");
        await CertifiedBroker.PublishAsync(telemetry, "site/7/all");
        await CertifiedBroker.PublishAsync(member, "site/7/0");
        await CertifiedBroker.PublishAsync(member, "mf/v1/meter-2/record");
        await CertifiedBroker.PublishAsync(member, "site/7/all");
        Assert.AreEqual("site/7/all", await all.FirstAsync());
        await CertifiedBroker.PublishAsync(leader, "site/7/0");
        await CertifiedBroker.PublishAsync(leader, "site/7/1");
        Assert.AreEqual("site/7/1", await grants.FirstAsync());
        Assert.IsTrue(telemetry.IsConnected && member.IsConnected);
    }

    [TestMethod]
    public async Task ASiteDevicesWillIsAllowed()
    {
        MqttClientOptionsBuilder options = new MqttClientOptionsBuilder().WithWillTopic("site/7/all/gone")
            .WithClientId("meter-1-site");
        _broker.Security("meter-1-site")(options);
        using IMqttClient member = new MqttClientFactory().CreateMqttClient();
        MqttClientConnectResult result = await member.ConnectAsync(options.Build());
        Assert.AreEqual(MqttClientConnectResultCode.Success, result.ResultCode);
    }

    [TestMethod]
    public void AFleetRunsWithACertificateForEachDevice()
    {
        string[] arguments = ["simulate", "--meters", "2", "--hours", "2", "--broker",
            $"mqtts://localhost:{_broker.Port}", "--json"];
        CommandLine run = CommandLine.Run([.. arguments, "--cert-folder", _broker.Folder]);
        Assert.AreEqual(0, run.ExitCode, run.Errors);
        Assert.AreEqual(18, (long)JsonNode.Parse(run.Output)["storedByHeadEnd"]);
        run = CommandLine.Run([.. arguments, "--cert-folder", _broker.Folder, "--prefix", "other"]);
        Assert.AreEqual(2, run.ExitCode);
        StringAssert.Contains(run.Errors, "other-m00001.crt is missing");
        run = CommandLine.Run([.. arguments, "--cert-folder", _broker.Folder, "--cert", "a", "--key", "b"]);
        Assert.AreEqual(2, run.ExitCode, run.Errors);
        run = CommandLine.Run("simulate", "--meters", "1", "--cert-folder", _broker.Folder);
        Assert.AreEqual(2, run.ExitCode, run.Errors);
        StringAssert.Contains(run.Errors, "--cert-folder: only with an mqtts:// address");
        if (!OperatingSystem.IsWindows())
        {
            string key = Path.Combine(_broker.Folder, "sim-m00002.key");
            UnixFileMode mode = File.GetUnixFileMode(key);
            File.SetUnixFileMode(key, mode | UnixFileMode.GroupRead);
            run = CommandLine.Run([.. arguments, "--cert-folder", _broker.Folder]);
            File.SetUnixFileMode(key, mode);
            Assert.AreEqual(2, run.ExitCode, run.Errors);
            StringAssert.Contains(run.Errors, $"{key} holds keys, and others may read or change it");
        }
    }

    /// <summary>One certificate for a whole fleet: client ids are the certificate's, so every device throws the others
    /// out.</summary>
    [TestMethod]
    public void AFleetWithOneCertificateForAllSaysWhyItCannotGoOn()
    {
        LongRun.AskedOrSkip();
        CommandLine run = CommandLine.Run("simulate", "--meters", "2", "--hours", "2", "--broker",
            $"mqtts://localhost:{_broker.Port}",
            "--ca", Path.Combine(_broker.Folder, "ca.crt"), "--cert", Path.Combine(_broker.Folder, "meter-1.crt"),
            "--key", Path.Combine(_broker.Folder, "meter-1.key"), "--json");
        Assert.AreEqual(1, run.ExitCode, run.Errors);
        StringAssert.Contains(run.Errors, "cannot go on: ");
        Assert.AreEqual(0, (long)JsonNode.Parse(run.Output)["acknowledged"]);
    }

    [TestMethod]
    [DataRow("a.b", DisplayName = "NATS takes no dot in a topic")]
    [DataRow("a/b")]
    [DataRow("+")]
    [DataRow("head-end")]
    [DataRow("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public void ANameThatIsNoTopicLevelIsRefused(string name)
    {
        string folder = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        (int code, string errors) = CertifiedBroker.Make(folder, name);
        Assert.AreEqual(2, code);
        StringAssert.Contains(errors, $"'{name}'");
        Assert.IsFalse(Directory.Exists(folder));
    }

    [TestMethod]
    public async Task NobodyGetsInWithoutACertificateOfTheAuthority() =>
        await Assert.ThrowsAsync<Exception>(() => _broker.ConnectAsync(null));

    [TestMethod]
    public async Task AServerOfAnotherAuthorityIsRefused()
    {
        string other = Directory.CreateTempSubdirectory("mf-tls-other-").FullName;
        try
        {
            Assert.AreEqual(0, CertifiedBroker.Make(other, "meter-1").Code);
            await Assert.ThrowsAsync<Exception>(() =>
                _broker.ConnectAsync("meter-1", authority: Path.Combine(other, "ca.crt")));
        }
        finally
        {
            Directory.Delete(other, recursive: true);
        }
    }

    /// <summary>What a client hears, in order.</summary>
    private sealed class Heard
    {
        private readonly ConcurrentQueue<string> _topics = new();
        private readonly SemaphoreSlim _arrived = new(0);

        public static async Task<Heard> ByAsync(IMqttClient client, string filter)
        {
            Heard heard = new();
            client.ApplicationMessageReceivedAsync += message =>
            {
                heard._topics.Enqueue(message.ApplicationMessage.Topic);
                heard._arrived.Release();
                return Task.CompletedTask;
            };
            await client.SubscribeAsync(filter, MqttQualityOfServiceLevel.AtLeastOnce);
            return heard;
        }

        public async Task<string> FirstAsync()
        {
            Assert.IsTrue(await _arrived.WaitAsync(TimeSpan.FromSeconds(60)), "nothing is heard");
            return string.Join(' ', _topics.Take(2));
        }
    }
}
