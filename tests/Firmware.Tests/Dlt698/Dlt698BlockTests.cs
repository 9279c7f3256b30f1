using MeterFirmware.Dlt698;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Dlt698;

/// <summary>GET of several records, answers longer than a message (GET next), and SET or ACTION "then get".</summary>
[TestClass]
public class Dlt698BlockTests
{
    private const string Energy = "00 10 02 01 01 06 00 01 E2 40";
    private const string Voltage = "20 00 02 00 01 01 03 12 09 6D 12 09 6D 12 09 6D";
    private const string TooLong = "40 03 02 00 00 09";

    // The last day freeze and the first event; a record that is not there stands between them.
    [TestMethod]
    public void RecordsAreAnsweredOneBehindTheOther()
    {
        Dlt698Bench bench = new Dlt698Bench();
        Assert.AreEqual(
            "85 04 07 03 "
                + "50 04 02 00 01 00 20 00 02 01 01 01 12 09 6D "
                + "30 13 02 00 01 00 20 22 02 00 00 06 "
                + "30 11 02 00 02 00 20 22 02 00 00 20 1E 02 00 01 01 06 00 00 00 01 1C 07 EA 0A 05 08 00 00 00 00",
            bench.Message(
                "05 04 07 03 50 04 02 00 09 01 01 00 20 00 02 01 30 13 02 00 00 01 00 20 22 02 00 "
                    + "30 11 02 00 00 02 00 20 22 02 00 00 20 1E 02 00 00"));
        Assert.AreEqual("EE 07 01 00 00", bench.Message("05 04 07 02 50 04 02 00 09 01 01 00 20 00 02 01 00"), "one");
    }

    [TestMethod]
    public void AListThatDoesNotFitComesInBlocks()
    {
        Dlt698Bench bench = new Dlt698Bench();
        bench.Meter.LongBytes = 3_000;
        string list = "05 02 07 03 00 10 02 01 40 03 02 00 20 00 02 00 00";
        Assert.AreEqual("85 05 07 00 00 00 01 01 " + Energy + " 00 00", bench.Message(list));
        string second = "85 05 08 01 00 01 01 02 " + TooLong + " " + Voltage + " 00 00";
        Assert.AreEqual(second, bench.Message("05 05 08 00 00 00"));
        Assert.AreEqual(second, bench.Message("05 05 08 00 00 00"), "it was lost");
        Assert.AreEqual("85 05 09 01 00 01 00 0E 00 00", bench.Message("05 05 09 00 01 00"), "it was the last one");
        Assert.AreEqual("85 05 09 01 00 05 00 0E 00 00", bench.Message("05 05 09 00 05 00"), "no such block");
        Assert.AreEqual("85 05 09 01 00 00 00 0B 00 00", bench.Message("05 05 09 00 00 00", 0x33), "another client's");
        Assert.AreEqual("EE 09 01 00 00", bench.Message("05 05 09 00 00"), "cut short");

        // What the request was kept in holds another one now.
        bench.Message(list);
        bench.Message("05 00 05 01 00 00", 0, 0x63);
        Assert.AreEqual("85 05 08 01 00 00 00 0B 00 00", bench.Message("05 05 08 00 00 00"));
    }

    [TestMethod]
    public void WithoutABeginningThereIsNoNextBlock()
    {
        Dlt698Bench bench = new Dlt698Bench();
        Assert.AreEqual("85 05 08 01 00 00 00 0B 00 00", bench.Message("05 05 08 00 00 00"));
    }

    // The client takes so little that one row fits a block, or none; the rows are those of 10-03 and 10-05.
    [TestMethod]
    [DataRow("00 2D", "01 01 06 00 01 E0 78 12 09 65 05 00 00 13 74", "01 01 06 00 01 E2 40 12 09 6D 05 00 00 13 88")]
    [DataRow("00 2C", "00 09", "")]
    public void RowsThatDoNotFitComeInBlocks(string message, string first, string second)
    {
        Dlt698Bench bench = new Dlt698Bench();
        bench.LoginWithoutPassword(0, "04 00 04 00 01 " + message);
        const string columns = "03 00 00 10 02 01 00 20 00 02 01 00 20 01 02 01";
        string answer = bench.Message(
            "05 03 07 50 04 02 00 02 20 21 02 00 1C 07 EA 0A 03 00 00 00 1C 07 EA 0A 06 00 00 00 00 "
                + columns + " 00");
        string head = " 02 01 50 04 02 00 " + columns + " ";
        bool isLast = second == "";
        Assert.AreEqual("85 05 07 " + (isLast ? "01" : "00") + " 00 00" + head + first + " 00 00", answer);
        if (!isLast)
        {
            Assert.AreEqual(
                "85 05 07 01 00 01" + head + second + " 00 00", bench.Message("05 05 07 00 00 00"));
        }
    }

