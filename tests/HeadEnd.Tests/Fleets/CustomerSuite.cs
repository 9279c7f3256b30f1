using MeterFirmware.HeadEnds.Tests.Support;
using MeterFirmware.Tools.HeadEnds;
using MeterFirmware.Tools.HeadEnds.Fleets;
using MeterFirmware.Tools.HeadEnds.Quality;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.HeadEnds.Tests.Fleets;

/// <summary>Exchange in the field, a customer's data: one step, or nothing.</summary>
public abstract class CustomerSuite<TPlace> : StoreTest<TPlace>
    where TPlace : StorePlace, new()
{
    private const string Areas = """
        name,kind,parent,rating_kva,valid_from,valid_to
        S,substation,,,2026-01-01T00:00:00+08:00,
        F,feeder,S,,2026-01-01T00:00:00+08:00,
        T1,transformer,F,100,2026-01-01T00:00:00+08:00,

        """;

    private const string Places = """
        address,area,model,customer,protected,valid_from,valid_to,role,rating_w,tariff
        m1,T1,home,C1,yes,2026-02-01T00:00:00+08:00,2026-11-01T00:00:00+08:00,,10000,shanghai-household
        m1,T1,home,C2,yes,2026-11-01T00:00:00+08:00,,,10000,shanghai-household
        m2,T1,home,C3,,2026-02-01T00:00:00+08:00,,,,

        """;

    private static readonly DateTimeOffset _now = new(2026, 11, 7, 0, 5, 0, TimeSpan.FromHours(8));
    private static readonly DateTimeOffset _at = new(2026, 11, 6, 10, 0, 0, TimeSpan.FromHours(8));
    private static readonly long _moved =
        new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.FromHours(8)).ToUnixTimeSeconds();

    [TestMethod]
    public void TheNewDeviceTakesOverPlaceCustomerAndTariffInOneStep()
    {
        using TestedStore store = Open();
        FleetStore fleet = Fleet(store);
        store.Store([.. new Intervals("m1", _moved).Take(4, 250)], Counters);
        ExchangeStore exchanges = new(store.Behind, fleet, () => _now);
        Assert.IsNull(exchanges.Do(new Exchange("m1", "m9", _at, 7_001, 0, 3, 0), "ann"));
        Place[] after = [.. fleet.Places().Where(place => place.Customer == "C2")];
        Assert.AreEqual("m1 yes, m9 no", string.Join(", ", after.Select(place =>
            $"{place.Address} {(place.To == _at ? "yes" : "no")}")));
        Assert.AreEqual(after[0] with { Address = "m9", From = _at.ToUniversalTime(), To = null }, after[1]);
        Assert.AreEqual(new Exchange("m1", "m9", _at.ToUniversalTime(), 7_001, 0, 3, 0), exchanges.All(9).Single());
    }

    [TestMethod]
    [DataRow("m1", "m1", 7_001, 0, "oldAddress, newAddress")]
    [DataRow("m1", "m 9", 7_001, 0, "oldAddress, newAddress")]
    [DataRow("m5", "m9", 7_001, 0, "oldAddress")]
    [DataRow("m1", "m2", 7_001, 0, "newAddress")]
    [DataRow("m1", "m9", 7_000, 0, "oldImportWattHours")]
    [DataRow("m1", "m9", -1, 0, "readings")]
    [DataRow("m1", "m9", 7_001, 30, "at")]
    public void AnExchangeThatCannotBeIsNamedAndChangesNothing(string old, string next, int reading, int daysLater,
        string named)
    {
        using TestedStore store = Open();
        FleetStore fleet = Fleet(store);
        store.Store([.. new Intervals("m1", _moved).Take(4, 250)], Counters);
        string before = FleetCsv.Write(fleet.Places());
        ExchangeStore exchanges = new(store.Behind, fleet, () => _now);
        string problem = exchanges.Do(new Exchange(old, next, _at.AddDays(daysLater), reading, 0, 0, 0), "ann");
        StringAssert.StartsWith(problem, named);
        Assert.AreEqual(before, FleetCsv.Write(fleet.Places()));
        Assert.AreEqual(0, exchanges.All(9).Count);
    }

    [TestMethod]
    public void ABoardThatWasReplacedUnderItsAddressBeginsItsRegistersAnew()
    {
        using TestedStore store = Open();
        FleetStore fleet = Fleet(store);
        store.Store([.. new Intervals("m1", _moved).Take(4, 250)], Counters);
        RecordArrival fresh = new Intervals("m1", _moved + 3_600).Next(250) with { Number = 5, ImportTotalWh = 3 };
        store.Store([fresh], Counters);
        ExchangeStore exchanges = new(store.Behind, fleet, () => _now);
        StringAssert.Contains(exchanges.Do(new Exchange("m1", "m9", _at, 2, 0, 0, 0), "ann"), "at least 3 and 0");
        Assert.IsNull(exchanges.Do(new Exchange("m1", "m9", _at, 3, 0, 0, 0), "ann"));
    }

    [TestMethod]
    public void WhatConflictsWithAnErasedRecordGoesWithIt()
    {
        using TestedStore store = Open();
        FleetStore fleet = Fleet(store);
        RecordArrival[] records = new Intervals("m1", _moved - 900).Take(2, 250_000);
        store.Store([.. records], Counters);
        byte[] other = "{\"other\":1}"u8.ToArray();
        store.Store([.. records.Select(one => one with { ImportMilliwattHours = 9, Body = other })], Counters);
        Assert.AreEqual(2, store.Devices().Single().Conflicts);
        CustomerData data = new(store.Behind, fleet, new QualityStore(store.Behind, () => _now), new QualitySettings());
        Assert.AreEqual(1, data.Erase("C2"));
        Assert.AreEqual(1, store.Devices().Single().Conflicts, "that of C1's record stays");
    }

    [TestMethod]
    public void ACustomersDataAreThoseOfTheTimeThatTheDeviceWasHisAndNothingElseIsErased()
    {
        using TestedStore store = Open();
        FleetStore fleet = Fleet(store);
        store.Store([.. new Intervals("m1", _moved - 1_800).Take(6, 250_000),
            .. new Intervals("m2", _moved).Take(3, 1)], Counters);
        QualityStore quality = new(store.Behind, () => _now);
        Assert.IsNull(new ReadingEditor(quality, new QualitySettings()).Edit("m1", _moved, 5, 0, "ann", "test"));
        CustomerData data = new(store.Behind, fleet, quality, new QualitySettings());
        Assert.AreEqual(2, data.Readings("C1").Count());
        Assert.AreEqual(4, data.Readings("C2").Count());
        Assert.IsNull(data.Erase("nobody"));
        Assert.IsNull(data.Erase(""));
        Assert.AreEqual(4, data.Erase("C2"));
        Assert.AreEqual(0, quality.Corrections("m1", 0, long.MaxValue).Count);
        Assert.AreEqual(2, quality.Readings("m1", 0, long.MaxValue).Count, "what was C1's stays");
        Assert.AreEqual(3, quality.Readings("m2", 0, long.MaxValue).Count);
        Assert.IsFalse(fleet.Places().Any(place => place.Customer == "C2"));
        Assert.AreEqual(6, store.SettledOf("m1"), "its device does not send it again");
    }

    private static FleetStore Fleet(TestedStore store)
    {
        FleetStore fleet = new(store.Behind, () => _now);
        fleet.ReplaceAreas(Areas);
        Assert.AreEqual(0, fleet.ReplacePlaces(Places).Count);
        return fleet;
    }
}
