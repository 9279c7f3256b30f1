using System.Text;
using MeterFirmware.Basics;
using MeterFirmware.Telemetry;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Telemetry;

/// <summary>Whose word settles a record: protocol 1.1, and what is left of 1.0.</summary>
[TestClass]
public class AcknowledgementTests
{
    private const string Journal = "0123456789abcdef";
    private const string Reply = "mf/v1/m1/reply";

    [TestMethod]
    public void BirthAndRecordsNameProtocolAndJournal()
    {
        Bench bench = new Bench(100, 0, Journal);
        bench.Start();
        bench.Append(1);
        bench.Agent.AskForTime();
        bench.Run(500);
        Assert.Contains("\"protocol\":\"1.1\",\"journal\":\"0123456789abcdef\",\"oldest\":1",
            bench.Link.LastOn("mf/v1/m1/status"));
        Assert.Contains("\"kind\":\"interval\",\"acknowledged\":0,\"journal\":\"0123456789abcdef\",\"number\":1,",
            bench.Link.LastOn("mf/v1/m1/record"));
    }

    [TestMethod]
    public void ASignedAcknowledgementIsTakenWhateverElseItHolds()
    {
        Bench bench = Start(false);
        bench.Link.Arrive("mf/v1/m1/ack", "{\"device\":\"m1\",\"later\":{\"a\":[1,{}]},\"journal\":\"" + Journal
            + "\",\"upTo\":2,\"mac\":\"" + Mac(Journal, 2) + "\"}");
        bench.Run(300);
        Assert.AreEqual(2L, bench.Log.AcknowledgedNumber);
        Assert.AreEqual(0L, bench.Agent.Counters.Refused);
    }

    [TestMethod]
    public void AnyOtherMacJournalOrNumberIsRefusedAndChangesNothing()
    {
        string good = Mac(Journal, 2);
        string last = good.Substring(15) == "0" ? "1" : "0";
        Refused("{\"device\":\"m1\",\"journal\":\"" + Journal + "\",\"upTo\":2,\"mac\":\"" + good.Substring(0, 15)
            + last + "\"}", "wrong-mac");
        Refused("{\"device\":\"m1\",\"journal\":\"" + Journal + "\",\"upTo\":3,\"mac\":\"" + good + "\"}", "wrong-mac");
        Refused("{\"device\":\"m1\",\"journal\":\"" + Journal + "\",\"upTo\":2,\"mac\":\"" + good + "00\"}",
            "wrong-mac");
        Refused("{\"device\":\"m1\",\"journal\":\"" + Journal + "\",\"upTo\":2,\"mac\":7}", "wrong-mac");
        Refused("{\"device\":\"m1\",\"journal\":\"fedcba9876543210\",\"upTo\":2,\"mac\":\"" + good + "\"}",
            "wrong-journal");
        Refused("{\"device\":\"m1\",\"journal\":\"" + Journal + "\",\"upTo\":2,\"mac\":\"" + Mac("fedcba9876543210", 2)
            + "\"}", "wrong-mac");
        Refused("{\"device\":\"m1\",\"upTo\":2}", "mac-missing");
    }

    [TestMethod]
    public void APlainAcknowledgementCountsForWhatWasSentSinceTheStartOnly()
    {
        Bench bench = Start(true);
        bench.Link.Forget();
        bench.Link.Room = 0;
        bench.Append(3);
        bench.Run(300);
        bench.Acknowledge(4);
        bench.Run(100);
        Assert.AreEqual(4L, bench.Log.AcknowledgedNumber);
        bench.Acknowledge(5);
        bench.Run(100);
        Assert.AreEqual(4L, bench.Log.AcknowledgedNumber, "5 was never sent");
        Assert.AreEqual(1L, bench.Agent.Counters.AcknowledgedUnsent);
    }

    [TestMethod]
    public void AfterARestartASignedWordSettlesWhatWasSentBefore()
    {
        Bench bench = Start(true);
        bench.Start();
        bench.Link.Room = 0;
        bench.Acknowledge(4);
        bench.Run(100);
        long plain = bench.Log.AcknowledgedNumber;
        Assert.IsTrue(plain < 4, "a plain one only what this start has sent");
        bench.Link.Arrive("mf/v1/m1/ack", Signed(4));
        bench.Run(100);
        Assert.AreEqual(4L, bench.Log.AcknowledgedNumber);
        Assert.AreEqual(0L, bench.Agent.Counters.AcknowledgedUnsent);
    }

