using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using MeterFirmware.HeadEnds.Tests.Support;
using MeterFirmware.Tools.HeadEnds;
using MeterFirmware.Tools.Tests.Telemetry;
using Microsoft.Data.Sqlite;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.HeadEnds.Tests.Store;

/// <summary>Numbers that the schema allows and nothing in the world has: they settle nothing and reach no
/// total.</summary>
public abstract class ImpossibleNumberSuite<TPlace> : StoreTest<TPlace>
    where TPlace : StorePlace, new()
{
    private readonly List<string> _log = [];
    private readonly Refusals _refusals;

    protected ImpossibleNumberSuite() => _refusals = new Refusals(_log.Add);

    [TestMethod]
    [DataRow("importActiveEnergyDelta", "-5.000", "importActiveEnergyDelta")]
    [DataRow("importActiveEnergyDelta", "9000000000000000.000", "importActiveEnergyDelta")]
    [DataRow("importActiveEnergyDelta", "79228162514264337593543950335", "importActiveEnergyDelta")]
    [DataRow("importActiveEnergy", "-1", "importActiveEnergy")]
    [DataRow("importActiveEnergy", "9223372036854775807", "importActiveEnergy")]
    [DataRow("rate", "-7", "rate")]
    [DataRow("rate", "63", "rate")]
    [DataRow("start", "\"9999-12-31T23:59:59Z\"", "start")]
    [DataRow("start", "\"1999-12-31T23:59:59Z\"", "start")]
    [DataRow("end", "\"2025-01-01T00:00:00Z\"", "'end' is before 'start'")]
    public void ARecordThatCannotBeIsSetApartSettledAndNotCounted(string member, string value, string named)
    {
        Dictionary<string, string> members = new()
        {
            ["device"] = "\"m\"",
            ["number"] = "1",
            ["acknowledged"] = "0",
            ["kind"] = "\"interval\"",
            ["start"] = "\"2026-01-01T00:00:00Z\"",
            ["end"] = "\"2026-01-01T00:15:00Z\"",
            ["rate"] = "1",
            ["importActiveEnergy"] = "7",
            ["exportActiveEnergy"] = "0",
            ["importActiveEnergyDelta"] = "0.250",
            ["exportActiveEnergyDelta"] = "0.000",
        };
        members[member] = value;
        using TestedStore store = Open();
        Store(store, "{" + string.Join(',', members.Select(one => $"\"{one.Key}\":{one.Value}")) + "}");
        Store(store, TestDevice.Interval("m", 2));
        DeviceState device = store.Devices().Single();
        Assert.AreEqual(1, device.Quarantined);
        Assert.AreEqual(1, device.Stored);
        Assert.AreEqual(2, store.SettledOf("m"), "the device goes on");
        Assert.AreEqual(2, store.CountSettled("m", 2), "it is kept");
        Assert.AreEqual(250, store.Totals("m").Single().ImportMilliwattHours);
        Assert.AreEqual(1, Counters.Refused);
        StringAssert.Contains(_refusals.All().Single().Reason, named);
    }

    [TestMethod]
    [DataRow("{\"device\":\"m\",\"device\":\"m\",\"kind\":\"raw\",\"acknowledged\":0,\"number\":1}")]
    [DataRow("{\"device\":\"m\",\"kind\":\"raw\",\"acknowledged\":0,\"number\":9007199254740992}")]
    [DataRow("{\"device\":\"m\",\"kind\":\"raw\",\"acknowledged\":9223372036854775807,\"number\":1}")]
    [DataRow("{\"device\":\"m\",\"kind\":\"a kind that is much longer than any word "
        + "of the protocol\",\"acknowledged\":0,\"number\":1}")]
    [DataRow("{\"device\":\"m\",\"kind\":\"gap\",\"acknowledged\":0,\"first\":1,"
        + "\"last\":9223372036854775807,\"reason\":\"x\"}")]
    [DataRow("{\"device\":\"m\",\"kind\":\"\\ud800\",\"acknowledged\":0,\"number\":1}")]
    public void AMessageWithoutAUsableNumberIsRefused(string payload)
    {
        Assert.IsFalse(ArrivalReader.TryReadRecord("m", Encoding.UTF8.GetBytes(payload), out _, out string error));
        Assert.AreNotEqual("", error);
    }

    [TestMethod]
    public void WhatADeviceCallsAcknowledgedCannotBeBeyondWhatItGaveOut()
    {
        using TestedStore store = Open();
        Birth(store, next: 3);
        Store(store, TestDevice.Interval("m", 1));
        Store(store, TestDevice.Interval("m", 2, acknowledged: 9_000_000_000_000_000));
        Assert.AreEqual(1, store.SettledOf("m"));
        Store(store, TestDevice.Interval("m", 2, acknowledged: 1));
        Store(store, """{"device":"m","kind":"gap","acknowledged":0,"first":1,"last":9007199254740991,"reason":"x"}""");
        Store(store, TestDevice.Interval("m", 9_000_000_000_000_000, acknowledged: 2));
        Assert.AreEqual(2, store.SettledOf("m"));
        Assert.AreEqual(3, Counters.Refused);
        Assert.AreEqual(0, store.Devices().Single().Dropped);
    }

    [TestMethod]
    public void AStrangersGapSettlesNoMoreThanADeviceCanHaveGivenOut()
    {
        using TestedStore store = Open();
        Store(store, """{"device":"m","kind":"gap","acknowledged":0,"first":1,"last":9007199254740991,"reason":"x"}""");
        Assert.AreEqual(0, store.SettledOf("m"));
    }

    [TestMethod]
    public void ABirthThatSaysMoreOpensTheWayForNumbersThatWereRefused()
    {
        using TestedStore store = Open();
        Birth(store, next: 10);
        Store(store, TestDevice.Interval("m", 500_000, acknowledged: 499_999));
        Assert.AreEqual(0, store.Devices().Single().Stored);
        Birth(store, next: 500_001);
        Store(store, TestDevice.Interval("m", 500_000, acknowledged: 499_999));
        Assert.AreEqual(500_000, store.SettledOf("m"));
        Assert.AreEqual(499_999, store.Devices().Single().SettledElsewhere, "marked: this head-end has them not");
    }

    [TestMethod]
    public void HolesOfOneDeviceAreKeptUpToALimit()
    {
        using TestedStore store = Open();
        store.Store([.. Enumerable.Range(1, Bounds.RangesAheadMax + 5)
            .Select(i => Read(TestDevice.Interval("m", 2 * i)))],
            Counters, _refusals);
        Assert.AreEqual(5, Counters.Refused);
        Store(store, TestDevice.Interval("m", 1));
        Assert.AreEqual(2, store.SettledOf("m"));
    }

    [TestMethod]
    public void TotalsStayExactOrAtTheLargestNumberWhateverOneDeviceSends()
    {
        using TestedStore store = Open();
        long most = Bounds.IntervalMilliwattHoursMax(Bounds.PowerWattsMax);
        string wattHours = $"{most / 1_000}.000";
        store.Store([.. Enumerable.Range(1, 100).Select(
            number => Read(TestDevice.Interval("m", number, number - 1, wattHours)))], Counters, _refusals);
        Store(store, TestDevice.Interval("n", 1));
        Assert.AreEqual(100 * most, store.Totals(null)[0].ImportMilliwattHours);
        Assert.AreEqual(250, store.Totals(null)[1].ImportMilliwattHours);
        Assert.AreEqual(100 * most + 250, store.Intervals(null).Single().ImportMilliwattHours);
        Assert.AreEqual(250, store.Intervals("n").Single().ImportMilliwattHours, "one device's own");
    }

    [TestMethod]
    public void WhateverABirthOrARecordSaysNoExceptionLeavesTheReader()
    {
        Random random = new(7);
        string[] seeds =
        [
            TestDevice.Interval("m", 1),
            """{"device":"m","kind":"gap","first":1,"last":3,"acknowledged":0,"reason":"x"}""",
            """{"device":"m","online":true,"acknowledged":0,"next":5,"birth":3,"rates":["a","b"]}""",
            """{"device":"m","number":9,"acknowledged":0,"kind":"freeze","start":"2026-01-01T00:00:00+08:00" """
                + ""","end":"2026-01-01T00:00:00Z","freeze":"day","ordinal":1,"importActiveEnergy":1 """
                + ""","exportActiveEnergy":1,"flags":["untimed"]}""",
        ];
        string[] values = ["null", "true", "[]", "{}", "1e400", "-1", "9223372036854775808",
            "79228162514264337593543950335", "0.0001", "\"\\ud800\"", "\"9999-12-31T23:59:59-14:00\"", "1E-30"];
        using TestedStore store = Open();
        List<Arrival> batch = [];
        for (int i = 0; i < 20_000; i++)
        {
            byte[] payload = Encoding.UTF8.GetBytes(
                Replaced(seeds[random.Next(seeds.Length)], values[random.Next(values.Length)], random));
            for (int bent = random.Next(4); bent > 0; bent--)
            {
                payload[random.Next(payload.Length)] = (byte)random.Next(256);
            }

            ArrivalReader.TryReadStatus("m", payload, out StatusArrival status, out _);
            ArrivalReader.TryReadRecord("m", payload, out Arrival record, out _);
            batch.AddRange(new[] { status, record }.Where(arrival => arrival != null));
            if (i % 200 == 199)
            {
                store.Store(batch, Counters, _refusals);
                batch.Clear();
            }
        }

        store.Totals(null);
        store.Intervals(null);
        store.Freezes(null, null);
        store.Devices();
        Assert.IsTrue(Counters.Stored > 0 && Counters.Refused > 0);
    }

    [TestMethod]
    public void RefusalsOfManyDevicesAreBoundedAndTheirLogIsShort()
    {
        for (int i = 0; i < 1_000_000; i++)
        {
            _refusals.Add($"device-{i % 3_000}", "line\nbreak");
        }

        Assert.AreEqual(1_001, _refusals.All().Count);
        Assert.AreEqual(1_000_000, _refusals.All().Sum(device => device.Count));
        Assert.IsTrue(_log.Count < 5_000, $"{_log.Count} lines");
        Assert.IsFalse(_log.Any(line => line.Contains('\n')));
    }

    private static string Replaced(string text, string value, Random random)
    {
        int colon = text.IndexOf(':', random.Next(text.Length));
        int end = colon < 0 ? -1 : text.IndexOfAny([',', '}'], colon);
        return end < 0 || random.Next(2) == 0 ? text : text[..(colon + 1)] + value + text[end..];
    }

    private static void Birth(TestedStore store, long next) =>
        store.Store([new StatusArrival("m", true, 0, next, 1, null, [])], new HeadEndCounters());

    private void Store(TestedStore store, string payload) => store.Store([Read(payload)], Counters, _refusals);

    private static Arrival Read(string payload)
    {
        bool isRead = ArrivalReader.TryReadRecord(payload.Contains("\"n\"") ? "n"
            : "m", Encoding.UTF8.GetBytes(payload),
            out Arrival arrival, out string error);
        Assert.IsTrue(isRead, error);
        return arrival;
    }
}
