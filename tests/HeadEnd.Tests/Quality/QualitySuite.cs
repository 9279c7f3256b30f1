using MeterFirmware.HeadEnds.Tests.Support;
using MeterFirmware.Tools.HeadEnds;
using MeterFirmware.Tools.HeadEnds.Fleets;
using MeterFirmware.Tools.HeadEnds.Quality;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.HeadEnds.Tests.Quality;

/// <summary>Validation, estimation, editing: nothing that was measured is ever changed.</summary>
public abstract class QualitySuite<TPlace> : StoreTest<TPlace>
    where TPlace : StorePlace, new()
{
    private static readonly QualitySettings _settings = new();
    private static readonly DateOnly _day = new(2026, 11, 4);
    private static readonly long _start = _settings.StartOf(_day);

    private DateTimeOffset _now = new(2026, 11, 5, 0, 5, 0, TimeSpan.FromHours(8));

    [TestMethod]
    public void AGapIsFilledWithTheDifferenceOfTheRegistersInTheShapeOfLikeDays()
    {
        using TestedStore store = Open();
        Intervals meter = new("m1", _start - 86_400);

        // The day before is a working day too: the second of two hours draws three times as much.
        store.Store([.. meter.Take(40, 100_000), .. meter.Take(4, 100_000), .. meter.Take(4, 300_000),
            .. meter.Take(48, 100_000)], Counters);
        store.Store([.. meter.Take(40, 100_000), meter.Lose(8, 200_001), .. meter.Take(48, 100_000)], Counters);
        (QualityStore quality, QualityCheck check) = Make(store);
        Finding gap = check.Check("m1", _day).Single();
        Assert.AreEqual("missing", gap.Rule);
        Assert.AreEqual(_start + 40 * 900, gap.StartUtcSeconds);
        List<Reading> readings = [.. quality.Readings("m1", _start, _start + 86_400)];
        Assert.AreEqual(96, readings.Count);
        List<Reading> filled = readings.FindAll(one => one.Source == Reading.Estimated);
        Assert.AreEqual(8, filled.Count);

        // The registers show whole Wh: 1 600 Wh, not the eight mWh that are below them.
        Assert.AreEqual(1_600_000, filled.Sum(one => one.ImportMilliwattHours));
        Assert.AreEqual(100_000, filled[0].ImportMilliwattHours);
        Assert.AreEqual(300_000, filled[7].ImportMilliwattHours);
        Assert.AreEqual("register", quality.Corrections("m1", 0, long.MaxValue)[0].Method);
        check.Check("m1", _day);
        Assert.AreEqual(8, quality.Corrections("m1", 0, long.MaxValue).Count, "the same estimate is no new one");
    }

    [TestMethod]
    public void AGapWithoutARegisterBehindItIsFilledFromLikeDaysUntilTheRegisterComes()
    {
        using TestedStore store = Open();
        Intervals meter = new("m1", _start - 86_400);
        store.Store([.. meter.Take(96, 100_000), .. meter.Take(92, 100_000), meter.Lose(4, 500_000)], Counters);
        (QualityStore quality, QualityCheck check) = Make(store);
        check.Check("m1", _day);
        List<Reading> filled = Estimated(quality);
        Assert.AreEqual(400_000, filled.Sum(one => one.ImportMilliwattHours));
        store.Store([meter.Next(100_000)], Counters);
        check.Check("m1", _day);
        Assert.AreEqual(2_000_000, Estimated(quality).Sum(one => one.ImportMilliwattHours));
        Assert.AreEqual(1, quality.Corrections("m1", 0, long.MaxValue).Count(one =>
            one.OldSource == "estimated" && one.OldImportMilliwattHours == 100_000
            && one.StartUtcSeconds == filled[0].StartUtcSeconds), "what counted before stands beside it");
    }

    [TestMethod]
    public void WhatComesLateCountsBeforeItsEstimate()
    {
        using TestedStore store = Open();
        Intervals meter = new("m1", _start);
        List<RecordArrival> sent = [.. meter.Take(96, 100_000)];
        List<RecordArrival> late = sent.GetRange(30, 5);
        store.Store([.. sent.Except(late)], Counters);
        (QualityStore quality, QualityCheck check) = Make(store);
        check.Check("m1", _day);
        Assert.AreEqual(5, Estimated(quality).Count);
        store.Store([.. late], Counters);
        List<Reading> readings = [.. quality.Readings("m1", _start, _start + 86_400)];
        Assert.AreEqual(96, readings.Count);
        Assert.IsTrue(readings.TrueForAll(one => one.Source == Reading.Measured));
        Assert.AreEqual(0, check.Check("m1", _day).Count);
    }

    [TestMethod]
    public void AnEditSaysWhoWhenWhyAndWhatStoodThereAndIsTakenBack()
    {
        using TestedStore store = Open();
        store.Store([.. new Intervals("m1", _start).Take(96, 100_000)], Counters);
        (QualityStore quality, _) = Make(store);
        ReadingEditor editor = Editor(quality);
        Assert.IsNull(editor.Edit("m1", _start + 900, 55_000, 0, "ann", "meter was bridged"));
        Correction edit = quality.Corrections("m1", 0, long.MaxValue).Single();
        Assert.AreEqual("ann meter was bridged measured 100000 hand", $"{edit.Who} {edit.Why} {edit.OldSource} "
            + $"{edit.OldImportMilliwattHours} {edit.Method}");
        Assert.AreEqual(_now.ToUniversalTime(), edit.At);
        Assert.AreEqual(55_000, At(quality, 1).ImportMilliwattHours);
        Assert.AreEqual(Reading.Edited, At(quality, 1).Source);
        Assert.AreEqual(100_000, quality.Measured("m1", _start + 900, _start + 901).Single().ImportMilliwattHours);
        Assert.IsNull(editor.Withdraw("m1", _start + 900, "bob", "wrong meter"));
        Assert.AreEqual(100_000, At(quality, 1).ImportMilliwattHours);
        Assert.AreEqual(2, quality.Corrections("m1", 0, long.MaxValue).Count, "the history stays");
        StringAssert.StartsWith(editor.Withdraw("m1", _start + 900, "bob", "again"), "start");
    }

    [TestMethod]
    public void AnEstimateTakesNoEditsPlace()
    {
        using TestedStore store = Open();
        Intervals meter = new("m1", _start);
        store.Store([.. meter.Take(40, 100_000), meter.Lose(1, 100_000), .. meter.Take(55, 100_000)], Counters);
        (QualityStore quality, QualityCheck check) = Make(store);
        Assert.IsNull(Editor(quality).Edit("m1", _start + 40 * 900, 7, 0, "ann", "read on site"));
        check.Check("m1", _day);
        Assert.AreEqual(7, At(quality, 40).ImportMilliwattHours);
    }

    [TestMethod]
    public void AnEditOfOneDirectionKeepsTheOther()
    {
        using TestedStore store = Open();
        RecordArrival sun = new Intervals("m1", _start).Next(100_000) with { ExportMilliwattHours = 40_000 };
        store.Store([sun], Counters);
        (QualityStore quality, _) = Make(store);
        ReadingEditor editor = Editor(quality);
        Assert.IsNull(editor.Edit("m1", _start, 55_000, null, "ann", "bridge"));
        Assert.AreEqual((55_000L, 40_000L), (At(quality, 0).ImportMilliwattHours, At(quality, 0).ExportMilliwattHours));
        Assert.IsNull(editor.Edit("m1", _start, 55_000, 0, "ann", "no sun at night"));
        Assert.AreEqual(0, At(quality, 0).ExportMilliwattHours);
    }

    [TestMethod]
    [DataRow("m1", 0, true)]
    [DataRow("m1", 4, true)]
    [DataRow("m1", 95, true)]
    [DataRow("m1", 96, false)]
    [DataRow("m1", -1, false)]
    [DataRow("m9", 0, false)]
    public void AnEditIsOfAnIntervalThatTheDeviceHasHad(string device, int slot, bool isTaken)
    {
        using TestedStore store = Open();
        store.Store([.. new Intervals("m1", _start).Take(4, 100_000)], Counters);
        (QualityStore quality, _) = Make(store);
        string problem = Editor(quality).Edit(device, _start + slot * 900, 7, 0, "ann", "read on site");
        Assert.IsTrue(isTaken ? problem == null : problem!.StartsWith("start", StringComparison.Ordinal), problem);
        Assert.AreEqual(isTaken ? 1 : 0, quality.Corrections(device, 0, long.MaxValue).Count);
    }

    [TestMethod]
    public void AnEstimateThatAPersonTookBackIsNotWrittenAgain()
    {
        using TestedStore store = Open();
        Intervals meter = new("m1", _start);
        store.Store([.. meter.Take(40, 100_000), meter.Lose(1, 100_000), .. meter.Take(55, 100_000)], Counters);
        (QualityStore quality, QualityCheck check) = Make(store);
        check.Check("m1", _day);
        Assert.IsNull(Editor(quality).Withdraw("m1", _start + 40 * 900, "ann", "it was switched off"));
        check.Check("m1", _day);
        Assert.AreEqual(0, Estimated(quality).Count);
    }

    [TestMethod]
    public void NothingIsExpectedOfADeviceWhosePlacesAreOver()
    {
        using TestedStore store = Open();
        Fleet(store, "2026-11-04T10:05:00+08:00");
        store.Store([.. new Intervals("m1", _start - 86_400).Take(96 + 36, 100_000)], Counters);
        (QualityStore quality, QualityCheck check) = Make(store);
        _now = _now.AddDays(2);
        Finding gap = check.Check("m1", _day).Single();
        Assert.AreEqual(("missing", 36L, 40L), (gap.Rule, (gap.StartUtcSeconds - _start) / 900,
            (gap.EndUtcSeconds - _start) / 900), "up to the quarter hour in which it was taken down");
        Assert.AreEqual(0, check.Check("m1", _day.AddDays(1)).Count);
        Assert.AreEqual(4, Estimated(quality).Count);
        Fleet(store, "");
        Assert.AreEqual(1, check.Check("m1", _day.AddDays(1)).Count, "it hangs there still");
    }

    [TestMethod]
    public void WhatWasErasedIsNeitherAskedForNorEstimatedAgain()
    {
        using TestedStore store = Open();
        FleetStore fleet = Fleet(store, "", "2026-11-03T00:00:00+08:00");
        Intervals meter = new("m1", _start - 3 * 86_400);
        store.Store([.. meter.Take(3 * 96 + 40, 100_000)], Counters);
        (QualityStore quality, QualityCheck check) = Make(store);
        _now = DateTimeOffset.FromUnixTimeSeconds(_start + 40 * 900 + 10);
        Assert.AreEqual(96 + 40, new CustomerData(store.Behind, fleet, quality, _settings).Erase("C1"));
        store.Store([meter.Lose(4, 100_000), .. meter.Take(52, 100_000)], Counters);
        _now = new DateTimeOffset(2026, 11, 5, 0, 5, 0, TimeSpan.FromHours(8));
        Assert.AreEqual(0, check.Check("m1", _day.AddDays(-1)).Count);
        Finding gap = check.Check("m1", _day).Single();
        Assert.AreEqual((40L, 44L), ((gap.StartUtcSeconds - _start) / 900, (gap.EndUtcSeconds - _start) / 900));
        Assert.AreEqual(0, quality.Readings("m1", _start - 86_400, _start + 40 * 900).Count);
        Assert.AreEqual("like-days", quality.Corrections("m1", 0, long.MaxValue).Select(one => one.Method).Distinct()
            .Single(), "no register before it bounds the gap");
    }

    [TestMethod]
    [DataRow(-1L, "why", 0, "import, export")]
    [DataRow(1L, "", 0, "why")]
    [DataRow(1L, "a\nb", 0, "why")]
    [DataRow(1L, "why", 450, "start")]
    [DataRow(100_000L, "why", 0, null)]
    public void AnEditThatCannotBeIsNamedAndChangesNothing(long energy, string why, int later, string named)
    {
        using TestedStore store = Open();
        store.Store([.. new Intervals("m1", _start).Take(4, 100_000)], Counters);
        (QualityStore quality, _) = Make(store);
        string problem = Editor(quality).Edit("m1", _start + later, energy, 0, "ann", why);
        Assert.AreEqual(named == null ? 1 : 0, quality.Corrections("m1", 0, long.MaxValue).Count);
        Assert.IsTrue(named == null ? problem == null : problem!.StartsWith(named, StringComparison.Ordinal), problem);
    }

    [TestMethod]
    public async Task TheDailyCheckAsksOnlineDevicesForWhatIsMissingThreeDaysBack()
    {
        using TestedStore store = Open();
        foreach (string device in new[] { "m1", "m2", "m3" })
        {
            Intervals meter = new(device, _start - 3 * 86_400);
            store.Store([.. meter.Take(96, 1), meter.Lose(1, 1), .. meter.Take(95, 1), .. meter.Take(80, 1),
                meter.Lose(32, 1), .. meter.Take(80, 1)], Counters);
        }

        store.Store([.. new Intervals("whole", _start - 3 * 86_400).Take(4 * 96, 1)], Counters);
        (QualityStore quality, QualityCheck check) = Make(store);
        List<string> asked = [];
        MissingRecords missing = new(quality, check, () => new HashSet<string> { "m1", "m3", "whole" },
            (device, id, from, to) =>
            {
                asked.Add($"{device} {id} {from.ToUnixTimeSeconds() - _start} {to.ToUnixTimeSeconds() - _start}");
                return Task.CompletedTask;
            })
        { Pause = TimeSpan.Zero };
        string told = await missing.RunAsync(_day.AddDays(1), CancellationToken.None);

        // The second gap goes over midnight and is asked for in one question.
        string[] expected = ["missing-20261105-1 -172800 -171900", "missing-20261105-2 -14400 14400"];
        CollectionAssert.AreEqual(new[] { "m1", "m3" }.SelectMany(device => expected.Select(one => $"{device} {one}"))
            .ToArray(), asked, string.Join('\n', asked));
        Assert.AreEqual("4 devices, 9 findings, 4 questions", told);
        Assert.AreEqual(3, quality.Findings(_day, null, 100).Count);
        Assert.AreEqual("m2", quality.Findings(_day, "m1", 1).Single().Address);
    }

    [TestMethod]
    public void NothingIsExpectedBeforeTheFirstIntervalNorAfterNow()
    {
        using TestedStore store = Open();
        store.Store([.. new Intervals("m1", _start + 40 * 900).Take(20, 1)], Counters);
        (_, QualityCheck check) = Make(store);
        _now = DateTimeOffset.FromUnixTimeSeconds(_start + 62 * 900 + 10);
        Finding missing = check.Check("m1", _day).Single(one => one.Rule == QualityRules.Missing);
        Assert.AreEqual((60L, 62L), ((missing.StartUtcSeconds - _start) / 900, (missing.EndUtcSeconds - _start) / 900));
        Assert.AreEqual(0, check.Check("nobody", _day).Count);
    }

    private static List<Reading> Estimated(QualityStore quality) =>
        [.. quality.Readings("m1", _start, _start + 86_400).Where(one => one.Source == Reading.Estimated)];

    private static ReadingEditor Editor(QualityStore quality) => new(quality, _settings);

    /// <summary>The place of m1, up to a time; empty: it goes on.</summary>
    private FleetStore Fleet(TestedStore store, string until, string from = "2026-02-01T00:00:00+08:00")
    {
        FleetStore fleet = new(store.Behind, () => _now);
        fleet.ReplaceAreas("""
            name,kind,parent,rating_kva,valid_from,valid_to
            S,substation,,,2026-01-01T00:00:00+08:00,
            F,feeder,S,,2026-01-01T00:00:00+08:00,
            T1,transformer,F,100,2026-01-01T00:00:00+08:00,

            """);
        Assert.AreEqual(0, fleet.ReplacePlaces("address,area,model,customer,protected,valid_from,valid_to\n"
            + $"m1,T1,home,C1,,{from},{until}\n").Count);
        return fleet;
    }

    private static Reading At(QualityStore quality, int slot) =>
        quality.Readings("m1", _start + slot * 900, _start + slot * 900 + 1).Single();

    private (QualityStore Quality, QualityCheck Check) Make(TestedStore store)
    {
        QualityStore quality = new(store.Behind, () => _now);
        return (quality, new QualityCheck(quality, _settings));
    }
}
