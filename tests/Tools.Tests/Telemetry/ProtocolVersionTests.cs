using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using MeterFirmware.Commands;
using MeterFirmware.Tools.HeadEnds;
using MeterFirmware.Tools.MeterCtl.Simulation;
using MeterFirmware.Tools.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Telemetry;

/// <summary>Both versions of the protocol, replaced boards, and wires and brokers that fail: lost 0, doubled 0.</summary>
[TestClass]
public class ProtocolVersionTests
{
    private const long HourMs = 3_600_000;

    private readonly List<string> _log = [];

    [TestMethod]
    [DataRow(Speaks.Current)]
    [DataRow(Speaks.CurrentSigned)]
    [DataRow(Speaks.Release010)]
    public async Task OverARealMosquittoKilledInMidStreamNoVersionLosesOrDoubles(object speaks)
    {
        using MosquittoBroker broker = Mosquitto.StartOrSkip();
        await using HeadEnd headEnd = Start(broker.Port);
        List<SyntheticMeter> meters = [.. Enumerable.Range(0, 6).Select(i => Meter(i, broker.Port, (Speaks)speaks))];
        Fleet fleet = new(meters, 1_000, double.PositiveInfinity);
        using CancellationTokenSource enough = new();
        Thread running = new(() => fleet.Run(long.MaxValue, enough.Token));
        running.Start();
        Random chance = new(1);
        for (int kill = 0; kill < (LongRun.IsAsked ? 60 : 3); kill++)
        {
            long goal = headEnd.Counters.Stored + chance.Next(1, 150);
            Until.True(() => headEnd.Counters.Stored >= goal, $"records flow again after kill {kill}");
            broker.Kill();
            broker.Start();
        }

        enough.Cancel();
        running.Join();
        Assert.IsTrue(fleet.Drain(TimeSpan.FromSeconds(120), CancellationToken.None), "drained");
        AssertNothingLostOrDoubled(headEnd, fleet.Produced);
        Assert.AreEqual(0, headEnd.Counters.JournalsReplaced);
        foreach (SyntheticMeter meter in meters)
        {
            Assert.AreEqual(0, meter.Old?.Refused ?? 0, "0.1.0 refuses what it does not know");
            Assert.AreEqual(0, meter.Agent.Counters.AcknowledgementsForeign);
            Assert.AreEqual(0, meter.Agent.Counters.AcknowledgedUnsent);
            meter.Dispose();
        }
    }

    // Case 11 and issue 12.3: today's loss. A new board under the old address, its numbers from 1 on.
    [TestMethod]
    public async Task AReplacedBoardsRecordsAreStoredAndAnnounced()
    {
        await using EmbeddedBroker broker = await EmbeddedBroker.StartAsync();
        await using HeadEnd headEnd = Start(broker.Port);
        long produced = 0;
        for (int board = 1; board <= (LongRun.IsAsked ? 20 : 3); board++)
        {
            using SyntheticMeter meter = Meter(0, broker.Port, Speaks.CurrentSigned);
            Fleet fleet = new([meter], 1_000, double.PositiveInfinity);
            fleet.Run((4 + board) * HourMs, CancellationToken.None);
            Assert.IsTrue(fleet.Drain(TimeSpan.FromSeconds(120), CancellationToken.None), "drained");
            produced += fleet.Produced;
            AssertNothingLostOrDoubled(headEnd, produced);
            Assert.AreEqual(board - 1, headEnd.Counters.JournalsReplaced);
            Assert.AreEqual(board, headEnd.Devices().Single().Journals);
            Assert.AreEqual(meter.Log.Identity, headEnd.Devices().Single().Journal);
        }

        Assert.IsTrue(
            _log.Count(line => line.StartsWith("alarm journal-replaced: meter-0000: ", StringComparison.Ordinal)) >= 2);
    }

