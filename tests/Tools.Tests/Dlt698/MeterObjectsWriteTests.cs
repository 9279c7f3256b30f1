using System;
using MeterFirmware.Metering;
using MeterFirmware.Tools.MeterCtl.Dlt698;
using MeterFirmware.Tools.Tests.Dlt645Meter;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Dlt698;

/// <summary>SET and ACTION on the real product: all or nothing, with a password.</summary>
[TestClass]
public class MeterObjectsWriteTests
{
    [TestMethod]
    public void TheSpareTablesAreWrittenAndSwitchAtTheirTime()
    {
        ObjectBench bench = new();
        Assert.IsTrue(bench.Login("02123456"));
        string running = bench.Get("40160200");

        // The second day table: peak from 06:00, valley from 22:00.
        Assert.AreEqual(0, bench.Set("40170202", "0102" + "0203110611001102" + "0203111611001104"));
        Assert.AreEqual(0, bench.Set("40190201", "0600002710"));
        Assert.AreEqual(0, bench.Set("40150200", "0101" + "0203110111011102"));
        Assert.AreEqual(running, bench.Get("40160200"), "what runs stays");

        // The table begins as the day before ended.
        Assert.AreEqual("0103" + "0203110011001104" + "0203110611001102" + "0203111611001104", bench.Get("40170202"));
        Assert.AreEqual("0600002710", bench.Get("40190201"));
        Assert.AreEqual("0101" + "0203110111011102", bench.Get("40150200"));

        Assert.AreEqual(0, bench.Set("40080200", "1C07EA0201000000"));
        Assert.AreEqual("1C07EA0201000000", bench.Get("40080200"));
        Assert.AreEqual(0, bench.Set("40080200", "00"), "taken back");
        Assert.AreEqual("1CFFFFFFFFFFFFFF", bench.Get("40080200"));
        Assert.AreEqual(0, bench.Set("40080200", "1C07EA0201000000"));
        Assert.AreEqual(0, bench.Set("40090200", "1C07EA0201000000"));
        bench.Meter.Run(2 * 86_400 + 600, 1_000, 300);
        Assert.AreEqual("0101" + "0203110111011102", bench.Get("40140200"), "the spare is in force");
    }

    [TestMethod]
    [DataRow("40140200", "0101 0203 1101 1101 1101", 6, "what runs is not written")]
    [DataRow("40150200", "0101 0203 1101 1101 1109", 3, "there is no such day table")]
    [DataRow("40150200", "0101 0202 1101 1101", 7, "two parts instead of three")]
    [DataRow("40150200", "11 01", 7, "no table")]
    [DataRow("40150200", "0100", 17, "no zone")]
    [DataRow("40170200", "0101 0101 0203 1100 1100 1101", 3, "day tables are written one by one")]
    [DataRow("40170201", "0101 0203 1100 1100 1109", 19, "there is no such rate")]
    [DataRow("40170201", "0101 0203 1119 1100 1101", 3, "hour 25")]
    [DataRow("40190201", "05 FFFFFFFF", 8, "a price below zero")]
    [DataRow("40190209", "06 00000001", 19, "there is no such rate")]
    [DataRow("41000200", "11 07", 3, "no demand period")]
    [DataRow("41000200", "09 01 0F", 7, "octets")]
    [DataRow("41160201", "0202 1120 1100", 8, "day 32")]
    [DataRow("40000200", "1C 07EA 0D 01 00 00 00", 7, "month 13")]
    [DataRow("40000200", "1C 07B2 01 01 00 00 00", 3, "1970")]
    [DataRow("40080200", "1C 07EA 02 01 00 00 1E", 8, "seconds")]
    [DataRow("40010200", "0906 000000000001", 3, "the programming input is open")]
    [DataRow("40010200", "0906 99 9999999999", 8, "the broadcast address")]
    [DataRow("40020200", "0906 00000000000A", 8, "no digits")]
    [DataRow("00100200", "06 00000000", 3, "registers are what they are")]
    public void WhatIsRefusedChangesNothing(string oad, string data, int error, string why)
    {
        ObjectBench bench = new();
        Assert.IsTrue(bench.Login("02123456"));
        string before = Picture(bench);
        Assert.AreEqual(error, bench.Set(oad, data), why);
        Assert.AreEqual(before, Picture(bench), why);
    }

