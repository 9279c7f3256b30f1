using System.Globalization;
using System.Text;
using MeterFirmware.HeadEnds.Tests.Support;
using MeterFirmware.Tools.HeadEnds;
using MeterFirmware.Tools.HeadEnds.Alarms;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.HeadEnds.Tests.Alarms;

/// <summary>What devices report becomes an alarm, and ends when they say that it is over.</summary>
public abstract class EventAlarmSuite<TPlace> : StoreTest<TPlace>
    where TPlace : StorePlace, new()
{
    private DateTimeOffset _now = new(2026, 1, 6, 12, 0, 0, TimeSpan.FromHours(8));

    [TestMethod]
    [DataRow(24, 0, "", "tamper m1 CoverOpened 2026-01-06T11:00:00+08:00")]
    [DataRow(25, 0, "", "tamper m1 TerminalCoverOpened 2026-01-06T11:00:00+08:00")]
    [DataRow(26, 0, "", "tamper m1 MagneticField 2026-01-06T11:00:00+08:00")]
    [DataRow(2, 61, "", "clock-error m1 moved by +61 s 2026-01-06T11:00:00+08:00")]
    [DataRow(2, -61, "", "clock-error m1 moved by -61 s 2026-01-06T11:00:00+08:00")]
    [DataRow(2, 60, "", "")]
    [DataRow(4, 0, "0,4", "clock-error m1 NoTime 2026-01-06T11:00:00+08:00")]
    [DataRow(4, 0, "0,3", "fault m1 SensorSilent, ImplausibleEnergy 2026-01-06T11:00:00+08:00")]
    [DataRow(3, 0, "0,5", "fault m1 Missing, Stuck 2026-01-06T11:00:00+08:00")]
    [DataRow(101, 0, "13", "fault m1 Welded 2026-01-06T11:00:00+08:00")]
    [DataRow(101, 0, "77", "fault m1 77 2026-01-06T11:00:00+08:00")]
    [DataRow(107, 0, "1", "fault m1 LockFailed 2026-01-06T11:00:00+08:00")]
    [DataRow(105, 0, "3", "fault m1 InternalError 2026-01-06T11:00:00+08:00")]
    [DataRow(104, 0, "3", "")]
    [DataRow(101, 0, "\"x\"", "")]
    public void WhatADeviceReportsIsAnAlarm(int code, int seconds, string values, string told)
    {
        using TestedStore store = Open(utcNow: () => _now);
        AlarmStore alarms = new(store.Behind, () => _now);
        store.Store([Event(1, code, values, seconds)], Counters);
        Alarms(store, alarms).Look();
        Assert.AreEqual(told, string.Join('\n', Open(alarms)));
    }

    [TestMethod]
    public void AFaultGoesOnUntilItsDeviceSaysThatItIsOver()
    {
        using TestedStore store = Open(utcNow: () => _now);
        AlarmStore alarms = new(store.Behind, () => _now);
        EventAlarms events = Alarms(store, alarms);
        store.Store([Event(1, 101, "13"), Event(2, 101, "3"), Event(3, 4, "0,2")], Counters);
        events.Look();
        StringAssert.Contains(Open(alarms).Single(), "Earth");
        _now = _now.AddDays(40);
        store.Store([Event(4, 102, "3"), Event(5, 4, "2,0")], Counters);
        events.Look();
        Assert.AreEqual("fault m1 Welded 2026-01-06T11:00:00+08:00", Open(alarms).Single());

        // After a start everything is read again, in whatever order it lies there.
        Alarms(store, alarms).Look();
        Assert.AreEqual("fault m1 Welded 2026-01-06T11:00:00+08:00", Open(alarms).Single());
        store.Store([Event(6, 102, "13")], Counters);
        events.Look();
        Assert.AreEqual(0, Open(alarms).Count);
    }

    [TestMethod]
    public void AnEventThatComesLateDoesNotUndoALaterOne()
    {
        using TestedStore store = Open(utcNow: () => _now);
        AlarmStore alarms = new(store.Behind, () => _now);
        EventAlarms events = Alarms(store, alarms);
        store.Store([Event(5, 102, "13")], Counters);
        events.Look();
        _now = _now.AddHours(1);
        store.Store([Event(4, 101, "13")], Counters);
        events.Look();
        Assert.AreEqual(0, Open(alarms).Count);
    }

    [TestMethod]
    public void WhatHappenedOnceIsAnAlarmForADay()
    {
        using TestedStore store = Open(utcNow: () => _now);
        AlarmStore alarms = new(store.Behind, () => _now);
        EventAlarms events = Alarms(store, alarms);
        store.Store([Event(1, 24, "")], Counters);
        events.Look();
        _now = _now.AddHours(23);
        events.Look();
        Assert.AreEqual(1, Open(alarms).Count);
        _now = _now.AddHours(2);
        events.Look();
        Assert.AreEqual(0, Open(alarms).Count);
        events.Look();
        Assert.AreEqual(1, alarms.List(null, 10, isOpen: false).Count, "it does not begin anew");
    }

    private RecordArrival Event(long number, int code, string values, int seconds = 0)
    {
        long at = new DateTimeOffset(2026, 1, 6, 11, 0, 0, TimeSpan.FromHours(8)).ToUnixTimeSeconds();
        string body = string.Create(CultureInfo.InvariantCulture, $"{{\"code\":{code},\"values\":[{values}]}}");
        return new RecordArrival("m1", number, 0, "event", at, at + seconds, 28_800, "", null, null, null, null, null,
            Encoding.UTF8.GetBytes(body))
        { EventCode = code };
    }

    private EventAlarms Alarms(TestedStore store, AlarmStore alarms) =>
        new(store.Behind, alarms, new AlarmLimits(), () => _now);

    private static List<string> Open(AlarmStore alarms) => [.. alarms.List(null, 10, isOpen: true)
        .Select(alarm => $"{alarm.Kind} {alarm.Subject} {alarm.Detail}")];
}
