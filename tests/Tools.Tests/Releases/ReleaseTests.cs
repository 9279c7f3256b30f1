using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using MeterFirmware.Hardware;
using MeterFirmware.Tools.HeadEnds;
using MeterFirmware.Tools.Tests.Telemetry;
using Microsoft.VisualStudio.TestTools.UnitTesting;
using MQTTnet;
using MQTTnet.Protocol;

namespace MeterFirmware.Tools.Tests.Releases;

/// <summary>What an earlier release wrote and sent is read by this one without loss:
/// tests/Releases/README.md.</summary>
[TestClass]
public class ReleaseTests
{
    public static IEnumerable<object[]> Releases() =>
        Directory.GetDirectories(Root).Select(folder => new object[] { Path.GetFileName(folder) });

    /// <summary>Folders that hold what a device sent and was sent: a release's, not a day's between two.</summary>
    public static IEnumerable<object[]> Sent() => Releases().Where(
        release => File.Exists(Path.Combine(Root, (string)release[0], "charger", "from-device.jsonl")));

    /// <summary>Folders that hold a state of a charger that has everything.</summary>
    public static IEnumerable<object[]> States() => Releases().Where(
        release => File.Exists(Path.Combine(Root, (string)release[0], "charger", ReleaseChargerState.StateFile)));

    private static string Root => Path.Combine(AppContext.BaseDirectory, "Releases");

    [TestMethod]
    [DynamicData(nameof(Releases))]
    public void AMetersFlashIsReadWithoutLoss(string release)
    {
        string folder = Path.Combine(Root, release, "meter");
        ReleaseMeter meter = ReleaseMeter.Restarted(ReleaseMeter.LoadFlash(Path.Combine(folder, "flash.gz")));
        AssertSays(folder, meter.Facts());
    }

    [TestMethod]
    [DynamicData(nameof(Releases))]
    public void AMetersFlashIsStillReadAfterASecondStart(string release)
    {
        string folder = Path.Combine(Root, release, "meter");
        IBlockStore flash = ReleaseMeter.LoadFlash(Path.Combine(folder, "flash.gz"));
        ReleaseMeter first = ReleaseMeter.Restarted(flash);
        first.Meter.PowerDown();
        JsonObject before = first.Facts();
        JsonObject after = ReleaseMeter.Restarted(flash).Facts();
        foreach (string name in new[] { "importWattHours", "costByRate", "billedEver", "prepaidBalance",
            "acknowledgedNumber", "freezes" })
        {
            Assert.AreEqual(before[name].ToJsonString(), after[name].ToJsonString(), name);
        }
    }

    [TestMethod]
    [DynamicData(nameof(Releases))]
    public void AChargersFlashIsReadWithoutLoss(string release)
    {
        string folder = Path.Combine(Root, release, "charger");
        ReleaseCharger charger = ReleaseCharger.Restarted(ReleaseCharger.LoadFlash(Path.Combine(folder, "flash.gz")));
        AssertSays(folder, charger.Facts());
    }

    [TestMethod]
    [DynamicData(nameof(Releases))]
    public void ASitesFlashIsReadWithoutLoss(string release)
    {
        string folder = Path.Combine(Root, release, "site");
        ReleaseSite site = new(FlashFile.Load(Path.Combine(folder, "flash.gz"), ReleaseSite.Blocks,
            ReleaseSite.BlockBytes));
        AssertSays(folder, site.Facts());
    }

    [TestMethod]
    [DynamicData(nameof(States))]
    public void AStateOfAChargerThatHasEverythingIsReadWithoutLoss(string release)
    {
        string folder = Path.Combine(Root, release, "charger");
        JsonObject now = ReleaseChargerState.Facts(ReleaseChargerState.Load(folder));
        AssertSays(folder, now, ReleaseChargerState.FactsFile);
        Assert.IsGreaterThan(100L, (long)now["sessionExportWattHours"]);
    }

