using MeterFirmware.HeadEnds.Tests.Support;
using MeterFirmware.Tools;
using MeterFirmware.Tools.Billing;
using MeterFirmware.Tools.Billing.Tariffs;
using MeterFirmware.Tools.HeadEnds.Fleets;
using MeterFirmware.Tools.HeadEnds.Quality;
using MeterFirmware.Tools.HeadEnds.Web.Bills;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.HeadEnds.Tests.Bills;

/// <summary>Tariffs by the days that they hold for, and bills over their changes and over an exchange.</summary>
public abstract class TariffSuite<TPlace> : StoreTest<TPlace>
    where TPlace : StorePlace, new()
{
    private const string Areas = """
        name,kind,parent,rating_kva,valid_from,valid_to
        S,substation,,,2025-01-01T00:00:00+08:00,
        F,feeder,S,,2025-01-01T00:00:00+08:00,
        T1,transformer,F,100,2025-01-01T00:00:00+08:00,

        """;

    private static readonly QualitySettings _settings = new();
    private static readonly DateOnly _first = new(2026, 1, 1);
    private static readonly DateOnly _day = new(2026, 1, 5);
    private static readonly long _start = _settings.StartOf(_day);
    private static readonly DateTimeOffset _now = new(2026, 1, 20, 12, 0, 0, TimeSpan.FromHours(8));

    [TestMethod]
    public void EachDayIsBilledByTheDocumentThatHoldsThen()
    {
        using TestedStore store = Open();
        TariffStore tariffs = New(store);
        Assert.AreEqual(0, tariffs.Add("home", _first, _day.AddDays(1), Flat("1"), "ann").Count);
        Assert.AreEqual(0, tariffs.Add("home", _day.AddDays(1), null, Flat("3"), "ann").Count);
        FleetStore fleet = Fleet(store, "m1,T1,,C1,,2026-01-01T00:00:00+08:00,,,,home");
        store.Store([.. new Intervals("m1", _start).Take(2 * 96, 10_000)], Counters);
        CustomerBills bills = Bills(store, fleet, tariffs);

        // 0.96 kWh a day: at 1 the first day, at 3 the second.
        Assert.AreEqual(9_600, bills.Make("m1", _day, _day.AddDays(1)).Total);
        Assert.AreEqual(28_800, bills.Make("m1", _day.AddDays(1), _day.AddDays(2)).Total);
        Assert.AreEqual(38_400, bills.Make("m1", _day, _day.AddDays(2)).Total);
    }

    [TestMethod]
    public void DaysThatNoDocumentHoldsForAreNotBilled()
    {
        using TestedStore store = Open();
        TariffStore tariffs = New(store);
        tariffs.Add("home", _day.AddDays(1), _day.AddDays(2), Flat("1"), "ann");
        FleetStore fleet = Fleet(store, "m1,T1,,C1,,2026-01-01T00:00:00+08:00,,,,home");
        store.Store([.. new Intervals("m1", _start).Take(3 * 96, 10_000)], Counters);
        CustomerBills bills = Bills(store, fleet, tariffs);
        Assert.AreEqual(9_600, bills.Make("m1", _day.AddDays(1), _day.AddDays(2)).Total);
        foreach ((int from, int until) in new[] { (0, 1), (0, 2), (1, 3), (2, 3) })
        {
            Assert.Throws<InputException>(() => bills.Make("m1", _day.AddDays(from), _day.AddDays(until)));
        }
    }

    [TestMethod]
    [DataRow("2026-01-01", "2026-01-05", true, "")]
    [DataRow("2026-01-01", "2026-01-06", false, "until: it overlaps")]
    [DataRow("2026-01-01", null, false, "until: it overlaps")]
    [DataRow("2026-01-05", "2026-01-06", false, "until: it overlaps")]
    [DataRow("2026-01-06", "2026-01-07", false,
        "from: it overlaps the document that holds from 2026-01-05 until 2026-01-10")]
    [DataRow("2026-01-10", null, true, "")]
    [DataRow("2026-01-11", "2026-01-11", false, "until: a day after 2026-01-11 was expected")]
    [DataRow("1999-01-01", "1999-02-01", false, "from: a day of 2010 to 2049 was expected")]
    public void ADocumentThatOverlapsAnotherIsRefused(string from, string until, bool isTaken, string told)
    {
        using TestedStore store = Open();
        TariffStore tariffs = New(store);
        Assert.AreEqual(0, tariffs.Add("home", _day, new DateOnly(2026, 1, 10), Flat("1"), "ann").Count);
        Assert.AreEqual(0, tariffs.Add("shop", _first, null, Flat("1"), "ann").Count, "another name is another tariff");
        IReadOnlyList<TariffProblem> problems = tariffs.Add("home", DateOnly.Parse(from, null),
            until == null ? null : DateOnly.Parse(until, null), Flat("2"), "bob");
        Assert.AreEqual(isTaken, problems.Count == 0);
        StringAssert.StartsWith(string.Join('\n', problems.Select(one => $"{one.Path}: {one.Message}")), told);
        Assert.AreEqual(isTaken ? 2 : 1, tariffs.Versions("home").Count);
    }

    [TestMethod]
    public void ADocumentWithMistakesNamesEachAndIsNotTaken()
    {
        using TestedStore store = Open();
        TariffStore tariffs = New(store);
        IReadOnlyList<TariffProblem> problems = tariffs.Add(
            "home", _day, null, Flat("1").Replace("Asia/Shanghai", "Moon").Replace("\"00:00\"", "\"00:07\""), "ann");
        CollectionAssert.IsSubsetOf(new[] { "$.timezone" }, problems.Select(one => one.Path).ToArray());
        Assert.IsTrue(problems.Count > 1, "all of them at once");
        Assert.AreEqual("name", tariffs.Add("../x", _day, null, Flat("1"), "ann").Single().Path);
        Assert.AreEqual(0, tariffs.All().Count);
    }

    [TestMethod]
    public void WhatHoldsAlreadyIsEndedAndWhatDoesNotIsRemoved()
    {
        using TestedStore store = Open();
        TariffStore tariffs = New(store);
        DateOnly today = new(2026, 1, 20);
        tariffs.Add("home", _day, null, Flat("1"), "ann");
        StringAssert.Contains(tariffs.Remove("home", _day), "holds already");
        StringAssert.Contains(tariffs.End("home", _day, today.AddDays(-1)), "not before 2026-01-20");
        StringAssert.Contains(tariffs.End("home", _first, today), "no document of it begins");
        Assert.IsNull(tariffs.End("home", _day, today.AddDays(11)));
        StringAssert.Contains(tariffs.End("home", _day, today.AddDays(12)), "already");
        Assert.AreEqual(0, tariffs.Add("home", today.AddDays(11), null, Flat("2"), "bob").Count);
        Assert.IsNull(tariffs.Remove("home", today.AddDays(11)));
        Assert.IsNotNull(tariffs.Remove("home", today.AddDays(11)));
        TariffVersion left = tariffs.All().Single();
        Assert.AreEqual(("home", _day, (DateOnly?)today.AddDays(11), "ann", Flat("1")),
            (left.Name, left.From, left.Until, left.Who, left.Document));
    }

    [TestMethod]
    public void TiersGoOnOverAnExchangeAndOverATariffsChange()
    {
        using TestedStore store = Open();
        TariffStore tariffs = New(store);
        tariffs.Add("home", _first, null, Tiered, "ann");
        FleetStore fleet = Fleet(store, "m1,T1,,C1,,2026-01-01T00:00:00+08:00,,,,home");
        long first = _settings.StartOf(_first);
        store.Store([.. new Intervals("m1", first).Take(96, 10_000)], Counters);

        // At noon of the second day: half a day of each.
        DateTimeOffset noon = DateTimeOffset.FromUnixTimeSeconds(first + 86_400 + 43_200);
        store.Store([.. new Intervals("m1", first).Take(96 + 48, 10_000),
            .. new Intervals("m2", noon.ToUnixTimeSeconds()).Take(48 + 96, 10_000)], Counters);
        ExchangeStore exchanges = new(store.Behind, fleet, () => _now);
        Assert.IsNull(exchanges.Do(new Exchange("m1", "m2", noon, 1_000_000, 0, 7_000, 0), "crew"));
        CustomerBills bills = Bills(store, fleet, tariffs);

        // 0.96 kWh a day; 1 a kWh up to the first of the month's, 3 above: only the first day is below.
        Assert.AreEqual(9_600, bills.Make("m1", _first, _first.AddDays(1)).Total);
        foreach (string address in new[] { "m1", "m2" })
        {
            BillDocument whole = bills.Make(address, _first, _first.AddDays(3));
            Assert.AreEqual(10_000 + 3 * 18_800, whole.Total, address);
            StringAssert.Contains(string.Join('\n', whole.Notes), "m1 was exchanged for m2 on 2026-01-02 12:00");
        }

        BillDocument third = bills.Make("m2", _first.AddDays(2), _first.AddDays(3));
        Assert.AreEqual(3 * 9_600, third.Total, "what the old meter counted stays in the tiers");
        Assert.IsFalse(third.Notes.Any(note => note.Contains("tiers count from", StringComparison.Ordinal)));
    }

    [TestMethod]
    public void AnExchangeAtAnotherCustomersDoesNotCarryHisUseOver()
    {
        using TestedStore store = Open();
        TariffStore tariffs = New(store);
        tariffs.Add("home", _first, null, Tiered, "ann");
        FleetStore fleet = Fleet(store,
            "m1,T1,,C1,,2026-01-01T00:00:00+08:00,2026-01-02T00:00:00+08:00,,,home",
            "m2,T1,,C2,,2026-01-02T00:00:00+08:00,,,,home");
        long first = _settings.StartOf(_first);
        store.Store([.. new Intervals("m1", first).Take(96, 10_000),
            .. new Intervals("m2", first + 86_400).Take(96, 10_000)], Counters);
        CustomerBills bills = Bills(store, fleet, tariffs);
        Assert.AreEqual(9_600, bills.Make("m2", _first.AddDays(1), _first.AddDays(2)).Total);
        Assert.Throws<InputException>(() => bills.Make("m2", _first, _first.AddDays(2)));
        Assert.Throws<InputException>(() => bills.Make("m1", _first, _first.AddDays(2)));
    }

    private const string Tiered = """
        {"name":"Two tiers","timezone":"Asia/Shanghai","currency":"CNY","rates":["all"],
         "days":{"everyday":[["00:00","all"]]},
         "seasons":[{"from":"01-01","weekday":"everyday","weekend":"everyday"}],
         "prices":{"all":"1"},"exportPrices":{"all":"0"},
         "tiers":{"period":"month","steps":[{"fromKwh":0,"add":{}},{"fromKwh":1,"add":{"all":"2"}}]}}
        """;

    private static string Flat(string price) => $$$"""
        {"name":"One price","timezone":"Asia/Shanghai","currency":"CNY","rates":["all"],
         "days":{"everyday":[["00:00","all"]]},
         "seasons":[{"from":"01-01","weekday":"everyday","weekend":"everyday"}],
         "prices":{"all":"{{{price}}}"},"exportPrices":{"all":"0"}}
        """;

    private static FleetStore Fleet(TestedStore store, params string[] places)
    {
        FleetStore fleet = new(store.Behind, () => _now);
        Assert.AreEqual(0, fleet.ReplaceAreas(Areas).Count);
        IReadOnlyList<FleetFault> faults = fleet.ReplacePlaces(
            "address,area,model,customer,protected,valid_from,valid_to,role,rating_w,tariff\n"
            + string.Join('\n', places) + "\n");
        Assert.AreEqual(0, faults.Count, string.Join('\n', faults));
        return fleet;
    }

    private static TariffStore New(TestedStore store) => new(store.Behind, () => _now, _settings.Zone);

    private static CustomerBills Bills(TestedStore store, FleetStore fleet, TariffStore tariffs) =>
        new(fleet, new ExchangeStore(store.Behind, fleet, () => _now), new QualityStore(store.Behind, () => _now),
            _settings, new TariffShelf(tariffs, ""));
}