    [TestMethod]
    public void WhatWasNeverSentIsNotSettledByAnybodyAndRaisesAnAlarmOnceAnHour()
    {
        Bench bench = Start(true);
        bench.Link.Arrive("mf/v1/m1/ack", Signed(5));
        bench.Run(200);
        Assert.IsTrue(bench.Agent.TryTakeAlarm(out long upTo, out long sentMax));
        Assert.AreEqual(5L, upTo);
        Assert.AreEqual(4L, sentMax);
        Assert.AreEqual(0L, bench.Log.AcknowledgedNumber);
        Assert.Contains("out-of-range", bench.Link.LastOn(Reply));
        for (int i = 0; i < 10; i++)
        {
            bench.Acknowledge(97);
            bench.Run(1_000);
            Assert.IsFalse(bench.Agent.TryTakeAlarm(out upTo, out sentMax));
        }

        Assert.AreEqual(11L, bench.Agent.Counters.AcknowledgedUnsent);
        bench.Run(3_600_000);
        bench.Acknowledge(98);
        bench.Run(1_000);
        Assert.IsTrue(bench.Agent.TryTakeAlarm(out upTo, out sentMax));
        Assert.AreEqual(98L, upTo);
    }

    [TestMethod]
    public void RecordsThatAQueryBroughtCountAsSent()
    {
        Bench bench = Start(true);
        bench.Append(6);
        bench.Run(1_000);
        Assert.AreEqual(4, bench.Link.CountOn("mf/v1/m1/record"), "the window");
        bench.Link.Arrive("mf/v1/m1/query",
            "{\"device\":\"m1\",\"id\":\"a\",\"query\":\"records\",\"fromUtcSeconds\":0,\"toUtcSeconds\":9999999999}");
        bench.Run(2_000);
        bench.Link.Arrive("mf/v1/m1/ack", Signed(10));
        bench.Run(200);
        Assert.AreEqual(10L, bench.Log.AcknowledgedNumber);
    }

    [TestMethod]
    public void AFloodOfWrongMacsIsNotComputed()
    {
        Bench bench = Start(true);
        CountingKey key = new CountingKey();
        bench.Agent.AcknowledgementKey = key;
        for (int second = 0; second < 10; second++)
        {
            for (int i = 0; i < 50; i++)
            {
                bench.Link.Arrive("mf/v1/m1/ack", "{\"device\":\"m1\",\"upTo\":2,\"mac\":\"0011223344556677\"}");
            }

            bench.Run(1_000);
        }

        Assert.IsTrue(key.Loads <= 110, key.Loads.ToString() + " macs in 10 s");
        Assert.AreEqual(0L, bench.Log.AcknowledgedNumber);
    }

    private static void Refused(string message, string reason)
    {
        Bench bench = Start(false);
        bench.Link.Arrive("mf/v1/m1/ack", message);
        bench.Run(300);
        Assert.Contains("\"error\":\"" + reason + "\"", bench.Link.LastOn(Reply));
        Assert.AreEqual(0L, bench.Log.AcknowledgedNumber);
        Assert.AreEqual(1L, bench.Agent.Counters.AcknowledgementsForeign);
    }

    /// <summary>A device with a secret and four records, all sent.</summary>
    private static Bench Start(bool takesPlain)
    {
        Bench bench = new Bench(100, 0, Journal);
        bench.Key = new CountingKey();
        bench.Settings.TakesPlainAcknowledgements = takesPlain;
        bench.Start();
        bench.Append(4);
        bench.Run(1_000);
        return bench;
    }

    private static string Signed(long upTo) => "{\"device\":\"m1\",\"journal\":\"" + Journal + "\",\"upTo\":"
        + upTo.ToString()
        + ",\"mac\":\"" + Mac(Journal, upTo) + "\"}";

    /// <summary>Made here a second time, from the words of the protocol.</summary>
    private static string Mac(string journal, long upTo)
    {
        HmacSha256 hmac = new CountingKey().LoadAcknowledgementKey();
        byte[] text = Encoding.UTF8.GetBytes("m1\n" + journal + "\n" + upTo.ToString());
        hmac.Add(text, 0, text.Length);
        byte[] tag = new byte[32];
        hmac.Finish(tag, 0);
        string digits = "";
        for (int i = 0; i < 8; i++)
        {
            digits += "0123456789abcdef"[tag[i] >> 4].ToString() + "0123456789abcdef"[tag[i] & 0xF].ToString();
        }

        return digits;
    }

    private sealed class CountingKey : IAcknowledgementKey
    {
        private readonly HmacSha256 _hmac = new HmacSha256();

        public int Loads { get; private set; }

        public bool IsCommissioned => true;

        public HmacSha256 LoadAcknowledgementKey()
        {
            Loads++;
            byte[] key = new byte[32];
            key[0] = 7;
            _hmac.SetKey(key, 0, key.Length);
            return _hmac;
        }
    }
}
