using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;
using MeterFirmware.Dlt698;
using MeterFirmware.Dlt698Meter;
using MeterFirmware.Firmware.Tests.Dlt645;
using MeterFirmware.History;
using MeterFirmware.Metering;
using MeterFirmware.Telemetry;
using MeterFirmware.Tools.MeterCtl.Dlt698;
using MeterFirmware.Tools.Tests.Dlt645Meter;
using MeterFirmware.Tools.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Dlt698;

/// <summary>The objects of DL/T 698.45 on the real product.</summary>
[TestClass]
public class MeterObjectsTests
{
    private const int Day = 86_400;

    private static readonly Regex _moment = new(@"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$");

    [TestMethod]
    public void EnergiesHaveBothScalesAndTheirRates()
    {
        ObjectBench bench = Filled();
        EnergyRegisters registers = bench.Meter.Meter.Product.Meter.Registers;
        long wattHours = registers.TotalWattHours(EnergyKind.Import);
        long tenths = wattHours * 10 + registers.TotalRemainder(EnergyKind.Import) / 360_000_000;
        Assert.AreNotEqual(0, tenths % 10, "the test is about what whole watt-hours leave out");
        Assert.AreEqual($"06{wattHours / 10:X8}", bench.Get("00100201"));
        Assert.AreEqual($"15{tenths:X16}", bench.Get("00100401"));
        string rates = string.Concat(Enumerable.Range(0, 4)
            .Select(r => $"06{registers.RateWattHours(EnergyKind.Import, r) / 10:X8}"));
        Assert.AreEqual($"010506{wattHours / 10:X8}{rates}", bench.Get("00100200"));
        Assert.AreEqual(rates[30..], bench.Get("00100205"), "valley is the fourth rate");
        Assert.AreEqual($"05{wattHours / 10:X8}", bench.Get("00000201"), "combined energy has a sign");
        Assert.AreEqual($"010106{registers.PhaseWattHours(EnergyKind.Import, 0) / 10:X8}", bench.Get("00110200"));
        Assert.AreEqual("DAR 8", bench.Get("00100206"));
        Assert.AreEqual("DAR 6", bench.Get("00120200"), "this meter has one phase");
        Assert.AreEqual("DAR 6", bench.Get("00900200"));
        Assert.AreEqual("DAR 4", bench.Get("00100600"));
    }

    // What stands under one identifier of DL/T 645 is the same number here.
    [TestMethod]
    [DataRow("20000201", 0x02010100u, 12)]
    [DataRow("20010201", 0x02020100u, 5)]
    [DataRow("20040201", 0x02030000u, 5)]
    [DataRow("20040202", 0x02030100u, 5)]
    [DataRow("20050201", 0x02040000u, 5)]
    [DataRow("20060202", 0x02050100u, 5)]
    [DataRow("200A0201", 0x02060000u, 0x10)]
    [DataRow("200B0201", 0x02080100u, 0x10)]
    [DataRow("200C0201", 0x02090100u, 0x10)]
    [DataRow("200D0203", 0x020A0103u, 0x10)]
    [DataRow("200E0215", 0x020B0115u, 0x10)]
    [DataRow("200F0200", 0x02800002u, 0x12)]
    [DataRow("20100200", 0x02800007u, 0x10)]
    [DataRow("20170200", 0x02800004u, 5)]
    [DataRow("41000200", 0x04000103u, 0x11)]
    [DataRow("41010200", 0x04000104u, 0x11)]
    [DataRow("400E0200", 0x04000206u, 0x11)]
    public void AVariableIsThatOfItsIdentifier(string oad, uint di, int tag)
    {
        ObjectBench bench = Filled();
        bench.Objects.BeginAnswer();
        Assert.IsTrue(bench.Meter.Readout.TryRead((int)di, 0, out long value));
        string data = bench.Get(oad);
        Assert.AreEqual(tag == 12 ? 0x12 : tag, Convert.ToInt32(data[..2], 16), data);
        int digits = data.Length - 2;
        Assert.AreEqual(value.ToString("X16", CultureInfo.InvariantCulture)[(16 - digits)..], data[2..]);
    }