    [TestMethod]
    [DynamicData(nameof(Sent))]
    public void SignedSessionRecordsStayBills(string release)
    {
        string folder = Path.Combine(Root, release, "charger");
        JsonArray expected = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "facts.json")))["sessions"].AsArray();
        string[] records = File.ReadAllLines(Path.Combine(folder, "session-records.hex"));
        Assert.IsGreaterThan(2, records.Length);
        for (int i = 0; i < records.Length; i++)
        {
            JsonNode said = ReleaseCharger.Session(Convert.FromHexString(records[i]));
            Assert.IsTrue((bool)said["isAuthentic"] && (bool)said["isRead"]);
            Assert.AreEqual(expected[i].ToJsonString(), said.ToJsonString());
        }
    }

    [TestMethod]
    [DynamicData(nameof(Sent))]
    public async Task AHeadEndTakesTheMessages(string release)
    {
        await using EmbeddedBroker broker = await EmbeddedBroker.StartAsync();
        await using HeadEnd headEnd =
            new(new HeadEndOptions { Configure = builder => builder.WithTcpServer("127.0.0.1", broker.Port) });
        headEnd.Start();
        Until.True(() => headEnd.IsConnected, "connected");
        using IMqttClient devices = new MqttClientFactory().CreateMqttClient();
        await devices.ConnectAsync(new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", broker.Port).Build());
        int records = 0;
        foreach (string product in new[] { "meter", "charger" })
        {
            HashSet<long> numbers = [];
            foreach ((string topic, string payload) in ReleaseDevice.Messages(
                File.ReadLines(Path.Combine(Root, release, product, "from-device.jsonl"))))
            {
                await devices.PublishStringAsync(topic, payload, MqttQualityOfServiceLevel.AtLeastOnce);
                if (topic.EndsWith("/record", StringComparison.Ordinal)
                    && JsonNode.Parse(payload)["number"] is { } number)
                {
                    numbers.Add((long)number);
                }
            }

            records += numbers.Count;
        }

        Until.True(() => headEnd.Counters.Stored >= records || headEnd.Counters.Refused > 0, "stored");
        Assert.AreEqual(0, headEnd.Counters.Refused, headEnd.LastError);
        Assert.AreEqual(records, headEnd.Counters.Stored);
        Assert.AreEqual(0, headEnd.Counters.Conflicts);
    }

    [TestMethod]
    [DynamicData(nameof(Sent))]
    public void AMeterObeysTheCommandsAndTakesTheDocument(string release)
    {
        List<(string Topic, string Payload)> sent = Signed(release, "meter");
        long firstUtcSeconds = (long)JsonNode.Parse(sent[0].Payload)["issuedUtcSeconds"];
        ReleaseMeter meter = new(new MeterFirmware.Storage.RamBlockStore(ReleaseMeter.Plan.BlockCount,
            ReleaseMeter.Plan.BlockBytes), firstUtcSeconds - 600);
        Assert.IsTrue(meter.Meter.Firmware.Core.Security.TryCommission(ReleaseDevice.Secret));
        meter.Run(600);
        AssertObeys(sent, meter.Device, () => meter.Run(30));
    }

    [TestMethod]
    [DynamicData(nameof(Sent))]
    public void AChargerObeysTheCommands(string release)
    {
        List<(string Topic, string Payload)> sent = Signed(release, "charger");
        long firstUtcSeconds = (long)JsonNode.Parse(sent[0].Payload)["issuedUtcSeconds"];
        ReleaseCharger charger = new(ReleaseCharger.NewFlash(), firstUtcSeconds - 60);
        Assert.IsTrue(charger.Firmware.Core.Security.TryCommission(ReleaseDevice.Secret));
        charger.Run(60_000);
        AssertObeys(sent, charger.Device, () => charger.Run(5_000));
    }

    private static List<(string Topic, string Payload)> Signed(string release, string product)
    {
        string path = Path.Combine(Root, release, product, "to-device.jsonl");
        return [.. ReleaseDevice.Messages(File.ReadLines(path))
            .Where(message => !message.Topic.EndsWith("/ack", StringComparison.Ordinal))];
    }

    private static void AssertObeys(List<(string Topic, string Payload)> sent, ReleaseDevice device, Action run)
    {
        foreach ((string topic, string payload) in sent)
        {
            int before = device.Link.Published.Count;
            device.Send(topic[(topic.LastIndexOf('/') + 1)..], payload);
            run();
            string answers = string.Join("\n", device.Link.Published.Skip(before).Select(message => message.Payload));
            bool isDocument = topic.EndsWith("/desired", StringComparison.Ordinal);
            StringAssert.Contains(answers, isDocument ? "\"revision\":3" : "\"ok\":true", payload);
        }
    }

    private static void AssertSays(string folder, JsonObject now, string file = "facts.json")
    {
        JsonObject then = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, file))).AsObject();
        foreach ((string name, JsonNode value) in then)
        {
            Assert.AreEqual(value.ToJsonString(), now[name]?.ToJsonString(), name);
        }
    }
}
