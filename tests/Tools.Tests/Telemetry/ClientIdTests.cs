using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using MeterFirmware.Boards.Simulator.Mqtt;
using MeterFirmware.Tools.HeadEnds;
using MeterFirmware.Tools.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Telemetry;

/// <summary>Two head-ends with one client id: each takes the other's place by connecting, so both say so and become
/// rare.</summary>
[TestClass]
public class ClientIdTests
{
    [TestMethod]
    [DataRow(true, DisplayName = "MQTT 5, where the broker gives the reason")]
    [DataRow(false, DisplayName = "MQTT 3.1.1, where it only closes")]
    public async Task TwoHeadEndsOfOneClientIdSaySoAndWaitLongerEachTime(bool speaksMqtt5)
    {
        LongRun.AskedOrSkip(!speaksMqtt5);
        await using EmbeddedBroker broker = await EmbeddedBroker.StartAsync(speaksMqtt5: speaksMqtt5);
        List<string> log = [];
        await using HeadEnd one = Start("one", broker.Port, log);
        Until.True(() => one.IsReady, "the first is there");
        await using HeadEnd two = Start("two", broker.Port, log);
        Until.True(() => Lines(log, "another client uses the client id mf-head-end").Length >= 3, "three times");
        string[] lines = Lines(log, "trying again in");
        StringAssert.Contains(lines[0], "one of the two needs another id");
    }

    [TestMethod]
    public async Task AHeadEndThatIsStartedAgainIsNotTakenForAnother()
    {
        await using EmbeddedBroker broker = await EmbeddedBroker.StartAsync();
        List<string> log = [];
        for (int life = 0; life < 2; life++)
        {
            await using HeadEnd headEnd = Start("one", broker.Port, log, echoMs: 50);
            await using HeadEnd other = Start("other", broker.Port, log, "mf-head-end-b");
            await ServeAsync(headEnd, broker.Port);
        }

        Assert.AreEqual(0, Lines(log, "another client").Length, string.Join('\n', log));
    }

    /// <summary>An earlier life left its echo at the second broker: nobody was connected while this one was
    /// away.</summary>
    [TestMethod]
    public async Task AHeadEndThatMovesToAnotherBrokerIsNotTakenForAnother()
    {
        List<string> log = [];
        EmbeddedBroker first = await EmbeddedBroker.StartAsync();
        await using EmbeddedBroker second = await EmbeddedBroker.StartAsync();
        await using (HeadEnd earlier = Start("earlier", second.Port, log, echoMs: 50))
        {
            await ServeAsync(earlier, second.Port);
        }

        await using HeadEnd headEnd = Start("one",
            new MqttBrokers([MqttAddress.Loopback(first.Port), MqttAddress.Loopback(second.Port)]), log);
        await ServeAsync(headEnd, first.Port);
        await first.DisposeAsync();
        Until.True(() => headEnd.Counters.Reconnects == 1, "connected to the second");
        await ServeAsync(headEnd, second.Port);
        Assert.AreEqual(0, Lines(log, "another client").Length, string.Join('\n', log));
    }

    // The acknowledgement comes after what the broker had retained: it was heard by then.
    private static async Task ServeAsync(HeadEnd headEnd, int port)
    {
        Until.True(() => headEnd.IsReady, "connected");
        using TestDevice device = await TestDevice.ConnectAsync("m", port);
        await device.RecordAsync(1, 0);
        Until.True(() => device.AcknowledgedUpTo == 1, "serves");
    }

    [TestMethod]
    public void EveryTakeoverDoublesTheWaitUpToTenMinutes()
    {
        Reconnection reconnection = new(_ => 0);
        List<int> waits = [.. Enumerable.Range(0, 11)
            .Select(i => reconnection.WaitMsAfter(60_000, false, true, i * 700_000L))];
        CollectionAssert.AreEqual(new[] { 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000, 128_000, 256_000, 300_000,
            300_000 }, waits);
        Assert.AreEqual(0, reconnection.Turn, "another broker is no way out");
        Assert.AreEqual(1_000, reconnection.WaitMsAfter(60_000, false, true, 12_000_000), "forgotten after an hour");
    }

    [TestMethod]
    public void AConnectionThatFailsOrDoesNotLastBacksOffAndMovesOn()
    {
        Reconnection reconnection = new(most => most - 1);
        CollectionAssert.AreEqual(new[] { 200, 400, 800, 1_600, 3_200, 5_000, 5_000 },
            Enumerable.Range(0, 7).Select(_ => reconnection.WaitMsAfter(0, false, false, 0)).ToArray());
        Assert.AreEqual(7, reconnection.Turn);
        Assert.AreEqual(1_000, reconnection.WaitMsAfter(50, false, false, 0), "it was made");
        Assert.AreEqual(8, reconnection.Turn);
        Assert.AreEqual(100, reconnection.WaitMsAfter(Reconnection.StableMs, false, false, 0), "it was good");
        Assert.AreEqual(8, reconnection.Turn, "the same broker again");
        reconnection.WaitMsAfter(Reconnection.StableMs, true, false, 0);
        Assert.AreEqual(9, reconnection.Turn, "it was open, but of no use");
    }

    private static HeadEnd Start(string name, int port, List<string> log, string clientId = "mf-head-end",
        int echoMs = 10_000) =>
        Start(name, new MqttBrokers([MqttAddress.Loopback(port)]), log, clientId, echoMs);

    private static HeadEnd Start(string name, MqttBrokers brokers, List<string> log, string clientId = "mf-head-end",
        int echoMs = 10_000)
    {
        HeadEnd headEnd = new(new HeadEndOptions
        {
            Brokers = brokers,
            ClientId = clientId,
            EchoMs = echoMs,
            Log = line =>
            {
                lock (log)
                {
                    log.Add($"{name}: {line}");
                }
            },
        });
        headEnd.Start();
        return headEnd;
    }

    private static string[] Lines(List<string> log, string what)
    {
        lock (log)
        {
            return [.. log.Where(line => line.Contains(what, StringComparison.Ordinal))];
        }
    }
}
