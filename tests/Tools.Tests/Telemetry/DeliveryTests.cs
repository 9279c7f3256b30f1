using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using MeterFirmware.Tools.HeadEnds;
using MeterFirmware.Tools.MeterCtl.Simulation;
using MeterFirmware.Tools.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.VisualStudio.TestTools.UnitTesting;
using MQTTnet;

namespace MeterFirmware.Tools.Tests.Telemetry;

/// <summary>Devices, a broker and a head-end, and everything that may die in between. Always counted: lost 0, doubled 0.</summary>
[TestClass]
public class DeliveryTests
{
    private const long HourMs = 3_600_000;

    [TestMethod]
    public async Task OverTheEmbeddedBrokerEveryRecordIsStoredOnceAndTheTotalsAreTheMeters()
    {
        await using EmbeddedBroker broker = await EmbeddedBroker.StartAsync();
        await using HeadEnd headEnd = Start(broker.Port, null);
        using Meters meters = new(5, broker.Port);
        meters.Fleet.Run(24 * HourMs, CancellationToken.None);
        Assert.IsTrue(meters.Fleet.Drain(TimeSpan.FromSeconds(120), CancellationToken.None), "drained");
        AssertNothingLostOrDoubled(meters, headEnd);
        Assert.AreEqual(0, headEnd.Counters.Refused, headEnd.LastError);
        foreach (IGrouping<string, DailyTotal> device in headEnd.Totals().GroupBy(total => total.Device))
        {
            SyntheticMeter meter = meters.Of(device.Key);
            Assert.AreEqual(meter.ImportMilliwattHours, device.Sum(total => total.ImportMilliwattHours));
            Assert.AreEqual(96, device.Sum(total => total.Intervals));

            // 2026-01-01T00:00Z is 08:00 in +08:00: a day of 16 hours and one of 8.
            Assert.AreEqual(64, device.Where(t => t.Date == new DateOnly(2026, 1, 1)).Sum(t => t.Intervals));
            Assert.AreEqual(32, device.Where(t => t.Date == new DateOnly(2026, 1, 2)).Sum(t => t.Intervals));
        }
    }

    [TestMethod]
    public async Task OverARealMosquittoKilledInMidStreamNothingIsLostOrDoubled()
    {
        using MosquittoBroker broker = Mosquitto.StartOrSkip();
        await using HeadEnd headEnd = Start(broker.Port, null);
        int kills = LongRun.IsAsked ? 200 : 4;
        using Meters meters = new(LongRun.IsAsked ? 50 : 10, broker.Port);
        using CancellationTokenSource enough = new();
        Thread running = new(() => meters.Fleet.Run(long.MaxValue, enough.Token));
        running.Start();
        Random chance = new(1);
        for (int kill = 0; kill < kills; kill++)
        {
            // A random moment: after so many more records, in the middle of whatever is under way.
            long goal = headEnd.Counters.Stored + chance.Next(1, 150);
            Until.True(() => headEnd.Counters.Stored >= goal, $"records flow again after kill {kill}");
            broker.Kill();
            broker.Start();
        }

        enough.Cancel();
        running.Join();
        Assert.IsTrue(meters.Fleet.Drain(TimeSpan.FromSeconds(120), CancellationToken.None), "drained");
        AssertNothingLostOrDoubled(meters, headEnd);
        Assert.IsTrue(headEnd.Counters.Reconnects >= 1, "the kills were felt");

        // Of four kills it may be that none hits a record under way.
        Assert.IsTrue(headEnd.Counters.DeliveredAgain > 0 || !LongRun.IsAsked, "records were delivered again");
    }

    [TestMethod]
    public async Task AHeadEndThatIsReplacedInMidStreamGoesOnWithItsFile()
    {
        string folder = Directory.CreateTempSubdirectory("mf-headend-").FullName;
        string path = Path.Combine(folder, "headend.sqlite");
        await using (EmbeddedBroker broker = await EmbeddedBroker.StartAsync())
        {
            using Meters meters = new(4, broker.Port);
            using CancellationTokenSource enough = new();
            Thread running = new(() => meters.Fleet.Run(long.MaxValue, enough.Token));
            running.Start();
            for (int i = 0; i < 3; i++)
            {
                await using HeadEnd some = Start(broker.Port, path);
                Until.True(() => some.Counters.Stored >= 100, "records flow");
            }

            enough.Cancel();
            running.Join();
            await using HeadEnd last = Start(broker.Port, path);
            Assert.IsTrue(meters.Fleet.Drain(TimeSpan.FromSeconds(120), CancellationToken.None), "drained");
            AssertNothingLostOrDoubled(meters, last);
        }

        Directory.Delete(folder, recursive: true);
    }

