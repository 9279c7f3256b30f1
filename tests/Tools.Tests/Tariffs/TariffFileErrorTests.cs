using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using MeterFirmware.Tools.Billing.Tariffs;
using MeterFirmware.Tools.MeterCtl;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Tariffs;

/// <summary>Every kind of bad tariff file is one error at its path.</summary>
[TestClass]
public class TariffFileErrorTests
{
    [TestMethod]
    public void TheGoodFileHasNoError() =>
        Assert.AreEqual("", string.Join("\n", TariffSource.Errors(TariffSource.Good)));

    [TestMethod]
    [DataRow("""["06:00", "peak"]""", """["06:00", "x"]""",
        "$.days.workday[1][1]: unknown rate \"x\"; expected one of \"peak\", \"valley\"")]
    [DataRow("""["06:00", "peak"]""", """["23:00", "peak"]""", "$.days.workday[2][0]: \"22:15\" is out of order")]
    [DataRow("""["06:00", "peak"]""", """["22:15", "peak"]""", "$.days.workday[2][0]: two periods begin at \"22:15\"")]
    [DataRow("""["06:00", "peak"]""", """["06:60", "peak"]""", "$.days.workday[1][0]: \"06:60\" is no time")]
    [DataRow("""["06:00", "peak"]""", """["24:00", "peak"]""", "$.days.workday[1][0]: \"24:00\" is no time")]
    [DataRow("""["06:00", "peak"]""", """["6:00", "peak"]""", "$.days.workday[1][0]: \"6:00\" is no time")]
    [DataRow("""["06:00", "peak"]""", """["06:00\n", "peak"]""", "$.days.workday[1][0]: \"06:00\\n\" is no time")]
    [DataRow("""["06:00", "peak"]""", """["06:00"]""", "$.days.workday[1]: expected a period such as")]
    [DataRow("""["06:00", "peak"]""", """["06:00", 1]""",
        "$.days.workday[1][1]: expected the name of a rate, found a number")]
    [DataRow("""[["00:00", "valley"]]""", """[["00:15", "valley"]]""",
        "$.days.restday[0][0]: the first period begins at \"00:15\"; expected \"00:00\"")]
    [DataRow("""[["00:00", "valley"]]""", """[]""", "$.days.restday: 0 periods; expected 1 to 48")]
    [DataRow("""[["00:00", "valley"]]""", """null""", "$.days.restday: expected an array of periods, found null")]
    [DataRow("\"0.307001\"", "\"0.3070011\"", "$.prices.valley: \"0.3070011\" has 7 decimal places; at most 6")]
    [DataRow("\"0.307001\"", "0.307",
        "$.prices.valley: expected a price as a string such as \"0.617\", found a number")]
    [DataRow("\"0.307001\"", "\"-1000001\"", "$.prices.valley: \"-1000001\" is out of range")]
    [DataRow("\"0.307001\"", "\"1e-1\"", "$.prices.valley: \"1e-1\" is not a decimal")]
    [DataRow("\"0.307001\"", "\"\"", "$.prices.valley: \"\" is not a decimal")]
    [DataRow("\"0.307001\"", "\".5\"", "$.prices.valley: \".5\" is not a decimal")]
    [DataRow("\"0.307001\"", "\"5.\"", "$.prices.valley: \"5.\" is not a decimal")]
    [DataRow("\"0.307001\"", "\"\u0663\"", "$.prices.valley: \"\u0663\" is not a decimal")]
    [DataRow("\"0.307001\"", "\"1000001\"",
        "$.prices.valley: \"1000001\" is out of range; expected -1000000 to 1000000")]
    [DataRow("\"0.307001\"", "\"99999999999999999999999999\"",
        "$.prices.valley: \"99999999999999999999999999\" is out of range")]
    [DataRow(""", "valley": "0.307001"}""", "}", "$.prices.valley: no price for rate \"valley\"")]
    [DataRow(""", "valley": "0.307001"}""", """, "valley": "0.3", "flat": "1"}""",
        "$.prices.flat: unknown rate \"flat\"; expected one of \"peak\", \"valley\"")]
    [DataRow(""", "valley": "0.307001"}""", """, "valley": "0.3", "peak": "1"}""",
        "$.prices.peak: given twice, the second time in line 15")]
    [DataRow("\"peak\": \"0.5\", ", "", "$.exportPrices.peak: no price for rate \"peak\"")]
    [DataRow("Asia/Shanghai", "Asia/Shangai",
        "$.timezone: unknown time zone \"Asia/Shangai\"; expected a name such as \"Asia/Shanghai\" or an offset such "
        + "as \"+08:00\"; did you mean \"Asia/Shanghai\"?")]
    [DataRow("Asia/Shanghai", "+8", "$.timezone: bad offset \"+8\"")]
    [DataRow("Asia/Shanghai", "+25:00", "$.timezone: bad offset \"+25:00\"; expected −12:00 to +14:00")]
    [DataRow("Asia/Shanghai", "+08:07", "$.timezone: bad offset \"+08:07\"")]
    [DataRow("\"Asia/Shanghai\"", "8", "$.timezone: expected a zone name or an offset as a string, found a number")]
    [DataRow("2026-05-01", "2026-02-29", "$.holidays[1].date: \"2026-02-29\" is no date")]
    [DataRow("2026-05-01", "2026-10-01", "$.holidays[1].date: \"2026-10-01\" is given twice, first in $.holidays[0]")]
    [DataRow("2026-05-01", "1900-05-01", "$.holidays[1].date: \"1900-05-01\" is no date")]
    [DataRow("\"2026-05-01\", \"day\": \"restday\"", "\"2026-05-01\", \"day\": \"sunday\"",
        "$.holidays[1].day: unknown day table \"sunday\"; expected one of \"workday\", \"restday\"")]
    [DataRow("07-15", "01-01", "$.seasons[1].from: two seasons begin on \"01-01\"")]
    [DataRow("01-01", "08-01", "$.seasons[1].from: \"07-15\" is out of order; expected a date after \"08-01\"")]
    [DataRow("07-15", "02-29", "$.seasons[1].from: \"02-29\" is not in every year")]
    [DataRow("07-15", "02-30", "$.seasons[1].from: \"02-30\" is no date")]
    [DataRow("07-15", "7-15", "$.seasons[1].from: \"7-15\" is no date")]
    [DataRow("\"weekday\": \"workday\", \"weekend\": \"workday\"}", "\"weekday\": \"workday\"}",
        "$.seasons[1].weekend: missing")]
    [DataRow("""["peak", "valley"]""", """["peak", "valley", "peak"]""", "$.rates[2]: rate \"peak\" is given twice")]
    [DataRow("""["peak", "valley"]""", "[]", "$.rates: 0 rates; expected 1 to 63")]
    [DataRow("""["peak", "valley"]""", """["peak", "valley", ""]""", "$.rates[2]: an empty name")]
    [DataRow("\"CNY\"", "\"yuan\"", "$.currency: \"yuan\" is no currency")]
    [DataRow("\"name\": \"Test\",", "", "$.name: missing")]
    [DataRow("\"serviceFee\"", "\"servicefee\"", "$.servicefee: unknown field; expected one of \"name\"")]
    [DataRow("3120.5", "0", "$.tiers.steps[1].fromKwh: 0 kWh is out of order; expected more than 0")]
    [DataRow("3120.5", "3120.0005", "$.tiers.steps[1].fromKwh: \"3120.0005\" has 4 decimal places")]
    [DataRow("\"fromKwh\": 0,", "\"fromKwh\": 1,",
        "$.tiers.steps[0].fromKwh: the first step begins at 1 kWh; expected 0")]
    [DataRow("\"-0.03\"", "\"1000000\"",
        "$.tiers.steps[1].add.valley: the price would be 1000000.307001; expected -1000000 to 1000000")]
    [DataRow("\"-0.03\"", "\"0.0000001\"", "$.tiers.steps[1].add.valley: \"0.0000001\" has 7 decimal places")]
    [DataRow("\"year\"", "\"week\"", "$.tiers.period: expected \"year\", \"month\", \"season\" or \"day\"")]
    [DataRow("530.6", "-1", "$.carbonGramsPerKwh: \"-1\" is negative")]
    [DataRow("\"serviceFee\": \"0.4\",", "\"serviceFee\": 0.4,", "$.serviceFee: expected a price as a string")]
    [DataRow("\"name\": \"Test\",", "\"name\": \"Test\"", "3:3: not JSON:")]
    public void OneMistakeIsOneErrorAtItsPath(string what, string by, string expected)
    {
        List<string> errors = TariffSource.Errors(TariffSource.With(what, by));
        Assert.HasCount(1, errors, string.Join("\n", errors));
        StringAssert.StartsWith(errors[0], "t.json: " + expected);
    }

