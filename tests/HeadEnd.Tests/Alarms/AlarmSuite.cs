using MeterFirmware.HeadEnds.Tests.Support;
using MeterFirmware.Tools.HeadEnds.Alarms;
using MeterFirmware.Tools.HeadEnds.Daily;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.HeadEnds.Tests.Alarms;

/// <summary>Alarms begin, are acknowledged, noted and end.</summary>
public abstract class AlarmSuite<TPlace> : StoreTest<TPlace>
    where TPlace : StorePlace, new()
{
    private DateTimeOffset _now = new(2026, 11, 30, 12, 0, 0, TimeSpan.FromHours(8));

    [TestMethod]
    public void AnAlarmThatGoesOnIsOneAndOneThatComesAgainIsAnother()
    {
        using TestedStore store = Open();
        AlarmStore alarms = new(store.Behind, () => _now);
        List<string> begun = [];
        alarms.Began += alarm => begun.Add($"{alarm.Kind} {alarm.Subject}");
        alarms.Set("silent", new Dictionary<string, string> { ["m1"] = "a", ["m2"] = "a" });
        alarms.Set("silent", new Dictionary<string, string> { ["m1"] = "b", ["m2"] = "a" });
        alarms.Set("loss", new Dictionary<string, string> { ["T1"] = "9 %" });
        Assert.AreEqual(3, alarms.List(null, 10, isOpen: true).Count);
        Assert.AreEqual("b", alarms.List(null, 10, isOpen: true).Single(alarm => alarm.Subject == "m1").Detail);
        alarms.Set("silent", new Dictionary<string, string> { ["m2"] = "a" });
        alarms.Set("silent", new Dictionary<string, string> { ["m1"] = "c", ["m2"] = "a" });
        CollectionAssert.AreEqual(new[] { "silent m1", "silent m2", "loss T1", "silent m1" }, begun);
        Assert.AreEqual(2, alarms.List(null, 10, isOpen: false).Count(alarm => alarm.Subject == "m1"));
        Assert.AreEqual("loss 1 1, silent 2 2", string.Join(", ",
            alarms.Counts().Select(one => $"{one.Kind} {one.Open} {one.New}")));
    }

    [TestMethod]
    public void AnAlarmIsAcknowledgedOnceAndKeepsItsNotes()
    {
        using TestedStore store = Open();
        AlarmStore alarms = new(store.Behind, () => _now);
        alarms.Set("silent", new Dictionary<string, string> { ["m1"] = "" });
        Alarm alarm = alarms.List(null, 1, isOpen: true).Single();
        Assert.IsTrue(alarms.Acknowledge(alarm.Id, "ann"));
        Assert.IsFalse(alarms.Acknowledge(alarm.Id, "bob"));
        Assert.IsFalse(alarms.Acknowledge(alarm.Id + 1, "bob"));
        Assert.IsTrue(alarms.AddNote(alarm.Id, "ann", " <b>fuse</b>\n'); DROP TABLE alarm;-- "));
        Assert.IsFalse(alarms.AddNote(alarm.Id, "ann", "  "));
        Assert.IsFalse(alarms.AddNote(alarm.Id, "ann", "a\0"));
        Assert.IsFalse(alarms.AddNote(alarm.Id, "ann", new string('a', AlarmStore.WordsMax + 1)));
        Assert.IsFalse(alarms.AddNote(alarm.Id + 1, "ann", "a"));
        Assert.AreEqual(new AlarmNote(_now.ToUniversalTime(), "ann", "<b>fuse</b>\n'); DROP TABLE alarm;--"),
            alarms.Notes(alarm.Id).Single());
        alarms.Set("silent", new Dictionary<string, string>());
        Alarm ended = alarms.Find(alarm.Id)!;
        Assert.AreEqual("ann", ended.AcknowledgedBy);
        Assert.AreEqual(_now.ToUniversalTime(), ended.Ended);
        Assert.AreEqual(0, alarms.List(null, 10, isOpen: true).Count);
    }

    [TestMethod]
    public async Task AJobIsDoneOnceADayFromItsTimeOnAndAFailureIsAnAlarmUntilItSucceeds()
    {
        using TestedStore store = Open();
        AlarmStore alarms = new(store.Behind, () => _now);
        List<DateOnly> done = [];
        bool isBroken = true;
        await using DailyJobs jobs = new(store.Behind, alarms,
            [
                new DailyJob("broken", new TimeOnly(0, 5), (_, _) => isBroken
                    ? Task.FromException<string>(new InvalidOperationException("disk\nfull")) : Task.FromResult("mended")),
                new DailyJob("good", new TimeOnly(0, 5), (day, _) =>
                {
                    done.Add(day);
                    return Task.FromResult("3 devices");
                }),
            ], () => _now);
        _now = new DateTimeOffset(2026, 12, 1, 0, 4, 59, TimeSpan.FromHours(8));
        await jobs.RunDueAsync(CancellationToken.None);
        Assert.AreEqual(0, done.Count, "not before its time");
        _now = _now.AddSeconds(1);
        await jobs.RunDueAsync(CancellationToken.None);
        await jobs.RunDueAsync(CancellationToken.None);
        CollectionAssert.AreEqual(new[] { new DateOnly(2026, 12, 1) }, done);
        Assert.AreEqual("work broken disk full", alarms.List(null, 10, isOpen: true)
            .Select(alarm => $"{alarm.Kind} {alarm.Subject} {alarm.Detail}").Single());
        isBroken = false;
        await jobs.RunDueAsync(CancellationToken.None);
        Assert.AreEqual(1, alarms.List(null, 10, isOpen: true).Count, "an hour later");
        _now = _now.AddHours(1);
        await jobs.RunDueAsync(CancellationToken.None);
        Assert.AreEqual(0, alarms.List(null, 10, isOpen: true).Count);
        _now = _now.AddDays(1);
        await jobs.RunDueAsync(CancellationToken.None);
        Assert.AreEqual(2, done.Count);
        Assert.AreEqual("good 3 devices", $"{jobs.Last(9)[^1].Name} {jobs.Last(9)[^1].Detail}");
    }
}