    [TestMethod]
    public async Task ADeviceThatVanishesIsShownOfflineByItsRetainedWill()
    {
        await using EmbeddedBroker broker = await EmbeddedBroker.StartAsync();
        await using HeadEnd headEnd = Start(broker.Port, null);
        using Meters meters = new(1, broker.Port);
        meters.Fleet.Run(HourMs, CancellationToken.None);
        Until.True(() => headEnd.Devices().Single().Online, "birth");
        CollectionAssert.AreEqual(new[] { "peak", "valley" }, headEnd.Devices().Single().Rates.ToArray());
        meters.All[0].NetLink.Cut();
        Until.True(() => !headEnd.Devices().Single().Online, "will");

        // A second head-end that comes later sees it too: the will is retained on the birth's topic.
        await using HeadEnd late = Start(broker.Port, null, "late");
        Until.True(() => late.Devices().Count == 1, "retained status");
        Assert.IsFalse(late.Devices().Single().Online);
    }

    [TestMethod]
    public async Task TwoClientsOfOneNameDoNotThrowEachOtherOutWithoutPause()
    {
        await using EmbeddedBroker broker = await EmbeddedBroker.StartAsync();
        await using HeadEnd headEnd = Start(broker.Port, null);
        using SyntheticMeter one = new(7, broker.Port);
        using SyntheticMeter two = new(7, broker.Port);
        Fleet fleet = new([one, two], 1_000, 1);
        fleet.Run(5_000, CancellationToken.None);
        long connects = one.Agent.Counters.Connects + two.Agent.Counters.Connects;
        Assert.IsTrue(connects is >= 3 and < 40, $"{connects} connections in 5 s");
    }

    [TestMethod]
    public async Task ARereadBringsStoredRecordsAgainAndStoresNoneTwice()
    {
        List<string> replies = [];
        await using EmbeddedBroker broker = await EmbeddedBroker.StartAsync();
        await using HeadEnd headEnd = new(new HeadEndOptions
        {
            Configure = builder => builder.WithTcpServer("127.0.0.1", broker.Port),
            ReplyArrived = (_, payload) =>
            {
                lock (replies)
                {
                    replies.Add(System.Text.Encoding.UTF8.GetString(payload.Span));
                }
            },
        });
        headEnd.Start();
        using Meters meters = new(1, broker.Port);
        meters.Fleet.Run(6 * HourMs, CancellationToken.None);
        Assert.IsTrue(meters.Fleet.Drain(TimeSpan.FromSeconds(120), CancellationToken.None), "drained");
        HashSet<long> again = [];
        using IMqttClient listener = await ListenAsync(broker.Port, SyntheticMeter.NameOf(0), again);
        DateTimeOffset from = DateTimeOffset.FromUnixTimeSeconds(SyntheticMeter.StartUtc);
        await headEnd.QueryAsync(SyntheticMeter.NameOf(0), "again", from, from.AddHours(3));
        Until.True(() =>
        {
            meters.All[0].Step(10);
            lock (replies)
            {
                return replies.Count > 0;
            }
        }, "the answer");
        int expected = Enumerable.Range(1, 12).Sum(interval => 1 + interval % 5);
        StringAssert.Contains(replies[0], $"\"id\":\"again\",\"ok\":true,\"count\":{expected}");

        // A slow machine makes the device send some of them more than once: each number counts.
        Until.True(() =>
        {
            meters.All[0].Step(10);
            lock (again)
            {
                return again.Count >= expected && headEnd.Counters.DeliveredAgain >= expected;
            }
        }, "the records");
        CollectionAssert.AreEquivalent(Enumerable.Range(1, expected).Select(i => (long)i).ToArray(), again.ToArray());
        AssertNothingLostOrDoubled(meters, headEnd);
    }