    [TestMethod]
    [DataRow(Speaks.CurrentSigned)]
    [DataRow(Speaks.Release010)]
    public async Task OverAWireThatFailsInEveryWayNothingIsLostOrDoubled(object speaks)
    {
        await using EmbeddedBroker broker = await EmbeddedBroker.StartAsync();
        await using FaultyWire wire = new(broker.Port);
        await using HeadEnd headEnd = Start(broker.Port);
        List<SyntheticMeter> meters = [.. Enumerable.Range(0, 3).Select(i => Meter(i, wire.Port, (Speaks)speaks))];
        Fleet fleet = new(meters, 1_000, double.PositiveInfinity);
        using CancellationTokenSource enough = new();
        Thread running = new(() => fleet.Run(long.MaxValue, enough.Token));
        running.Start();
        for (int turn = 0; turn < (LongRun.IsAsked ? 10 : 1); turn++)
        {
            foreach (WireFault fault in Enum.GetValues<WireFault>())
            {
                long goal = headEnd.Counters.Stored + 40;
                Until.True(() => headEnd.Counters.Stored >= goal, $"records flow before {fault}");
                int met = wire.Met;
                wire.Set(fault);
                if (fault == WireFault.NoAnswer)
                {
                    wire.Cut();
                }

                Until.True(() => fault == WireFault.None || wire.Met > met, $"{fault} met something");
                wire.Set(WireFault.None);
                if (fault is WireFault.NoAnswer or WireFault.SwallowAll or WireFault.SwallowAnswers)
                {
                    // A swallowed packet is never repeated within its connection: only a new one helps, and the device makes it.
                    wire.Cut();
                }
            }
        }

        enough.Cancel();
        running.Join();
        Assert.IsTrue(fleet.Drain(TimeSpan.FromSeconds(120), CancellationToken.None), "drained");
        AssertNothingLostOrDoubled(headEnd, fleet.Produced);
        meters.ForEach(meter => meter.Dispose());
    }

    // Case 03: everybody may publish; a device that has a secret believes the head-end only.
    [TestMethod]
    public async Task AForgedAcknowledgementSettlesNothing()
    {
        await using EmbeddedBroker broker = await EmbeddedBroker.StartAsync();
        using SyntheticMeter meter = Meter(0, broker.Port, Speaks.CurrentSigned);
        Fleet fleet = new([meter], 1_000, double.PositiveInfinity);
        using CancellationTokenSource enough = new();
        Thread running = new(() => fleet.Run(4 * HourMs, enough.Token));
        running.Start();
        using MQTTnet.IMqttClient anybody = new MQTTnet.MqttClientFactory().CreateMqttClient();
        await anybody.ConnectAsync(new MQTTnet.MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", broker.Port)
            .Build());
        Until.True(() => meter.Agent.Counters.RecordsSent >= 2, "records are out");
        foreach (string forged in new[]
        {
            $$"""{"device":"{{SyntheticMeter.NameOf(0)}}","upTo":2}""",
            $$"""{"device":"{{SyntheticMeter.NameOf(0)}}","journal":"{{meter.Log.Identity}}","upTo":2,"mac":"0123456789abcdef"}""",
        })
        {
            long before = meter.Agent.Counters.AcknowledgementsForeign;
            await MQTTnet.MqttClientExtensions.PublishStringAsync(anybody,
                $"mf/v1/{SyntheticMeter.NameOf(0)}/ack", forged,
                MQTTnet.Protocol.MqttQualityOfServiceLevel.AtLeastOnce);
            Until.True(() => meter.Agent.Counters.AcknowledgementsForeign > before, "refused");
        }

        Assert.AreEqual(0, meter.Log.AcknowledgedNumber);
        await using HeadEnd headEnd = Start(broker.Port);
        Until.True(() => meter.Log.AcknowledgedNumber > 0, "the head-end's own");
        enough.Cancel();
        running.Join();
    }

    private HeadEnd Start(int port)
    {
        HeadEnd headEnd = new(new HeadEndOptions
        {
            Configure = builder => builder.WithTcpServer("127.0.0.1", port),
            AcknowledgementKeyOf = device => DeviceSecurity.AcknowledgementKeyOf(SyntheticMeter.SecretOf(device)),
            Log = line =>
            {
                lock (_log)
                {
                    _log.Add(line);
                }
            },
        });
        headEnd.Start();
        return headEnd;
    }

    private static SyntheticMeter Meter(int index, int port, Speaks speaks) =>
        new(index, builder => builder.WithTcpServer("127.0.0.1", port), speaks);

    private static void AssertNothingLostOrDoubled(HeadEnd headEnd, long produced)
    {
        IReadOnlyList<DeviceState> devices = headEnd.Devices();
        Assert.AreEqual(produced, devices.Sum(device => device.Stored), "lost");
        Assert.AreEqual(0, devices.Sum(device => device.Doubled), "doubled");
        Assert.AreEqual(0, devices.Sum(device => device.Dropped), "dropped");
        Assert.AreEqual(0, devices.Sum(device => device.Conflicts), "conflicts");
        Assert.AreEqual(0, devices.Sum(device => device.SettledElsewhere), "settled elsewhere");
        Assert.AreEqual(0, headEnd.Counters.Refused, headEnd.LastError);
    }
}
