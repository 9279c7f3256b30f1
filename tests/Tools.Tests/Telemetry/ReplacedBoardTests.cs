using System;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using MeterFirmware.Boards.Simulator.Mqtt;
using MeterFirmware.Tools.HeadEnds;
using MeterFirmware.Tools.MeterCtl.Simulation;
using MeterFirmware.Tools.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Telemetry;

/// <summary>Boards that are replaced under their address while the broker is killed, in both versions of
/// MQTT.</summary>
[TestClass]
public class ReplacedBoardTests
{
    [TestMethod]
    [DataRow(true, DisplayName = "MQTT 5")]
    [DataRow(false, DisplayName = "MQTT 3.1.1")]
    public async Task UnderAKilledMosquittoNoReplacedBoardLosesOrDoublesARecord(bool speaksMqtt5)
    {
        LongRun.AskedOrSkip(!speaksMqtt5);
        using MosquittoBroker mosquitto = Mosquitto.StartOrSkip();
        await using OldBroker old = new(mosquitto.Port, answers: true);
        MqttBrokers brokers = new([MqttAddress.Loopback(speaksMqtt5 ? mosquitto.Port : old.Port)]);
        await using HeadEnd headEnd = new(new HeadEndOptions { Brokers = brokers });
        headEnd.Start();
        Random chance = new(1);
        long acknowledged = 0;
        long produced = 0;
        int boards = LongRun.IsAsked ? 20 : 3;
        for (int board = 1; board <= boards; board++)
        {
            using SyntheticMeter meter = new(0, brokers);
            Fleet fleet = new([meter], 1_000, double.PositiveInfinity);
            using CancellationTokenSource enough = new();
            Thread running = new(() => fleet.Run(long.MaxValue, enough.Token));
            running.Start();
            for (int kill = 0; kill < 2; kill++)
            {
                long goal = headEnd.Counters.Stored + chance.Next(5, 60);
                Until.True(() => headEnd.Counters.Stored >= goal, $"board {board}: records flow before kill {kill}");
                mosquitto.Kill();
                mosquitto.Start();
            }

            await enough.CancelAsync();
            running.Join();

            // What the old board was told is stored is stored; with the last one all is.
            Assert.IsTrue(board < boards || fleet.Drain(TimeSpan.FromSeconds(120), CancellationToken.None), "drained");
            acknowledged += meter.Log.AcknowledgedNumber;
            produced += fleet.Produced;
            Assert.AreEqual(meter.Log.AcknowledgedNumber,
                headEnd.CountSettled(SyntheticMeter.NameOf(0), meter.Log.AcknowledgedNumber), "lost");
        }

        DeviceState device = headEnd.Devices().Single();
        Assert.IsTrue(device.Stored >= acknowledged && device.Stored <= produced,
            $"{acknowledged} acknowledged, {device.Stored} stored, {produced} produced");
        Assert.AreEqual(0, device.Doubled, "doubled");
        Assert.AreEqual(0, device.Conflicts, "conflicts");
        Assert.AreEqual(boards, device.Journals);
        Assert.AreEqual(boards - 1, headEnd.Counters.JournalsReplaced);
    }
}
