using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Text;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using MeterFirmware.Boards.Simulator.Mqtt;
using MeterFirmware.Commands;
using MeterFirmware.Tools.HeadEnds;
using MeterFirmware.Tools.MeterCtl.Devices;
using MeterFirmware.Tools.MeterCtl.Simulation;
using MeterFirmware.Tools.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;
using MQTTnet;

namespace MeterFirmware.Tools.Tests.Telemetry;

/// <summary>Brokers of MQTT 3.1.1 only, several brokers, brokers that are away: issue 12, point 5.</summary>
[TestClass]
public class MqttVersionTests
{
    private const long HourMs = 3_600_000;

    private readonly List<string> _log = [];

    [TestMethod]
    [DataRow(true, DisplayName = "it says no in the words of 3.1.1")]
    [DataRow(false, DisplayName = "it closes without a word")]
    public async Task ABrokerOf311ServesDevicesAndHeadEndAndIsNamedOnce(bool answers)
    {
        LongRun.AskedOrSkip(!answers);
        await using EmbeddedBroker behind = await EmbeddedBroker.StartAsync();
        await using OldBroker broker = new(behind.Port, answers);
        await DeliversAsync(broker.Port, () => { }, kills: 0);
        Assert.IsTrue(broker.Refused > 0, "MQTT 5 was tried");
        Assert.IsTrue(broker.Refused <= 12, $"{broker.Refused} times: what is learnt holds for all links");
        Assert.AreEqual(1, Lines("connected with MQTT 3.1.1"), string.Join('\n', _log));
    }

    [TestMethod]
    public async Task ABrokerThatClosesNowAndThenIsNotTakenForOneOf311()
    {
        await using EmbeddedBroker behind = await EmbeddedBroker.StartAsync();
        await using OldBroker broker = new(behind.Port, answers: false);
        MqttBrokers brokers = Brokers(broker.Port);
        for (int death = 0; death < 3; death++)
        {
            broker.RefusesMqtt5 = true;
            Assert.AreEqual(MQTTnet.Formatter.MqttProtocolVersion.V311, await VersionAsync(brokers), $"death {death}");
            broker.RefusesMqtt5 = false;
            Assert.AreEqual(MQTTnet.Formatter.MqttProtocolVersion.V500, await VersionAsync(brokers),
                $"after death {death}");
        }
    }

    private static async Task<MQTTnet.Formatter.MqttProtocolVersion> VersionAsync(MqttBrokers brokers)
    {
        using IMqttClient client = new MqttClientFactory().CreateMqttClient();
        await brokers.ConnectAsync(client, 0, _ => { }, CancellationToken.None);
        return client.Options.ProtocolVersion;
    }

    [TestMethod]
    public async Task ABrokerThatRefusesMqtt5InItsOwnWordsIsSpokenToIn311()
    {
        await using EmbeddedBroker broker = await EmbeddedBroker.StartAsync(speaksMqtt5: false);
        await DeliversAsync(broker.Port, () => { }, kills: 0);
        Assert.AreEqual(1, Lines("UnsupportedProtocolVersion"), string.Join('\n', _log));
    }

    [TestMethod]
    public async Task OverNatsKilledInMidStreamNothingIsLostOrDoubled()
    {
        using NatsBroker broker = NatsBroker.StartOrSkip();
        await DeliversAsync(broker.Port, () =>
        {
            broker.Kill();
            broker.Start();
        }, kills: LongRun.IsAsked ? 30 : 2);
        Assert.AreEqual(1, Lines("connected with MQTT 3.1.1"), string.Join('\n', _log));
    }

    [TestMethod]
    [DataRow(Speaks.CurrentSigned)]
    [DataRow(Speaks.Release010)]
    public async Task OverMosquittoIn311KilledInMidStreamNothingIsLostOrDoubled(object speaks)
    {
        LongRun.AskedOrSkip();
        using MosquittoBroker mosquitto = Mosquitto.StartOrSkip();
        await using OldBroker broker = new(mosquitto.Port, answers: true);
        await DeliversAsync(broker.Port, () =>
        {
            mosquitto.Kill();
            mosquitto.Start();
        }, kills: LongRun.IsAsked ? 30 : 2, (Speaks)speaks);
    }