    [TestMethod]
    public void MaximumDemandClockAddressesPlateAndTables()
    {
        ObjectBench bench = Filled();
        StringAssert.Matches(bench.Get("10100201"), new("^020206[0-9A-F]{8}1C07EA02[0-9A-F]{6}00$"));
        Assert.AreEqual("02020600000000" + "1CFFFFFFFFFFFFFF", bench.Get("10200201"), "none yet: no time");
        StringAssert.StartsWith(bench.Get("40000200"), "1C07EA02");
        Assert.AreEqual("0906000012345678", bench.Get("40010200"));
        Assert.AreEqual("0A09" + Hex("3101-0007"), bench.Get("41030200"));
        Assert.AreEqual("0A04" + Hex("220V"), bench.Get("41040200"));
        Assert.AreEqual("0A05" + Hex("MF-1P"), bench.Get("410B0200"));
        Assert.AreEqual("02051" + "10E1102110E11041101", bench.Get("400C0200"));

        // January to June the first day table, from July on the second.
        Assert.AreEqual("0102" + "0203110111011101" + "0203110711011102", bench.Get("40140200"));
        Assert.AreEqual("0101" + "0203110011001103", bench.Get("40160202"));
        Assert.AreEqual("010406000" + "02EE006000023280600001770" + "0600000BB8", bench.Get("40180200"));
        Assert.AreEqual("0101" + "02021A07EA0A01041102", bench.Get("40110200"));
        Assert.AreEqual("0103" + "020211011100" + "020211631163" + "020211631163", bench.Get("41160200"));
        Assert.AreEqual("DAR 6", bench.Get("40030200"));
        Assert.AreEqual("DAR 6", bench.Get("F1000200"));
    }

    // Saturday apart from Sunday; a price of a season; nine day tables; 300 holidays.
    [TestMethod]
    [DataRow("\"days\":{\"sat\":\"b\"},", "", 1, "40140200", "40160200")]
    [DataRow("\"prices\":{\"s\":\"2\",\"p\":\"1\",\"f\":\"1\",\"v\":\"1\"},"
        + "\"weekday\":\"a\",\"weekend\":\"a\"},{\"from\":\"07-01\",", "", 1, "40180200", "40140200")]
    [DataRow("", "", 8, "40160200", "40180200")]
    [DataRow("", "\"holidays\":[{\"from\":\"2026-01-01\",\"to\":\"2026-03-01\",\"day\":\"b\"},"
        + "{\"from\":\"2026-03-02\",\"to\":\"2026-04-30\",\"day\":\"b\"},"
        + "{\"from\":\"2026-05-01\",\"to\":\"2026-06-29\",\"day\":\"b\"},"
        + "{\"from\":\"2026-06-30\",\"to\":\"2026-08-28\",\"day\":\"b\"},"
        + "{\"from\":\"2026-08-29\",\"to\":\"2026-10-27\",\"day\":\"b\"}],", 1, "40110200", "40160200")]
    public void WhatTheTablesCannotCarryIsNotShownAsHalfATariff(
        string season, string more, int tables, string missing, string there)
    {
        ObjectBench bench = new(StandardTableTests.Bench(season, more, tables));
        Assert.AreEqual("DAR 6", bench.Get(missing));
        Assert.AreEqual("DAR 6", bench.Get(missing[..7] + "1"));
        StringAssert.StartsWith(bench.Get(there), "01");
        StringAssert.Matches(bench.Get("400C0200"), new(missing == "40110200" ? "11FF$" : "1100$"));
    }

    [TestMethod]
    public void DayFreezesAreRowsByTimeByRangeAndByPlace()
    {
        ObjectBench bench = Filled();
        bench.Objects.BeginAnswer();
        Assert.IsTrue(bench.Meter.Readout.TryRead(0x05060101, 0, out long newest));
        Assert.IsTrue(bench.Meter.Readout.TryRead(0x05060102, 0, out long before));
        string[] last = bench.Rows("50040200", Dlt698Request.Last(1), "20210200", "00100201", "00100401", "00100402");
        FreezeReader freezes = bench.Meter.Meter.Recorder.Freezes;
        Assert.IsTrue(freezes.TryRead(FreezeKind.Daily, 1));
        long wattHours = freezes.WattHours(EnergyKind.Import, -1);
        Assert.AreNotEqual(0, wattHours % 10, "the test is about what 0.01 kWh leave out");
        CollectionAssert.AreEqual(
            new[]
            {
                "2026-02-03 00:00:00", Kwh(newest, 2), Kwh(wattHours, 3) + "0",
                Kwh(freezes.WattHours(EnergyKind.Import, 0), 3) + "0",
            }, last);
        CollectionAssert.AreEqual(
            new[] { Kwh(before, 2), Kwh(newest, 2) },
            bench.Rows("50040200", Dlt698Request.Range(new(2026, 2, 2), new(2026, 2, 4)), "00100201"));
        CollectionAssert.AreEqual(
            new[] { Kwh(before, 2) }, bench.Rows("50040200", Dlt698Request.At(new(2026, 2, 2)), "00100201"));
        Assert.AreEqual(0, bench.Rows("50040200", Dlt698Request.At(new(2026, 3, 2)), "00100201").Length);
        Assert.AreEqual(0, bench.Rows("50040200", Dlt698Request.Last(200), "00100201").Length);
        Assert.AreEqual("6 object missing", bench.Rows("50070200", Dlt698Request.Last(1), "00100201")[0]);

        // No columns: all that a row keeps, registers by rate and maximum demands among it.
        Assert.IsTrue(bench.Rows("50040200", Dlt698Request.Last(1)).Length > 9 * 5);
    }

