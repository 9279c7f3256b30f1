using System.Globalization;
using System.Text;
using MeterFirmware.HeadEnds.Tests.Support;
using MeterFirmware.Tools.HeadEnds;
using MeterFirmware.Tools.HeadEnds.Alarms;
using MeterFirmware.Tools.HeadEnds.Areas;
using MeterFirmware.Tools.HeadEnds.Fleets;
using MeterFirmware.Tools.HeadEnds.Quality;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.HeadEnds.Tests.Areas;

/// <summary>What is read of a transformer area.</summary>
public abstract class AreaSuite<TPlace> : StoreTest<TPlace>
    where TPlace : StorePlace, new()
{
    private const string Areas = """
        name,kind,parent,rating_kva,valid_from,valid_to
        S,substation,,,2026-01-01T00:00:00+08:00,
        F,feeder,S,,2026-01-01T00:00:00+08:00,
        G,feeder,S,,2026-01-01T00:00:00+08:00,
        T1,transformer,F,100,2026-01-01T00:00:00+08:00,
        T2,transformer,G,400,2026-01-01T00:00:00+08:00,

        """;

    private const string Places = """
        address,area,model,customer,protected,valid_from,valid_to,role,rating_w
        supply,T1,,,,2026-02-01T00:00:00+08:00,,supply,
        m1,T1,,C1,,2026-02-01T00:00:00+08:00,,,10000
        m2,T1,,C2,,2026-02-01T00:00:00+08:00,2026-11-05T00:00:00+08:00,,
        wallbox,T1,,C1,,2026-02-01T00:00:00+08:00,,behind,
        m3,T2,,C3,,2026-02-01T00:00:00+08:00,,,

        """;

    private static readonly QualitySettings _settings = new();
    private static readonly DateOnly _day = new(2026, 11, 4);
    private static readonly long _start = _settings.StartOf(_day);
    private static readonly DateTimeOffset _now = new(2026, 11, 7, 0, 5, 0, TimeSpan.FromHours(8));

    [TestMethod]
    public void LossIsWhatWasSuppliedLessWhatWasSoldToTheMilliwattHour()
    {
        using TestedStore store = Open();
        store.Store([.. new Intervals("supply", _start).Take(2 * 96, 310_001),
            .. new Intervals("m1", _start).Take(2 * 96, 100_000), .. new Intervals("m2", _start).Take(96, 200_000),
            .. new Intervals("wallbox", _start).Take(96, 77_000)], Counters);
        AreaDay day = Report(store).Loss("T1", _day, _day.AddDays(1))[0];
        Assert.AreEqual(96 * 310_001, day.SuppliedMilliwattHours);
        Assert.AreEqual(96 * 300_000, day.SoldMilliwattHours, "what stands behind a meter is in it");
        Assert.AreEqual(96 * 10_001, day.LossMilliwattHours);
        Assert.AreEqual(32, day.LossPermille);
        Assert.AreEqual(2, day.Members);
        AreaDay next = Report(store).Loss("T1", _day, _day.AddDays(1))[1];
        Assert.AreEqual(96 * 210_001, next.LossMilliwattHours, "m2 has moved away");
        Assert.AreEqual(1, next.Members);
    }

    [TestMethod]
    public void AMemberWhoseDayIsNotWholeIsNamedAndThereIsNoLossUntilItIsEstimated()
    {
        using TestedStore store = Open();
        Intervals gap = new("m2", _start);
        store.Store([.. new Intervals("supply", _start).Take(96, 310_000),
            .. new Intervals("m1", _start).Take(96, 100_000), .. gap.Take(90, 200_000), gap.Lose(2, 200_000),
            .. gap.Take(4, 200_000)], Counters);
        AreaReport report = Report(store);
        AreaDay day = report.Loss("T1", _day, _day)[0];
        Assert.AreEqual("m2", day.Missing.Single());
        Assert.IsNull(day.LossPermille);
        new QualityCheck(new QualityStore(store.Behind, () => _now), _settings).Check("m2", _day);
        day = report.Loss("T1", _day, _day)[0];
        Assert.AreEqual(0, day.Missing.Count);
        Assert.AreEqual("m2", day.Estimated.Single());
        Assert.AreEqual(96 * 10_000, day.LossMilliwattHours);
        Assert.IsNull(report.Loss("T2", _day, _day)[0].SuppliedMilliwattHours, "it has no meter of its own");
    }

    [TestMethod]
    public void ATenantsChangeAtNoonCountsAHomeOnceAndAMoveCountsInEachAreaForItsTime()
    {
        using TestedStore store = Open();
        store.Store([.. new Intervals("supply", _start).Take(96, 310_000),
            .. new Intervals("m1", _start).Take(96, 100_000), .. new Intervals("m2", _start).Take(96, 200_000),
            .. new Intervals("m3", _start).Take(96, 10_000)], Counters);
        FleetStore fleet = Fleet(store);
        Assert.AreEqual(0, fleet.ReplacePlaces("""
            address,area,model,customer,protected,valid_from,valid_to,role
            supply,T1,,,,2026-02-01T00:00:00+08:00,,supply
            m1,T1,,C1,,2026-02-01T00:00:00+08:00,2026-11-04T12:07:00+08:00,
            m1,T1,,C9,,2026-11-04T12:07:00+08:00,,
            m2,T1,,C2,,2026-02-01T00:00:00+08:00,2026-11-04T12:07:00+08:00,
            m2,T2,,C2,,2026-11-04T12:07:00+08:00,,
            m3,T2,,C3,,2026-02-01T00:00:00+08:00,,

            """).Count);
        AreaReport report = new(store.Behind, fleet, _settings);
        AreaDay old = report.Loss("T1", _day, _day)[0];
        Assert.AreEqual(96 * 100_000 + 49 * 200_000, old.SoldMilliwattHours, "the quarter hour of 12:00 is m2's last");
        Assert.AreEqual((2, 0), (old.Members, old.Missing.Count));
        Assert.AreEqual(96 * 310_000 - old.SoldMilliwattHours, old.LossMilliwattHours);
        AreaDay next = report.Loss("T2", _day, _day)[0];
        Assert.AreEqual(96 * 10_000 + 47 * 200_000, next.SoldMilliwattHours);
        Assert.AreEqual(2, next.Members);
    }

    [TestMethod]
    [DataRow("2026-11-04T12:00:00+08:00", true)]
    [DataRow("2026-11-04T13:00:00+08:00", false)]
    public void ASupplyMeterThatWasExchangedAtNoonLeavesTheDayWhole(string begins, bool isWhole)
    {
        using TestedStore store = Open();
        store.Store([.. new Intervals("old", _start).Take(48, 100_000),
            .. new Intervals("new", _start + 48 * 900).Take(48, 300_000),
            .. new Intervals("m1", _start).Take(96, 100_000)], Counters);
        FleetStore fleet = Fleet(store);
        Assert.AreEqual(0, fleet.ReplacePlaces($"""
            address,area,model,customer,protected,valid_from,valid_to,role
            old,T1,,,,2026-02-01T00:00:00+08:00,2026-11-04T12:00:00+08:00,supply
            new,T1,,,,{begins},,supply
            m1,T1,,C1,,2026-02-01T00:00:00+08:00,,

            """).Count);
        AreaDay day = new AreaReport(store.Behind, fleet, _settings).Loss("T1", _day, _day)[0];
        Assert.AreEqual(isWhole ? 48 * 400_000 : null, day.SuppliedMilliwattHours);
        Assert.AreEqual(0, day.Missing.Count);
        Assert.AreEqual(1, day.Members);
    }

    [TestMethod]
    public void LoadAndVoltageAreOfTheTimeThatADeviceWasThere()
    {
        using TestedStore store = Open();
        Intervals moved = new("m2", _start);
        store.Store([moved.Next(1, body: Phases("220", "1")), moved.Next(1, body: Phases("190", "1"))], Counters);
        FleetStore fleet = Fleet(store);
        Assert.AreEqual(0, fleet.ReplacePlaces("""
            address,area,model,customer,protected,valid_from,valid_to
            m2,T1,,C2,,2026-02-01T00:00:00+08:00,2026-11-04T00:10:00+08:00
            m2,T2,,C2,,2026-11-04T00:10:00+08:00,

            """).Count);
        AreaReport report = new(store.Behind, fleet, _settings);
        AreaLoad old = report.Load("T1", _day);
        AreaLoad next = report.Load("T2", _day);
        Assert.AreEqual((900L, 900L), (old.QualifiedSeconds, old.JudgedSeconds));
        Assert.AreEqual((0L, 900L), (next.QualifiedSeconds, next.JudgedSeconds));
    }

    [TestMethod]
    public void LoadUnbalanceAndVoltageAreJudgedFromTheIntervals()
    {
        using TestedStore store = Open();
        Intervals supply = new("supply", _start);
        Intervals meter = new("m1", _start);
        store.Store(
        [
            supply.Next(1, body: Phases("220,220,220", "100,100,100")),
            supply.Next(1, body: Phases("220,220,220", "200,200,150")),
            supply.Next(1, body: Phases("220,220,220", "9,0,0")),   // unbalanced, and next to nothing
            supply.Next(1, body: Phases("236,220,220", "1,1,1")),   // above 235.4 V
            meter.Next(1, body: Phases("199", "1")),                // one phase: from 198 V on
            meter.Next(1, body: Phases("197.9", "1")),
        ], Counters);
        AreaLoad load = Report(store).Load("T1", _day);
        Assert.AreEqual(121_000, load.MostVoltAmperes);
        Assert.AreEqual(1_210, load.LoadPermille);
        Assert.AreEqual(_start + 900, load.MostUtcSeconds);
        Assert.AreEqual(250, load.UnbalancePermilleMax);
        Assert.AreEqual(6 * 900, load.JudgedSeconds);
        Assert.AreEqual(4 * 900, load.QualifiedSeconds);
        Assert.AreEqual(666, load.QualifiedPermille);
    }

    [TestMethod]
    [DataRow(null, 400_000)]
    [DataRow("S", 400_000)]
    [DataRow("F", 300_000)]
    [DataRow("T1", 300_000)]
    [DataRow("G", 100_000)]
    [DataRow("nowhere", 0)]
    public void ALoadCurveIsOfAnAreaAndAllBelowItAndCountsNothingTwice(string area, int sum)
    {
        using TestedStore store = Open();
        FleetStore fleet = Fleet(store);
        foreach (string device in new[] { "supply", "m1", "m2", "wallbox", "m3" })
        {
            store.Store([new Intervals(device, _start).Next(device == "m1" ? 200_000 : 100_000)], Counters);
        }

        Assert.AreEqual(sum, fleet.Load(null, _start, _start + 86_400, area).Sum(point => point.ImportMilliwattHours));
    }

    [TestMethod]
    public void ADeviceWhosePlacesAreOverIsNotSilent()
    {
        using TestedStore store = Open();
        FleetStore fleet = Fleet(store);
        AlarmStore alarms = new(store.Behind, () => _now);
        DateTimeOffset now = _now;
        AlarmWatch watch = new(alarms, fleet, new QualityStore(store.Behind, () => now),
            new AreaReport(store.Behind, fleet, _settings), new AlarmLimits(), () => [], () => now);
        watch.LookNow();
        Assert.AreEqual(0, alarms.List(null, 100, isOpen: true).Count, "it has only begun to listen");
        now = _now.AddMinutes(11);
        watch.LookNow();
        CollectionAssert.AreEqual(new[] { "m1", "m3", "supply", "wallbox" },
            alarms.List(null, 100, isOpen: true).Select(alarm => alarm.Subject).Order().ToArray(), "m2 has moved away");
    }

    [TestMethod]
    public void TheDaysAlarmsNameSilentDevicesMissingDataLossAndOverload()
    {
        using TestedStore store = Open();
        FleetStore fleet = Fleet(store);
        Intervals supply = new("supply", _start);
        Intervals gap = new("m2", _start);
        store.Store([.. Enumerable.Range(0, 96).Select(i => supply.Next(400_000,
            body: Phases("220,220,220", i == 5 ? "200,200,200" : "1,1,1"))),
            .. new Intervals("m1", _start).Take(96, 100_000), .. gap.Take(90, 200_000), gap.Lose(2, 200_000),
            .. gap.Take(4, 200_000)], Counters);
        QualityStore quality = new(store.Behind, () => _now);
        new QualityCheck(quality, _settings).Check("m2", _day);
        AlarmStore alarms = new(store.Behind, () => _now);
        DateTimeOffset silentAt = DateTimeOffset.UtcNow;
        AreaReport report = new(store.Behind, fleet, _settings);
        AlarmWatch watch = new(alarms, fleet, quality, report, new AlarmLimits(),
            () => [new DeviceRefusals("m9", 3, "no JSON")], () => silentAt);
        watch.LookNow();
        Assert.AreEqual(0, alarms.List(null, 100, isOpen: true).Count(alarm => alarm.Kind == AlarmKinds.Silent),
            "wallbox and m3 never came, but it has only begun to listen");
        silentAt = DateTimeOffset.UtcNow.AddMinutes(11);
        watch.LookNow();
        watch.LookBack(_day.AddDays(1), 1);
        string[] told = [.. alarms.List(null, 100, isOpen: true).Where(alarm => alarm.Kind != AlarmKinds.Silent)
            .Select(alarm => $"{alarm.Kind} {alarm.Subject} {alarm.Detail}").Order()];
        CollectionAssert.AreEqual(new[]
        {
            "loss T1 2026-11-04: 25.0 %, 9600 Wh", "missing-data m2 2026-11-04 missing (1)",
            "overload T1 2026-11-04: 132.0 %", "refused m9 no JSON",
        }, told, string.Join('\n', told));
        Assert.AreEqual(4, alarms.List(null, 100, isOpen: true).Count(alarm => alarm.Kind == AlarmKinds.Silent),
            "all but m2, whose place is over");
        new AlarmWatch(alarms, fleet, quality, report, new AlarmLimits(), () => [], () => silentAt).LookNow();
        Assert.AreEqual(4, alarms.List(null, 100, isOpen: true).Count(alarm => alarm.Kind == AlarmKinds.Silent),
            "a restart ends no alarm");
    }

    private static byte[] Phases(string volts, string amperes) => Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture, $$"""{"voltage":[{{volts}}],"current":[{{amperes}}]}"""));

    private static FleetStore Fleet(TestedStore store)
    {
        FleetStore fleet = new(store.Behind, () => _now);
        Assert.AreEqual(0, fleet.ReplaceAreas(Areas).Count);
        IReadOnlyList<FleetFault> faults = fleet.ReplacePlaces(Places);
        Assert.AreEqual(0, faults.Count, string.Join('\n', faults));
        return fleet;
    }

    private static AreaReport Report(TestedStore store) => new(store.Behind, Fleet(store), _settings);
}