    [TestMethod]
    public async Task MeterctlAsksADeviceOverABrokerOf311()
    {
        await using EmbeddedBroker broker = await EmbeddedBroker.StartAsync(speaksMqtt5: false);
        using IMqttClient device = new MqttClientFactory().CreateMqttClient();
        device.ApplicationMessageReceivedAsync += async _ =>
            await device.PublishStringAsync("mf/v1/m/reply", """{"id":1,"ok":true}""",
                MQTTnet.Protocol.MqttQualityOfServiceLevel.AtLeastOnce);
        await device.ConnectAsync(new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", broker.Port)
            .WithProtocolVersion(MQTTnet.Formatter.MqttProtocolVersion.V311).Build());
        await device.SubscribeAsync("mf/v1/m/command", MQTTnet.Protocol.MqttQualityOfServiceLevel.AtLeastOnce);
        await using DeviceLink link = await DeviceLink.ConnectAsync(Brokers(EmbeddedBroker.FreePort(), broker.Port),
            "m", CancellationToken.None);
        JsonElement? answer = await link.AskAsync("command", Encoding.ASCII.GetBytes("{}"), (channel, _) =>
            channel == "reply",
            TimeSpan.FromSeconds(60), CancellationToken.None);
        Assert.IsTrue(answer.Value.GetProperty("ok").GetBoolean());
        Assert.AreEqual(1, Lines("connected with MQTT 3.1.1"));
    }

    [TestMethod]
    public async Task DevicesAndHeadEndMoveOnToTheNextBrokerWhenTheirsIsGone()
    {
        await using EmbeddedBroker last = await EmbeddedBroker.StartAsync();
        EmbeddedBroker first = await EmbeddedBroker.StartAsync();
        MqttBrokers brokers = Brokers(EmbeddedBroker.FreePort(), first.Port, last.Port);
        await using HeadEnd headEnd = Start(brokers);
        SyntheticMeter[] meters = [.. Enumerable.Range(0, 3).Select(i => new SyntheticMeter(i, brokers))];
        Fleet fleet = new(meters, 1_000, double.PositiveInfinity);
        using CancellationTokenSource enough = new();
        Thread running = new(() => fleet.Run(long.MaxValue, enough.Token));
        running.Start();
        Until.True(() => headEnd.Counters.Stored > 20, "records flow over the second");
        await first.DisposeAsync();
        long before = headEnd.Counters.Stored;
        Until.True(() => headEnd.Counters.Stored > before + 50, "records flow over the third");
        enough.Cancel();
        running.Join();
        DrainAndCount(fleet, headEnd);
        Array.ForEach(meters, meter => meter.Dispose());
    }

    // 0.1.0: some 500 attempts a second, since a device's own wait is of its own fast clock.
    [TestMethod]
    public void AttemptsBackOffInRealTimeHoweverFastTheDevicesClockRuns()
    {
        using SyntheticMeter meter = new(0, EmbeddedBroker.FreePort());
        Fleet fleet = new([meter], 1_000, double.PositiveInfinity);
        using CancellationTokenSource enough = new();
        Stopwatch watch = Stopwatch.StartNew();
        Thread running = new(() => fleet.Run(long.MaxValue, enough.Token));
        running.Start();
        Until.True(() => meter.Agent.Counters.Connects >= 7, "seven attempts");
        enough.Cancel();
        running.Join();

        // Half of 100, 200, 400, 800, 1 600 ms at least; a busy machine makes it longer, never shorter.
        Assert.IsTrue(watch.ElapsedMilliseconds >= 1_500, $"{watch.ElapsedMilliseconds} ms");
    }

