using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using MeterFirmware.Tools.HeadEnds;
using MeterFirmware.Tools.MeterCtl.Simulation;
using Microsoft.Data.Sqlite;
using Microsoft.VisualStudio.TestTools.UnitTesting;
using MQTTnet;

namespace MeterFirmware.Tools.Tests.Telemetry;

/// <summary>One device, on its own topics only, against a head-end that serves all: nothing that it says silences anybody else.</summary>
[TestClass]
public class HostileDeviceTests
{
    private const string TooLarge = "79228162514264337593543950335";

    /// <summary>Stock mosquitto forwards twenty messages before it waits for the first acknowledgement.</summary>
    private const int MoreThanInFlight = 50;

    [TestMethod]
    public async Task UnreadableRecordsOfOneDeviceHoldNobodyUpAndAreNamed()
    {
        using MosquittoBroker broker = Mosquitto.StartOrSkip();
        await using HeadEnd headEnd = Start(broker.Port);
        using TestDevice evil = await TestDevice.ConnectAsync("evil", broker.Port);
        using TestDevice good = await TestDevice.ConnectAsync("good", broker.Port);
        for (int i = 1; i <= MoreThanInFlight; i++)
        {
            await evil.PublishAsync("record", "{\"device\":\"evil\",");
            await evil.PublishAsync("record", TestDevice.Interval("evil", i, 0, TooLarge));
            await evil.PublishAsync("status", """{"device":"evil","online":true,"acknowledged":1e400}""");
        }

        await good.RecordAsync(1, 0);
        Until.True(() => good.AcknowledgedUpTo == 1, "the good device's record is acknowledged");
        Until.True(() => headEnd.Counters.Refused == 3 * MoreThanInFlight, "all are counted");
        Assert.AreEqual(0, headEnd.Counters.Reconnects);
        DeviceRefusals refused = headEnd.Refusals().Single();
        Assert.AreEqual("evil", refused.Device);
        Assert.AreEqual(3 * MoreThanInFlight, refused.Count);
    }

    [TestMethod]
    public async Task ACallbackThatThrowsHoldsNobodyUp()
    {
        using MosquittoBroker broker = Mosquitto.StartOrSkip();
        await using HeadEnd headEnd = Start(broker.Port, options => new HeadEndOptions
        {
            Configure = options.Configure,
            InstantArrived = (_, _) => throw new InvalidOperationException("the owner's fault"),
            TimeKeyOf = _ => throw new InvalidOperationException("no key store"),
            Log = _ => throw new InvalidOperationException("no log"),
        });
        using TestDevice device = await TestDevice.ConnectAsync("m", broker.Port);
        for (int i = 0; i < MoreThanInFlight; i++)
        {
            await device.PublishAsync("instant", "{}");
            await device.PublishAsync("status", """{"device":"m","online":true,"acknowledged":0,"next":2,"birth":1}""");
            await device.PublishAsync("record", "?");
        }

        await device.RecordAsync(1, 0);
        Until.True(() => device.AcknowledgedUpTo == 1, "acknowledged");
        Until.True(() => headEnd.Counters.Failed == 2 * MoreThanInFlight, "counted");
        Assert.IsTrue(headEnd.Devices().Single().Online, "the birth itself was taken");
    }

    [TestMethod]
    public async Task AMessageBeyondTheLimitOfBytesIsRefusedUnread()
    {
        await using EmbeddedBroker broker = await EmbeddedBroker.StartAsync();
        await using HeadEnd headEnd = Start(broker.Port);
        using TestDevice device = await TestDevice.ConnectAsync("m", broker.Port);
        await device.PublishAsync("record", TestDevice.Interval("m", 1) + new string(' ', 16_384));
        Until.True(() => headEnd.Counters.Refused == 1, "refused");
        StringAssert.Contains(headEnd.Refusals().Single().Reason, "bytes");
        Assert.AreEqual(0, headEnd.Counters.Received);
    }

