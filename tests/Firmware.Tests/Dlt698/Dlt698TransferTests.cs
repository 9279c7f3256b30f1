using MeterFirmware.Dlt698;
using MeterFirmware.Firmware.Tests.Dlt645;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Dlt698;

/// <summary>Messages that go and come in fragments; login, heartbeat and reports over TCP.</summary>
[TestClass]
public class Dlt698TransferTests
{
    private const string LongRequest = "05 01 00 40 03 02 00 00";

    [TestMethod]
    public void ALongAnswerGoesInBlocksAndEachIsAcknowledged()
    {
        Dlt698Bench bench = new Dlt698Bench();
        string joined = "";
        string answer = bench.Ask(bench.Frame(LongRequest));
        for (int block = 0; block < 3; block++)
        {
            Assert.AreEqual("E3", answer.Substring(9, 2), "fragment of an answer");
            string data = Dlt698Bench.Inner(answer);
            bool isLast = block == 1;
            Assert.AreEqual(block == 0 ? "00 00" : isLast ? "01 40" : "", data.Substring(0, 5));
            joined += (joined == "" ? "" : " ") + data.Substring(6);
            if (isLast)
            {
                break;
            }

            answer = bench.Ask(bench.Frame("00 80", 0, 0x63));
        }

        // 85, choice, PIID, object, 01, octets of length 3E8, 1 000 bytes, no report, no tag.
        Assert.AreEqual("85 01 00 40 03 02 00 01 09 82 03 E8 00 01 02", joined.Substring(0, 44));
        Assert.AreEqual(3 * (12 + 1_000 + 2) - 1, joined.Length);
        Assert.AreEqual("E7 00 00", joined.Substring(joined.Length - 8));
    }

    [TestMethod]
    public void ALostBlockIsSentAgainForARepeatedAcknowledge()
    {
        Dlt698Bench bench = new Dlt698Bench();
        bench.LoginWithoutPassword(0, "01 00 00 80 01 04 00");
        string first = bench.Ask(bench.Frame(LongRequest));
        Assert.AreEqual(128, Dlt645Bytes.Of(first).Length, "no frame is longer than the client takes");
        string second = bench.Ask(bench.Frame("00 80", 0, 0x63));
        Assert.AreEqual(second, bench.Ask(bench.Frame("00 80", 0, 0x63)));
        Assert.AreEqual("", bench.Ask(bench.Frame("05 80", 0, 0x63)), "no such block");
        Assert.AreEqual("", bench.Ask(bench.Frame("01 80", 0x33, 0x63)), "another client's");
        Assert.AreEqual("02 C0", Dlt698Bench.Inner(bench.Ask(bench.Frame("01 80", 0, 0x63))).Substring(0, 5));

        // A new request ends it, and so does silence.
        Assert.AreEqual("85 01 00 20 0A 02 00 00 06 00 00", bench.Message("05 01 00 20 0A 02 00 00", 0x33));
        Assert.AreEqual("", bench.Ask(bench.Frame("02 80", 0, 0x63)));
        bench.Ask(bench.Frame(LongRequest));
        bench.Listen(5_100);
        Assert.AreEqual("", bench.Ask(bench.Frame("00 80", 0, 0x63)));
    }

    [TestMethod]
    public void AnAnswerBeyondWhatEitherSideTakesIsRefusedByItsLength()
    {
        Dlt698Bench bench = new Dlt698Bench();
        bench.Meter.LongBytes = 3_000;
        Assert.AreEqual("85 01 00 40 03 02 00 00 09 00 00", bench.Message(LongRequest));
        bench.Meter.LongBytes = 1_000;
        bench.LoginWithoutPassword(0, "04 00 04 00 01 00 C8");
        Assert.AreEqual("85 01 00 40 03 02 00 00 09 00 00", bench.Message(LongRequest));
    }

    // SECURITY puts six bytes around a long message: 1 024 in all is what fits.
    [TestMethod]
    [DataRow(1_004, "10 00", "00 00 90 00 82 03 FA 85")]
    [DataRow(1_005, "10 00", "90 00 0B 85 01 00 40 03 02 00 00 09 00 00 00")]
    [DataRow(1_011, "10 00", "90 00 0B 85 01 00 40 03 02 00 00 09 00 00 00")]
    [DataRow(197, "00 D8", "90 00 81 D2 85")]
    [DataRow(199, "00 D8", "90 00 0B 85 01 00 40 03 02 00 00 09 00 00 00")]
    public void AWrappedAnswerBeyondWhatFitsIsRefusedByItsLength(int bytes, string message, string expected)
    {
        Dlt698Bench bench = new Dlt698Bench();
        bench.Meter.LongBytes = bytes;
        bench.LoginWithoutPassword(0, "04 00 04 00 01 " + message);
        const string random = " 01 10 00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F";
        string answer = bench.Message("10 00 08 " + LongRequest + random);
        Assert.AreEqual(expected, answer.Substring(0, Least(expected.Length, answer.Length)));
    }