    [TestMethod]
    public async Task AHeadEndThatIsRefusedSaysWhyOnceAndABrokerThatIsThereIsNotAskedIn311()
    {
        int asked = 0;
        int port = EmbeddedBroker.FreePort();
        MQTTnet.Server.MqttServer broker = new MQTTnet.Server.MqttServerFactory().CreateMqttServer(
            new MQTTnet.Server.MqttServerOptionsBuilder().WithDefaultEndpoint().WithDefaultEndpointPort(port).Build());
        broker.ValidatingConnectionAsync += connecting =>
        {
            Interlocked.Increment(ref asked);
            Assert.AreEqual(MQTTnet.Formatter.MqttProtocolVersion.V500, connecting.ProtocolVersion);
            connecting.ReasonCode = MQTTnet.Protocol.MqttConnectReasonCode.NotAuthorized;
            return Task.CompletedTask;
        };
        await broker.StartAsync();
        await using (HeadEnd headEnd = Start(Brokers(port)))
        {
            Until.True(() => asked >= 4, "asked again");
            Assert.AreEqual(1, Lines("NotAuthorized"), string.Join('\n', _log));
            StringAssert.Contains(headEnd.LastError, "NotAuthorized");
        }

        await broker.StopAsync(new MQTTnet.Server.MqttServerStopOptions());
        broker.Dispose();
    }

    private async Task DeliversAsync(int port, Action kill, int kills, Speaks speaks = Speaks.Current)
    {
        MqttBrokers brokers = Brokers(port);
        await using HeadEnd headEnd = Start(brokers, speaks);
        List<SyntheticMeter> meters = [.. Enumerable.Range(0, 5).Select(i => new SyntheticMeter(i, brokers, speaks))];
        Fleet fleet = new(meters, 1_000, double.PositiveInfinity);
        using CancellationTokenSource enough = new();
        Thread running = new(() => fleet.Run(kills > 0 ? long.MaxValue : 12 * HourMs, enough.Token));
        running.Start();
        Random chance = new(1);
        for (int i = 0; i < kills; i++)
        {
            long goal = headEnd.Counters.Stored + chance.Next(1, 150);
            Until.True(() => headEnd.Counters.Stored >= goal, $"records flow again after kill {i}");
            kill();
        }

        if (kills > 0)
        {
            await enough.CancelAsync();
        }

        running.Join();
        DrainAndCount(fleet, headEnd);
        meters.ForEach(meter => meter.Dispose());
    }

    private static void DrainAndCount(Fleet fleet, HeadEnd headEnd)
    {
        Assert.IsTrue(fleet.Drain(TimeSpan.FromSeconds(120), CancellationToken.None), "drained");
        IReadOnlyList<DeviceState> devices = headEnd.Devices();
        Assert.AreEqual(fleet.Produced, devices.Sum(device => device.Stored), "lost");
        Assert.AreEqual(0, devices.Sum(device => device.Doubled), "doubled");
        Assert.AreEqual(0, devices.Sum(device => device.Conflicts), "conflicts");
        Assert.AreEqual(0, headEnd.Counters.Refused, headEnd.LastError);
    }

    private MqttBrokers Brokers(params int[] ports) => new([.. ports.Select(MqttAddress.Loopback)]) { Log = Note };

    private HeadEnd Start(MqttBrokers brokers, Speaks speaks = Speaks.Current)
    {
        HeadEnd headEnd = new(new HeadEndOptions
        {
            Brokers = brokers,
            Log = Note,
            AcknowledgementKeyOf = speaks == Speaks.CurrentSigned
                ? device => DeviceSecurity.AcknowledgementKeyOf(SyntheticMeter.SecretOf(device)) : null,
        });
        headEnd.Start();
        return headEnd;
    }

    private void Note(string line)
    {
        lock (_log)
        {
            _log.Add(line);
        }
    }

    private int Lines(string what)
    {
        lock (_log)
        {
            return _log.Count(line => line.Contains(what, StringComparison.Ordinal));
        }
    }
}