    [TestMethod]
    public async Task AStoreThatIsLockedKeepsNoMoreThanItsBytesOfAFlood()
    {
        string folder = Directory.CreateTempSubdirectory("mf-flood-").FullName;
        string path = Path.Combine(folder, "headend.sqlite");
        using MosquittoBroker broker = Mosquitto.StartOrSkip();
        await using (HeadEnd headEnd = Start(broker.Port, options => new HeadEndOptions
        {
            Configure = options.Configure,
            DatabasePath = path,
            QueueBytesMax = 100_000,
            BatchMax = 10,
        }))
        {
            await using SqliteConnection other = new($"Data Source={path};Pooling=false");
            other.Open();
            using SqliteTransaction locked = other.BeginTransaction();
            using SqliteCommand write = new("UPDATE device SET is_online=is_online", other, locked);
            write.ExecuteNonQuery();
            using TestDevice device = await TestDevice.ConnectAsync("m", broker.Port);

            // At most once is what no broker holds back.
            for (int i = 1; i <= 500; i++)
            {
                await device.PublishAsync("record", TestDevice.Interval("m", i) + new string(' ', 2_000), isOnce: true);
            }

            Until.True(() => headEnd.Counters.Received == 500, "all received");
            Assert.IsTrue(headEnd.Counters.Overflowed is > 350 and < 500, $"{headEnd.Counters.Overflowed} let go");
            locked.Rollback();
            Until.True(() => headEnd.Counters.Stored >= 500 - headEnd.Counters.Overflowed, "what was kept is stored");

            await SendUntilAcknowledgedAsync(device, 500);
        }

        Directory.Delete(folder, recursive: true);
    }

    /// <summary>MQTT 5, section 4.6: in the order of arrival; mosquitto 2.0.11 forwards nothing more to a client that does not.</summary>
    [TestMethod]
    public async Task WhatIsHeldBackIsAcknowledgedToTheBrokerLaterAndInOrder()
    {
        using MosquittoBroker broker = Mosquitto.StartOrSkip();
        await using HeadEnd headEnd = Start(broker.Port, options => new HeadEndOptions
        {
            Configure = options.Configure,
            QueueBytesMax = 30_000,
            BatchMax = 1,
        });
        using TestDevice device = await TestDevice.ConnectAsync("m", broker.Port);

        // mosquitto 2.0.11 may send more than the 20 at once that it promises; what is then let go is sent again.
        await SendUntilAcknowledgedAsync(device, 1_000);
        Assert.AreEqual(1_000, headEnd.Counters.Stored);
        Assert.AreEqual(0, headEnd.Counters.Reconnects);
    }

    [TestMethod]
    public async Task ARecordThatTheStoreCannotTakeIsSetApartAndTheOthersAreStored()
    {
        string folder = Directory.CreateTempSubdirectory("mf-poison-").FullName;
        string path = Path.Combine(folder, "headend.sqlite");
        await using EmbeddedBroker broker = await EmbeddedBroker.StartAsync();
        await using (HeadEnd headEnd = Start(broker.Port,
            options => new HeadEndOptions { Configure = options.Configure, DatabasePath = path }))
        {
            using (SqliteConnection other = new($"Data Source={path};Pooling=false"))
            {
                other.Open();
                using SqliteCommand trigger = new(
                    "CREATE TRIGGER poison BEFORE INSERT ON record WHEN NEW.number=13 BEGIN SELECT RAISE(ABORT, "
                        + "'poison'); END", other);
                trigger.ExecuteNonQuery();
            }

            using TestDevice evil = await TestDevice.ConnectAsync("evil", broker.Port);
            using TestDevice good = await TestDevice.ConnectAsync("good", broker.Port);
            for (int i = 1; i <= 20; i++)
            {
                await evil.RecordAsync(i, 0);
                await good.RecordAsync(i <= 12 ? i : i + 1, 0);
            }

            await good.PublishAsync("record",
                """{"device":"good","kind":"gap","acknowledged":0,"first":13,"last":13,"reason":"dropped"}""");
            Until.True(() => good.AcknowledgedUpTo == 21, "the good device goes on");
            Until.True(() => evil.AcknowledgedUpTo == 20, "the other one too");
            StringAssert.Contains(headEnd.Refusals().Single().Reason, "poison");
        }

        Directory.Delete(folder, recursive: true);
    }

    // As a device does: from the first that is not acknowledged, until all are.
    private static async Task SendUntilAcknowledgedAsync(TestDevice device, int count)
    {
        for (int round = 0; round < 100 && device.AcknowledgedUpTo < count; round++)
        {
            for (long i = Math.Max(device.AcknowledgedUpTo, 0) + 1; i <= count; i++)
            {
                await device.RecordAsync(i, 0);
            }
        }

        Until.True(() => device.AcknowledgedUpTo == count, "sent again, all are stored");
    }

    private static HeadEnd Start(int port, Func<HeadEndOptions, HeadEndOptions> change = null)
    {
        HeadEndOptions options = new() { Configure = builder => builder.WithTcpServer("127.0.0.1", port) };
        HeadEnd headEnd = new(change?.Invoke(options) ?? options);
        headEnd.Start();
        Until.True(() => headEnd.IsReady, "connected and subscribed");
        return headEnd;
    }
}
