using MeterFirmware.Dlt645;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Dlt645;

[TestClass]
public class Dlt645ServerTests
{
    [TestMethod]
    [DataRow("00 00 01 00", "91 00 00 01 00 56 34 12 00")] // 1234.56 kWh
    [DataRow("00 01 01 02", "91 00 01 01 02 01 23")] // 230.1 V
    [DataRow("00 02 02 02", "91 00 02 02 02 00 50 80")] // −5.000 A: top bit
    [DataRow("00 02 03 02", "91 00 02 03 02 00 15 81")] // −1.1500 kW
    [DataRow("02 00 80 02", "91 02 00 80 02 98 49")] // 49.98 Hz
    [DataRow("00 FF 01 02", "91 00 FF 01 02 01 23 02 23 03 23")]
    [DataRow("00 00 01 01", "91 00 00 01 01 45 23 01 15 08 31 01 26")] // 1.2345 kW at 26-01-31 08:15
    [DataRow("01 01 00 04", "91 01 01 00 04 06 31 01 26")] // a Saturday
    [DataRow("02 01 00 04", "91 02 01 00 04 00 15 08")]
    [DataRow("01 04 00 04", "91 01 04 00 04 78 56 34 12 00 00")]
    public void AReadIsAnsweredInTheIdentifiersFormat(string di, string reply)
    {
        Assert.AreEqual(reply, new Dlt645Bench().Ask(Dlt645Protocol.Read, di));
    }

    [TestMethod]
    [DataRow("00 05 01 00")] // rate 5 of 4
    [DataRow("00 00 01 7F")]
    [DataRow("01 0C 00 04")] // passwords are never read
    [DataRow("FF FF FF FF")]
    [DataRow("FF FF FF 00")]
    public void AnUnknownIdentifierIsNoSuchData(string di)
    {
        Assert.AreEqual("D1 02", new Dlt645Bench().Ask(Dlt645Protocol.Read, di));
    }

    [TestMethod]
    public void TheReplyWaitsAtLeast20Milliseconds()
    {
        Dlt645Bench bench = new Dlt645Bench();
        byte[] line = Dlt645Bytes.Frame(Dlt645Bench.Address, Dlt645Protocol.Read, "00 00 01 00");
        bench.Master.TryWrite(line, 0, line.Length);
        bench.Server.Tick(1000);
        bench.Server.Tick(1019);
        Assert.AreEqual("", bench.Master.TakeText());
        bench.Server.Tick(1020);
        Assert.IsTrue(bench.Master.TakeText().Length > 0);
    }

    [TestMethod]
    public void AWildcardAddressIsAnsweredWithTheRealOne()
    {
        Dlt645Bench bench = new Dlt645Bench();
        Assert.AreEqual("93 78 56 34 12 00 00", bench.AskAt("AA AA AA AA AA AA", Dlt645Protocol.ReadAddress, ""));
        Assert.AreEqual("91 01 01 00 04 06 31 01 26",
            bench.AskAt("78 56 AA AA AA AA", Dlt645Protocol.Read, "01 01 00 04"));
        Assert.AreEqual("", bench.AskAt("79 56 AA AA AA AA", Dlt645Protocol.Read, "01 01 00 04"));
    }

    [TestMethod]
    public void AWildcardAddressDoesNotReachCommands()
    {
        Dlt645Bench bench = new Dlt645Bench();
        string data = Dlt645Bench.Password + Dlt645Bench.OperatorCode;
        Assert.AreEqual("", bench.AskAt("AA AA AA AA AA AA", Dlt645Protocol.ClearDemand, data));
        Assert.AreEqual(0, bench.Meter.ClearedDemand);
    }

    [TestMethod]
    public void OtherMetersRequestsAndRepliesAreIgnored()
    {
        Dlt645Bench bench = new Dlt645Bench();
        Assert.AreEqual("", bench.AskAt("79 56 34 12 00 00", Dlt645Protocol.Read, "00 00 01 00"));
        Assert.AreEqual("", bench.Ask(Dlt645Protocol.Read | Dlt645Protocol.ReplyBit, "00 00 01 00 56 34 12 00"));
        Assert.AreEqual(0L, bench.Server.RequestCount);
    }