    // Four records of 600 rows, none of which is wanted; 1 000 are looked at for a message, and one more a record to
    // see that they are too many.
    [TestMethod]
    public void AMessageLooksAtAThousandRows()
    {
        Dlt698Bench bench = new Dlt698Bench();
        bench.Meter.EmptyRows = 600;
        const string none = " 50 02 02 00 01 20 22 02 00 06 00 00 00 01 01 00 00 10 02 01";
        const string head = "50 02 02 00 01 00 00 10 02 01 01 00 ";
        Assert.AreEqual("85 05 07 00 00 00 02 02 " + head + head + "00 00",
            bench.Message("05 04 07 04" + none + none + none + none + " 00"));
        Assert.IsTrue(bench.Meter.Visits <= 2_010, "once for one message, once for the block");
        bench.Meter.Visits = 0;
        Assert.AreEqual("85 05 07 00 00 01 02 03 " + head + head + head + "00 00", bench.Message("05 05 07 00 00 00"));
        Assert.IsTrue(bench.Meter.Visits <= 1_010);
        Assert.AreEqual("85 05 07 01 00 02 02 01 " + head + "00 00", bench.Message("05 05 07 00 01 00"));
    }

    // Ten columns: 96 rows fit; one column: 127 rows are a block.
    [TestMethod]
    [DataRow(10)]
    [DataRow(1)]
    public void RowsWithoutAnOrderAreRefusedRatherThanCut(int columns)
    {
        Dlt698Bench bench = new Dlt698Bench();
        bench.Meter.EmptyRows = 1_200;
        bench.Meter.HasKeys = false;
        string rcsd = columns == 10 ? "0A" : "01";
        for (int i = 0; i < columns; i++)
        {
            rcsd += " 00 00 10 02 01";
        }

        Assert.AreEqual("85 05 07 01 00 00 02 01 50 02 02 00 " + rcsd + " 00 09 00 00",
            bench.Message("05 03 07 50 02 02 00 00 " + rcsd + " 00"));
    }

    [TestMethod]
    public void ARecordThatNoLongerFitsBeginsTheNextBlock()
    {
        Dlt698Bench bench = new Dlt698Bench();
        bench.LoginWithoutPassword(0, "04 00 04 00 01 00 22");
        const string last = "50 04 02 00 09 01 01 00 00 10 02 01 ";
        const string row = "50 04 02 00 01 00 00 10 02 01 01 01 06 00 01 E2 40 ";
        string wrapped = "10 00 1D 05 04 07 02 " + last + last + "00 01 01 00";
        Assert.AreEqual("85 05 07 00 00 00 02 01 " + row + "00 00", bench.Message("05 04 07 02 " + last + last + "00"));
        Assert.AreEqual("85 05 07 01 00 01 02 01 " + row + "00 00", bench.Message("05 05 07 00 00 00"));
        Assert.AreEqual("90 00 1B 85 05 07 00 00 00 02 01 " + row + "00 00 00", bench.Message(wrapped));
        Assert.AreEqual("90 00 1B 85 05 07 01 00 01 02 01 " + row + "00 00 00",
            bench.Message("10 00 06 05 05 07 00 00 00 01 01 00"));
    }

