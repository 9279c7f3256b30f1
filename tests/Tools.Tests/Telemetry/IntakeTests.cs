using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using MeterFirmware.Boards.Simulator.Mqtt;
using MeterFirmware.Tools.HeadEnds;
using MeterFirmware.Tools.MeterCtl.Simulation;
using MeterFirmware.Tools.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Telemetry;

/// <summary>More than a day's traffic at once, over a real mosquitto with the intake's settings (tools/broker): issue
/// 12, point 2 and its numbers. Figures are printed, not asserted: a busy machine is no fault.</summary>
[TestClass]
[DoNotParallelize]
public class IntakeTests
{
    private const int Devices = 10;

    /// <summary>Each pass stores what the head-end's bound of bytes holds, at least.</summary>
    private const int PassesMax = 10;

    /// <summary>With MQTTnet's own buffer of 8 KB the head-end took 55 a second: not done within <see cref="Until"/>'s
    /// patience.</summary>
    private static int Records => LongRun.IsAsked ? 100_000 : 20_000;

    [TestMethod]
    public async Task ABurstOfQueuedRecordsIsStoredWhole()
    {
        using MosquittoBroker broker = StartOrSkip();
        string folder = Directory.CreateTempSubdirectory("mf-intake-").FullName;
        await using (HeadEnd headEnd = Start(broker.Port, Path.Combine(folder, "headend.sqlite")))
        {
            Stopwatch watch = Stopwatch.StartNew();
            await Task.WhenAll(Enumerable.Range(0, Devices).Select(async index =>
            {
                string name = $"burst-{index}";
                using BurstDevice device = await BurstDevice.ConnectAsync(name, broker.Port, 1_000);
                for (int number = 1; number <= Records / Devices; number++)
                {
                    await device.PublishAsync($"mf/v1/{name}/record", TestDevice.Interval(name, number));
                }

                await device.FlushAsync();
            }));
            double queuedSeconds = watch.Elapsed.TotalSeconds;
            await ResendWhatIsMissingAsync(headEnd, broker.Port);
            double seconds = watch.Elapsed.TotalSeconds;
            Console.WriteLine(
                $"{Records} records: published in {queuedSeconds:0.0} s, stored in {seconds:0.0} s, "
                    + $"{Records / seconds:0} a second beside the generator");
            Assert.AreEqual(Records, headEnd.Counters.Stored);
            Assert.AreEqual(0, headEnd.Counters.Refused, headEnd.LastError);
            Assert.AreEqual(0, headEnd.Counters.Reconnects);
            Assert.IsTrue(headEnd.Devices().All(device => device.Settled == Records / Devices));
        }

        Directory.Delete(folder, recursive: true);
    }

    /// <summary>mosquitto 2.0.11 sends more than its window, so a burst may pass the head-end's bound of bytes: what is
    /// let go is not acknowledged, and a device sends from its first record without acknowledgement on.</summary>
    private static async Task ResendWhatIsMissingAsync(HeadEnd headEnd, int port)
    {
        long sent = Records;
        for (int pass = 0; pass < PassesMax; pass++)
        {
            Until.True(() =>
                headEnd.Counters.Received >= sent && Settled(headEnd.Counters) >= headEnd.Counters.Received,
                $"pass {pass}: all of {sent} sent are stored or let go");
            if (headEnd.Counters.Stored >= Records)
            {
                return;
            }

            for (int index = 0; index < Devices; index++)
            {
                string name = $"burst-{index}";
                long settled = headEnd.Devices().Where(device => device.Device == name).Sum(device => device.Settled);
                using BurstDevice device = await BurstDevice.ConnectAsync(name, port, 100);
                for (long number = settled + 1; number <= Records / Devices; number++, sent++)
                {
                    await device.PublishAsync($"mf/v1/{name}/record", TestDevice.Interval(name, (int)number));
                }

                await device.FlushAsync();
            }
        }

        Assert.Fail($"{headEnd.Counters.Stored} of {Records} stored after {PassesMax} passes");
    }

    private static long Settled(HeadEndCounters counters) =>
        counters.Stored + counters.DeliveredAgain + counters.Overflowed;

    /// <summary>A device that sends 1 000 unreadable records a second: the others' acknowledgements come while it goes
    /// on.</summary>
    [TestMethod]
    public async Task AFloodOfUnreadableRecordsOfOneDeviceHoldsNobodysAcknowledgementUp()
    {
        using MosquittoBroker broker = StartOrSkip();
        string folder = Directory.CreateTempSubdirectory("mf-intake-").FullName;
        await using (HeadEnd headEnd = Start(broker.Port, Path.Combine(folder, "headend.sqlite")))
        {
            using CancellationTokenSource enough = new();
            using BurstDevice evil = await BurstDevice.ConnectAsync("evil", broker.Port, 200);
            long sent = 0;
            Task flooding = Task.Run(async () =>
            {
                Stopwatch watch = Stopwatch.StartNew();
                while (!enough.IsCancellationRequested)
                {
                    // A thousand a second, or as many as the machine makes of it.
                    if (Volatile.Read(ref sent) > watch.ElapsedMilliseconds)
                    {
                        await Task.Yield();
                        continue;
                    }

                    await evil.PublishAsync("mf/v1/evil/record", "{\"device\":\"evil\",\"kind\":");
                    Interlocked.Increment(ref sent);
                }
            });
            using TestDevice good = await TestDevice.ConnectAsync("good", broker.Port);
            List<double> late = [];
            for (int number = 1; number <= (LongRun.IsAsked ? 300 : 30); number++)
            {
                // Each in the middle of the flood: some more of it before, and it goes on behind.
                long goal = headEnd.Counters.Refused + 20;
                Until.True(() => headEnd.Counters.Refused >= goal, "the flood flows");
                Stopwatch watch = Stopwatch.StartNew();
                await good.RecordAsync(number, number - 1);
                Until.True(() => good.AcknowledgedUpTo == number, "acknowledged beside the flood");
                late.Add(watch.Elapsed.TotalMilliseconds);
            }

            await enough.CancelAsync();
            await flooding;
            await evil.FlushAsync();
            late.Sort();
            Console.WriteLine(
                $"{sent} unreadable records; {late.Count} acknowledgements beside them: median "
                    + $"{late[late.Count / 2]:0} ms, latest {late[^1]:0} ms");
            Until.True(() => headEnd.Counters.Refused == sent, "each is counted");
            Assert.AreEqual(0, headEnd.Counters.Reconnects);
            Assert.AreEqual("evil", headEnd.Refusals().Single().Device);
        }

        Directory.Delete(folder, recursive: true);
    }

    /// <summary>A real broker with what tools/broker/make-test-broker sets for the intake.</summary>
    private static MosquittoBroker StartOrSkip()
    {
        MosquittoBroker broker = Mosquitto.StartOrSkip();
        broker.Kill();
        File.WriteAllText(broker.PathOf("mosquitto.conf"), $"""
            listener {broker.Port} 127.0.0.1
            allow_anonymous true
            persistence false
            set_tcp_nodelay true
            max_inflight_messages 1000
            max_queued_messages 1000000
            max_queued_bytes 268435456
            """);
        broker.Start();
        return broker;
    }

    private static HeadEnd Start(int port, string path)
    {
        HeadEnd headEnd = new(new HeadEndOptions
        {
            Brokers = new MqttBrokers([MqttAddress.Loopback(port)]),
            DatabasePath = path
        });
        headEnd.Start();
        Until.True(() => headEnd.IsReady, "connected and subscribed");
        return headEnd;
    }
}
