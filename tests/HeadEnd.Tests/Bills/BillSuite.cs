using System.Globalization;
using System.Text;
using MeterFirmware.HeadEnds.Tests.Support;
using MeterFirmware.Tools.Billing;
using MeterFirmware.Tools.HeadEnds;
using MeterFirmware.Tools.HeadEnds.Alarms;
using MeterFirmware.Tools.HeadEnds.Fleets;
using MeterFirmware.Tools.HeadEnds.Quality;
using MeterFirmware.Tools.HeadEnds.Web.Bills;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.HeadEnds.Tests.Bills;

/// <summary>Bills of customers, and what the meters froze themselves beside them.</summary>
public abstract class BillSuite<TPlace> : StoreTest<TPlace>
    where TPlace : StorePlace, new()
{
    private const string Areas = """
        name,kind,parent,rating_kva,valid_from,valid_to
        S,substation,,,2025-01-01T00:00:00+08:00,
        F,feeder,S,,2025-01-01T00:00:00+08:00,
        T1,transformer,F,100,2025-01-01T00:00:00+08:00,

        """;

    private const string Head = "address,area,model,customer,protected,valid_from,valid_to,role,rating_w,tariff\n";

    /// <summary>1 a kWh, and from the second kWh of a month on 3.</summary>
    private const string Tiered = """
        {"name":"Two tiers","timezone":"Asia/Shanghai","currency":"CNY","rates":["all"],
         "days":{"everyday":[["00:00","all"]]},
         "seasons":[{"from":"01-01","weekday":"everyday","weekend":"everyday"}],
         "prices":{"all":"1"},"exportPrices":{"all":"0"},
         "tiers":{"period":"month","steps":[{"fromKwh":0,"add":{}},{"fromKwh":1,"add":{"all":"2"}}]}}
        """;

    private static readonly QualitySettings _settings = new();
    private static readonly DateOnly _day = new(2026, 1, 5);
    private static readonly long _start = _settings.StartOf(_day);
    private static readonly DateTimeOffset _now = new(2026, 1, 20, 0, 5, 0, TimeSpan.FromHours(8));

    private readonly string _folder = Directory.CreateTempSubdirectory("mf-tariffs-").FullName;

    [TestInitialize]
    public void WriteTariff() => File.WriteAllText(Path.Combine(_folder, "tiered.json"), Tiered);

    [TestCleanup]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public void WhatWasUsedInTheTierPeriodBeforeTheBillCountsForItsTiers()
    {
        using TestedStore store = Open();
        FleetStore fleet = Fleet(store, "m1,T1,,C1,,2026-01-01T00:00:00+08:00,,,,tiered");
        store.Store([.. new Intervals("m1", _start - 4 * 86_400).Take(5 * 96, 10_000)], Counters);
        CustomerBills bills = Bills(store, fleet);

        // 0.96 kWh a day: the first day all but ends the first tier.
        Assert.AreEqual(9_600, bills.Make("m1", new DateOnly(2026, 1, 1), new DateOnly(2026, 1, 2)).Total);
        Assert.AreEqual(3 * 9_600, bills.Make("m1", _day, _day.AddDays(1)).Total);
    }

    [TestMethod]
    public void AnotherCustomersUseCountsForNobodysTiersAndTheBillSaysFromWhenOnTheyCount()
    {
        using TestedStore store = Open();
        FleetStore fleet = Fleet(store, "m1,T1,,C1,,2026-01-01T00:00:00+08:00,2026-01-05T00:00:00+08:00,,,tiered",
            "m1,T1,,C2,,2026-01-05T00:00:00+08:00,,,,tiered");
        store.Store([.. new Intervals("m1", _start - 4 * 86_400).Take(5 * 96, 10_000)], Counters);
        BillDocument bill = Bills(store, fleet).Make("m1", _day, _day.AddDays(1));
        Assert.AreEqual(9_600, bill.Total);
        StringAssert.Contains(string.Join(' ', bill.Notes), "2026-01-05");
    }

    [TestMethod]
    [DataRow("m1,T1,,C2,,2026-01-06T00:00:00+08:00,,,,tiered", "2026-01-06")]
    [DataRow("m1,T1,,C1,,2026-01-06T00:00:00+08:00,,,,shanghai-household", "2026-01-06")]
    [DataRow("m1,T1,,C1,,2026-01-06T12:00:00+08:00,,,,tiered", "2026-01-06")]
    [DataRow("m1,T1,,C1,,2026-01-06T00:00:00+08:00,,,20000,tiered", null)]
    public void ABillIsOfOneCustomerAndOneTariff(string second, string named)
    {
        using TestedStore store = Open();
        FleetStore fleet = Fleet(
            store, "m1,T1,,C1,,2026-01-05T00:00:00+08:00,2026-01-06T00:00:00+08:00,,,tiered", second);
        store.Store([.. new Intervals("m1", _start).Take(2 * 96, 10_000)], Counters);
        CustomerBills bills = Bills(store, fleet);
        if (named == null)
        {
            Assert.AreEqual(10_000 + 3 * 9_200, bills.Make("m1", _day, _day.AddDays(2)).Total);
            return;
        }

        InputException refused = Assert.Throws<InputException>(() => bills.Make("m1", _day, _day.AddDays(2)));
        StringAssert.Contains(refused.Message, named);
        StringAssert.Contains(refused.Message, "bill each part by itself");
        Assert.AreEqual(9_600, bills.Make("m1", _day, _day.AddDays(1)).Total);
    }

    [TestMethod]
    public void ABillEndsAfterItsBegin()
    {
        using TestedStore store = Open();
        CustomerBills bills = Bills(store, Fleet(store, "m1,T1,,C1,,2026-01-05T00:00:00+08:00,,,,tiered"));
        Assert.Throws<InputException>(() => bills.Make("m1", _day, _day));
        Assert.Throws<InputException>(() => bills.Make("m1", _day, DateOnly.MinValue));
    }

    [TestMethod]
    [DataRow(0, 0, "", 1, 0, 2, "")]
    [DataRow(1, 0, "", 1, 0, 2, "")]
    [DataRow(2, 0, "", 1, 0, 2, "mWh frozen")]
    [DataRow(0, 2, "", 1, 0, 2, "fed in")]
    [DataRow(2, 2, "power-loss", 1, 0, 2, "")]
    [DataRow(500, 0, "", 7, 0, 2, "")]
    [DataRow(0, 0, "", 1, 100, 2, "")]
    [DataRow(0, 0, "", 1, 110, 2, "0.9710 frozen, 0.9600 billed")]
    public void AMetersFreezeIsComparedWithReadingsAndBill(int importOffWattHours, int exportOffWattHours,
        string flags, int firstOrdinal, int costOffTenThousandths, int secondOrdinal, string told)
    {
        using TestedStore store = Open();
        FleetStore fleet = Fleet(store, "m1,T1,,C1,,2026-01-05T00:00:00+08:00,,,,tiered");
        store.Store([.. new Intervals("m1", _start).Take(96, 10_000).Select(one =>
            one with { ExportMilliwattHours = 1_000 })], Counters);

        // 2 mWh short of a whole Wh: registers cut to it may differ by 1 Wh, not by 2.
        store.Store([Freeze(97, _start, firstOrdinal, "", 7_000, 0, 0),
            Freeze(98, _start + 86_400, secondOrdinal, flags, 7_960 + importOffWattHours, 96 + exportOffWattHours,
                9_600 + costOffTenThousandths)], Counters);
        int compared = 0;
        List<string> differences = new FreezeCheck(new QualityStore(store.Behind, () => _now), fleet,
            Bills(store, fleet), _settings, new AlarmStore(store.Behind, () => _now))
            .Compare("m1", _day.AddDays(1), isBilled: true, ref compared);
        Assert.AreEqual(flags.Length == 0 && firstOrdinal < secondOrdinal ? 1 : 0, compared);
        Assert.AreEqual(told.Length == 0 ? 0 : 1, differences.Count, string.Join('\n', differences));
        StringAssert.Contains(string.Concat(differences), told);
    }

    [TestMethod]
    public void EnergyThatIsMoreThanAWattHourOffIsToldToTheMilliwattHour()
    {
        using TestedStore store = Open();
        FleetStore fleet = Fleet(store, "m1,T1,,C1,,2026-01-05T00:00:00+08:00,,,,tiered");
        store.Store([.. new Intervals("m1", _start).Take(95, 10_000), .. new Intervals("m1", _start + 95 * 900)
            .Take(1, 10_000).Select(one => one with { Number = 96, ImportMilliwattHours = 11_002 }),
            Freeze(97, _start, 1, "", 7_000, 0, 0), Freeze(98, _start + 86_400, 2, "", 7_960, 0, null)], Counters);
        int compared = 0;
        FreezeCheck check = new(new QualityStore(store.Behind, () => _now), fleet, Bills(store, fleet), _settings,
            new AlarmStore(store.Behind, () => _now));
        StringAssert.Contains(check.Compare("m1", _day.AddDays(1), isBilled: true, ref compared).Single(),
            "960000 mWh frozen, 961002 mWh in readings");
    }

    private static RecordArrival Freeze(long number, long at, int ordinal, string flags, long importWh, long exportWh,
        long? costTenThousandths)
    {
        string cost = costTenThousandths is { } some ? string.Create(CultureInfo.InvariantCulture,
            $",\"cost\":\"{some / 10_000m:0.0000}\"") : "";
        return new RecordArrival("m1", number, 0, "freeze", at, at, 28_800, flags, null, importWh, exportWh, null, null,
            Encoding.UTF8.GetBytes($$"""{"freeze":"settlement","ordinal":{{ordinal}}{{cost}}}"""));
    }

    private static FleetStore Fleet(TestedStore store, params string[] places)
    {
        FleetStore fleet = new(store.Behind, () => _now);
        Assert.AreEqual(0, fleet.ReplaceAreas(Areas).Count);
        IReadOnlyList<FleetFault> faults = fleet.ReplacePlaces(Head + string.Join('\n', places) + "\n");
        Assert.AreEqual(0, faults.Count, string.Join('\n', faults));
        return fleet;
    }

    private CustomerBills Bills(TestedStore store, FleetStore fleet) =>
        new(fleet, new ExchangeStore(store.Behind, fleet, () => _now), new QualityStore(store.Behind, () => _now),
            _settings, new TariffShelf(Tariffs(store), _folder));

    private static TariffStore Tariffs(TestedStore store) => new(store.Behind, () => _now, _settings.Zone);
}
