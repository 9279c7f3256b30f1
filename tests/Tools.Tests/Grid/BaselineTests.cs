using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;
using MeterFirmware.Tools.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Grid;

/// <summary>`meterctl grid baseline` against a count of another kind: whole Wh in one long array, days by
/// number.</summary>
[TestClass]
public sealed class BaselineTests
{
    private const int Slots = 96;
    private const int Days = 80;

    private static readonly DateTime _first = new(2026, 4, 1);

    // Labour Day's holidays, and two events: one of a working day, one of a Sunday.
    private static readonly HashSet<int> _holidays = [30, 33, 34];
    private const int EventDay = 69;
    private const int RestEventDay = 67;

    private readonly string _path = Path.Combine(Path.GetTempPath(), $"mf-baseline-{Guid.NewGuid():N}.csv");
    private readonly int[] _wattHours = new int[Days * Slots];

    [TestInitialize]
    public void WriteLoad()
    {
        Random random = new(16);
        StringBuilder text = new("time,kwh\n");
        for (int i = 0; i < _wattHours.Length; i++)
        {
            bool isRest = IsRest(i / Slots);
            _wattHours[i] = 2_000 + random.Next(500) + (isRest ? 0 : 1_500) + 20 * (i % Slots) + 30 * (i / Slots % 7);
            DateTime end = _first.AddMinutes(15 * (i + 1));
            text.Append(CultureInfo.InvariantCulture, $"{end:yyyy-MM-ddTHH:mm:ss},{_wattHours[i] / 1000m}\n");
        }

        File.WriteAllText(_path, text.ToString());
    }

    [TestCleanup]
    public void Delete() => File.Delete(_path);

    [TestMethod]
    [DataRow("10-in-10")]
    [DataRow("last-5")]
    [DataRow("5-of-10")]
    [DataRow("same-day")]
    public void EachMethodIsAnIndependentCountToTheWattHour(string method)
    {
        JsonElement result = Run(method);
        Assert.AreEqual(method, result.GetProperty("method").GetString());
        JsonElement[] events = [.. result.GetProperty("events").EnumerateArray()];
        Assert.HasCount(2, events);
        Judge(events[0], method, RestEventDay, 40, 44);
        Judge(events[1], method, EventDay, 56, 64);
        double errors = 0;
        double actuals = 0;
        double squares = 0;
        int count = 0;
        foreach ((int eventDay, int from, int to) in new[] { (RestEventDay, 40, 44), (EventDay, 56, 64) })
        {
            for (int day = 0; day < Days; day++)
            {
                if (IsEvent(day) || IsRest(day) != IsRest(eventDay)
                    || Count(method, day, from, to) is not double[] kept)
                {
                    continue;
                }

                for (int i = 0; i < to - from; i++, count++)
                {
                    double actual = _wattHours[day * Slots + from + i];
                    errors += kept[i] - actual;
                    squares += (kept[i] - actual) * (kept[i] - actual);
                    actuals += actual;
                }
            }
        }

        Assert.AreEqual(100 * errors / actuals, result.GetProperty("biasPercent").GetDouble(), 0.001);
        Assert.AreEqual(100 * Math.Sqrt(squares / count) / (actuals / count),
            result.GetProperty("rrmsePercent").GetDouble(), 0.001);
    }

    [TestMethod]
    public void TheFactorOfTheDayIsHeldBetween80And120Percent()
    {
        foreach ((int times, double factor) in new[] { (3, 1.2), (0, 0.8) })
        {
            string[] lines = File.ReadAllLines(_path);
            for (int slot = 56 - 16; slot < 56 - 4; slot++)
            {
                int i = EventDay * Slots + slot + 1;
                lines[i] = $"{lines[i].Split(',')[0]},{_wattHours[i - 1] * times / 1000m}";
            }

            string other = _path + ".csv";
            try
            {
                File.WriteAllLines(other, lines);
                CommandLine run = CommandLine.Run("grid", "baseline", "--load", other, "--method", "10-in-10",
                    "--event", "2026-06-09T14:00..2026-06-09T16:00", "--json");
                Assert.AreEqual(0, run.ExitCode, run.Errors);
                Assert.AreEqual(factor, JsonDocument.Parse(run.Output).RootElement.GetProperty("events")[0]
                    .GetProperty("adjustment").GetDouble(), 1e-9);
            }
            finally
            {
                File.Delete(other);
            }
        }
    }