    // Seven FF are no time behind a time's type alone.
    [TestMethod]
    [DataRow("15 FFFFFFFFFFFFFFFF", 7, "1C07EA0201000000")]
    [DataRow("09 08 FFFFFFFFFFFFFFFF", 7, "1C07EA0201000000")]
    [DataRow("1C FFFFFFFFFFFFFF", 0, "1CFFFFFFFFFFFFFF")]
    [DataRow("00", 0, "1CFFFFFFFFFFFFFF")]
    public void OnlyNoTimeTakesAPlannedSwitchBack(string data, int error, string planned)
    {
        ObjectBench bench = new();
        Assert.IsTrue(bench.Login("02123456"));
        Assert.AreEqual(0, bench.Set("40190201", "0600002710"));
        Assert.AreEqual(0, bench.Set("400A0200", "1C07EA0201000000"));
        Assert.AreEqual(error, bench.Set("400A0200", data));
        Assert.AreEqual(planned, bench.Get("400A0200"));
    }

    [TestMethod]
    public void ClockNumberAddressAndSettlementDaysAreSet()
    {
        ObjectBench bench = new();
        Assert.IsTrue(bench.Login("04000004"));
        Assert.AreEqual(0, bench.Set("40000200", "1C07EA0301080000"));
        Assert.AreEqual("1C07EA0301080000", bench.Get("40000200"));
        Assert.AreEqual(0, bench.Set("40020200", "0906112233445566"));
        Assert.AreEqual("0906112233445566", bench.Get("40020200"));
        bench.Meter.Run(60, 0);
        Assert.AreEqual(0, bench.Set("41160202", "0202 110F 1108"));
        Assert.AreEqual("0202110F1108", bench.Get("41160202"));
        Assert.AreEqual(Dlt698Refused, bench.Act("10100100"), "level 4 may not clear");

        bench.Meter.Meter.Programming.IsClosed = true;
        bench.Meter.Run(60, 0, 1);
        Assert.AreEqual(0, bench.Set("40010200", "0906000000000007"));
        Assert.AreEqual("0906000000000007", bench.Get("40010200"));
    }

    [TestMethod]
    public void DemandIsClearedAndEnergyIsNot()
    {
        ObjectBench bench = MeterObjectsTests.Filled();
        Assert.IsTrue(bench.Login("02123456"));
        string energy = bench.Get("00100200");
        Assert.AreEqual(0, bench.Act("10100100"));
        Assert.AreEqual("02020600000000" + "1CFFFFFFFFFFFFFF", bench.Get("10100201"));
        Assert.AreEqual(3, bench.Act("00100100"));
        Assert.AreEqual(energy, bench.Get("00100200"));
    }

    [TestMethod]
    public void WrongPasswordsLockTheLevelAsOverTheOtherProtocol()
    {
        ObjectBench bench = new();
        for (int i = 0; i < bench.Meter.Settings.WrongPasswordsMax; i++)
        {
            Assert.IsFalse(bench.Login("02999999"));
        }

        Assert.IsFalse(bench.Login("02123456"), "the right one, locked");
        Assert.IsTrue(bench.Login("04000004"), "another level");
        bench.Meter.PowerUp();
        Assert.IsFalse(new ObjectBench(bench.Meter).Login("02123456"), "a restart buys no new tries");
        Assert.IsFalse(bench.Login("99123456"));
        Assert.IsFalse(bench.Login("0212345"));
    }

    [TestMethod]
    public void AnEventIsReportedOnceItHappened()
    {
        ObjectBench bench = new();
        bench.Objects.Tick(0);
        Assert.AreEqual(0, bench.Objects.WaitingReport, "what was before is no news");
        Assert.IsTrue(bench.Login("02123456"));
        Assert.AreEqual(0, bench.Set("41000200", "11 1E"));
        bench.Objects.Tick(500);
        Assert.AreEqual(0, bench.Objects.WaitingReport, "looked at once a second");
        bench.Objects.Tick(1_000);
        Assert.AreEqual(0x30120200, bench.Objects.WaitingReport);
        bench.Objects.ReportTaken(0x30110200);
        Assert.AreEqual(0x30120200, bench.Objects.WaitingReport);
        bench.Objects.ReportTaken(0x30120200);
        Assert.AreEqual(0, bench.Objects.WaitingReport);
    }

    private const int Dlt698Refused = 15;

    internal static string Picture(ObjectBench bench)
    {
        string[] objects =
        [
            "00000400", "00100400", "00200400", "10100200", "10200200", "40010200", "40020200", "40080200", "40090200",
            "400A0200", "400C0200", "40110200", "40140200", "40150200", "40160200", "40170200", "40180200", "40190200",
            "41000200", "41010200", "41160200",
        ];
        return string.Join('\n', Array.ConvertAll(objects, o => o + " " + bench.Get(o)))
            + bench.Meter.Meter.Product.Meter.Registers.TotalRemainder(EnergyKind.Import);
    }
}
