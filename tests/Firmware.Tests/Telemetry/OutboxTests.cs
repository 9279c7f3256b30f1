using MeterFirmware.Basics;
using MeterFirmware.Hardware;
using MeterFirmware.Storage;
using MeterFirmware.Storage.Records;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Telemetry;

[TestClass]
public class OutboxTests
{
    private const string Record = "mf/v1/m1/record";

    [TestMethod]
    public void RecordsGoOldestFirstAndNoFurtherThanTheWindow()
    {
        Bench bench = new Bench();
        bench.Start();
        bench.Append(10);
        bench.Run(2_000);
        Assert.AreEqual(4, bench.Link.CountOn(Record));
        for (int i = 0; i < 4; i++)
        {
            Assert.Contains("\"number\":" + (i + 1).ToString() + ",", (string)bench.Link.Published[2 * i + 1]);
        }

        bench.Acknowledge(2);
        bench.Run(1_000);
        Assert.AreEqual(6, bench.Link.CountOn(Record));
        Assert.AreEqual(8L, bench.Agent.Pending);
    }

    [TestMethod]
    public void RecordsFollowEachOtherNoFasterThanTheSpacing()
    {
        Bench bench = new Bench();
        bench.Settings.WindowRecords = 16;
        bench.Start();
        bench.Append(10);
        bench.Run(500);
        Assert.AreEqual(5, bench.Link.CountOn(Record));
    }

    [TestMethod]
    public void WithoutAcknowledgementTheWindowIsSentAgainLaterAndLater()
    {
        Bench bench = new Bench();
        bench.Start();
        bench.Append(2);
        bench.Run(4_000);
        Assert.AreEqual(2, bench.Link.CountOn(Record));
        bench.Run(2_000);
        Assert.AreEqual(4, bench.Link.CountOn(Record), "after 5 s");
        bench.Run(9_000);
        Assert.AreEqual(4, bench.Link.CountOn(Record), "10 s have not passed");
        bench.Run(2_000);
        Assert.AreEqual(6, bench.Link.CountOn(Record), "after 10 s more");
        Assert.AreEqual(4L, bench.Agent.Counters.RecordsResent);
        Assert.AreEqual(2L, bench.Agent.Counters.RecordsSent);
    }

    [TestMethod]
    public void AnAcknowledgementThatComesTwiceOrLateChangesNothing()
    {
        Bench bench = new Bench();
        bench.Start();
        bench.Append(4);
        bench.Run(1_000);
        bench.Acknowledge(4);
        bench.Acknowledge(4);
        bench.Acknowledge(1);
        bench.Run(1_000);
        Assert.AreEqual(4L, bench.Log.AcknowledgedNumber);
        Assert.AreEqual(0L, bench.Agent.Pending);
        Assert.AreEqual(0L, bench.Agent.Counters.Refused);
        bench.Run(60_000);
        Assert.AreEqual(4, bench.Link.CountOn(Record));
    }

    [TestMethod]
    public void AnAcknowledgementBeyondTheLogIsRefusedAndCounted()
    {
        Bench bench = new Bench();
        bench.Start();
        bench.Append(1);
        bench.Acknowledge(2);
        bench.Run(500);
        Assert.AreEqual(0L, bench.Log.AcknowledgedNumber);
        Assert.AreEqual(1L, bench.Agent.Counters.AcknowledgedUnsent);
        Assert.Contains("out-of-range", bench.Link.LastOn("mf/v1/m1/reply"));
    }

