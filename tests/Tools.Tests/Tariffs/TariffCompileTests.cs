using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using MeterFirmware.Tariffs;
using MeterFirmware.Tools.Billing.Tariffs;
using Microsoft.VisualStudio.TestTools.UnitTesting;
using NodaTime;

namespace MeterFirmware.Tools.Tests.Tariffs;

/// <summary>The compiled table against NodaTime's own calendar and zones.</summary>
[TestClass]
public class TariffCompileTests
{
    public static IEnumerable<object[]> Examples => TariffExamples.Names
        .Where(name => TariffFile.Load(name).Model.IsForDevices).Select(name => new object[] { name });

    [TestMethod]
    [DynamicData(nameof(Examples))]
    public void EveryExampleFollowsItsFileForTenYears(string name)
    {
        TariffFile tariff = TariffFile.Load(name);
        Assert.IsEmpty(tariff.Warnings);
        Follow(tariff, 2018, 2028);
    }

    /// <summary>Half-hour steps, changes at midnight, two-hour steps, four changes a year, a skipped day.</summary>
    [TestMethod]
    [DataRow("Australia/Lord_Howe")]
    [DataRow("America/Havana")]
    [DataRow("America/Sao_Paulo")]
    [DataRow("Asia/Beirut")]
    [DataRow("Africa/Casablanca")]
    [DataRow("Antarctica/Troll")]
    [DataRow("Pacific/Apia")]
    [DataRow("Asia/Kathmandu")]
    [DataRow("America/St_Johns")]
    [DataRow("-03:30")]
    public void ARestlessTariffFollowsEveryKindOfZone(string zone)
    {
        string day = string.Join(", ",
            new[] { "00:00", "00:15", "00:30", "01:00", "01:15", "01:45", "02:00", "02:15", "03:00", "12:00", "23:00",
                "23:15", "23:30", "23:45" }
            .Select((time, i) => $"[\"{time}\", \"{(i % 3 == 0 ? "peak" : "valley")}\"]"));
        string json = TariffSource.Good.Replace("Asia/Shanghai", zone)
            .Replace("[\"00:00\", \"valley\"], [\"06:00\", \"peak\"], [\"22:15\", \"valley\"]", day);
        Follow(TariffSource.Parse(json), 2010, 2021);
    }

    [TestMethod]
    public void TheLargestTariffFitsOneMessageAndLoads()
    {
        string[] rates = [.. Enumerable.Range(0, 63).Select(i => $"费率{i:00}")];
        string prices = string.Join(",", rates.Select(r => $"\"{r}\":\"1000000\""));
        string json = $$"""
            {"name":"{{new string('n', 96)}}","timezone":"Africa/Casablanca","currency":"CNY","rates":[{{string.Join(",", rates.Select(r => $"\"{r}\""))}}],
            "days":{ {{string.Join(",", Enumerable.Range(0, 8).Select(d => $"\"d{d}\":[{string.Join(",", Enumerable.Range(0, 14).Select(p => $"[\"{p:00}:{p % 4 * 15:00}\",\"{rates[(d * 14 + p) % 63]}\"]"))}]"))}} },
            "seasons":[{{string.Join(",", Enumerable.Range(1, 14).Select(s => $"{{\"from\":\"{(s + 1) / 2:00}-{(s % 2 == 0 ? 15 : 1):00}\",\"weekday\":\"d{s % 8}\",\"weekend\":\"d{(s + 3) % 8}\"}}"))}}],
            "holidays":[{{string.Join(",", Enumerable.Range(0, 254).Select(i => $"{{\"date\":\"{new LocalDate(2020, 1, 1).PlusDays(i * 9):uuuu-MM-dd}\",\"day\":\"d{i % 8}\"}}"))}}],
            "prices":{ {{prices}} },"exportPrices":{ {{prices}} },"serviceFee":"0.000001"}
            """;
        TariffFile tariff = TariffSource.Parse(json);
        Assert.AreEqual(63, tariff.Table.RateCount);
        Assert.AreEqual("费率62", tariff.Table.RateName(62));
        Assert.AreEqual(1_000_000_000_000L, tariff.Table.ImportPrice(62));
        Assert.AreEqual(1L, tariff.Table.ServiceFee(0));
        Assert.IsLessThanOrEqualTo(4096, tariff.Bytes.Length, $"{tariff.Bytes.Length} bytes");
        Follow(tariff, 2019, 2027);
    }

    [TestMethod]
    public void PricesTiersAndFactorsArriveExactly()
    {
        TariffTable table = TariffSource.Parse(TariffSource.Good).Table;
        Assert.AreEqual(617_000L, table.ImportPrice(0));
        Assert.AreEqual(307_001L, table.ImportPrice(1));
        Assert.AreEqual(500_000L, table.ExportPrice(0));
        Assert.AreEqual(0L, table.ExportPrice(1));
        Assert.IsTrue(table.HasExportPrices);
        Assert.AreEqual(TierPeriod.Year, table.TierPeriod);
        Assert.AreEqual(3_120_500L, table.TierFromWattHours(1));
        Assert.AreEqual(60_000L, table.TierAdd(1, 0));
        Assert.AreEqual(-30_000L, table.TierAdd(1, 1));
        Assert.AreEqual(400_000L, table.ServiceFee(0));
        Assert.AreEqual(530_600_000L, table.CarbonMicrogramsPerKwh);
    }