    [TestMethod]
    [DataRow("--event", "2026-06-09T14:00", "is not FROM..TO")]
    [DataRow("--event", "2026-06-09T16:00..2026-06-09T14:00", "does not end later on the same day")]
    [DataRow("--event", "2026-06-09T22:00..2026-06-10T02:00", "does not end later on the same day")]
    [DataRow("--event", "2026-06-09T14:05..2026-06-09T16:00", "does not begin and end with an interval")]
    [DataRow("--event", "2026-04-05T14:00..2026-04-05T16:00", "10 days of the same type without an event")]
    [DataRow("--event", "2027-01-01T14:00..2027-01-01T16:00", "the load has no energy for all of its hours")]
    [DataRow("--holidays", "1 May", "is no date such as")]
    [DataRow("--weekends", "saturday", "of mon, tue")]
    [DataRow("--timezone", "Mars", "is no zone")]
    [DataRow("--event", "2026-06-09T15:00..2026-06-09T17:00", "overlap")]
    public void WhatCannotBeDoneIsOneLineAndExitCode2(string option, string value, string message)
    {
        CommandLine run = CommandLine.Run("grid", "baseline", "--load", _path, "--method", "10-in-10",
            "--event", "2026-06-09T14:00..2026-06-09T16:00", option, value);
        Assert.AreEqual(2, run.ExitCode, run.Output);
        StringAssert.Contains(run.Errors, message);
        Assert.HasCount(1, run.Errors.TrimEnd().Split('\n'));
    }

    [TestMethod]
    public void AnIntervalThatWasLeftOutIsNoLoadOfNothing()
    {
        // Of one of the ten days a quarter hour is left out: that day is no day of the baseline.
        List<string> lines = [.. File.ReadAllLines(_path)];
        lines.RemoveAt((EventDay - 2) * Slots + 58 + 1);
        File.WriteAllLines(_path, lines);
        JsonElement result = Run("last-5", "--skip-bad", "1");
        int[] days = [.. Enumerable.Range(1, 40).Select(back => EventDay - back)
            .Where(day => !IsEvent(day) && !IsRest(day) && day != EventDay - 2).Take(5)];
        Assert.AreEqual(days.Average(day => SumOf(day, 56, 64)),
            1000 * result.GetProperty("events")[1].GetProperty("baselineKwh").GetDouble(), 1);
    }

    [TestMethod]
    public void AnEventOfTheDayBeforeIsLeftOutOfHoursThatReachOverMidnight()
    {
        // The event begins at 02:00: its hours before are 22:00 to 01:00, and another event was on from 23:00 to 24:00.
        int day = EventDay + 1;
        int[] before = [.. Enumerable.Range(-8, 12).Where(slot => slot is < -4 or >= 0)];
        int[] after = [.. Enumerable.Range(16, 8)];
        double mean = before.Concat(after).Average(slot => _wattHours[day * Slots + slot]);
        CommandLine run = CommandLine.Run("grid", "baseline", "--load", _path, "--method", "same-day", "--json",
            "--event", "2026-06-09T23:00..2026-06-10T00:00", "2026-06-10T02:00..2026-06-10T03:00");
        Assert.AreEqual(0, run.ExitCode, run.Errors);
        JsonElement late = JsonDocument.Parse(run.Output).RootElement.GetProperty("events")[1];
        Assert.AreEqual(mean * 4, 1000 * late.GetProperty("baselineKwh").GetDouble(), 1);
    }