    [TestMethod]
    public void WhatTheLogHadToDropIsReportedAsAGapAndCountedOnce()
    {
        Bench bench = new Bench(logRecords: 3);
        bench.Start();
        bench.Append(8);
        bench.Run(1_000);
        Assert.Contains("\"kind\":\"gap\",\"acknowledged\":0,\"first\":1,\"last\":5,\"reason\":\"dropped\"",
            (string)bench.Link.Published[1]);
        Assert.AreEqual(1, bench.Link.CountOn(Record), "the gap fills the window until it is acknowledged");
        bench.Run(6_000);
        Assert.AreEqual(2, bench.Link.CountOn(Record), "sent again");
        Assert.AreEqual(5L, bench.Agent.Counters.RecordsDropped);
        bench.Acknowledge(5);
        bench.Run(1_000);
        Assert.AreEqual(5, bench.Link.CountOn(Record));
        bench.Acknowledge(8);
        bench.Run(1_000);
        Assert.AreEqual(0L, bench.Agent.Pending);
    }

    [TestMethod]
    public void ARecordThatTheAgentHasNoReaderForIsSentAsItIs()
    {
        Bench bench = new Bench();
        bench.Start();
        byte[] payload = { 0x01, 0xAB };
        bench.Log.TryAppend(77, payload, 0, 2, out long _);
        bench.Run(500);
        Assert.Contains("\"kind\":\"raw\",\"acknowledged\":0,\"number\":1,\"rawKind\":77,\"raw\":\"01ab\"",
            bench.Link.LastOn(Record));
    }

    [TestMethod]
    public void ALongerRecordThanTheBufferIsAGapAndDoesNotStopTheRest()
    {
        Bench bench = new Bench();
        bench.Settings.RecordBytesMax = 100;
        bench.Settings.IncomingBytesMax = 100;
        bench.Start();
        bench.Log.TryAppend(RecordKind.Interval, new byte[101], 0, 101, out long _);
        bench.Append(1);
        bench.Run(1_000);
        Assert.Contains("\"first\":1,\"last\":1,\"reason\":\"missing\"", (string)bench.Link.Published[1]);
        Assert.Contains("\"number\":2,", bench.Link.LastOn(Record));
    }

    [TestMethod]
    public void TheJournalsOwnLossRecordIsDeliveredInWords()
    {
        Bench bench = new Bench();
        bench.Start();
        byte[] loss = new byte[GapRecord.Bytes];
        GapRecord.Write(loss, 0, GapRecord.ReasonFull, 2, 11, 19, 5);
        bench.Log.TryAppend(RecordKind.Gap, loss, 0, loss.Length, out long _);
        bench.Run(500);
        Assert.Contains("\"kind\":\"loss\",\"acknowledged\":0,\"number\":1,\"flags\":[\"untimed\"],\"reason\":\"full\","
            +
            "\"lane\":2,\"first\":11,\"last\":19,\"count\":5}", bench.Link.LastOn(Record));
    }

    [TestMethod]
    public void AfterARebootUnacknowledgedRecordsGoAgain()
    {
        Bench bench = new Bench();
        bench.Start();
        bench.Append(4);
        bench.Run(1_000);
        bench.Acknowledge(1);
        bench.Run(100);
        bench.Start();
        bench.Run(1_000);
        Assert.Contains("\"number\":4,\"", bench.Link.LastOn(Record));
        Assert.AreEqual(3L, bench.Agent.Counters.RecordsSent);
    }

    [TestMethod]
    public void ANewConnectionSendsWhatWasUnderWayOnTheOldOne()
    {
        Bench bench = new Bench();
        bench.Start();
        bench.Append(2);
        bench.Run(500);
        bench.Link.State = MqttLinkState.Closed;
        bench.Run(3_000);
        Assert.AreEqual(2L, bench.Agent.Counters.RecordsResent);
    }

    [TestMethod]
    public void OldRecordsAreMarkedHistoricalAndFreshOnesNot()
    {
        Bench bench = new Bench();
        bench.Settings.StuckMs = int.MaxValue;
        bench.Start();
        bench.Link.Room = 0;
        bench.Append(1);
        bench.Run(301_000);
        bench.Append(1);
        bench.Link.Room = int.MaxValue;
        bench.Run(1_500);
        Assert.Contains("\"number\":2,\"flags\":[],", bench.Link.LastOn(Record));
        Assert.AreEqual(2, bench.Link.CountOn(Record));
        Assert.Contains("\"number\":1,\"flags\":[\"historical\"],", (string)bench.Link.Published[1]);
    }