    [TestMethod]
    public void BytesOneAtATimeWithPausesAreAnswered()
    {
        Dlt645Bench bench = new Dlt645Bench();
        byte[] line = Dlt645Bytes.Of("FE FE 68 78 56 34 12 00 00 68 13 00 F7 16");
        line[12] = 0;
        for (int i = 2; i < 12; i++)
        {
            line[12] += line[i];
        }

        for (int i = 0; i < line.Length; i++)
        {
            bench.Master.TryWrite(line, i, 1);
            bench.Run();
            bench.NowMs += 399;
        }

        bench.Run();
        Assert.Contains("78 56 34 12 00 00 68 93 06", bench.Master.TakeText());
    }

    /// <summary>A meter is silent to a frame that it cannot trust, and hears the next one.</summary>
    [TestMethod]
    [DataRow(0)] // checksum
    [DataRow(1)] // end mark
    [DataRow(2)] // length one too long
    [DataRow(3)] // length one too short
    [DataRow(4)] // second start mark
    public void AFrameWithAWrongChecksumLengthOrMarkIsNotAnsweredAndTheNextOneIs(int what)
    {
        Dlt645Bench bench = new Dlt645Bench();
        byte[] line = Dlt645Bytes.Frame(Dlt645Bench.Address, Dlt645Protocol.Read, "00 00 01 00");
        int at = 0;
        while (line[at] == 0xFE)
        {
            at++;
        }

        int place = what == 0 ? line.Length - 2 : what == 1 ? line.Length - 1 : what == 4 ? at + 7 : at + 9;
        line[place] = (byte)(line[place] + (what == 3 ? -1 : 1));
        bench.Master.TryWrite(line, 0, line.Length);
        for (int i = 0; i < 10; i++)
        {
            bench.Run();
        }

        Assert.IsFalse(bench.Master.TryTakeFrame(new Dlt645Frame()));
        Assert.AreEqual("91 00 00 01 00", bench.Ask(Dlt645Protocol.Read, "00 00 01 00").Substring(0, 14));
    }

    [TestMethod]
    public void AParityErrorLosesTheFrameItHitAndNoOther()
    {
        Dlt645Bench bench = new Dlt645Bench();
        byte[] line = Dlt645Bytes.Frame(Dlt645Bench.Address, Dlt645Protocol.Read, "00 00 01 00");
        bench.Master.TryWrite(line, 0, 8);
        bench.Run();
        bench.Master.Other.FailNextRead = true;
        bench.Run();
        bench.Master.TryWrite(line, 8, line.Length - 8);
        bench.Run();
        Assert.AreEqual("", bench.Master.TakeText());
        Assert.AreEqual("91 01 01 00 04 06 31 01 26", bench.Ask(Dlt645Protocol.Read, "01 01 00 04"));
    }

    [TestMethod]
    public void SecurityAuthenticationIsRefusedAndSaidSo()
    {
        Assert.AreEqual("C3 01 00", new Dlt645Bench().Ask(Dlt645Protocol.SecurityAuthentication, "01 02 03 04"));
    }

    [TestMethod]
    public void AnUnknownControlCodeIsRefused()
    {
        Assert.AreEqual("DF 01", new Dlt645Bench().Ask(0x1F, ""));
    }

    [TestMethod]
    public void ALongBlockComesInPartsThatCanBeAskedForAgain()
    {
        Dlt645Bench bench = new Dlt645Bench();
        bench.Meter.Counts.Rates = 63;
        string first = bench.Ask(Dlt645Protocol.Read, "00 FF 01 00");
        Assert.StartsWith("B1 00 FF 01 00 56 34 12 00", first);

        // 48 registers of 4 bytes fit into the first part, 16 are left: 64 in all.
        Assert.AreEqual(3 * (1 + 4 + 48 * 4) - 1, first.Length);
        string second = bench.Ask(Dlt645Protocol.ReadNext, "00 FF 01 00 01");
        Assert.StartsWith("92 00 FF 01 00", second);
        Assert.AreEqual(3 * (1 + 4 + 16 * 4 + 1) - 1, second.Length);
        Assert.AreEqual("01", second.Substring(second.Length - 2));

        // The meter counts on; a part asked for again is the part of the same moment.
        bench.Meter.Import = 0;
        Assert.AreEqual(second, bench.Ask(Dlt645Protocol.ReadNext, "00 FF 01 00 01"));
        Assert.AreEqual("D2 02", bench.Ask(Dlt645Protocol.ReadNext, "00 FF 01 00 02"));
        Assert.AreEqual("D2 02", bench.Ask(Dlt645Protocol.ReadNext, "00 FF 02 00 01"));
    }

