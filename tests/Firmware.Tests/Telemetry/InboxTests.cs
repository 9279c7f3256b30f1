using MeterFirmware.Basics;
using MeterFirmware.Hardware;
using MeterFirmware.Telemetry;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Telemetry;

[TestClass]
public class InboxTests
{
    private const string Reply = "mf/v1/m1/reply";

    [TestMethod]
    [DataRow("", "not-an-object")]
    [DataRow("[1]", "not-an-object")]
    [DataRow("{\"device\":\"m1\",\"upTo\":1", "syntax")]
    [DataRow("{\"device\":\"m1\",\"upTo\":01}", "syntax")]
    [DataRow("{\"device\":\"m1\",\"upTo\":1,}", "syntax")]
    [DataRow("{\"device\":\"m1\",\"upTo\":1} x", "trailing")]
    [DataRow("{\"device\":\"m2\",\"upTo\":1}", "wrong-device")]
    [DataRow("{\"upTo\":1}", "wrong-device")]
    [DataRow("{\"device\":\"m1\"}", "missing-member")]
    [DataRow("{\"device\":\"m1\",\"upTo\":\"1\"}", "missing-member")]
    [DataRow("{\"device\":\"m1\",\"upTo\":1.5}", "missing-member")]
    [DataRow("{\"device\":\"m1\",\"upTo\":-1}", "missing-member")]
    [DataRow("{\"device\":\"m1\",\"upTo\":99999999999999999999}", "missing-member")]
    [DataRow("{\"device\":\"m1\",\"upTo\":9}", "out-of-range")]
    [DataRow("{\"device\":\"m1\",\"upTo\":1,\"upTo\":1}", "duplicate-name")]
    [DataRow("{\"device\":\"m1\",\"upTo\":[1]}", "missing-member")]
    [DataRow("{\"device\":\"m1\",\"upTo\":1,\"journal\":\"0123456789abcdef\"}", "wrong-journal")]
    [DataRow("{\"device\":\"m1\",\"\\u0075pTo\":1}", "bad-text")]
    public void AWrongAcknowledgementIsRefusedAnsweredAndChangesNothing(string payload, string reason)
    {
        Bench bench = new Bench();
        bench.Start();
        bench.Append(1);
        bench.Link.Arrive("mf/v1/m1/ack", payload);
        bench.Run(300);
        Assert.Contains("\"ok\":false,\"error\":\"" + reason + "\"", bench.Link.LastOn(Reply));
        Assert.AreEqual(1L, bench.Agent.Counters.Refused);
        Assert.AreEqual(0L, bench.Log.AcknowledgedNumber);
        bench.Acknowledge(1);
        bench.Run(300);
        Assert.AreEqual(1L, bench.Log.AcknowledgedNumber, "the loop goes on");
    }

    [TestMethod]
    public void AHundredKilobytesOfNestingAreRefusedUnread()
    {
        Bench bench = new Bench();
        bench.Start();
        bench.Link.Arrive("mf/v1/m1/ack", new string('[', 100_000));
        bench.Link.Arrive("mf/v1/m1/ack", "{\"device\":" + new string('[', 1_900));
        bench.Link.Arrive("mf/v1/m1/ack", new string('{', 2_048));
        bench.Run(300);
        Assert.AreEqual(3L, bench.Agent.Counters.Refused);
        Assert.Contains("too-long", (string)bench.Link.Published[1]);
        Assert.Contains("too-deep", (string)bench.Link.Published[3]);
        Assert.AreEqual(LinkState.Online, bench.Agent.State);
    }

    [TestMethod]
    public void WithoutAHandlerCommandsAreAnsweredAsNotSupported()
    {
        Bench bench = new Bench();
        bench.Start();
        bench.Link.Arrive("mf/v1/m1/command", "{}");
        bench.Run(300);
        Assert.Contains("\"topic\":\"mf/v1/m1/command\",\"ok\":false,\"error\":\"not-supported\"",
            bench.Link.LastOn(Reply));
    }

