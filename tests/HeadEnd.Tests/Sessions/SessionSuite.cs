using MeterFirmware.HeadEnds.Tests.Support;
using MeterFirmware.Tools.HeadEnds.Alarms;
using MeterFirmware.Tools.HeadEnds.Fleets;
using MeterFirmware.Tools.HeadEnds.Quality;
using MeterFirmware.Tools.HeadEnds.Sessions;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.HeadEnds.Tests.Sessions;

/// <summary>Sessions of chargers, each with what its signature's check said.</summary>
public abstract class SessionSuite<TPlace> : StoreTest<TPlace>
    where TPlace : StorePlace, new()
{
    private const long Day = 86_400;
    private static readonly DateTimeOffset _now = new(2026, 1, 6, 12, 0, 0, TimeSpan.FromHours(8));
    private static readonly long _start = _now.AddDays(-1).ToUnixTimeSeconds();

    [TestMethod]
    public void ASessionsSignatureIsCheckedAndAWrongOneIsAnAlarm()
    {
        using TestedStore store = Open(utcNow: () => _now);
        AlarmStore alarms = new(store.Behind, () => _now);
        SessionStore sessions = New(store, alarms, device => device == "c1" ? SignedSession.Key : null);
        byte[] other = [.. SignedSession.Key.Reverse()];
        store.Store([SignedSession.Arrival("c1", 1, _start, SignedSession.Message(1, _start, SignedSession.Key)),
            SignedSession.Arrival("c1", 2, _start + 1, SignedSession.Message(2, _start + 1, other)),
            SignedSession.Arrival("c2", 1, _start + 2, SignedSession.Message(1, _start + 2, other))], Counters);
        Assert.AreEqual("waiting waiting waiting", Signatures(sessions));
        sessions.Check();
        Assert.AreEqual("valid wrong no-key", Signatures(sessions));
        Alarm alarm = alarms.List(null, 10, isOpen: true).Single();
        Assert.AreEqual("signature c1", $"{alarm.Kind} {alarm.Subject}");
        Assert.AreEqual("session 2 of 2026-01-05: not signed with the charger's key", alarm.Detail);
        ChargingSession first = sessions.List(_start, _start + Day, "c1", "valid", null, 10).Single();
        Assert.AreEqual((1L, 7_000L, "4.2500", "Local", "0000"),
            (first.Number, first.WattHours(), first.Cost, first.Reason, first.Token));
    }

    [TestMethod]
    public void WhatComesLaterAndAKeyThatIsKnownLaterAreCheckedToo()
    {
        using TestedStore store = Open(utcNow: () => _now);
        AlarmStore alarms = new(store.Behind, () => _now);
        SessionStore sessions = New(store, alarms, _ => null);
        store.Store([SignedSession.Arrival("c1", 1, _start, SignedSession.Message(1, _start, SignedSession.Key))],
            Counters);
        sessions.Check();
        store.Store([SignedSession.Arrival("c1", 2, _start + 1, SignedSession.Message(2, _start + 1,
            SignedSession.Key))], Counters);
        sessions.Check();
        Assert.AreEqual("no-key no-key", Signatures(sessions));
        sessions = New(store, alarms, _ => SignedSession.Key);
        sessions.Check();
        Assert.AreEqual("valid valid", Signatures(sessions));
    }

    [TestMethod]
    public void SessionsAreReadPageByPageAndNoneTwice()
    {
        using TestedStore store = Open(utcNow: () => _now);
        SessionStore sessions = New(store, new AlarmStore(store.Behind, () => _now), _ => null);
        store.Store([.. Enumerable.Range(0, 20).Select(i => SignedSession.Arrival($"c{i % 4}", 1 + i / 4,
            _start + i / 8, SignedSession.Message(i, _start + i / 8, SignedSession.Key)))], Counters);
        List<long> read = [];
        string after = null;
        do
        {
            IReadOnlyList<ChargingSession> page = sessions.List(_start, _start + Day, null, null, after, 3);
            read.AddRange(page.Select(one => one.Number));
            after = page.Count == 3 ? page[^1].Id : null;
        }
        while (after != null);
        CollectionAssert.AreEquivalent(Enumerable.Range(0, 20).Select(i => (long)i).ToArray(), read);
        Assert.IsFalse(SessionStore.IsCursor("1.2"));
        Assert.IsFalse(SessionStore.IsCursor("1.2.-3"));
    }

    [TestMethod]
    public void WhatIsErasedIsGoneFromTheChecksToo()
    {
        using TestedStore store = Open(utcNow: () => _now);
        AlarmStore alarms = new(store.Behind, () => _now);
        FleetStore fleet = new(store.Behind, () => _now);
        Assert.AreEqual(0, fleet.ReplaceAreas("""
            name,kind,parent,rating_kva,valid_from,valid_to
            S,substation,,,2025-01-01T00:00:00+08:00,
            F,feeder,S,,2025-01-01T00:00:00+08:00,
            T1,transformer,F,100,2025-01-01T00:00:00+08:00,

            """).Count);
        Assert.AreEqual(0, fleet.ReplacePlaces("""
            address,area,model,customer,protected,valid_from,valid_to
            c1,T1,,C1,,2026-01-01T00:00:00+08:00,

            """).Count);
        SessionStore sessions = New(store, alarms, _ => [.. SignedSession.Key.Reverse()]);
        store.Store([SignedSession.Arrival("c1", 1, _start, SignedSession.Message(1, _start, SignedSession.Key))],
            Counters);
        sessions.Check();
        Assert.AreEqual(1, alarms.List(null, 10, isOpen: true).Count);
        QualitySettings settings = new();
        QualityStore quality = new(store.Behind, () => _now);
        Assert.AreEqual(1, new CustomerData(store.Behind, fleet, quality, settings).Erase("C1"));
        sessions.Check();
        Assert.AreEqual(0, alarms.List(null, 10, isOpen: true).Count);
        Assert.AreEqual(0, sessions.List(0, long.MaxValue, null, null, null, 10).Count);
    }

    private static string Signatures(SessionStore sessions) => string.Join(' ',
        sessions.List(_start, _start + Day, null, null, null, 10).Select(one => one.Signature));

    private static SessionStore New(TestedStore store, AlarmStore alarms, Func<string, byte[]> keyOf) =>
        new(store.Behind, alarms, keyOf, () => _now);
}