    [TestMethod]
    public void AFullLinkDropsInstantReadingsAndKeepsRecords()
    {
        Bench bench = new Bench(instantIntervalMs: 1_000);
        bench.Start();
        bench.Link.Room = 0;
        bench.Append(3);
        bench.Run(10_000);
        Assert.IsTrue(bench.Agent.Counters.InstantsDropped >= 9);
        Assert.AreEqual(0L, bench.Agent.Counters.RecordsSent);
        bench.Link.Room = int.MaxValue;
        bench.Run(2_000);
        Assert.AreEqual(3L, bench.Agent.Counters.RecordsSent);
    }

    // Issue 4: 30 days of outage at 15-min records, live data at most 60 s late while the backlog drains.
    [TestMethod]
    public void LiveReadingsKeepTheirIntervalWhileAMonthOfRecordsDrains()
    {
        Bench bench = new Bench(logRecords: 3_000, instantIntervalMs: 10_000);
        bench.Start();
        bench.Append(30 * 96);
        long last = bench.NowMs;
        long longest = 0;
        long instants = bench.Agent.Counters.InstantsSent;
        long sent = 0;
        while (bench.Agent.Pending > 0 && bench.NowMs < 3_600_000)
        {
            bench.Run(100);
            if (bench.Agent.Counters.InstantsSent > instants)
            {
                instants = bench.Agent.Counters.InstantsSent;
                longest = bench.NowMs - last > longest ? bench.NowMs - last : longest;
                last = bench.NowMs;
            }

            if (bench.Agent.Counters.RecordsSent > sent)
            {
                sent = bench.Agent.Counters.RecordsSent;
                bench.Acknowledge(sent);
            }
        }

        Assert.AreEqual(0L, bench.Agent.Pending);
        Assert.AreEqual(2_880L, sent);
        Assert.AreEqual(0L, bench.Agent.Counters.RecordsResent);
        Assert.IsTrue(longest <= 10_000, "an instant reading was " + longest.ToString() + " ms late");
    }

    // Everything that a network may do to messages, by a seed: lost on the way out, lost on the way back, link cut.
    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(3)]
    public void OverALossyNetworkEveryRecordArrivesAndTheReceiverSortsOutDoubles(int seed)
    {
        Bench bench = new Bench(logRecords: 500);
        bench.Settings.Seed = seed;
        bench.Start();
        bool[] stored = new bool[301];
        int prefix = 0;
        MeterFirmware.Telemetry.Jitter chance = new MeterFirmware.Telemetry.Jitter(seed, "network");
        for (int step = 0; step < 40_000 && bench.Log.AcknowledgedNumber < 300; step++)
        {
            if (bench.Log.NextNumber <= 300 && step % 20 == 0)
            {
                bench.Append(1);
            }

            bench.Run(100);
            for (int i = 0; i < bench.Link.Published.Count; i += 2)
            {
                if ((string)bench.Link.Published[i] == Record && chance.UpTo(9) >= 3)
                {
                    stored[NumberOf((string)bench.Link.Published[i + 1])] = true;
                }
            }

            bench.Link.Forget();
            while (prefix < 300 && stored[prefix + 1])
            {
                prefix++;
            }

            if (chance.UpTo(9) < 5)
            {
                bench.Acknowledge(prefix);
            }

            if (chance.UpTo(999) == 0)
            {
                bench.Link.State = MqttLinkState.Closed;
            }
        }

        Assert.AreEqual(300L, bench.Log.AcknowledgedNumber);
        Assert.AreEqual(300, prefix);
        Assert.IsTrue(bench.Agent.Counters.RecordsResent > 0);
    }

    private static int NumberOf(string json)
    {
        int at = json.IndexOf("\"number\":") + 9;
        return int.Parse(json.Substring(at, json.IndexOf(",", at) - at));
    }
}