    [TestMethod]
    public void AValueThatTheMeterLacksInABlockIsFf()
    {
        Dlt645Bench bench = new Dlt645Bench();
        bench.Meter.Missing = 0x02010200;
        Assert.AreEqual("91 00 FF 01 02 01 23 FF FF 03 23", bench.Ask(Dlt645Protocol.Read, "00 FF 01 02"));
        Assert.AreEqual("D1 02", bench.Ask(Dlt645Protocol.Read, "00 02 01 02"));
    }

    [TestMethod]
    public void ADailyFreezeBlockHoldsTimeEnergiesAndDemands()
    {
        Dlt645Bench bench = new Dlt645Bench();
        bench.Meter.Counts.Rates = 1;
        string first = bench.Ask(Dlt645Protocol.Read, "01 FF 06 05");

        // 5 + 8 × 2 × 4 + 2 × 2 × 8 + 24 = 125 bytes.
        Assert.AreEqual(3 * (1 + 4 + 125) - 1, first.Length);
        Assert.StartsWith("91 01 FF 06 05 00 00 31 01 26", first);
        bench.Settings.PartsFreezeBlocks = true;
        string parted = bench.Ask(Dlt645Protocol.Read, "01 FF 06 05");
        Assert.StartsWith("91 01 FF 06 05 00 00 31 01 26 AA", parted);
        Assert.AreEqual(3 * (1 + 4 + 125 + 11) - 1, parted.Length);
    }

    [TestMethod]
    public void LoadProfileRecordsHaveMarksLengthSectionsAndChecksum()
    {
        Dlt645Bench bench = new Dlt645Bench();

        // Class 1, newest: 2026-01-31 09:00, three voltages 10.4 …, currents, frequency.
        string reply = bench.Ask(Dlt645Protocol.Read, "02 00 01 06");
        Assert.StartsWith(
            "91 02 00 01 06 A0 A0 1C 00 09 31 01 26 04 01 05 01 06 01 07 01 00 08 01 00 09 01 00 10 01 "
                + "AA AA AA AA AA AA", reply);
        Assert.AreEqual("E5", reply.Substring(reply.Length - 2));

        // All classes from 08:30 on: three records are left and each has both recorded sections.
        string three = bench.Ask(Dlt645Protocol.Read, "01 00 00 06 09 30 08 31 01 26");
        Assert.StartsWith("B1 01 00 00 06 A0 A0 34 30 08 31 01 26", three);
        Assert.AreEqual("D1 02", bench.Ask(Dlt645Protocol.Read, "01 00 00 06 01 30 09 31 01 26"));
        Assert.AreEqual("D1 01", bench.Ask(Dlt645Protocol.Read, "01 00 00 06 01"));
        Assert.AreEqual("D1 02", bench.Ask(Dlt645Protocol.Read, "02 00 07 06"));
    }

    [TestMethod]
    public void ABaudChangeIsAnsweredAtTheOldSpeedAndThenMade()
    {
        Dlt645Bench bench = new Dlt645Bench();
        bench.Run();
        Assert.AreEqual(2400, bench.Master.Other.Baud);
        Assert.AreEqual(2, bench.Master.Other.Parity);
        byte[] line = Dlt645Bytes.Frame(Dlt645Bench.Address, Dlt645Protocol.BaudRate, "20");
        bench.Master.TryWrite(line, 0, line.Length);
        bench.Server.Tick(1000);
        bench.Server.Tick(1020);
        Assert.AreEqual(2400, bench.Master.Other.Baud);
        Assert.Contains("68 97 01 53", bench.Master.TakeText());

        // 13 bytes of 11 bits at 2400 baud leave the line in 60 ms.
        bench.Server.Tick(1075);
        Assert.AreEqual(2400, bench.Master.Other.Baud);
        bench.Server.Tick(1090);
        Assert.AreEqual(9600, bench.Master.Other.Baud);
        Assert.AreEqual(9600, bench.Settings.Baud);
    }

    [TestMethod]
    [DataRow("80")]
    [DataRow("0C")]
    [DataRow("00")]
    [DataRow("40")]
    public void ASpeedThatTheLineHasNotIsRefused(string characteristic)
    {
        Dlt645Bench bench = new Dlt645Bench();
        bench.Settings.BaudMask = 0x3C;
        Assert.AreEqual("D7 08", bench.Ask(Dlt645Protocol.BaudRate, characteristic));
        bench.Run();
        Assert.AreEqual(2400, bench.Master.Other.Baud);
    }
}