    [TestMethod]
    public void AMonthFreezeIsTheSettlementAtTheTurnOfTheMonth()
    {
        ObjectBench bench = Filled();
        bench.Objects.BeginAnswer();
        Assert.IsTrue(bench.Meter.Readout.TryRead(0x00010001, 0, out long settled));
        CollectionAssert.AreEqual(
            new[] { "2026-02-01 00:00:00", Kwh(settled, 2) },
            bench.Rows("50060200", Dlt698Request.Last(1), "20210200", "00100201"));
        Assert.AreEqual(0, bench.Rows("50060200", Dlt698Request.Last(2), "20210200").Length);
        Assert.IsTrue(bench.Meter.Meter.Recorder.Freezes.Count(FreezeKind.Settlement) == 1);
    }

    [TestMethod]
    public void MinuteFreezesAreTheLoadProfile()
    {
        ObjectBench bench = Filled();
        string[] rows = bench.Rows(
            "50020200", Dlt698Request.Range(new(2026, 2, 2, 8, 0, 0), new(2026, 2, 2, 9, 0, 0)), "20210200", "20040202",
            "00100201");
        Assert.AreEqual(3 * 4, rows.Length, "one each quarter of an hour");
        Assert.AreEqual("2026-02-02 08:00:00", rows[0]);
        Assert.AreEqual("2026-02-02 08:45:00", rows[9]);
        Assert.AreEqual(0.5, double.Parse(rows[11], CultureInfo.InvariantCulture)
            - double.Parse(rows[5], CultureInfo.InvariantCulture), 0.02, "1 kW for half an hour");
        Assert.AreEqual(96, bench.Rows(
            "50020200", Dlt698Request.Range(new(2026, 2, 2), new(2026, 2, 3)), "00100201").Length);
        string newest = bench.Rows("50020200", Dlt698Request.Last(1), "20210200")[0];
        string third = bench.Rows("50020200", Dlt698Request.Last(3), "20210200")[0];
        Assert.AreEqual(TimeSpan.FromMinutes(30), Time(newest) - Time(third));
    }

    // Freezes go on behind a number, the profile behind a time; blocks of 256 bytes, of 127 rows, or one answer.
    [TestMethod]
    [DataRow("50020200", "0000", 4)]
    [DataRow("50020200", "0100", 20)]
    [DataRow("50030200", "0100", 5)]
    [DataRow("50040200", "0100", 1)]
    public void ARecordInBlocksHasEveryRowOnce(string record, string messageBytes, int blocksMin)
    {
        ObjectBench bench = Filled();
        string all = "FF".PadLeft(48, 'F');
        bench.Ask($"02 00 0010 {all} 0400 0400 01 {messageBytes} 00000064 00 00");
        string[] times = AllRows(bench, $"05 03 01 {record} 00 02 00 20210200 00 00100201 00", out int blocks);
        Assert.IsTrue(blocks >= blocksMin, $"{blocks} blocks");
        long apart = record == "50020200" ? 900 : record == "50030200" ? 3_600 : Day;
        Assert.IsTrue(times.Length >= 4 * Day / apart, $"{times.Length} rows");
        for (int i = 1; i < times.Length; i++)
        {
            Assert.AreEqual(apart, (Time(times[i]) - Time(times[i - 1])).TotalSeconds, $"{times[i]} of {times.Length}");
        }
    }