    [TestMethod]
    public void ARequestInBlocksIsAcknowledgedAndAnsweredWhole()
    {
        Dlt698Bench bench = new Dlt698Bench();
        Assert.AreEqual("", bench.Message("06 C0 00 40 00 02 00", 0, 0x63), "a middle block of nothing");
        Assert.AreEqual("05 80", bench.Message("05 00 05 01 00 00", 0, 0x63));
        Assert.AreEqual("05 80", bench.Message("05 00 05 01 00 00", 0, 0x63), "the acknowledge was lost");
        Assert.AreEqual("", bench.Message("06 C0 10 02", 0x33, 0x63), "another client");
        Assert.AreEqual("06 80", bench.Message("06 C0 10 02", 0, 0x63));
        Assert.AreEqual("", bench.Message("08 40 01 00", 0, 0x63), "a block is missing");
        Assert.AreEqual("85 01 00 00 10 02 01 01 06 00 01 E2 40 00 00", bench.Message("07 40 01 00", 0, 0x63));
        Assert.AreEqual("", bench.Message("00", 0, 0x63), "no head");
    }

    [TestMethod]
    public void ARequestThatOutgrowsItsRoomIsForgotten()
    {
        Dlt698Bench bench = new Dlt698Bench();
        string filler = "";
        for (int i = 0; i < 300; i++)
        {
            filler += " 00";
        }

        Assert.AreEqual("00 80", bench.Message("00 00" + filler, 0, 0x63));
        Assert.AreEqual("01 80", bench.Message("01 C0" + filler, 0, 0x63));
        Assert.AreEqual("", bench.Message("02 C0" + filler, 0, 0x63));
        Assert.AreEqual("", bench.Message("03 40 00", 0, 0x63));
        Assert.AreEqual("85 01 00 20 0A 02 00 00 06 00 00", bench.Message("05 01 00 20 0A 02 00 00"));
    }

    [TestMethod]
    public void OverTcpTheMeterLogsInAndReportsUntilItIsHeard()
    {
        Dlt698Bench bench = new Dlt698Bench(new Dlt698Settings { WakeUpCount = 0, HeartbeatSeconds = 180 });
        string login = bench.Listen(1_000);
        Assert.AreEqual("81", login.Substring(9, 2));
        Assert.AreEqual("01 01 00 00 B4 07 EA 0A 07 03 0E 10 1A 00 00", Dlt698Bench.Inner(login));
        Assert.IsFalse(bench.Server.IsLoggedIn);
        Assert.AreEqual("", bench.Listen(8_000));
        Assert.AreEqual("01 02 00", Dlt698Bench.Inner(bench.Listen(2_000)).Substring(0, 8), "once more");
        const string time = " 07 EA 0A 07 03 0E 10 1A 00 00";
        const string result = "81 02 80" + time + time + time;
        bench.Ask(bench.Frame(result, 0, 0x01));
        Assert.IsTrue(bench.Server.IsLoggedIn);

        bench.Meter.WaitingReport = 0x30110200;
        string report = bench.Listen(1_000);
        Assert.AreEqual("83", report.Substring(9, 2));
        Assert.AreEqual(
            "88 02 03 01 30 11 02 00 03 00 20 22 02 00 00 20 1E 02 00 00 20 20 02 00 01 01 06 00 00 00 01 " +
            "1C 07 EA 0A 05 08 00 00 1C 07 EA 0A 05 08 00 1E 00 00", Dlt698Bench.Inner(report));
        Assert.AreEqual("85 01 40 20 0A 02 00 00 06 00 00", bench.Message("05 01 00 20 0A 02 00 00"), "a report waits");
        Assert.AreEqual("83", bench.Listen(10_000).Substring(9, 2), "not confirmed: again");
        Assert.AreEqual("", bench.Ask(bench.Frame("08 02 04 01 30 11 02 00 00", 0, 0x03)));
        Assert.AreEqual("taken 30110200 ", bench.Meter.Done);
        Assert.AreEqual("", bench.Listen(100_000));
        Assert.AreEqual("01 05 01", Dlt698Bench.Inner(bench.Listen(70_000)).Substring(0, 8), "heartbeat");
    }

    [TestMethod]
    public void AReportWhoseRecordIsGoneDoesNotHoldUpTheNext()
    {
        Dlt698Bench bench = new Dlt698Bench(new Dlt698Settings { WakeUpCount = 0, HeartbeatSeconds = 180 });
        bench.Listen(1_000);
        const string time = " 07 EA 0A 07 03 0E 10 1A 00 00";
        bench.Ask(bench.Frame("81 01 80" + time + time + time, 0, 0x01));
        bench.Meter.WaitingReport = 0x30130200;
        Assert.AreEqual("", bench.Listen(20), "there is no such record");
        Assert.AreEqual("taken 30130200 ", bench.Meter.Done);
        bench.Meter.WaitingReport = 0x30110200;
        Assert.AreEqual("88 02", Dlt698Bench.Inner(bench.Listen(100)).Substring(0, 5));
    }

    [TestMethod]
    public void OnASerialLineTheMeterSpeaksOnlyWhenAsked()
    {
        Dlt698Bench bench = new Dlt698Bench();
        bench.Meter.WaitingReport = 0x30110200;
        Assert.AreEqual("", bench.Listen(200_000));
        Assert.AreEqual("85 01 00 20 0A 02 00 00 06 00 00", bench.Message("05 01 00 20 0A 02 00 00"));
    }

    private static int Least(int one, int other) => one < other ? one : other;
}
