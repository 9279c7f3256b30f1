using System;
using MeterFirmware.Dlt645;
using MeterFirmware.Firmware.Tests.Dlt645;
using MeterFirmware.SmartMeter;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Dlt645Meter;

/// <summary>The load profile of the 4 MB board, whose flash has no ring for it: 06 xx out of the journal, through the
/// whole meter, the real server and the real client.</summary>
[TestClass]
public class ReadoutJournalProfileTests
{
    private const long Quarter = 900;

    [TestMethod]
    public void OldestAtATimeAndNewestComeOutOfTheJournal()
    {
        ReadoutBench bench = new(plan: MeterPlan.Of4Megabytes());
        bench.Run(2 * 3_600, 1_000);
        byte[] oldest = bench.Ask(Dlt645Protocol.Read, [.. ReadoutBench.Identifier(0x06010000), 0x01])!;
        Assert.AreEqual("A0 A0", Dlt645Bytes.Text(oldest, 0, 2));
        Assert.AreEqual("15 00 30 01 26", Dlt645Bytes.Text(oldest, 3, 5));
        byte[] at = bench.Ask(Dlt645Protocol.Read,
            [.. ReadoutBench.Identifier(0x06040001), 0x02, 0x31, 0x00, 0x30, 0x01, 0x26])!;
        Assert.AreEqual("45 00 30 01 26", Dlt645Bytes.Text(at, 3, 5));
        Assert.AreEqual("AA AA AA 74 00 00 00", Dlt645Bytes.Text(at, 8, 7),
            "749 Wh, cut to 0.74 kWh like on a display");
        byte[] newest = bench.Ask(Dlt645Protocol.Read, ReadoutBench.Identifier(0x06000002))!;
        Assert.AreEqual("00 02 30 01 26", Dlt645Bytes.Text(newest, 3, 5));
        Assert.AreEqual(0xE5, newest[^1]);
        Assert.AreEqual("refused 02", bench.Text(0x06030000), "intervals hold no power factor");
        Assert.AreEqual("refused 02", bench.Text(0x06070000), "there are six classes");
    }

    [TestMethod]
    public void PowerIsTheIntervalsMeanAndReactivePowerIsBlank()
    {
        ReadoutBench bench = new(plan: MeterPlan.Of4Megabytes());
        bench.Run(3_600, 1_000);
        byte[] row = bench.Ask(Dlt645Protocol.Read, ReadoutBench.Identifier(0x06020002))!;
        Assert.AreEqual(1_000, BcdOf(row, 9, 3) / 10.0, 1, "total, 0.0001 kW");
        Assert.AreEqual(1_000, BcdOf(row, 12, 3) / 10.0, 1, "phase A");
        Assert.AreEqual("FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF FF", Dlt645Bytes.Text(row, 15, 18),
            "B, C and reactive power");
    }

    [TestMethod]
    public void ManyRecordsTravelInContinuationFrames()
    {
        ReadoutBench bench = new(plan: MeterPlan.Of4Megabytes());
        bench.Run(6 * 3_600, 1_000);

        // 20 records of class 4 (energies) from 01:00 on: 33 bytes each, far beyond one frame of 200.
        byte[] rows = bench.Ask(Dlt645Protocol.Read,
            [.. ReadoutBench.Identifier(0x06040001), 0x20, 0x00, 0x01, 0x30, 0x01, 0x26])!;
        int bytes = rows[2] + 5;
        Assert.AreEqual(20 * bytes, rows.Length);
        for (int row = 0; row < 20; row++)
        {
            int minutes = 60 + 15 * row;
            string time = $"{minutes % 60:D2} {minutes / 60:D2} 30 01 26";
            Assert.AreEqual(time, Dlt645Bytes.Text(rows, row * bytes + 3, 5));
            Assert.AreEqual(minutes / 60.0 * 100, BcdOf(rows, row * bytes + 11, 4), 1.0, "0.01 kWh at 1 kW");
        }
    }

    [TestMethod]
    public void AfterAMonthTheOldestRowIsTwentyDaysOldAndEveryTimeIsFound()
    {
        ReadoutBench bench = new(plan: MeterPlan.Of4Megabytes());
        const int Days = 30;
        bench.Run(Days * 86_400L, 1_000, stepSeconds: 300);
        bench.Settings.PauseMs = 100_000;
        byte[] oldest = bench.Ask(Dlt645Protocol.Read, ReadoutBench.Identifier(0x06010000))!;
        DateTime first = TimeOf(oldest);
        DateTime end = new DateTime(2026, 1, 30).AddDays(Days);
        double days = (end - first).TotalDays;
        Assert.IsTrue(days >= 20 && days < Days, $"{days} days");

        // The ring went round: what was dropped is answered by the oldest that is left, everything else exactly.
        Assert.AreEqual(first, TimeOf(At(bench, first.AddDays(-3))));
        for (DateTime time = first; time <= end; time = time.AddMinutes(45))
        {
            Assert.AreEqual(time, TimeOf(At(bench, time)));
            Assert.AreEqual(time, TimeOf(At(bench, time.AddMinutes(-14))));
        }

        Assert.IsNull(At(bench, end.AddMinutes(1)), "nothing is that new");
    }

    [TestMethod]
    public void IntervalsThatAreTheMetersOwnAreReadAndNotWritten()
    {
        ReadoutBench bench = new(plan: MeterPlan.Of4Megabytes());
        bench.Run(60, 1_000);
        Assert.AreEqual("3B", bench.Text(0x04000901), "all classes but power factor");
        Assert.AreEqual("15 00", bench.Text(0x04000A02));
        Assert.AreEqual(Dlt645Protocol.ErrorOther, bench.Write(0x04000901, "08"));
        Assert.AreEqual(Dlt645Protocol.ErrorOther, bench.Write(0x04000A05, "30 00"));
        Assert.AreEqual(Dlt645Protocol.ErrorOther, bench.Write(0x04000A01, "00 01 30 01"));
        Assert.AreEqual(0, bench.Write(0x04000901, "3B"), "what is so already");
        bench.PowerUp();
        Assert.AreEqual("3B", bench.Text(0x04000901));
        bench.Run((2 * (int)Quarter), 1_000);
        Assert.AreEqual("30 00 30 01 26", Dlt645Bytes.Text(bench.Read(0x06010002)!, 3, 5));
    }

    private static byte[] At(ReadoutBench bench, DateTime time)
    {
        string digits = time.ToString("mmHHddMMyy", System.Globalization.CultureInfo.InvariantCulture);
        return bench.Ask(Dlt645Protocol.Read,
            [.. ReadoutBench.Identifier(0x06010001), 0x01, .. Convert.FromHexString(digits)])!;
    }

    private static DateTime TimeOf(byte[] record) =>
        new(2000 + Bcd(record[7]), Bcd(record[6]), Bcd(record[5]), Bcd(record[4]), Bcd(record[3]), 0);

    private static int Bcd(byte value) => value / 16 * 10 + value % 16;

    private static int BcdOf(byte[] bytes, int offset, int count)
    {
        int value = 0;
        for (int i = count - 1; i >= 0; i--)
        {
            value = value * 100 + Bcd(bytes[offset + i]);
        }

        return value;
    }
}
