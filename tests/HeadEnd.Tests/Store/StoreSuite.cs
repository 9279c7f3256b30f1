using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using MeterFirmware.HeadEnds.Tests.Support;
using MeterFirmware.Tools.HeadEnds;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.HeadEnds.Tests.Store;

public abstract class StoreSuite<TPlace> : StoreTest<TPlace>
    where TPlace : StorePlace, new()
{
    [TestMethod]
    public void ARecordThatComesTwiceIsStoredOnce()
    {
        using TestedStore store = Open();
        store.Store([Interval("m", 1), Interval("m", 1)], Counters);
        store.Store([Interval("m", 1)], Counters);
        DeviceState device = store.Devices().Single();
        Assert.AreEqual(1, device.Stored);
        Assert.AreEqual(0, device.Doubled);
        Assert.AreEqual(2, Counters.DeliveredAgain);
        Assert.AreEqual(0, device.Conflicts);
    }

    [TestMethod]
    public void AnotherRecordUnderAKnownNumberIsKeptAsAConflictAndOverwritesNothing()
    {
        using TestedStore store = Open();
        store.Store([Interval("m", 1, milliwattHours: 500)], Counters);
        store.Store([Interval("m", 1, milliwattHours: 700)], Counters);
        Assert.AreEqual(1, store.Devices().Single().Conflicts);
        Assert.AreEqual(500, store.Totals("m").Single().ImportMilliwattHours);
    }

    [TestMethod]
    public void OnlyAPrefixWithoutHolesIsSettled()
    {
        using TestedStore store = Open();
        store.Store([Interval("m", 1), Interval("m", 2), Interval("m", 4), Interval("m", 6)], Counters);
        Assert.AreEqual(2, store.SettledOf("m"));
        store.Store([Interval("m", 3)], Counters);
        Assert.AreEqual(4, store.SettledOf("m"));
        store.Store([new GapArrival("m", 5, 5, 0, "dropped")], Counters);
        Assert.AreEqual(6, store.SettledOf("m"));
    }

    [TestMethod]
    public void AGapCountsOnlyNumbersThatNoRecordFills()
    {
        using TestedStore store = Open();
        store.Store([Interval("m", 3), new GapArrival("m", 1, 5, 0, "dropped")], Counters);
        store.Store([new GapArrival("m", 4, 8, 0, "dropped"), new GapArrival("m", 1, 5, 0, "dropped")], Counters);
        Assert.AreEqual(7, store.Devices().Single().Dropped);
        Assert.AreEqual(8, store.SettledOf("m"));
    }

    [TestMethod]
    public void ADeviceKnownElsewhereStartsAtItsOwnAcknowledgedNumber()
    {
        using TestedStore store = Open();
        store.Store([Interval("m", 501, acknowledged: 500)], Counters);
        Assert.AreEqual(501, store.SettledOf("m"));
    }

    [TestMethod]
    public void AReopenedFileKnowsWhatIsSettledAndWhatCameAhead()
    {
        using (TestedStore store = Open())
        {
            store.Store([Interval("m", 1), Interval("m", 3), new GapArrival("m", 4, 9, 0, "dropped")], Counters);
        }

        using (TestedStore store = Open())
        {
            Assert.AreEqual(1, store.SettledOf("m"));
            store.Store([Interval("m", 2), Interval("m", 3)], Counters);
            Assert.AreEqual(9, store.SettledOf("m"));
            Assert.AreEqual(3, store.Devices().Single().Stored);
        }
    }

    [TestMethod]
    public void TotalsGoByDeviceLocalDayAndRateAndAreExact()
    {
        using TestedStore store = Open();
        long midnight = new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.FromHours(-5)).ToUnixTimeSeconds();
        store.Store(
        [
            Interval("m", 1, start: midnight - 900, milliwattHours: 1, offset: -18_000),
            Interval("m", 2, start: midnight, milliwattHours: 10, offset: -18_000),
            Interval("m", 3, start: midnight + 900, milliwattHours: 100, offset: -18_000, rate: 1),
            Interval("n", 1, start: midnight, milliwattHours: 1_000, offset: -18_000),
        ], Counters);
        CollectionAssert.AreEqual(
            new[]
            {
                new DailyTotal("m", new DateOnly(2026, 2, 28), 0, 1, 0, 1),
                new DailyTotal("m", new DateOnly(2026, 3, 1), 0, 10, 0, 1),
                new DailyTotal("m", new DateOnly(2026, 3, 1), 1, 100, 0, 1),
                new DailyTotal("n", new DateOnly(2026, 3, 1), 0, 1_000, 0, 1),
            }, store.Totals(null).ToArray());
    }

    [TestMethod]
    [DataRow("{")]
    [DataRow("[]")]
    [DataRow("{\"device\":\"m\",\"kind\":\"interval\",\"acknowledged\":0,\"number\":0}")]
    [DataRow("{\"device\":\"m\",\"kind\":\"interval\",\"acknowledged\":0,\"number\":1.5}")]
    [DataRow("{\"device\":\"x\",\"kind\":\"raw\",\"acknowledged\":0,\"number\":1}")]
    [DataRow("{\"device\":\"m\",\"kind\":\"event\",\"acknowledged\":0,\"number\":1,\"start\":\"yesterday\","
        + "\"end\":\"2026-01-01T00:00:00Z\"}")]
    [DataRow("{\"device\":\"m\",\"kind\":\"gap\",\"acknowledged\":0,\"first\":5,\"last\":4,\"reason\":\"dropped\"}")]
    [DataRow("{\"device\":\"m\",\"kind\":\"gap\",\"acknowledged\":-1,\"first\":5,\"last\":6,\"reason\":\"dropped\"}")]
    public void AMessageThatIsNotWhatTheSchemaSaysIsRefused(string payload)
    {
        Assert.IsFalse(ArrivalReader.TryReadRecord("m", Encoding.UTF8.GetBytes(payload), out _, out string error));
        Assert.AreNotEqual("", error);
    }

    // A null where the table wants a text: every database refuses it.
    [TestMethod]
    public void ARecordThatTheStoreDoesNotTakeIsSetApartAndHoldsNobodyUp()
    {
        using TestedStore store = Open();
        RecordArrival bad = Interval("m", 2) with { Flags = "", Kind = null };
        store.Store([Interval("m", 1), bad], Counters);
        DeviceState device = store.Devices().Single();
        Assert.AreEqual(2, store.SettledOf("m"));
        Assert.AreEqual(1, device.Stored);
        Assert.AreEqual(1, device.Quarantined);
        Assert.AreEqual(1, Counters.Refused);
        store.Store([bad, Interval("m", 3)], Counters);
        Assert.AreEqual(3, store.SettledOf("m"));
        Assert.AreEqual(1, store.Devices().Single().Quarantined);
    }

    [TestMethod]
    public void WhatTheStoreDoesNotTakeAtAllIsNotAcknowledged()
    {
        using TestedStore store = Open();
        GapArrival bad = new("m", 2, 5, 0, null);
        store.Store([Interval("m", 1), bad], Counters);
        Assert.AreEqual(1, store.SettlementOf(bad).UpTo);
        Assert.AreEqual(1, Counters.Refused);
        Assert.AreEqual(0, store.Devices().Single().Dropped);
    }

    [TestMethod]
    public void TenThousandRecordsAreStoredInBatches()
    {
        using (TestedStore store = Open())
        {
            for (int batch = 0; batch < 10; batch++)
            {
                store.Store([.. Enumerable.Range(1, 1_000).Select(i => Interval("m", batch * 1_000 + i))], Counters);
            }

            Assert.AreEqual(10_000, store.SettledOf("m"));
        }
    }

    private static RecordArrival Interval(string device, long number, long acknowledged = 0, long start = 1_767_225_600,
        long milliwattHours = 1_000, int offset = 0, int rate = 0) =>
            new(device, number, acknowledged, "interval", start,
            start + 900, offset, "", rate, number, 0, milliwattHours, 0, new byte[400]);
}
