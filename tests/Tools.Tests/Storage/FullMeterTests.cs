using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using MeterFirmware.Basics;
using MeterFirmware.Boards.Simulator.Chaos;
using MeterFirmware.Boards.Simulator.Flash;
using MeterFirmware.Boards.Simulator.Meters;
using MeterFirmware.History;
using MeterFirmware.SmartMeter;
using MeterFirmware.Telemetry;
using MeterFirmware.Tools.Billing.Tariffs;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Storage;

/// <summary>The whole meter on the flash of a 4 MB board: full, damaged, and read again by the utility.</summary>
[TestClass]
public sealed class FullMeterTests
{
    private const string Device = "full-1";
    private const long Start = 1_767_225_600; // 2026-01-01T00:00:00Z
    private const long DaySeconds = 86_400;

    private readonly LoopbackHeadEnd _headEnd = new(Device);
    private readonly FaultyBlockStore _flash = new(MeterPlan.Of4Megabytes().BlockCount,
        MeterPlan.Of4Megabytes().BlockBytes);
    private readonly Dictionary<long, JsonElement> _records = [];
    private readonly List<string> _replies = [];
    private readonly SimulatedMeter _meter;

    public FullMeterTests()
    {
        _headEnd.Arrived = Take;
        _meter = new SimulatedMeter(new SimulatedMeterParts
        {
            Tariff = TariffFile.Load("shanghai-household").Table,
            StartUtcSeconds = Start,
            Restarts = true,
            Records = null,
            Flash = _flash,
            Plan = MeterPlan.Of4Megabytes(),
            History = new HistoryParts(),
            Link = _headEnd,
            Telemetry = new TelemetrySettings { Device = Device },
        });
    }

    public TestContext TestContext { get; set; }

    /// <summary>firmware/Storage/README.md, "What goes first": events that have more than their share, then the oldest
    /// intervals; what went is named by number, lane and reason.</summary>
    [TestMethod]
    public void AFullFlashGivesUpTheLeastValuableFirstAndSaysWhich()
    {
        _headEnd.IsUp = false;
        Run(18 * DaySeconds);
        for (int i = 0; i < 1_000; i++)
        {
            // Each is an event: far more than the two blocks that are theirs.
            _meter.PowerDown();
            _meter.StayDark(1_000);
            _meter.Restore(0);
        }

        _headEnd.IsUp = true;
        Drain();
        long[] dropped = Dropped();
        Assert.IsTrue(dropped.Length > 0, "events and freezes gave way");
        Assert.IsTrue(_records.Values.Count(record => Kind(record) == "interval") >= 18 * 96,
            "every interval is there");
        JsonElement loss = _records.Values.Last(record => Kind(record) == "loss");
        Assert.AreEqual("full", loss.GetProperty("reason").GetString());
        Assert.AreEqual(1, loss.GetProperty("lane").GetInt32(), "the events' lane");
        Assert.IsTrue(dropped.All(IsNamed), "each is named");

        // Now intervals alone, longer than the flash holds: the oldest go, the newest three weeks stay.
        _records.Clear();
        _headEnd.IsUp = false;
        long first = _meter.Firmware.Journal.NextNumber;
        Run(30 * DaySeconds);
        long last = _meter.Firmware.Journal.NextNumber - 1;
        _headEnd.IsUp = true;
        Drain();
        long[] ends =
            [.. _records.Where(record => Kind(record.Value) == "interval" && record.Key >= first && record.Key <= last)
            .Select(record => EndOf(record.Value)).Order()];
        Assert.IsTrue(ends.Length is >= 20 * 96 and < 30 * 96, $"{ends.Length} intervals kept");
        Assert.AreEqual(ends.Length - 1, (ends[^1] - ends[0]) / 900, "the newest, without a hole");
        Assert.IsTrue(Dropped().All(IsNamed), "each is named");
    }

