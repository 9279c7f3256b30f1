using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading.Tasks;
using MeterFirmware.Tools.Billing.Loads;
using Microsoft.VisualStudio.TestTools.UnitTesting;
using NodaTime;

namespace MeterFirmware.Tools.Tests.Loads;

/// <summary>Wrong rows, changes of the clocks and hostile files: read by a stated rule or refused with their
/// line.</summary>
[TestClass]
public sealed class LoadHostileTests
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"mf-hostile-{Guid.NewGuid():N}.csv");

    [TestCleanup]
    public void Delete() => File.Delete(_path);

    [TestMethod]
    [DataRow("time,kwh\n2026-03-03T00:15:00,=1+1\n2026-03-03T00:30:00,1\n", ":2: column 2 (kwh): '=1+1' is no number")]
    [DataRow("time,kwh\n2026-03-03T00:15:00,1\n'; DROP TABLE loads;--,1\n",
        ":3: column 1 (time): ''; DROP TABLE loads;--' is not a local time")]
    [DataRow("time,kwh\nyesterday,one\n2026-03-03T00:30:00,1\n2026-03-03T00:45:00,1\n",
        ":2: column 1 (time): 'yesterday'")]
    [DataRow("time,kwh\n2026-03-03T00:15:00,-1\n2026-03-03T00:30:00,1\n",
        ":2: column 2 (kwh): -1 is outside of 0 to 1000000")]
    [DataRow("time,kwh\n2026-03-03T00:15:00,NaN\n2026-03-03T00:30:00,1\n", ":2: column 2 (kwh): 'NaN' is no number")]
    [DataRow("time,kwh\n2026-03-03T00:15:00,1e28\n2026-03-03T00:30:00,1\n",
        ":2: column 2 (kwh): 1e28 is outside of 0 to 1000000")]
    [DataRow("time,kwh\n2026-13-03T00:15:00,1\n2026-03-03T00:30:00,1\n",
        ":2: column 1 (time): '2026-13-03T00:15:00' is not a local time")]
    [DataRow("time,kwh\n2026-02-29 00:15,1\n2026-03-01 00:30,1\n",
        ":2: column 1 (time): '2026-02-29 00:15' is not a local time")]
    [DataRow("time,kwh\n2026-03-03T00:15:00,1\n2026-03-03T00:30:00+08:00,1\n",
        ":3: some times have an offset and some have none")]
    [DataRow("time,kwh\n2026-03-03T00:15:00,1\n2026-03-03T00:30:00,1\n2026-03-03T01:00:00,1\n",
        ":4: 2026-03-03T01:00:00 is a gap; expected 2026-03-03T00:45:00")]
    [DataRow("time,kwh\n2026-03-03T00:15:00,1\n2026-03-03T00:30:00,1\n2026-03-03T00:30:00,1\n",
        ":4: 2026-03-03T00:30:00 is a double")]
    [DataRow("time,reading kWh\n2026-03-03T00:15:00,7\n2026-03-03T00:30:00,6\n",
        ":3: the reading 6 is below 7 of line 2")]
    [DataRow("<?xml version=\"1.0\"?><!DOCTYPE f [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><feed>&x;</feed>",
        ":1: not XML")]
    [DataRow("<feed><IntervalReading><value>1</value></IntervalReading></feed>", ":1: start ''")]
    [DataRow("{\"results\":[{\"consumption\":\"x\",\"interval_start\":\"2026-03-03T00:00:00Z\"}]}",
        ": $.results[0].consumption: 'x'")]
    [DataRow("{\"results\":{}}", ": an object with results of consumption")]
    [DataRow("", ":1: a header such as time,kwh was expected, the file is empty")]
    [DataRow("\n\n", ":1: a header such as time,kwh was expected, the file is empty")]
    public void AWrongFileIsOneErrorWithItsPlace(string text, string place)
    {
        File.WriteAllText(_path, text);
        string message = Assert.ThrowsExactly<InputException>(() => Read("Asia/Shanghai")).Message;
        StringAssert.StartsWith(message, _path + place);
        Assert.IsFalse(message.Contains('\n'), message);
    }

    /// <summary>The encoding is found in the first 64 KB; where they end in the middle of a letter is chance.</summary>
    [TestMethod]
    [DataRow(0)]
    [DataRow(1)]
    public void AGbkFileIsFoundWhereverItsSampleEnds(int blanks)
    {
        string row = "备注备注备注备注备注备注备注备注备注备注备注备注备注备注备注备注备注";
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        File.WriteAllText(_path, $"时间,电量(千瓦时),{new string('x', blanks)}\n" + string.Concat(Enumerable.Range(0, 2000)
            .Select(i => $"{new DateTime(2026, 3, 1).AddMinutes(15 * i):yyyy-MM-dd HH:mm},1,{row}\n")),
            Encoding.GetEncoding("GB18030"));
        Assert.HasCount(2000, Read("Asia/Shanghai").Microjoules);
    }

    [TestMethod]
    public void APipeIsReadLikeAFile()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Inconclusive("skipped: named pipes of Unix");
        }

        using (Process made = Process.Start("mkfifo", _path))
        {
            made.WaitForExit();
        }

        Task writer = Task.Run(() => File.WriteAllText(_path,
            "time,kwh\n2026-03-03T00:15,1\n2026-03-03T00:30,1\n"));
        Assert.HasCount(2, Read("Asia/Shanghai").Microjoules);
        writer.GetAwaiter().GetResult();
    }

    [TestMethod]
    public void BadRowsAreLeftOutCountedAndListedOnlyAsManyAsSaid()
    {
        File.WriteAllText(_path,
            "time,kwh\n2026-03-03T00:15:00,1\n2026-03-03T00:30:00,#REF!\n"
            + "2026-03-03T00:45:00,2\n2026-03-03T00:45:00,2\n2026-03-03T01:00:00,4\n");
        StringAssert.Contains(Assert.ThrowsExactly<InputException>(() => Read("Asia/Shanghai")).Message,
            ":3: column 2");
        StringAssert.Contains(Assert.ThrowsExactly<InputException>(() => Read("Asia/Shanghai", 1)).Message,
            ":5: 2026-03-03T00:45:00 is a double");
        LoadFile load = Read("Asia/Shanghai", 2);
        CollectionAssert.AreEqual(new long[] { 1, 0, 2, 4 }, load.Microjoules.Select(one => one / 3_600_000_000_000)
            .ToArray());
        Assert.AreEqual(3, load.Skipped.Count);
        StringAssert.StartsWith(load.Skipped[0].Reason, "3: column 2 (kwh): '#REF!'");
        Assert.AreEqual("no row for 2026-03-03T00:30:00", load.Skipped.Single(row => row.Line == 0).Reason);
    }

    [TestMethod]
    public void ReadingsBridgeASkippedRowInEqualParts()
    {
        File.WriteAllText(_path,
            "time,reading "
            + "kWh\n2026-03-03T00:15:00,10\n2026-03-03T00:30:00,x\n2026-03-03T00:45:00,12\n2026-03-03T01:00:00,15\n");
        CollectionAssert.AreEqual(new long[] { 1, 1, 3 }, Read("Asia/Shanghai", 1)
            .Microjoules.Select(one => one / 3_600_000_000_000).ToArray());
    }

    // Toronto 2026: forward on 8 March at 02:00, back on 1 November at 02:00.
    [TestMethod]
    [DataRow(3, 8, 92, "local")]
    [DataRow(11, 1, 100, "local")]
    [DataRow(3, 8, 96, "standard")]
    [DataRow(11, 1, 96, "standard")]
    [DataRow(3, 8, 96, "always-96")]
    [DataRow(11, 1, 96, "always-96")]
    public void ADayOfTheClocksChangeHasItsQuarterHours(int month, int day, int rows, string clock)
    {
        DateTimeZone zone = DateTimeZoneProviders.Tzdb["America/Toronto"];
        Instant midnight = new LocalDate(2026, month, day).AtStartOfDayInZone(zone).ToInstant();
        DateTime first = new(2026, month, day);
        bool isSpring = month == 3;
        string Text(int i)
        {
            LocalDateTime local = (midnight + Duration.FromMinutes(15 * i)).InZone(zone).LocalDateTime;
            string wall = clock == "local" ? local.ToString("uuuu-MM-dd'T'HH:mm", null)
                : first.AddMinutes(15 * i).ToString("yyyy-MM-dd'T'HH:mm", null);
            return $"{wall},{(clock == "always-96" && isSpring && i is >= 8 and < 12 ? 0 : 1)}\n";
        }

        File.WriteAllText(_path, "start,kwh\n" + string.Concat(Enumerable.Range(0, rows).Select(Text)));
        LoadFile load = Read("America/Toronto", clock: clock);
        // By standard time the day of autumn begins an hour after its midnight, which was still in summer.
        Assert.AreEqual(midnight.ToUnixTimeSeconds() + (clock == "standard" && !isSpring ? 3600 : 0),
            load.StartUtcSeconds);
        Assert.AreEqual(clock == "standard" ? 96 : isSpring ? 92 : 100, load.Microjoules.Count);
        long kilowattHours = clock == "always-96" && isSpring ? 92 : rows;
        Assert.AreEqual(kilowattHours * 3_600_000_000_000, load.Microjoules.Sum());
        if (rows == 96)
        {
            StringAssert.Contains(Assert.ThrowsExactly<InputException>(() => Read("America/Toronto")).Message,
                "--clock standard or --clock always-96");
        }
    }

    [TestMethod]
    public void ReadingsAreNotPartedByTheRuleOfAlways96()
    {
        File.WriteAllText(_path, "time,reading kWh\n2026-03-03T00:15:00,7\n2026-03-03T00:30:00,8\n");
        StringAssert.Contains(Assert.ThrowsExactly<InputException>(() => Read("Europe/Paris",
            clock: "always-96")).Message,
            "--clock always-96 is for energies");
    }

    private LoadFile Read(string zone, int skip = 0, string clock = null) =>
        LoadFile.Read(_path, DateTimeZoneProviders.Tzdb[zone], new LoadSettings { SkipBad = skip, Clock = clock });
}