    [TestMethod]
    public void AllErrorsAreReportedNotOnlyTheFirst()
    {
        string json = TariffSource.Good.Replace("06:00", "06:60").Replace("0.617", "0.6170001")
            .Replace("07-15", "13-01")
            .Replace("Asia/Shanghai", "Nowhere/At/All").Replace("\"0.06\"", "0.06").Replace("\"CNY\"", "1");
        Assert.HasCount(6, TariffSource.Errors(json), string.Join("\n", TariffSource.Errors(json)));
    }

    [TestMethod]
    [DataRow("", "1:1: not JSON")]
    [DataRow("{", "1:2: not JSON")]
    [DataRow("[]", "$: expected an object, found an array")]
    [DataRow("{}{}", "1:3: not JSON")]
    [DataRow("{\"name\": \"\\ud800\"}", "1:10: not JSON: a string with half a surrogate pair")]
    [DataRow("// a comment\n{}", "1:1: not JSON")]
    public void WhatIsNoJsonIsOneErrorWithLineAndColumn(string text, string expected)
    {
        StringAssert.StartsWith(TariffSource.Errors(text)[0], "t.json: " + expected);
    }

    [TestMethod]
    public void TheColumnCountsCharactersNotBytes()
    {
        StringAssert.StartsWith(TariffSource.Errors("{\n\"名字\": x}").Single(), "t.json: 2:7: not JSON");
    }