    [TestMethod]
    public void ADamagedJournalOpensWithEveryOtherRecordAndReportsWhatWasCut()
    {
        _headEnd.IsUp = false;
        Run(5 * DaySeconds);
        long next = _meter.Firmware.Journal.NextNumber;
        _meter.PowerDown();
        int firstBlock = _flash.BlockCount - MeterPlan.Of4Megabytes().JournalBlocks;
        int hit = Enumerable.Range(firstBlock, MeterPlan.Of4Megabytes().JournalBlocks)
            .First(block => _flash.LengthOf(block) == _flash.BlockBytes || _flash.LengthOf(block) > 3_000);
        for (int position = 2_000; position < 2_050; position++)
        {
            _flash.FlipBit(hit, position, 3);
        }

        _meter.Restore(0);
        Assert.IsFalse(_meter.Firmware.Journal.Report.IsClean);
        ByteTextWriter health = new(2_048);
        health.BeginObject();
        _meter.Firmware.Core.WriteHealth(health);
        health.EndObject();
        using JsonDocument report = JsonDocument.Parse(health.Bytes.AsMemory(0, health.Length));
        JsonElement journal = report.RootElement.GetProperty("journal");
        int missing = journal.GetProperty("newlyMissing").GetInt32();
        Assert.IsTrue(missing is >= 1 and <= 20 && journal.GetProperty("cutBytes").GetInt32() >= 50,
            journal.GetRawText());
        ByteTextWriter log = new(4_096);
        log.BeginObject();
        _meter.Firmware.Core.Log.WriteJson(log, 0, 3_000);
        StringAssert.Contains(System.Text.Encoding.ASCII.GetString(log.Bytes, 0, log.Length), "journal: bytes cut");

        // The utility is told which numbers are gone, and gets all the others.
        _headEnd.IsUp = true;
        Drain();
        Assert.IsTrue(_records.Values.Any(record =>
            Kind(record) == "loss" && record.GetProperty("reason").GetString() == "damaged"), "said");
        long[] dropped = Dropped();
        Assert.IsTrue(dropped.Length >= 1 && dropped.Length <= missing && dropped.All(IsNamed),
            $"{dropped.Length} are gone");
        for (long number = 1; number < next; number++)
        {
            Assert.IsTrue(_headEnd.Holds(number), $"record {number}");
        }
    }

    /// <summary>Three days out of three weeks, all acknowledged long ago.</summary>
    [TestMethod]
    public void AThreeDayRereadBringsEveryIntervalOfTheThreeDaysOnceMore()
    {
        Run(20 * DaySeconds);
        Drain();
        _records.Clear();
        long from = Start + 8 * DaySeconds;
        _headEnd.Send("query",
            $$"""{"device":"{{Device}}","id":"reread","query":"records","fromUtcSeconds":{{from}},"toUtcSeconds":"""
                + $$"""{{from + 3 * DaySeconds}}}""");
        int seconds = 0;
        while (_replies.Count == 0 && seconds < 3_600)
        {
            _meter.Step(1_000, 100_000_000);
            seconds++;
        }

        TestContext.WriteLine(
            $"{_records.Count} records in {seconds} s, "
                + $"{_meter.Firmware.Journal.NextNumber - _meter.Firmware.Journal.OldestNumber} in the journal");
        JsonElement[] intervals =
            [.. _records.Values.Where(record => Kind(record) == "interval" && EndOf(record) > from
                && EndOf(record) <= from + 3 * DaySeconds)];
        Assert.AreEqual(3 * 96, intervals.Select(EndOf).Distinct().Count());
        Assert.AreEqual(3 * 96, intervals.Length, "each once");
        StringAssert.Contains(_replies.Single(), "\"id\":\"reread\",\"ok\":true");
        Assert.IsTrue(seconds < 900, $"{seconds} s");
    }

    /// <summary>Whether a record of what was lost covers the number.</summary>
    private bool IsNamed(long number) => _records.Values.Any(record => Kind(record) == "loss"
        && record.GetProperty("first").GetInt64() <= number && number <= record.GetProperty("last").GetInt64());

    private static string Kind(JsonElement record) => record.GetProperty("kind").GetString()!;

    private static long EndOf(JsonElement record) =>
        DateTimeOffset.Parse(record.GetProperty("end").GetString()!).ToUnixTimeSeconds();

    private void Run(long seconds)
    {
        for (long done = 0; done < seconds; done += 60)
        {
            _meter.Step(60_000, 60 * 100_000_000L);
        }
    }

    private void Drain()
    {
        for (int second = 0; second < 40_000
            && _meter.Firmware.Journal.AcknowledgedNumber < _meter.Firmware.Journal.NextNumber - 1; second++)
        {
            _meter.Step(1_000, 100_000_000);
        }

        Assert.AreEqual(_meter.Firmware.Journal.NextNumber - 1, _meter.Firmware.Journal.AcknowledgedNumber);
    }

    /// <summary>Numbers that no record came for, among those that the newest record follows.</summary>
    private long[] Dropped()
    {
        List<long> dropped = [];
        for (long number = _records.Keys.Min(); number < _records.Keys.Max(); number++)
        {
            if (!_records.ContainsKey(number))
            {
                dropped.Add(number);
            }
        }

        return [.. dropped];
    }

    private void Take(string channel, string payload)
    {
        if (channel == "reply")
        {
            _replies.Add(payload);
        }
        else if (channel == "record")
        {
            using JsonDocument document = JsonDocument.Parse(payload);
            JsonElement root = document.RootElement.Clone();
            if (Kind(root) != "gap")
            {
                _records[root.GetProperty("number").GetInt64()] = root;
            }
        }
    }
}
