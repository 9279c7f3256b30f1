using System.Linq;
using MeterFirmware.Dlt645;
using MeterFirmware.Tariffs;
using MeterFirmware.Tools.Tests.Tariffs;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Dlt645Meter;

/// <summary>What the tables of DL/T 645-2007 can carry goes through them; what they cannot is refused both
/// ways.</summary>
[TestClass]
public class StandardTableTests
{
    private const string Refused = "refused 02";

    [TestMethod]
    public void APeriodAtAnyMinuteIsWrittenAndReadBack()
    {
        ReadoutBench bench = new();
        bench.Run(60, 1_000);
        Assert.AreEqual(0, bench.Write(0x04020001, "01 00 00 02 31 07 04 59 23"));
        Assert.AreEqual("01 00 00 02 31 07 04 59 23", bench.Text(0x04020001)[..26]);
        Assert.AreEqual(0, bench.Write(0x04000107, "00 00 01 02 26"));
        bench.Sets.Seek(ReadoutBench.Start + 10 * 86_400);
        DaySchedule days = bench.Sets.InForce(TariffPart.DayTables).Schedule;
        Assert.AreEqual(7 * 60 + 31, days.PeriodStartMinute(0, 1));
        Assert.AreEqual(23 * 60 + 59, days.PeriodStartMinute(0, 2));

        // All else of the tariff is as before.
        TariffTable tiers = bench.Sets.After(TariffPart.DayTables);
        Assert.AreEqual(bench.Tariff.TierFromWattHours(1), tiers.TierFromWattHours(1));
        Assert.AreEqual(bench.Tariff.TierAdd(1, 2), tiers.TierAdd(1, 2));
        Assert.AreEqual(bench.Tariff.ImportPrice(3), tiers.ImportPrice(3));
        Assert.AreEqual(bench.Tariff.Schedule.HolidayDay(0), tiers.Schedule.HolidayDay(0));
    }

    [TestMethod]
    public void EachDayOfASpanIsAHoliday()
    {
        ReadoutBench bench = Bench("",
            "\"holidays\":[{\"from\":\"2026-10-01\",\"to\":\"2026-10-03\",\"day\":\"b\"}],", 1);
        Assert.AreEqual("02 01 10 26", bench.Text(0x04030001));
        Assert.AreEqual("02 03 10 26", bench.Text(0x04030003));
        Assert.AreEqual(Refused, bench.Text(0x04030004));
        Assert.AreEqual("03", bench.Text(0x04000205)[..2]);
    }

    [TestMethod]
    [DataRow("\"days\":{\"sat\":\"b\"},", "", 0x04010000u, 0x04020000u, "01 01 01", Dlt645Protocol.ErrorZoneCount,
        DisplayName = "Saturday apart from Sunday has no place in MMDDNN")]
    [DataRow("\"prices\":{\"s\":\"2\",\"p\":\"1\",\"f\":\"1\",\"v\":\"1\"},"
        + "\"weekday\":\"a\",\"weekend\":\"a\"},{\"from\":\"07-01\",", "",
        0x04050101u, 0x04050201u, "00 95 00 00",
        Dlt645Protocol.ErrorOther, DisplayName = "a price of a season has no place")]
    [DataRow("", "\"tiers\":{\"period\":\"day\","
        + "\"steps\":[{\"fromKwh\":0,\"add\":{}},{\"fromKwh\":5,\"add\":{\"s\":\"1\"}}]},",
        0x04060001u, 0x04060201u, "00 20 00 00", Dlt645Protocol.ErrorOther,
        DisplayName = "tiers over a day have no place")]
    public void WhatHasNoPlaceIsNeitherReadNorLostByAWrite(
        string season, string more, uint read, uint write, string value, int error)
    {
        ReadoutBench bench = Bench(season, more, 1);
        Assert.AreEqual(Refused, bench.Text(read));
        Assert.AreEqual(error, bench.Write(write, value));
        Assert.AreEqual(0, bench.Kept);
    }

    [TestMethod]
    public void MoreDayTablesThanEightAreNeitherReadNorWritten()
    {
        ReadoutBench bench = Bench("", "", 8);
        Assert.AreEqual(Refused, bench.Text(0x04010001));
        Assert.AreEqual(Dlt645Protocol.ErrorPeriodCount, bench.Write(0x04020001, "01 00 00"));
    }

    [TestMethod]
    public void AnAnnouncedDayOrAFeeByTheMinuteIsNotLostByAWrite()
    {
        ReadoutBench bench = Bench("", "\"announced\":[{\"name\":\"hot\",\"day\":\"b\"}],", 1);
        Assert.AreEqual("01 01 01", bench.Text(0x04010000)[..8]);
        Assert.AreEqual(Dlt645Protocol.ErrorZoneCount, bench.Write(0x04020000, "02 01 01"));
        bench = Bench("", "\"occupancyFee\":{\"perMinute\":\"0.1\"},", 1);
        Assert.AreEqual(Dlt645Protocol.ErrorOther, bench.Write(0x04050201, "00 95 00 00"));
    }

    /// <summary>A meter with a tariff of its own, and so many tables besides the first.</summary>
    internal static ReadoutBench Bench(string season, string more, int tables)
    {
        string days = string.Concat(Enumerable.Range(0, tables)
            .Select(i => $",\"{(char)('b' + i)}\":[[\"00:00\",\"v\"],[\"08:00\",\"p\"]]"));
        TariffTable tariff = TariffSource.Parse(
            $"{{\"name\":\"x\",\"timezone\":\"+08:00\",\"currency\":\"CNY\",\"rates\":[\"s\",\"p\",\"f\",\"v\"],"
            + $"\"days\":{{\"a\":[[\"00:00\",\"f\"]]{days}}},{more}"
            + $"\"seasons\":[{{\"from\":\"01-01\",{season}\"weekday\":\"a\",\"weekend\":\"a\"}}],"
            + "\"prices\":{\"s\":\"1.2\",\"p\":\"0.9\",\"f\":\"0.6\",\"v\":\"0.3\"}}").Table;
        ReadoutBench bench = new();
        bench.Run(60, 1_000);
        Assert.IsTrue(bench.Sets.TryReplace(tariff, out string error), error);
        return bench;
    }
}