    [TestMethod]
    public void BytesThatAreNoUtf8AreOneError()
    {
        byte[] bytes = Encoding.UTF8.GetBytes(TariffSource.Good);
        bytes[Array.IndexOf(bytes, (byte)'T')] = 0xFF;
        StringAssert.StartsWith(TariffSource.Errors(bytes).Single(), "t.json: 2:12: not UTF-8");
    }

    [TestMethod]
    public void AByteOrderMarkIsNoError()
    {
        Assert.IsEmpty(TariffSource.Errors([0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(TariffSource.Good)]));
    }

    [TestMethod]
    public void AHundredKilobytesOfNestingAreOneError()
    {
        StringAssert.Contains(TariffSource.Errors(new string('[', 100_000)).Single(), "not JSON");
        StringAssert.Contains(TariffSource.Errors("{\"days\":" + string.Concat(Enumerable.Repeat("{\"a\":", 50_000)))
            .Single(), "not JSON");
    }

    [TestMethod]
    public void AFileThatIsTooLargeMissingOrAFolderIsOneClearLine()
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        string file = Path.Combine(folder, "large.json");
        File.WriteAllBytes(file, new byte[2_000_000]);
        StringAssert.Contains(Assert.ThrowsExactly<InputException>(() => TariffFile.Load(file)).Message, "larger than");
        StringAssert.Contains(Assert.ThrowsExactly<InputException>(() => TariffFile.Load(file + "x")).Message,
            "no such file");
        StringAssert.Contains(Assert.ThrowsExactly<InputException>(() => TariffFile.Load(folder)).Message,
            "cannot be read");
        Directory.Delete(folder, true);
    }

    [TestMethod]
    public void TooManyOfAnythingIsAnError()
    {
        string rates = string.Join(",", Enumerable.Range(0, 64).Select(i => $"\"r{i}\""));
        StringAssert.Contains(string.Join("\n",
            TariffSource.Errors(TariffSource.With("""["peak", "valley"]""", $"[{rates}]"))),
            "$.rates: 64 rates; expected 1 to 63");
        string periods = string.Join(",", Enumerable.Range(0, 49).Select(i =>
            $"[\"{i / 4:00}:{i % 4 * 15:00}\",\"peak\"]"));
        StringAssert.Contains(TariffSource.Errors(TariffSource.With("""[["00:00", "valley"]]""", $"[{periods}]"))
            .Single(), "$.days.restday: 49 periods; expected 1 to 48");
        string days = string.Concat(Enumerable.Range(0, 31).Select(i => $"\"d{i}\": [[\"00:00\",\"peak\"]],"));
        StringAssert.Contains(TariffSource.Errors(TariffSource.With("\"days\": {", "\"days\": {" + days)).Single(),
            "$.days: 33 day tables; expected 1 to 32");
        string seasons =
            string.Join(",", Enumerable.Range(1, 15).Select(i =>
            $"{{\"from\":\"01-{i:00}\",\"weekday\":\"workday\",\"weekend\":\"restday\"}}"));
        string good = TariffSource.Good;
        string member = good[good.IndexOf("\"seasons\"")..good.IndexOf("\"holidays\"")];
        StringAssert.Contains(TariffSource.Errors(good.Replace(member, $"\"seasons\": [{seasons}],")).Single(),
            "$.seasons: 15 seasons; expected 1 to 14");
        string holidays =
            string.Join(",", Enumerable.Range(0, 255).Select(i =>
            $"{{\"date\":\"{2000 + i / 14}-01-{i % 14 * 2 + 1:00}\",\"day\":\"restday\"}}"));
        StringAssert.Contains(TariffSource.Errors(TariffSource.With("\"holidays\": [{\"date\": \"2026-10-01\", "
            + "\"day\": \"restday\"}, {\"date\": \"2026-05-01\", \"day\": \"restday\"}]",
            $"\"holidays\": [{holidays}]")).Single(), "$.holidays: 255 spans of holidays; a device holds at most 254");
    }

    [TestMethod]
    public void ADamagedFileNeverThrows()
    {
        Random random = new(2026);
        byte[] good = Encoding.UTF8.GetBytes(TariffSource.Good);
        int good2 = 0;
        for (int i = 0; i < 5000; i++)
        {
            byte[] bytes = [.. good];
            for (int k = random.Next(1, 4); k > 0; k--)
            {
                bytes[random.Next(bytes.Length)] = random.Next(3) == 0 ? (byte)random.Next(256)
                    : (byte)"{}[]\",:0159-.eE"[random.Next(15)];
            }

            good2 += TariffSource.Errors(random.Next(4) == 0 ? bytes[..random.Next(bytes.Length)] : bytes).Count == 0
                ? 1 : 0;
        }

        Assert.IsLessThan(2500, good2);
    }
}