    [TestMethod]
    public void IntervalsThatDoNotLieOnTheClockAreRefused()
    {
        string[] lines = File.ReadAllLines(_path);
        for (int i = 1; i < lines.Length; i++)
        {
            DateTime end = _first.AddMinutes(15 * i + 5);
            lines[i] = string.Create(CultureInfo.InvariantCulture, $"{end:yyyy-MM-ddTHH:mm:ss},1");
        }

        File.WriteAllLines(_path, lines);
        CommandLine run = CommandLine.Run("grid", "baseline", "--load", _path, "--method", "last-5",
            "--event", "2026-06-09T14:00..2026-06-09T16:00");
        Assert.AreEqual(2, run.ExitCode, run.Output);
        StringAssert.Contains(run.Errors, "the interval that begins 2026-04-01T00:05:00");
    }

    private JsonElement Run(string method, params string[] more)
    {
        string holidays = string.Join(',', _holidays.Select(day => $"{_first.AddDays(day):yyyy-MM-dd}"));
        CommandLine run = CommandLine.Run(["grid", "baseline", "--load", _path, "--method", method,
            "--event", "2026-06-09T14:00..2026-06-09T16:00", "2026-06-07T10:00..2026-06-07T11:00",
            "--holidays", holidays, "--json", .. more]);
        Assert.AreEqual(0, run.ExitCode, run.Errors);
        return JsonDocument.Parse(run.Output).RootElement;
    }

    private void Judge(JsonElement result, string method, int day, int from, int to)
    {
        double[] expected = Count(method, day, from, to);
        double measured = Enumerable.Range(from, to - from).Sum(slot => _wattHours[day * Slots + slot]);
        Assert.AreEqual(expected.Sum(), 1000 * result.GetProperty("baselineKwh").GetDouble(), 1, method);
        Assert.AreEqual(measured, 1000 * result.GetProperty("actualKwh").GetDouble(), 1e-6);
        Assert.AreEqual(expected.Sum() - measured, 1000 * result.GetProperty("reductionKwh").GetDouble(), 1);
        Assert.AreEqual($"{_first.AddDays(day).AddMinutes(15 * from):yyyy-MM-ddTHH:mm:ss}",
            result.GetProperty("from").GetString());
    }

    // Null: too few days.
    private double[] Count(string method, int day, int from, int to)
    {
        int width = to - from;
        if (method == "same-day")
        {
            double sum = 0;
            for (int slot = from - 16; slot < from - 4; slot++)
            {
                sum += _wattHours[day * Slots + slot];
            }

            for (int slot = to + 4; slot < to + 12; slot++)
            {
                sum += _wattHours[day * Slots + slot];
            }

            return [.. Enumerable.Repeat(sum / 20, width)];
        }

        int wanted = method == "last-5" ? 5 : 10;
        List<int> days = [];
        int first = method == "5-of-10" ? day - 2 : day - 1;
        for (int d = first; d >= 0 && d > first - 45 && days.Count < wanted; d--)
        {
            bool isRest = method == "10-in-10" && IsRest(day);
            if (!IsEvent(d) && IsRest(d) == isRest)
            {
                days.Add(d);
            }
        }

        if (days.Count < wanted)
        {
            return null;
        }

        if (method == "5-of-10")
        {
            days.Sort((a, b) => SumOf(b, from, to).CompareTo(SumOf(a, from, to)));
            days.RemoveRange(5, 5);
        }

        double factor = method != "10-in-10" ? 1 : Math.Clamp(
            SumOf(day, from - 16, from - 4) / days.Average(d => SumOf(d, from - 16, from - 4)), 0.8, 1.2);
        return [.. Enumerable.Range(from, width)
            .Select(slot => factor * days.Average(d => (double)_wattHours[d * Slots + slot]))];
    }

    private double SumOf(int day, int from, int to)
    {
        double sum = 0;
        for (int slot = from; slot < to; slot++)
        {
            sum += _wattHours[day * Slots + slot];
        }

        return sum;
    }

    private static bool IsEvent(int day) => day is EventDay or RestEventDay;

    private static bool IsRest(int day) =>
        _first.AddDays(day).DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday || _holidays.Contains(day);
}