    /// <summary>Freeze times of all rows of an answer in blocks.</summary>
    private static string[] AllRows(ObjectBench bench, string request, out int blocks)
    {
        List<string> times = [];
        string answer = bench.Ask(request);
        for (blocks = 1; ; blocks++)
        {
            Dlt698DecodedFrame frame = Dlt698Decoder.Explain(Convert.FromHexString(answer), null);
            Assert.IsNull(frame.Error, answer);
            Assert.AreEqual(0, frame.Refused.Count, answer);
            times.AddRange(frame.Fields.Select(f => f.Value).Where(v => _moment.IsMatch(v)));
            if (answer[..4] != "8505" || answer.Substring(6, 2) == "01")
            {
                return [.. times];
            }

            answer = bench.Ask($"05 05 01 {answer.Substring(8, 4)} 00");
        }
    }

    [TestMethod]
    public void EveryMeasurandOfTheCatalogueIsAnsweredUnderItsObject()
    {
        ObjectBench bench = Filled();
        bench.Objects.BeginAnswer();
        for (int measurand = 0; measurand < Measurands.Count; measurand++)
        {
            int phase = Measurands.Has(measurand, -1) ? -1 : 0;
            int di = (int)Measurands.DataIdentifier(measurand, phase);
            Assert.IsTrue(bench.Meter.Readout.TryRead(di, 0, out long value), $"{di:X8}");
            string data = bench.Get($"{Measurands.ObjectAttribute(measurand, phase):X8}");
            int digits = data.Length - 2;
            Assert.AreEqual(value.ToString("X16", CultureInfo.InvariantCulture)[(16 - digits)..], data[2..],
                Measurands.Name(measurand));
        }
    }

    [TestMethod]
    public void EventsAreRowsByNumberAndByTheirBegin()
    {
        ObjectBench bench = Filled();
        Assert.IsTrue(bench.Login("02123456"));
        Assert.AreEqual(0, bench.Set("41000200", "11 1E"));
        Assert.AreEqual(0, bench.Set("41000200", "11 0F"));
        bench.Meter.Run(60, 1_000);
        string[] rows = bench.Rows("30120200", Dlt698Request.Last(1), "20220200", "201E0200", "20200200", "20240200");
        Assert.AreEqual("2", rows[0]);
        StringAssert.StartsWith(rows[1], "2026-02-03");
        Assert.AreEqual(rows[1], rows[2]);

        byte[] byNumber = Convert.FromHexString("02" + "20220200" + "0600000001" + "0600000002" + "00");
        Assert.AreEqual("1", bench.Rows("30120200", byNumber, "20220200")[0]);
        byte[] byBegin = Convert.FromHexString("02" + "201E0200" + "1C07EA0203000000" + "1C07EA0204000000" + "00");
        Assert.AreEqual(2, bench.Rows("30120200", byBegin, "20220200").Length);
        Assert.AreEqual(0, bench.Act("30120100"), "the records are cleared");
        Assert.AreEqual(2, bench.Rows("30150200", Dlt698Request.Last(1), "201E0200", "20200200").Length);
    }

    [TestMethod]
    public void ServerAndObjectsTakeAtMostSixKilobytes()
    {
        ReadoutBench meter = new();
        ScriptedLine line = ScriptedLine.Pair();
        long bytes = Allocation.Least(() =>
        {
            long start = GC.GetAllocatedBytesForCurrentThread();
            MeterObjects objects = new(meter.Readout, meter.Settings);
            Dlt698Server server = new(line, new Dlt698Settings(), objects);
            long taken = GC.GetAllocatedBytesForCurrentThread() - start;
            GC.KeepAlive(server);
            return taken;
        });
        Assert.IsTrue(bytes is > 3_000 and <= 6 * 1024, $"{bytes} bytes");
    }

    /// <param name="digits">Of the number behind the point.</param>
    private static string Kwh(long value, int digits) =>
        (value / (digits == 2 ? 100m : 1_000m)).ToString("F" + digits, CultureInfo.InvariantCulture);

    private static DateTime Time(string text) => DateTime.Parse(text, CultureInfo.InvariantCulture);

    private static string Hex(string text) => Convert.ToHexString(System.Text.Encoding.ASCII.GetBytes(text));

    internal static ObjectBench Filled()
    {
        ReadoutBench meter = new();
        meter.Run(4 * Day + 3_700, 1_000, 37);
        return new ObjectBench(meter);
    }
}
