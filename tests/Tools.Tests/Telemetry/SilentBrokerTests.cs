using System;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using MeterFirmware.Tools.HeadEnds;
using MeterFirmware.Tools.MeterCtl.Simulation;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Telemetry;

/// <summary>
/// A broker that owes an answer and never gives it while its connections stay up: seen of mosquitto 2.0.11 (its
/// inflight quota) and of every broker on an overloaded machine. MQTTnet then waits for ever when it is given a token,
/// so each of these held all acknowledgements until somebody ended the run.
/// </summary>
[TestClass]
public class SilentBrokerTests
{
    private const string HeadEndId = "mf-head-end";
    private const long HourMs = 3_600_000;

    [TestMethod]
    public Task AnAcknowledgementThatTheBrokerNeverConfirmsHoldsNobody() =>
        DrainsAfter(broker => broker.Swallow(HeadEndId, SwallowedPacket.PubAck, 1));

    [TestMethod]
    public Task ABrokerThatNoLongerForwardsRecordsToTheHeadEndIsNoticed() =>
        DrainsAfter(broker => broker.Swallow(HeadEndId, SwallowedPacket.Publish, int.MaxValue), untilReconnect: true);

    [TestMethod]
    public Task ARecordThatTheBrokerNeverConfirmsHoldsItsDeviceOnlyForAWhile() =>
        DrainsAfter(broker => broker.Swallow("mf-" + SyntheticMeter.NameOf(0), SwallowedPacket.PubAck, 1));

    [TestMethod]
    public Task AConnectionThatIsNeverAnsweredIsTriedAgain() => DrainsAfter(broker =>
    {
        broker.Swallow(HeadEndId, SwallowedPacket.ConnAck, 1);
        broker.Disconnect(HeadEndId);
    });

    private static async Task DrainsAfter(Action<SilentBroker> goSilent, bool untilReconnect = false)
    {
        await using SilentBroker broker = await SilentBroker.StartAsync();
        await using HeadEnd headEnd = new(new HeadEndOptions
        {
            Configure = builder => builder.WithTcpServer("127.0.0.1", broker.Port),
            ClientId = HeadEndId,
            AnswerMsMax = 1_000,
            EchoMs = 500,
        });
        headEnd.Start();
        SyntheticMeter[] meters = [.. Enumerable.Range(0, 4).Select(i => new SyntheticMeter(i, broker.Port))];
        Fleet fleet = new(meters, 1_000, double.PositiveInfinity);
        fleet.Run(HourMs, CancellationToken.None);
        broker.ForgetOnReconnect = untilReconnect;
        goSilent(broker);
        Stopwatch watch = Stopwatch.StartNew();
        Task running = Task.Run(() => fleet.Run(24 * HourMs, CancellationToken.None));
        Assert.IsTrue(await Task.WhenAny(running, Task.Delay(TimeSpan.FromSeconds(180))) == running,
            "still held after 180 s");
        await running;
        Assert.IsTrue(fleet.Drain(TimeSpan.FromSeconds(120), CancellationToken.None), "drained");
        Assert.IsTrue(broker.Swallowed > 0, "the broker was silent");
        Assert.AreEqual(fleet.Produced, headEnd.Devices().Sum(device => device.Stored), "lost");
        Assert.AreEqual(0, headEnd.Devices().Sum(device => device.Doubled), "doubled");
        Console.WriteLine(
            $"{watch.Elapsed.TotalSeconds:F1} s, {broker.Swallowed} swallowed, {headEnd.Counters.Reconnects} "
                + "reconnects");
        foreach (SyntheticMeter meter in meters)
        {
            meter.Dispose();
        }
    }
}
