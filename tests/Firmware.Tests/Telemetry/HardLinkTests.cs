using MeterFirmware.Basics;
using MeterFirmware.Hardware;
using MeterFirmware.Telemetry;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Telemetry;

/// <summary>Links that are open and of no use, and brokers that answer late, half or not at all.</summary>
[TestClass]
public class HardLinkTests
{
    private const string Status = "mf/v1/m1/status";
    private const string Reported = "mf/v1/m1/reported";

    [TestMethod]
    public void AnOnlineLinkThatTakesNothingForAMinuteIsLeft()
    {
        Bench bench = new Bench();
        bench.Start();
        bench.Link.Room = 0;
        bench.Append(1);
        bench.Run(59_000);
        Assert.AreEqual(1, bench.Link.Opens);
        bench.Run(3_000);
        Assert.AreEqual(1L, bench.Agent.Counters.StuckLinks);
        bench.Link.Room = int.MaxValue;
        bench.Run(5_000);
        Assert.AreEqual(2, bench.Link.Opens);
        Assert.AreEqual(1L, bench.Agent.Counters.RecordsSent);
    }

    [TestMethod]
    public void ALinkWithNothingToTakeIsLeftAlone()
    {
        Bench bench = new Bench();
        bench.Start();
        bench.Link.Room = 0;
        bench.Run(600_000);
        Assert.AreEqual(1, bench.Link.Opens);
        bench.Append(1);
        bench.Run(1_000);
        bench.Link.Room = int.MaxValue;
        bench.Run(2_000);
        Assert.AreEqual(1L, bench.Agent.Counters.RecordsSent);
        Assert.AreEqual(1, bench.Link.Opens);
    }

    // Seen: a charger's tick cost 6.8 times as much, because it read and composed the same record a hundred times a
    // second.
    [TestMethod]
    public void ARefusedMessageIsNotComposedInEveryTick()
    {
        Bench bench = new Bench(100, 100);
        bench.Start();
        bench.Link.Room = 0;
        bench.Append(5);
        int before = bench.Link.Asked;
        for (int i = 0; i < 5_000; i++)
        {
            bench.Tick(10);
        }

        int asked = bench.Link.Asked - before;
        Assert.IsTrue(asked >= 45 && asked <= 60, asked.ToString() + " times in 50 s");
    }

    [TestMethod]
    public void TheBirthWaitsUntilTheBrokerHasGrantedEveryFilter()
    {
        Bench bench = new Bench();
        bench.Link.IsSubscribed = false;
        bench.Start();
        bench.Run(10_000);
        Assert.AreEqual(0L, bench.Agent.Counters.Births);
        Assert.AreEqual(4, bench.Link.Subscribed.Count);
        bench.Link.IsSubscribed = true;
        bench.Run(200);
        Assert.AreEqual(1L, bench.Agent.Counters.Births);
        Assert.AreEqual(4, bench.Link.Subscribed.Count, "none was asked for twice");
    }

    [TestMethod]
    public void ABrokerThatNeverAnswersASubscriptionIsLeft()
    {
        Bench bench = new Bench();
        bench.Link.IsSubscribed = false;
        bench.Start();
        bench.Run(40_000);
        Assert.AreEqual(2, bench.Link.Opens);
        Assert.AreEqual(0L, bench.Agent.Counters.Births);
    }

    [TestMethod]
    public void TheReportIsPublishedOnEveryConnection()
    {
        Bench bench = new Bench();
        bench.Report = new OneReport();
        bench.Start();
        for (int connection = 1; connection <= 3; connection++)
        {
            bench.Run(5_000);
            Assert.AreEqual(connection == 1 ? 0 : 1, bench.Link.CountOn(Reported), "the first one came with the start");
            bench.Link.Forget();
            bench.Link.State = MqttLinkState.Closed;
        }
    }

    [TestMethod]
    public void WhatMustStandAtTheBrokerIsSentAgainUntilItIsConfirmed()
    {
        Bench bench = new Bench();
        bench.Report = new OneReport();
        bench.Link.IsConfirming = false;
        bench.Start();
        bench.Run(4_000);
        Assert.AreEqual(0, bench.Link.CountOn(Reported), "unanswered is not lost");
        bench.Link.GiveUp(2);
        bench.Run(4_000);
        Assert.AreEqual(0, bench.Link.CountOn(Reported));
        bench.Run(2_000);
        Assert.AreEqual(1, bench.Link.CountOn(Reported), "after 5 s");
        Assert.AreEqual(1, bench.Link.CountOn(Status));
        bench.Link.IsConfirming = true;
        bench.Link.GiveUp(2);
        bench.Run(12_000);
        Assert.AreEqual(2, bench.Link.CountOn(Reported), "after 10 s");
        bench.Run(60_000);
        Assert.AreEqual(2, bench.Link.CountOn(Reported), "confirmed: done");
    }

    [TestMethod]
    public void ABurstBeyondTheLinksQueueIsCountedAndTold()
    {
        Bench bench = new Bench();
        bench.Start();
        bench.Link.IncomingDropped = 5;
        bench.Run(300);
        Assert.AreEqual(5L, bench.Agent.Counters.IncomingDropped);
        Assert.AreEqual("{\"device\":\"m1\",\"topic\":\"\",\"ok\":false,\"error\":\"overrun\",\"count\":5}",
            bench.Link.LastOn("mf/v1/m1/reply"));
        bench.Run(10_000);
        Assert.AreEqual(1, bench.Link.CountOn("mf/v1/m1/reply"), "told once");
    }

    private sealed class OneReport : IReportSource
    {
        public bool IsReportDue { get; private set; } = true;

        public void WriteReport(ByteTextWriter writer) => writer.Raw("{\"ok\":true}");

        public void NoteReported() => IsReportDue = false;
    }
}