    [TestMethod]
    public void ACommandsReplyWaitsForRoomAndHoldsTheNextCommandBack()
    {
        Bench bench = new Bench();
        bench.Start();
        Echo echo = new Echo();
        bench.Agent.Commands = echo;
        bench.Link.Room = 0;
        bench.Link.Arrive("mf/v1/m1/command", "one");
        bench.Link.Arrive("mf/v1/m1/command", "two");
        bench.Run(1_000);
        Assert.AreEqual(1, echo.Count);
        bench.Link.Room = int.MaxValue;
        bench.Run(1_500);
        Assert.AreEqual(2, echo.Count);
        Assert.AreEqual(2, bench.Link.CountOn(Reply));
        Assert.AreEqual("\"two\"", bench.Link.LastOn(Reply));
    }

    [TestMethod]
    public void AReplyThatWaitsIsNotWrittenOverByRecordsAndReadings()
    {
        Bench bench = new Bench(100, 100);
        bench.Start();
        bench.Agent.Commands = new Echo();
        bench.Link.Room = 0;
        bench.Link.Arrive("mf/v1/m1/command", "one");
        bench.Run(1_000);
        bench.Append(3);
        bench.Run(1_000);
        bench.Link.Room = int.MaxValue;
        bench.Run(2_000);
        Assert.AreEqual("\"one\"", bench.Link.LastOn(Reply));
        Assert.AreEqual(3, bench.Link.CountOn("mf/v1/m1/record"));
    }

    [TestMethod]
    public void TheReportedConfigurationIsRetained()
    {
        Bench bench = new Bench();
        bench.Start();
        bench.Agent.Settings = new Echo();
        bench.Link.Arrive("mf/v1/m1/desired", "c");
        bench.Run(300);
        Assert.AreEqual("\"c\"", bench.Link.LastOn("mf/v1/m1/reported"));
        Assert.IsTrue(bench.Link.LastWasRetained);
    }

    // The head-end rereads the last 3 days: facts/telemetry.md.
    [TestMethod]
    public void AQuerySendsTheRecordsOfItsTimeAgainAndCountsThem()
    {
        Bench bench = new Bench();
        bench.Start();
        for (int i = 0; i < 10; i++)
        {
            bench.Append(1);
            bench.Run(1_000);
            bench.Acknowledge(i + 1);
            bench.Run(9_000);
        }

        bench.Run(1_000);
        bench.Link.Forget();
        long from = Bench.Utc + 20;
        bench.Link.Arrive("mf/v1/m1/query", "{\"device\":\"m1\",\"id\":\"q\\u00e4-1\",\"query\":\"records\"," +
            "\"fromUtcSeconds\":" + from.ToString() + ",\"toUtcSeconds\":" + (from + 40).ToString() + "}");
        bench.Run(5_000);
        Assert.AreEqual(4, bench.Link.CountOn("mf/v1/m1/record"));
        Assert.AreEqual("{\"device\":\"m1\",\"id\":\"q\\u00e4-1\",\"ok\":true,\"count\":4}", bench.Link.LastOn(Reply));
        Assert.AreEqual(10L, bench.Log.AcknowledgedNumber);
        Assert.AreEqual(0L, bench.Agent.Counters.RecordsResent);
    }

    [TestMethod]
    public void ASecondQueryWhileOneRunsIsRefusedAsBusy()
    {
        Bench bench = new Bench();
        bench.Start();
        bench.Append(20);
        string query =
            "{\"device\":\"m1\",\"id\":\"a\",\"query\":\"records\",\"fromUtcSeconds\":0,\"toUtcSeconds\":9999999999}";
        bench.Link.Arrive("mf/v1/m1/query", query);
        bench.Link.Arrive("mf/v1/m1/query", query);
        bench.Run(300);
        Assert.Contains("\"error\":\"busy\"", bench.Link.LastOn(Reply));
        bench.Run(10_000);
        Assert.Contains("\"ok\":true,\"count\":20", bench.Link.LastOn(Reply));
    }

    private sealed class Echo : ICommandHandler
    {
        public int Count { get; private set; }

        public bool TryHandle(long nowMs, long utcSeconds, MqttMessage message, ByteTextWriter reply)
        {
            Count++;
            reply.Byte((byte)'"');
            for (int i = 0; i < message.PayloadLength; i++)
            {
                reply.Byte(message.Payload[i]);
            }

            reply.Byte((byte)'"');
            return true;
        }
    }
}