    // The broker is a stock mosquitto: Receive Maximum 20.
    [TestMethod]
    public async Task AHeadEndWhoseFileWasLockedAcknowledgesAllDevicesAtOnceWithoutLosingItsConnection()
    {
        using MosquittoBroker broker = Mosquitto.StartOrSkip();
        string folder = Directory.CreateTempSubdirectory("mf-headend-").FullName;
        string path = Path.Combine(folder, "headend.sqlite");
        await using (HeadEnd headEnd = Start(broker.Port, path))
        {
            Until.True(() => headEnd.IsConnected, "connected");
            await using SqliteConnection other = new($"Data Source={path};Pooling=false");
            other.Open();
            using SqliteTransaction locked = other.BeginTransaction();
            using SqliteCommand write = new("UPDATE device SET is_online=is_online", other, locked);
            write.ExecuteNonQuery();
            HashSet<string> acknowledged = [];
            using IMqttClient devices = new MqttClientFactory().CreateMqttClient();
            devices.ApplicationMessageReceivedAsync += received =>
            {
                lock (acknowledged)
                {
                    acknowledged.Add(received.ApplicationMessage.Topic);
                }

                return Task.CompletedTask;
            };
            await devices.ConnectAsync(new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", broker.Port).Build());
            await devices.SubscribeAsync("mf/v1/+/ack");
            for (int i = 0; i < 200; i++)
            {
                string payload =
                    $$"""{"device":"d{{i}}","kind":"raw","acknowledged":0,"number":1,"rawKind":9,"raw":"00"}""";
                await devices.PublishStringAsync($"mf/v1/d{i}/record", payload,
                    MQTTnet.Protocol.MqttQualityOfServiceLevel.AtLeastOnce);
            }

            Until.True(() => headEnd.Counters.Received == 200, "all received");
            Assert.AreEqual(0, headEnd.Counters.Acknowledgements, "nothing that is not durable is acknowledged");
            locked.Rollback();
            Until.True(() =>
            {
                lock (acknowledged)
                {
                    return acknowledged.Count == 200;
                }
            }, "all acknowledged");
            Assert.AreEqual(0, headEnd.Counters.Reconnects);
        }

        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Keeps the numbers of all records that the device sends from now on.</summary>
    private static async Task<IMqttClient> ListenAsync(int port, string device, HashSet<long> numbers)
    {
        IMqttClient listener = new MqttClientFactory().CreateMqttClient();
        listener.ApplicationMessageReceivedAsync += received =>
        {
            using JsonDocument record = JsonDocument.Parse(received.ApplicationMessage.Payload);
            lock (numbers)
            {
                numbers.Add(record.RootElement.GetProperty("number").GetInt64());
            }

            return Task.CompletedTask;
        };
        await listener.ConnectAsync(new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", port).Build());
        await listener.SubscribeAsync($"mf/v1/{device}/record");
        return listener;
    }

    private static HeadEnd Start(int port, string path, string clientId = "mf-head-end")
    {
        HeadEnd headEnd = new(new HeadEndOptions
        {
            Configure = builder => builder.WithTcpServer("127.0.0.1", port),
            DatabasePath = path,
            ClientId = clientId,
        });
        headEnd.Start();
        return headEnd;
    }

    private static void AssertNothingLostOrDoubled(Meters meters, HeadEnd headEnd)
    {
        IReadOnlyList<DeviceState> devices = headEnd.Devices();
        Assert.AreEqual(meters.All.Count, devices.Count);
        Assert.AreEqual(meters.Fleet.Produced, devices.Sum(device => device.Stored), "lost");
        Assert.AreEqual(0, devices.Sum(device => device.Doubled), "doubled");
        Assert.AreEqual(0, devices.Sum(device => device.Dropped), "dropped");
        Assert.AreEqual(0, devices.Sum(device => device.Conflicts), "conflicts");
        foreach (DeviceState device in devices)
        {
            Assert.AreEqual(meters.Of(device.Device).Log.NextNumber - 1, device.Settled);
        }
    }

    private sealed class Meters : IDisposable
    {
        public Meters(int count, int port)
        {
            All = [.. Enumerable.Range(0, count).Select(i => new SyntheticMeter(i, port))];
            Fleet = new Fleet(All, 1_000, double.PositiveInfinity);
        }

        public List<SyntheticMeter> All { get; }

        public Fleet Fleet { get; }

        public SyntheticMeter Of(string name) => All.Single(meter =>
            SyntheticMeter.NameOf(All.IndexOf(meter)) == name);

        public void Dispose() => All.ForEach(meter => meter.Dispose());
    }
}
