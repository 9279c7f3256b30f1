using MeterFirmware.HeadEnds.Tests.Support;
using MeterFirmware.Tools.HeadEnds;
using MeterFirmware.Tools.HeadEnds.Fleets;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.HeadEnds.Tests.Fleets;

/// <summary>Fleet and topology: in force in their time, in and out as CSV, whole or not at all.</summary>
public abstract class FleetSuite<TPlace> : StoreTest<TPlace>
    where TPlace : StorePlace, new()
{
    private const string AreaHeader = "name,kind,parent,rating_kva,valid_from,valid_to\n";
    private const string PlaceHeader = "address,area,model,customer,protected,valid_from,valid_to\n";

    private const string Areas = AreaHeader + """
        S,substation,,,2026-01-01T00:00:00+08:00,
        F,feeder,S,,2026-01-01T00:00:00+08:00,
        T1,transformer,F,250,2026-01-01T00:00:00+08:00,
        T2,transformer,F,400,2026-01-01T00:00:00+08:00,2026-12-01T00:00:00+08:00

        """;

    private static readonly DateTimeOffset _now = new(2026, 11, 30, 12, 0, 0, TimeSpan.Zero);

    [TestMethod]
    public void AFileThatWasExportedIsImportedAgainAsItIs()
    {
        using TestedStore store = Open();
        FleetStore fleet = new(store.Behind, () => _now);
        Assert.AreEqual(0, fleet.ReplaceAreas(Areas).Count);
        string places = PlaceHeader + "m1,T1,\"a, \"\"b\"\"\",'=1+1,yes,2026-02-01T00:00:00Z,2026-03-01T00:00:00Z\n"
            + "m1,T2,x,王,,2026-03-01T00:00:00Z,2026-11-01T00:00:00Z\n";
        Assert.AreEqual(0, fleet.ReplacePlaces(places).Count);
        string areasOut = FleetCsv.Write(fleet.Areas());
        string placesOut = FleetCsv.Write(fleet.Places());
        StringAssert.Contains(placesOut, "\"a, \"\"b\"\"\",'=1+1,yes,2026-02-01T00:00:00+00:00");
        Assert.AreEqual("=1+1", fleet.Places()[0].Customer, "the apostrophe is the file's");
        Assert.AreEqual(0, fleet.ReplaceAreas(areasOut).Count);
        Assert.AreEqual(0, fleet.ReplacePlaces(placesOut).Count);
        Assert.AreEqual(areasOut, FleetCsv.Write(fleet.Areas()));
        Assert.AreEqual(placesOut, FleetCsv.Write(fleet.Places()));
    }

    [TestMethod]
    public void APlaceCountsInItsTimeAndWhoHasNoneWaits()
    {
        using TestedStore store = Open();
        store.Store([Interval("m1", 1, 500), Interval("new", 1, 700)], Counters);
        DateTimeOffset now = _now;
        FleetStore fleet = new(store.Behind, () => now);
        fleet.ReplaceAreas(Areas);
        fleet.ReplacePlaces(PlaceHeader + "m1,T1,,C1,,2026-02-01T00:00:00Z,2026-11-01T00:00:00Z\n"
            + "m1,T2,,C1,,2026-11-01T00:00:00Z,2026-11-30T13:00:00Z\nm2,T1,,C2,,2026-02-01T00:00:00Z,\n");
        CollectionAssert.AreEqual(new[] { "m1 T2", "m2 T1", "new " }, List(fleet.Devices(null, 10)));
        CollectionAssert.AreEqual(new[] { "new " }, List(fleet.Devices(null, 10, "")));
        CollectionAssert.AreEqual(new[] { "m2 T1" }, List(fleet.Devices("m1", 1)));
        now = _now.AddHours(2);
        CollectionAssert.AreEqual(
            new[] { "m1 ", "new " }, List(fleet.Devices(null, 10, "")), "retired: it sends still");
    }

    [TestMethod]
    [DataRow("S,substation,,,2026-01-01T00:00:00Z,", "F,feeder,X,,2026-01-01T00:00:00Z,", "line 3, parent")]
    [DataRow("S,substation,S,,2026-01-01T00:00:00Z,", "", "line 2, parent")]
    [DataRow("F,feeder,F,,2026-01-01T00:00:00Z,", "", "line 2, parent")]
    [DataRow("S,house,,,2026-01-01T00:00:00Z,", "", "line 2, kind")]
    [DataRow("S,substation,,,yesterday,", "", "line 2, valid_from")]
    [DataRow("S,substation,,,2026-01-01T00:00:00,", "", "line 2, valid_from")]
    [DataRow("S,substation,,-4,2026-01-01T00:00:00Z,", "", "line 2, rating_kva")]
    [DataRow("S,substation,,,2026-01-01T00:00:00Z,2025-01-01T00:00:00Z", "", "line 2, valid_to")]
    [DataRow("S,substation,,,2026-01-01T00:00:00Z,", "S,substation,,,2026-02-01T00:00:00Z,", "line 3, valid_from")]
    [DataRow("S,substation,,", "", "line 2: 6 cells")]
    [DataRow("\"S,substation,,,2026-01-01T00:00:00Z,", "", "a quote that nothing closes")]
    [DataRow("S,substation,,,2026-01-01T00:00:00Z,", "F,feeder,S,,2025-01-01T00:00:00Z,", "line 3, parent")]
    public void AWrongLineIsNamedWithItsColumnAndNothingIsTaken(string first, string second, string named)
    {
        using TestedStore store = Open();
        FleetStore fleet = new(store.Behind, () => _now);
        fleet.ReplaceAreas(Areas);
        IReadOnlyList<FleetFault> faults = fleet.ReplaceAreas($"{AreaHeader}{first}\n{second}\n");
        StringAssert.Contains(faults[0].ToString(), named);
        Assert.AreEqual(4, fleet.Areas().Count);
    }

    [TestMethod]
    [DataRow("m/1,T1,,,,2026-02-01T00:00:00Z,", "line 2, address")]
    [DataRow("m1,T9,,,,2026-02-01T00:00:00Z,", "line 2, area")]
    [DataRow("m1,F,,,,2026-02-01T00:00:00Z,", "line 2, area")]
    [DataRow("m1,T2,,,,2026-02-01T00:00:00Z,", "line 2, area")]
    [DataRow("m1,T1,,,maybe,2026-02-01T00:00:00Z,", "line 2, protected")]
    [DataRow("m1,T1,,,,,", "line 2, valid_from")]
    public void APlaceThatCannotBeIsNamed(string line, string named)
    {
        using TestedStore store = Open();
        FleetStore fleet = new(store.Behind, () => _now);
        fleet.ReplaceAreas(Areas);
        fleet.ReplacePlaces(PlaceHeader + "m7,T1,,,,2026-02-01T00:00:00Z,\n");
        StringAssert.Contains(fleet.ReplacePlaces($"{PlaceHeader}{line}\n")[0].ToString(), named);
        Assert.AreEqual("m7", fleet.Places().Single().Address);
    }

    [TestMethod]
    public void FaultsAreToldInTheOrderOfTheirLinesAndAreBounded()
    {
        using TestedStore store = Open();
        FleetStore fleet = new(store.Behind, () => _now);
        string same = string.Concat(Enumerable.Range(0, 50).Select(i =>
            $"Z{i % 2},substation,,,2026-01-01T00:00:00Z,\n"));
        IReadOnlyList<FleetFault> faults = fleet.ReplaceAreas(AreaHeader + same);
        Assert.AreEqual(FleetCsv.FaultsMax, faults.Count);
        CollectionAssert.AreEqual(faults.Select(fault => fault.Line).Order().ToArray(),
            faults.Select(fault => fault.Line).ToArray());
        Assert.AreEqual(4, faults[0].Line);
    }

    // Twenty wrong lines end the reading; the parent that stands behind them is not missing.
    [TestMethod]
    public void ALineThatCouldNotBeReadMakesNoOtherOneWrong()
    {
        using TestedStore store = Open();
        FleetStore fleet = new(store.Behind, () => _now);
        IReadOnlyList<FleetFault> faults = fleet.ReplaceAreas(AreaHeader + "F,feeder,S,,2026-01-01T00:00:00Z,\n"
            + string.Concat(Enumerable.Repeat("X,house,,,2026-01-01T00:00:00Z,\n", 20))
            + "S,substation,,,2026-01-01T00:00:00Z,\n");
        Assert.IsFalse(faults.Any(fault => fault.Line == 2), string.Join('\n', faults));
    }

    [TestMethod]
    public void ADeviceThatAFileOfARelease010HoldsWasNeverSeenAtATime()
    {
        using TestedStore store = Open();
        store.Store([Interval("m1", 1, 500)], Counters);
        ((SqlStore)store.Behind).Change("UPDATE journal SET last_seen_utc_s=0");
        Assert.IsNull(new FleetStore(store.Behind, () => _now).Devices(null, 1).Single().LastSeen);
    }

    [TestMethod]
    public void ATopologyThatTheDevicesDoNotFitIsRefused()
    {
        using TestedStore store = Open();
        FleetStore fleet = new(store.Behind, () => _now);
        fleet.ReplaceAreas(Areas);
        fleet.ReplacePlaces(PlaceHeader + "m1,T1,,,,2026-02-01T00:00:00Z,\n");
        IReadOnlyList<FleetFault> faults = fleet.ReplaceAreas(Areas.Replace("T1,", "T3,"));
        StringAssert.Contains(faults[0].Problem, "of the devices as they are");
        Assert.IsTrue(fleet.Areas().Any(area => area.Name == "T1"));
    }

    [TestMethod]
    public void ALoadCurveAddsUpExactlyAndNamesItsRates()
    {
        using TestedStore store = Open();
        StatusArrival birth = new("m1", true, 0, 1, 1, ["peak", "valley"], "{}"u8.ToArray());
        store.Store([birth, Interval("m1", 1, 500), Interval("m1", 2, 501), Interval("m2", 1, 1)], Counters);
        FleetStore fleet = new(store.Behind, () => _now);
        long start = _now.ToUnixTimeSeconds();
        IReadOnlyList<LoadPoint> own = fleet.Load("m1", start, start + 86_400);
        CollectionAssert.AreEqual(new[] { 500L, 501L }, own.Select(point => point.ImportMilliwattHours).ToArray());
        Assert.AreEqual("valley", own[0].Rate);
        Assert.AreEqual(502L + 500, fleet.Load(null, start, start + 86_400).Sum(point => point.ImportMilliwattHours));
        Assert.AreEqual(0, fleet.Load("m1", start, start + 900).Count, "the end is not of it");
        Assert.AreEqual(_now.AddMinutes(30), fleet.NewestInterval());
    }

    private static string[] List(IReadOnlyList<FleetDevice> devices) =>
        [.. devices.Select(device => $"{device.Address} {device.Area}")];

    private static RecordArrival Interval(string device, long number, long milliwattHours)
    {
        long start = _now.ToUnixTimeSeconds() + 900 * number;
        return new RecordArrival(device, number, 0, "interval", start, start + 900, 28_800, "", 1, number, 0,
            milliwattHours, 0, "{}"u8.ToArray());
    }
}