    [TestMethod]
    public void ZoneOffsetsAreTabledForAtLeastTenYearsAhead()
    {
        TariffTable table = TariffFile.Load("sce-tou-ev-4").Table;
        Assert.IsGreaterThanOrEqualTo(Instant.FromUtc(2037, 1, 1, 0, 0).ToUnixTimeSeconds(), table.ZoneUntilUtc);
    }

    [TestMethod]
    public void AFileCompilesToTheSameBytesOnEveryDay()
    {
        CollectionAssert.AreEqual(TariffFile.Load("sce-tou-ev-4").Bytes, TariffFile.Load("sce-tou-ev-4.json").Bytes);
        Assert.AreEqual(598, TariffFile.Load("sce-tou-ev-4").Bytes.Length);
    }

    /// <summary>Check sums of what 0.1.0's layout was compiled to before version 2 came: devices in the field load
    /// no other.</summary>
    [TestMethod]
    [DataRow("anhui-industry", 338, 0x14F4BD96u)]
    [DataRow("china-workplace-five-rates", 273, 0x31CB9DDCu)]
    [DataRow("jiangsu-industry", 386, 0x5690C858u)]
    [DataRow("ontario-household", 536, 0x35971011u)]
    [DataRow("sce-tou-ev-4", 598, 0xCB199728u)]
    [DataRow("shanghai-household", 136, 0x1F498ACCu)]
    public void WhatVersion1HoldsCompilesToTheBytesOfVersion1(string name, int length, uint crc)
    {
        TariffFile tariff = TariffFile.Load(name);
        Assert.AreEqual((length, crc, 1), (tariff.Bytes.Length, tariff.Table.Crc, (int)tariff.Bytes[4]));
    }

    [TestMethod]
    public void AModelWrittenAndReadAgainCompilesToTheSameBytes()
    {
        foreach (string name in TariffExamples.Names)
        {
            TariffFile tariff = TariffFile.Load(name);
            if (!tariff.Model.IsForDevices || tariff.Bytes[4] != 1)
            {
                // What an importer makes is of version 1, and only importers write.
                continue;
            }

            CollectionAssert.AreEqual(tariff.Bytes, TariffSource.Parse(TariffText.Of(tariff)).Bytes, name);
        }

        TariffFile test = TariffSource.Parse(TariffSource.Good);
        CollectionAssert.AreEqual(test.Bytes, TariffSource.Parse(TariffText.Of(test)).Bytes);
    }

    [TestMethod]
    public void UnusedRatesAndDayTablesAreWarnings()
    {
        TariffFile tariff =
            TariffSource.Parse(TariffSource.With("[[\"00:00\", \"valley\"]]",
            "[[\"00:00\", \"valley\"]], \"spare\": [[\"00:00\", \"peak\"]]"));
        Assert.AreEqual("t.json: $.days.spare: no season, holiday or announcement uses this day table",
            tariff.Warnings.Single().Describe("t.json"));
    }

    /// <summary>Walks the cursor from change to change and asks NodaTime for date, offset and wall time.</summary>
    private static void Follow(TariffFile tariff, int firstYear, int untilYear)
    {
        TariffCursor cursor = new(tariff.Table);
        TariffCursor jumping = new(tariff.Table);
        Random random = new(1);
        long utc = Instant.FromUtc(firstYear, 3, 1, 0, 0).ToUnixTimeSeconds();
        long end = Instant.FromUtc(untilYear, 1, 1, 0, 0).ToUnixTimeSeconds();
        int steps = 0;
        for (; utc < end; steps++)
        {
            cursor.Seek(utc);
            long until = cursor.ValidUntilUtc;
            Assert.IsTrue(until > utc && until - utc <= 86_400, Text(utc));
            long inside = utc + random.NextInt64(until - utc);
            (int rate, int offset, LocalDate date) = Reference(tariff, utc);
            foreach (long at in new[] { utc, inside, until - 1 })
            {
                Assert.AreEqual((rate, offset, date), Reference(tariff, at), Text(at));
                jumping.Seek(at);
                Assert.AreEqual((rate, offset), (jumping.Rate, jumping.OffsetSeconds), Text(at));
                Assert.AreEqual(until, jumping.ValidUntilUtc, Text(at));
            }

            Assert.AreEqual((rate, offset), (cursor.Rate, cursor.OffsetSeconds), Text(utc));
            Assert.AreNotEqual((rate, offset, date), Reference(tariff, until), Text(until));
            utc = until;
        }

        Assert.IsGreaterThan((untilYear - firstYear - 1) * 365, steps);
    }

    private static (int Rate, int Offset, LocalDate Date) Reference(TariffFile tariff, long utc)
    {
        ZonedDateTime local = Instant.FromUnixTimeSeconds(utc).InZone(tariff.Zone);
        TariffModel model = tariff.Model;
        SeasonModel season = model.Seasons.LastOrDefault(s =>
            (s.Month, s.Day).CompareTo((local.Month, local.Day)) <= 0, model.Seasons[^1]);
        bool isWeekend = local.DayOfWeek is IsoDayOfWeek.Saturday or IsoDayOfWeek.Sunday;
        int day = isWeekend ? season.WeekendTable : season.WeekdayTable;
        HolidayModel holiday = model.Holidays.Find(h => h.Date == local.Date);
        day = holiday is null ? day : holiday.DayTable;
        int quarter = (local.Hour * 60 + local.Minute) / 15;
        int minute = quarter * 15;
        return (model.Days[day].Periods.Last(p => p.StartMinute <= minute).Rate, local.Offset.Seconds, local.Date);
    }

    private static string Text(long utc) => Instant.FromUnixTimeSeconds(utc).ToString();
}