    [TestMethod]
    public void ThenGetChangesAllAndReadsBehindIt()
    {
        Dlt698Bench bench = new Dlt698Bench();
        Assert.AreEqual("00", bench.Login());
        bench.Meter.ForgetDone();
        Assert.AreEqual(
            "86 03 07 02 41 00 02 00 00 " + Energy + " 41 01 02 00 03 20 0A 02 00 00 06 00 00",
            bench.Message(
                "06 03 07 02 41 00 02 00 11 0F 00 10 02 01 00 41 01 02 00 11 01 20 0A 02 00 09 00"));
        Assert.AreEqual("41000200 ", bench.Meter.Done, "the second one was refused, and waits for nothing");
        Assert.AreEqual("87 03 08 01 10 10 01 00 00 00 " + Energy + " 00 00",
            bench.Message("07 03 08 01 10 10 01 00 0F 00 00 10 02 01 00 00"));
        Assert.AreEqual("EE 08 01 00 00", bench.Message("07 03 08 01 10 10 01 00 0F 00 00 10 02 01 00"), "cut short");
        bench.Message("03 00 00");
        Assert.AreEqual("86 03 07 01 41 00 02 00 0F " + Energy + " 00 00",
            bench.Message("06 03 07 01 41 00 02 00 11 0F 00 10 02 01 05 00"), "no rights: read at once");
    }

    [TestMethod]
    public void ThenGetWaitsAsLongAsItIsAskedTo()
    {
        const string request = "06 03 07 01 41 00 02 00 11 0F 00 10 02 01 05 00";
        const string answer = "86 03 07 01 41 00 02 00 00 " + Energy + " 00 00";
        Dlt698Bench bench = new Dlt698Bench();
        Assert.AreEqual("00", bench.Login());
        bench.Meter.ForgetDone();
        Assert.AreEqual("", bench.Message(request));
        Assert.AreEqual("41000200 ", bench.Meter.Done, "changed at once");
        Assert.AreEqual("", bench.Listen(3_900));
        Assert.AreEqual(answer, Dlt698Bench.Inner(bench.Listen(200)));

        // Who asks something else has given it up.
        bench.Message(request);
        Assert.AreEqual("85 01 00 20 0A 02 00 00 06 00 00", bench.Message("05 01 00 20 0A 02 00 00"));
        Assert.AreEqual("", bench.Listen(10_000));

        // In blocks, and scrambled.
        Assert.AreEqual("05 80", bench.Message("05 00 06 03 07 01 41 00 02 00", 0, 0x6B));
        Assert.AreEqual("", bench.Message("06 40 11 0F 00 10 02 01 05 00", 0, 0x6B));
        string late = bench.Listen(5_000);
        Assert.AreEqual("CB", late.Substring(9, 2));
        Assert.AreEqual(answer, Dlt698Bench.Inner(late));
    }

    [TestMethod]
    public void ThenGetWaitsThroughAReportAndItsConfirmation()
    {
        Dlt698Bench bench = new Dlt698Bench(new Dlt698Settings { WakeUpCount = 0, HeartbeatSeconds = 180 });
        bench.Listen(1_000);
        const string time = " 07 EA 0A 07 03 0E 10 1A 00 00";
        bench.Ask(bench.Frame("81 01 80" + time + time + time, 0, 0x01));
        Assert.AreEqual("00", bench.Login("00123456", 0x10));
        Assert.AreEqual("", bench.Message("06 03 07 01 41 00 02 00 11 0F 00 10 02 01 05 00", 0x10, 0x4B));
        bench.Meter.WaitingReport = 0x30110200;
        Assert.AreEqual("83", bench.Listen(1_000).Substring(9, 2));
        Assert.AreEqual("", bench.Ask(bench.Frame("08 01 02 01 30 11 02 00 00", 0, 0x03)));
        string late = bench.Listen(3_000);
        Assert.AreEqual("CB 05 00 00 00 00 00 00 10", late.Substring(9, 26));
        Assert.AreEqual("86 03 07 01 41 00 02 00 00 " + Energy + " 00 00", Dlt698Bench.Inner(late));
    }

    [TestMethod]
    public void ThenGetTellsWhatChangedAlsoWhereAValueDoesNotFit()
    {
        Dlt698Bench bench = new Dlt698Bench();
        bench.Meter.LongBytes = 900;
        Assert.AreEqual("00", bench.Login());
        const string item = " 41 00 02 00 11 0F 40 03 02 00 00";
        string answer = bench.Message("06 03 07 03" + item + item + item + " 00");
        Assert.AreEqual("00 00 86 03 07 03 41 00 02 00 00 40 03 02 00 01 09 82 03 84", answer.Substring(0, 59));
        string rest = bench.Message("00 80", 0, 0x63);
        Assert.AreEqual("41 00 02 00 00 " + TooLong + " 41 00 02 00 00 " + TooLong + " 00 00",
            rest.Substring(rest.Length - 71));
    }
}
