using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;
using System.Linq;
using MeterFirmware.Tools.Billing.Loads;
using MeterFirmware.Tools.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;
using MiniExcelLibs;
using NodaTime;

namespace MeterFirmware.Tools.Tests.Loads;

/// <summary>Excel's files and Australia's NEM12 give the load that a CSV of the same rows gives.</summary>
[TestClass]
public sealed class SheetAndMarketFileTests
{
    private const long KilowattHour = 3_600_000_000_000;
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"mf-sheet-{Guid.NewGuid():N}.xlsx");

    [TestCleanup]
    public void Delete() => File.Delete(_path);

    [TestMethod]
    public void ASheetOfDatesAndNumbersIsRead()
    {
        File.WriteAllBytes(_path, Sheet(Rows(new DateTime(2026, 3, 3), 96)));
        LoadFile load = Read();
        Assert.AreEqual(Instant.FromUtc(2026, 3, 2, 16, 0).ToUnixTimeSeconds(), load.StartUtcSeconds);
        Assert.AreEqual(900, load.StepSeconds);
        CollectionAssert.AreEqual(Enumerable.Range(0, 96).Select(i => KilowattHour / 1000 * i).ToArray(),
            load.Microjoules.ToArray());
        Assert.AreEqual(5, load.Lines[3], "the sheet's row");
    }

    [TestMethod]
    public void TextsBlockAndDecimalCommaAreReadAsInCsv()
    {
        Dictionary<string, object>[] rows =
        [
            new() { ["A"] = "Zählpunkt", ["B"] = "AT001" },
            new() { ["A"] = "von", ["B"] = "Verbrauch kWh" },
            new() { ["A"] = "03.03.2026 00:00", ["B"] = "0,25" },
            new() { ["A"] = "03.03.2026 00:15", ["B"] = "0,5" },
            new() { ["A"] = "03.03.2026 00:30", ["B"] = "1,25" },
        ];
        File.WriteAllBytes(_path, Sheet(rows, printHeader: false));
        CollectionAssert.AreEqual(new[] { KilowattHour / 4, KilowattHour / 2, KilowattHour / 4 * 5 },
            Read().Microjoules.ToArray());
    }

    [TestMethod]
    public void OneOfSeveralSheetsIsNamed()
    {
        using (MemoryStream stream = new())
        {
            stream.SaveAs(new Dictionary<string, object>
            {
                ["Info"] = new[] { new { a = "1" } },
                ["Load"] = Rows(new DateTime(2026, 3, 3), 4),
            });
            File.WriteAllBytes(_path, stream.ToArray());
        }

        StringAssert.Contains(Error(), "several sheets; --sheet names one of Info, Load");
        StringAssert.Contains(Error(new LoadSettings { Sheet = "x" }), "no sheet 'x'; --sheet names one of");
        Assert.HasCount(4, Read(new LoadSettings { Sheet = "Load" }).Microjoules);
    }

    [TestMethod]
    public void WhatIsNoSheetIsOneError()
    {
        byte[] good = Sheet(Rows(new DateTime(2026, 3, 3), 8));
        Random random = new(5);
        for (int i = 0; i < 60; i++)
        {
            byte[] bad = [.. good];
            for (int change = 0; change < 1 + i % 6; change++)
            {
                bad[random.Next(4, bad.Length)] = (byte)random.Next(256);
            }

            File.WriteAllBytes(_path, i % 5 == 0 ? bad[..random.Next(4, bad.Length)] : bad);
            try
            {
                Assert.IsNotEmpty(Read().Microjoules);
            }
            catch (InputException e)
            {
                Assert.IsFalse(e.Message.Contains('\n'), e.Message);
            }
        }

        File.WriteAllBytes(_path, [0xD0, 0xCF, 0x11, 0xE0, 1, 2, 3, 4]);
        StringAssert.Contains(Error(), "an Excel file of before 2007; .xlsx or .csv was expected");
        File.Delete(_path);
        using (ZipArchive archive = ZipFile.Open(_path, ZipArchiveMode.Create))
        {
            archive.CreateEntry("empty.txt");
        }

        StringAssert.Contains(Error(), "cannot be read as .xlsx");
    }

    [TestMethod]
    public void ADayOfNem12HasItsStreams()
    {
        File.WriteAllText(_path, Nem12());
        LoadFile load = Read(new LoadSettings { TakesExport = true, TakesReactive = true }, "Australia/Sydney");

        // The market's time is UTC+10 in summer too.
        Assert.AreEqual(Instant.FromUtc(2026, 1, 1, 14, 0).ToUnixTimeSeconds(), load.StartUtcSeconds);
        Assert.AreEqual(1800, load.StepSeconds);
        Assert.HasCount(96, load.Microjoules);
        Assert.AreEqual(KilowattHour / 2, load.Microjoules[0]);
        Assert.AreEqual(KilowattHour / 4, load.ExportMicrojoules[95]);
        Assert.AreEqual(KilowattHour / 10, load.ReactiveMicrojoules[0]);
        Assert.AreEqual(4, load.Lines[48]);
    }

    [TestMethod]
    [DataRow("kWh,30,", "kWh,20,", ":2: column 9: intervals of '20' minutes; 5, 15 or 30 were expected")]
    [DataRow("kWh,30,", "m3,30,", ":2: column 8: 'm3', kWh was expected")]
    [DataRow("300,20260103", "300,20260102", ":4: column 2: 20260102 is given twice for stream E1")]
    [DataRow("300,20260102,0.5", "300,20261302,0.5", ":3: column 2: '20261302', a date")]
    [DataRow("300,20260102,0.5", "300,20260102,-0.5", ":3: column 3: -0.5 is outside of 0")]
    [DataRow("300,20260102,0.5", "300,20260102,=1", ":3: column 3: '=1' is no number")]
    [DataRow("0.5,A,,,", "A,,,", ":3: column 50: 'A' is no number")]
    [DataRow("0.5,0.5,0.5,0.5,0.5,0.5,A,,,20260104020000,20260104030000", "0.5",
        "43 values; 48 of 30 minutes were expected")]
    [DataRow(",B1,", ",E2,", "several streams of one kind; --energy E1+E2 adds them")]
    [DataRow("200,6123456789,E1B1Q1,1,B1", "200,6999999999,E1B1Q1,1,B1", "meter '6999999999' after '6123456789'")]
    [DataRow("300,20260103,0.5", "300,20260104,0.5", "stream B1 has no 2026-01-04, which another one has")]
    [DataRow("0.5,A,,,", "0.5,N,,,", ":3: quality N: the day has no data")]
    [DataRow("200,", "210,", ":3: column 1: a record 200 was expected before the first 300")]
    public void AWrongNem12IsOneErrorWithItsPlace(string from, string to, string expected)
    {
        string text = Nem12();
        int at = text.IndexOf(from, StringComparison.Ordinal);
        File.WriteAllText(_path, from is "200," ? text.Replace("\n200,", "\n210,")
            : text[..at] + to + text[(at + from.Length)..]);
        StringAssert.Contains(Error(new LoadSettings { TakesExport = true, TakesReactive = true }, "Australia/Sydney"),
            expected);
    }

    [TestMethod]
    [DataRow("400,1,20,N\n400,21,48,A\n", 0, ":4: quality N: intervals 1 to 20 have no data")]
    [DataRow("400,1,20,A\n400,21,48,N14,89,meter fault\n", 0, ":5: quality N: intervals 21 to 48 have no data")]
    [DataRow("400,0,20,N\n", 99, ":4: column 2: '0', an interval from 1 to 48 was expected")]
    [DataRow("400,20,49,A\n", 99, ":4: column 3: '49', an interval from 20 to 48 was expected")]
    [DataRow("400,1,x,A\n", 99, ":4: column 3: 'x', an interval from 1 to 48 was expected")]
    public void IntervalsThatARecord400SaysAreNoDataAreNotBilledAsZero(string records, int skips, string expected)
    {
        File.WriteAllText(_path, WithRecords400(Nem12(), records));
        StringAssert.Contains(Error(new LoadSettings { TakesExport = true, SkipBad = skips }, "Australia/Sydney"),
            expected);
    }

    [TestMethod]
    public void IntervalsWithoutDataAreLeftOutWhenAsked()
    {
        File.WriteAllText(_path, WithRecords400(Nem12(), "400,1,40,A\n400,41,44,N\n400,45,48,S12\n"));
        LoadFile load = Read(new LoadSettings { TakesExport = true, SkipBad = 4 }, "Australia/Sydney");
        Assert.HasCount(96, load.Microjoules);
        Assert.AreEqual(KilowattHour / 2, load.Microjoules[39]);
        Assert.AreEqual(0, load.Microjoules[40]);
        Assert.AreEqual(0, load.ExportMicrojoules[43]);
        Assert.AreEqual(KilowattHour / 2, load.Microjoules[44]);
        Assert.HasCount(5, load.Skipped);
        Assert.AreEqual("5: quality N: intervals 41 to 44 have no data", load.Skipped[0].Reason);
        StringAssert.Contains(Error(new LoadSettings { TakesExport = true, SkipBad = 3 }, "Australia/Sydney"), "a gap");
    }

    [TestMethod]
    public void AStreamThatIsNotTakenMayLackData()
    {
        string text = Nem12();
        int reactive = text.IndexOf("0.1,A,,,", StringComparison.Ordinal);
        File.WriteAllText(_path, text[..reactive] + "0.1,N,,," + text[(reactive + 8)..]);
        Assert.HasCount(96, Read(new LoadSettings { TakesExport = true }, "Australia/Sydney").Microjoules);
        StringAssert.Contains(Error(new LoadSettings { TakesExport = true, TakesReactive = true }, "Australia/Sydney"),
            "quality N: the day has no data");
    }

    [TestMethod]
    public void ARecord400WithoutItsDayIsRefused()
    {
        string text = Nem12();
        File.WriteAllText(_path, text.Insert(text.IndexOf("300,", StringComparison.Ordinal), "400,1,48,A\n"));
        StringAssert.Contains(Error(new LoadSettings { TakesExport = true }, "Australia/Sydney"),
            ":3: column 1: a record 300 was expected before the first 400");
    }

    [TestMethod]
    public void StreamsAreAddedOrLeftOutWhenTheyAreNamed()
    {
        File.WriteAllText(_path, Nem12().Replace(",B1,", ",E2,"));
        Assert.AreEqual(KilowattHour / 4 * 3, Read(new LoadSettings { Energy = "E1+E2" }).Microjoules[0]);
        Assert.AreEqual(KilowattHour / 2, Read(new LoadSettings { Energy = "E1" }).Microjoules[0]);
        File.WriteAllText(_path, Nem12());
        StringAssert.Contains(Error(), "--export none leaves it out");
        Assert.IsNull(Read(new LoadSettings { Export = "none" }).ExportMicrojoules);
    }

    /// <summary>Streams E1, B1 and Q1 of two days.</summary>
    private static string Nem12()
    {
        string Days(string value) => string.Concat(new[] { "20260102", "20260103" }.Select(day =>
            $"300,{day},{string.Join(',', Enumerable.Repeat(value, 48))},A,,,20260104020000,20260104030000\n"));
        return "100,NEM12,202601040200,MDP1,RETAILER\n"
            + "200,6123456789,E1B1Q1,1,E1,N1,METER1,kWh,30,\n" + Days("0.5")
            + "200,6123456789,E1B1Q1,1,B1,N1,METER1,Wh,30,\n" + Days("250")
            + "200,6123456789,E1B1Q1,1,Q1,N1,METER1,kVArh,30,\n" + Days("0.1") + "900\n";
    }

    /// <summary>The first day of E1 with quality V and these records behind it.</summary>
    private static string WithRecords400(string text, string records)
    {
        int end = text.IndexOf('\n', text.IndexOf("300,", StringComparison.Ordinal)) + 1;
        return text[..end].Replace("0.5,A,,,", "0.5,V,,,") + records + text[end..];
    }

    private static List<Dictionary<string, object>> Rows(DateTime first, int count) =>
        [.. Enumerable.Range(0, count).Select(i => new Dictionary<string, object>
        {
            ["Start"] = first.AddMinutes(15 * i), ["Energy (kWh)"] = i / 1000.0,
        })];

    private static byte[] Sheet(object rows, bool printHeader = true)
    {
        using MemoryStream stream = new();
        stream.SaveAs(rows, printHeader);
        return stream.ToArray();
    }

    private string Error(LoadSettings settings = null, string zone = "Asia/Shanghai") =>
        Assert.ThrowsExactly<InputException>(() => Read(settings, zone)).Message;

    private LoadFile Read(LoadSettings settings = null, string zone = "Asia/Shanghai") =>
        LoadFile.Read(_path, DateTimeZoneProviders.Tzdb[zone], settings);
}
