using MeterFirmware.HeadEnds.Tests.Support;
using MeterFirmware.Tools.HeadEnds.Carbon;
using MeterFirmware.Tools.HeadEnds.Fleets;
using MeterFirmware.Tools.HeadEnds.Quality;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.HeadEnds.Tests.Carbon;

/// <summary>Carbon by hour: factors as data, exact sums, and no figure where no factor is known.</summary>
public abstract class CarbonSuite<TPlace> : StoreTest<TPlace>
    where TPlace : StorePlace, new()
{
    private const string Head = "start,kg_per_kwh\n";
    private static readonly QualitySettings _settings = new();
    private static readonly long _start = _settings.StartOf(new DateOnly(2026, 1, 5));
    private static readonly DateTimeOffset _now = new(2026, 1, 20, 12, 0, 0, TimeSpan.FromHours(8));

    [TestMethod]
    public void EachHoursEnergyIsTakenAtItsOwnFactor()
    {
        using TestedStore store = Open();
        FleetStore fleet = Fleet(store);
        CarbonStore carbon = New(store, fleet);
        store.Store([.. new Intervals("m1", _start).Take(12, 250_000)], Counters);
        Assert.AreEqual(0, carbon.Put(Head
            + "2026-01-05T00:00:00+08:00,0.5\n2026-01-04T17:00:00Z,0.25\n").Count);
        CarbonReport report = carbon.OfDevice("m1", _start, _start + 86_400);

        // 1 kWh an hour: 500 g, 250 g, and an hour that nobody knows.
        Assert.AreEqual(750_000, report.Milligrams);
        Assert.AreEqual((2_000_000L, 1_000_000L), (report.CoveredMilliwattHours, report.UncoveredMilliwattHours));
        Assert.AreEqual(375m, report.GramsPerKwh);
        Assert.AreEqual(0.75m, report.Kilograms);
        CollectionAssert.AreEqual(new long?[] { 500_000, 250_000, null },
            report.Hours.Select(hour => hour.Milligrams).ToArray());
        Assert.AreEqual(0, carbon.Put(Head + "2026-01-05T02:00:00+08:00,0\n").Count, "a grid of nothing but sun");
        Assert.AreEqual((750_000L, 0L, 250m), (carbon.OfDevice("m1", _start, _start + 86_400) is var again
            ? (again.Milligrams, again.UncoveredMilliwattHours, again.GramsPerKwh!.Value) : default));
        CarbonReport none = carbon.OfDevice("m9", _start, _start + 86_400);
        Assert.AreEqual((0L, (decimal?)null, 0), (none.Milligrams, none.GramsPerKwh, none.Hours.Count));
    }

    [TestMethod]
    public void AnAreaIsItsMembersAndACustomerIsHisTime()
    {
        using TestedStore store = Open();
        FleetStore fleet = Fleet(store);
        CarbonStore carbon = New(store, fleet);
        foreach (string device in new[] { "m1", "m2", "supply" })
        {
            store.Store([.. new Intervals(device, _start).Take(8, 250_000)], Counters);
        }

        Assert.AreEqual(0, carbon.Put(Head
            + "2026-01-05T00:00:00+08:00,1\n2026-01-05T01:00:00+08:00,1\n").Count);
        Assert.AreEqual(4_000_000, carbon.OfArea("T1", _start, _start + 86_400).Milligrams);
        Assert.AreEqual(2_000_000, carbon.OfCustomer("C1", _start, _start + 86_400).Milligrams);

        // m2 was his from 1 o'clock on.
        Assert.AreEqual(1_000_000, carbon.OfCustomer("C2", _start, _start + 86_400).Milligrams);
        Assert.AreEqual(0, carbon.OfCustomer("C9", _start, _start + 86_400).Milligrams);
    }

    [TestMethod]
    [DataRow("start,kg\n", 1)]
    [DataRow("", 1)]
    [DataRow(Head + "2026-01-05T00:00:00+08:00,0.5\n2026-01-05T00:15:00+08:00,0.5\n", 3)]
    [DataRow(Head + "2026-01-05T00:00:00+08:00,0.5\n2026-01-04T16:00:00Z,0.5\n", 3)]
    [DataRow(Head + "2026-01-05T00:00:00,0.5\n", 2)]
    [DataRow(Head + "2026-01-05T00:00:00Z,-0.5\n", 2)]
    [DataRow(Head + "2026-01-05T00:00:00Z,11\n", 2)]
    [DataRow(Head + "2026-01-05T00:00:00Z,0.0000000001\n", 2)]
    [DataRow(Head + "2026-01-05T00:00:00Z,=1+1\n", 2)]
    [DataRow(Head + "2026-01-05T00:00:00Z\n", 2)]
    public void AWrongLineIsNamedAndNothingOfItsFileIsTaken(string csv, int line)
    {
        using TestedStore store = Open();
        CarbonStore carbon = New(store, Fleet(store));
        Assert.AreEqual(0, carbon.Put(Head + "2026-01-05T00:00:00+08:00,0.7\n").Count);
        IReadOnlyList<FleetFault> faults = carbon.Put(csv);
        Assert.AreEqual(line, faults[0].Line, faults[0].ToString());
        Assert.AreEqual(Head.Replace("\n", "\r\n") + "2026-01-04T16:00:00+00:00,0.7\r\n",
            FactorCsv.Write(carbon.Factors(0, long.MaxValue)));
    }

    private static FleetStore Fleet(TestedStore store)
    {
        FleetStore fleet = new(store.Behind, () => _now);
        Assert.AreEqual(0, fleet.ReplaceAreas("""
            name,kind,parent,rating_kva,valid_from,valid_to
            S,substation,,,2025-01-01T00:00:00+08:00,
            F,feeder,S,,2025-01-01T00:00:00+08:00,
            T1,transformer,F,100,2025-01-01T00:00:00+08:00,

            """).Count);
        Assert.AreEqual(0, fleet.ReplacePlaces("""
            address,area,model,customer,protected,valid_from,valid_to,role
            m1,T1,,C1,,2026-01-01T00:00:00+08:00,,
            m2,T1,,,,2026-01-01T00:00:00+08:00,2026-01-05T01:00:00+08:00,
            m2,T1,,C2,,2026-01-05T01:00:00+08:00,,
            supply,T1,,,,2026-01-01T00:00:00+08:00,,supply

            """).Count);
        return fleet;
    }

    private static CarbonStore New(TestedStore store, FleetStore fleet) =>
        new(store.Behind, fleet, new QualityStore(store.Behind, () => _now));
}
