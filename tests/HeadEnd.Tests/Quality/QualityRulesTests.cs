using MeterFirmware.Tools.HeadEnds.Quality;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.HeadEnds.Tests.Quality;

/// <summary>Each rule on a day with the fault, and on one beside it without.</summary>
[TestClass]
public sealed class QualityRulesTests
{
    private static readonly QualitySettings _settings = new();
    private static readonly DateOnly _day = new(2026, 11, 2);
    private static readonly long _start = _settings.StartOf(_day);

    [TestMethod]
    public void AWholeDayWithoutFaultsHasNoFindings() => AssertFound(Day(), "");

    [TestMethod]
    public void MissingIntervalsAreToldOnceForNeighbours() =>
        AssertFound(Day(remove: [3, 4, 40]), "missing 3-5", "missing 40-41");

    [TestMethod]
    public void AnIntervalThatIsCutAtAnOutageIsNotMissing()
    {
        List<MeasuredInterval> day = Day();
        day[10] = day[10] with { EndUtcSeconds = day[10].StartUtcSeconds + 100 };
        AssertFound(day, "");
    }

    [TestMethod]
    public void AnIntervalOfAnHourCoversItsQuarters()
    {
        List<MeasuredInterval> day = Day(remove: [5, 6, 7]);
        day[4] = day[4] with
        {
            EndUtcSeconds = day[5].StartUtcSeconds,
            ReceivedUtcSeconds = day[5].ReceivedUtcSeconds,
            ImportRegisterWattHours = day[5].ImportRegisterWattHours - 100,
            ImportMilliwattHours = 400_000,
        };
        AssertFound(day, "");
    }

    [TestMethod]
    [DataRow(999, "")]
    [DataRow(1_000, "register-sum 20-21")]
    [DataRow(-999, "")]
    [DataRow(-1_000, "register-sum 20-21")]
    public void ARegisterMayDifferFromTheIntervalsByLessThanAWattHour(int more, string found)
    {
        List<MeasuredInterval> day = Day();
        day[20] = day[20] with { ImportMilliwattHours = day[20].ImportMilliwattHours + more };
        AssertFound(day, found);
    }

    [TestMethod]
    public void ARegisterThatGoesBackIsNegative()
    {
        List<MeasuredInterval> day = Day();
        for (int i = 50; i < day.Count; i++)
        {
            day[i] = day[i] with { ImportRegisterWattHours = day[i].ImportRegisterWattHours - 50_000 };
        }

        AssertFound(day, "negative 50-51");
    }

    [TestMethod]
    public void AnotherBoardMayCountFromNothing()
    {
        List<MeasuredInterval> day = Day();
        for (int i = 50; i < day.Count; i++)
        {
            day[i] = day[i] with
            {
                ImportRegisterWattHours = day[i].ImportRegisterWattHours - 1_000_000,
                JournalId = 2
            };
        }

        AssertFound(day, "");
    }

    [TestMethod]
    public void EnergyAboveTheRatingIsASpike()
    {
        List<MeasuredInterval> day = Day();

        // 10 kW for a quarter hour is 2.5 kWh; a fifth more is still taken.
        day[7] = day[7] with { ImportMilliwattHours = 3_000_000, ImportRegisterWattHours = null };
        day[8] = day[8] with { ImportMilliwattHours = 3_000_001, ImportRegisterWattHours = null };
        AssertFound(day, "spike 8-9");
    }

    [TestMethod]
    [DataRow("clock-step")]
    [DataRow("untimed")]
    public void AFlagOfTheClockIsFound(string flag)
    {
        List<MeasuredInterval> day = Day();
        day[9] = day[9] with { Flags = $"incomplete,{flag}" };
        AssertFound(day, "clock 9-10");
    }

    [TestMethod]
    public void AClockThatRunsAheadIsFound()
    {
        List<MeasuredInterval> day = Day();
        day[9] = day[9] with { ReceivedUtcSeconds = day[9].EndUtcSeconds - 300 };
        day[10] = day[10] with { ReceivedUtcSeconds = day[10].EndUtcSeconds - 301 };
        AssertFound(day, "clock 10-11");
    }

    [TestMethod]
    public void TwoIntervalsOfOneTimeAreADuplicate()
    {
        List<MeasuredInterval> day = Day();
        day.Insert(13, day[12] with { ImportMilliwattHours = 1 });
        AssertFound(day, "duplicate 12-13");
    }

    [TestMethod]
    public void ARegisterThatStandsForADayAfterAWeekWithEnergyIsStopped()
    {
        List<MeasuredInterval> day = [.. Day().Select(one =>
            one with { ImportMilliwattHours = 0, ImportRegisterWattHours = 1_000_000 })];
        AssertFound(day, "stopped 0-96");
        Assert.AreEqual("", Text(day, 0), "an empty home was empty before");
        AssertFound([.. day.Select((one, i) => i == 95 ? one with { ImportMilliwattHours = 1 } : one)], "");
    }

    private static void AssertFound(List<MeasuredInterval> intervals, params string[] expected) =>
        Assert.AreEqual(string.Join(", ", expected), Text(intervals, 5_000));

    private static string Text(List<MeasuredInterval> intervals, long weekBefore)
    {
        CheckedDay day = new()
        {
            StartUtcSeconds = _start,
            EndUtcSeconds = _start + 86_400,
            ExpectedFromUtcSeconds = _start,
            ExpectedToUtcSeconds = _start + 86_400,
            Intervals = intervals,
            RatingWatts = 10_000,
            WeekBeforeMilliwattHours = weekBefore,
        };
        return string.Join(", ", QualityRules.Check(day, _settings).Select(found => $"{found.Rule} "
            + $"{(found.StartUtcSeconds - _start) / 900}-{(found.EndUtcSeconds - _start) / 900}"));
    }

    /// <summary>96 quarter hours of 100 Wh.</summary>
    private static List<MeasuredInterval> Day(params int[] remove) => [.. Enumerable.Range(0, 96)
        .Where(i => !remove.Contains(i)).Select(i => new MeasuredInterval(_start + 900 * i, _start + 900 * (i + 1), 0,
            1_000_000 + 100 * (i + 1), 0, 100_000, 0, "", _start + 900 * (i + 1) + 5, 1))];
}
