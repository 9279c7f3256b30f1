using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using MeterFirmware.HeadEnds.Tests.Support;
using MeterFirmware.Tools.HeadEnds;
using Microsoft.Data.Sqlite;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.HeadEnds.Tests.Store;

/// <summary>Numbers are of a journal: a replaced board's are not the old one's, and a name that comes later changes
/// none.</summary>
public abstract class JournalSuite<TPlace> : StoreTest<TPlace>
    where TPlace : StorePlace, new()
{
    private const string First = "1111111111111111";
    private const string Second = "2222222222222222";


    [TestMethod]
    public void AnotherJournalUnderAnAddressIsAnotherSequenceAndAnnounced()
    {
        using TestedStore store = Open();
        store.Store([Birth(First, 6, 0), .. Records(First, 1, 5)], Counters);
        store.Store([Birth(Second, 4, 0), .. Records(Second, 1, 3)], Counters);
        DeviceState device = store.Devices().Single();
        Assert.AreEqual(8, device.Stored, "none was taken for an old one's");
        Assert.AreEqual(0, device.Conflicts);
        Assert.AreEqual(3, device.Settled);
        Assert.AreEqual(Second, device.Journal);
        Assert.AreEqual(2, device.Journals);
        Assert.AreEqual(1, Counters.JournalsReplaced);
        StringAssert.StartsWith(Said.Single(), "alarm journal-replaced: m: ");
        Assert.AreEqual(8 * 1_000, store.Totals("m").Sum(total => total.ImportMilliwattHours), "both boards measured");
        Assert.AreEqual(new Settlement("m", Second, 3, false), store.SettlementOf(Records(Second, 3, 3)[0]));
    }

    // Damage took every copy of the name: the device says from where the new one holds, and that is no naming of a
    // nameless log.
    [TestMethod]
    public void ANameThatTakesANamesPlaceIsAnnouncedWhereverItBegins()
    {
        using TestedStore store = Open();
        store.Store([Birth(First, 6, 0), .. Records(First, 1, 5)], Counters);
        store.Store([Birth(Second, 9, 5, from: 8), .. Records(Second, 8, 8, acknowledged: 5)], Counters);
        Assert.AreEqual(1, Counters.JournalsReplaced);
        Assert.IsTrue(Said.Any(line => line.StartsWith("alarm journal-replaced: m: ", StringComparison.Ordinal)));
    }

    [TestMethod]
    public void ALateRecordOfAnEarlierJournalChangesNothingOfThePresentOne()
    {
        using TestedStore store = Open();
        store.Store([Birth(First, 6, 0), .. Records(First, 1, 4), Birth(Second, 2, 0), .. Records(Second, 1, 1),
            .. Records(First, 5, 5)], Counters);
        Assert.AreEqual(1, store.SettledOf("m"));
        Assert.AreEqual(5, store.SettlementOf(Records(First, 5, 5)[0]).UpTo);
        Assert.AreEqual(6, store.Devices().Single().Stored);
        Assert.AreEqual(1, Counters.JournalsReplaced);
    }

    // 0.1.0 had sent 1 to 9 and had 7 acknowledged when the device got its new firmware.
    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void ADeviceThatGetsItsNameLaterLosesAndDoublesNothing(bool restarts)
    {
        TestedStore store = Open();
        store.Store([Birth("", 10, 0, protocol: ""), .. Records("", 1, 9)], Counters);
        Assert.IsTrue(store.SettlementOf(Records("", 9, 9)[0]).IsPlain);
        store = Again(store, restarts);
        store.Store([Birth(First, 12, 7, from: 10)], Counters);
        Assert.AreEqual(new Settlement("m", First, 9, false), store.SettlementOf(Birth(First, 12, 7, from: 10)));
        store = Again(store, restarts);
        store.Store([.. Records("", 8, 9, acknowledged: 7), .. Records(First, 10, 11, acknowledged: 7)], Counters);
        Assert.AreEqual(new Settlement("m", First, 11, false), store.SettlementOf(Records("", 9, 9)[0]));
        DeviceState device = store.Devices().Single();
        Assert.AreEqual(11, device.Stored);
        Assert.AreEqual(2, Counters.DeliveredAgain);
        Assert.AreEqual(0, Counters.JournalsReplaced, "it is the same journal");
        Assert.AreEqual(0, Counters.SettledElsewhere);
        Assert.AreEqual(11, store.CountSettled("m", 11));

        // What a query brings again of the time before the name.
        store.Store([.. Records("", 2, 3, acknowledged: 11)], Counters);
        Assert.AreEqual(11, store.Devices().Single().Stored);
        Assert.AreEqual(0, Counters.SettledElsewhere);
        store.Dispose();
    }

    [TestMethod]
    public void AWillBeforeTheFirstBirthIsNoJournal()
    {
        using TestedStore store = Open();
        store.Store([new StatusArrival("m", false, 0, 0, 0, null, []), Birth(First, 2, 0),
            new StatusArrival("m", false, 0, 0, 0, null, [])], Counters);
        Assert.AreEqual(0, Counters.JournalsReplaced);
        Assert.AreEqual(First, store.Devices().Single().Journal);
        Assert.IsFalse(store.Devices().Single().Online);
    }

    // A device before 1.1 whose storage was replaced: each resend made a row (20 of 20).
    [TestMethod]
    public void AConflictIsKeptOnceHoweverOftenItComes()
    {
        using TestedStore store = Open();
        store.Store(Records("", 1, 1), Counters);
        for (int i = 0; i < 20; i++)
        {
            string again = $$"""{"number":1,"acknowledged":{{i}},"flags":["historical"],"wh":2}""";
            store.Store([Record("", 1, 0, 2_000, again)], Counters);
        }

        store.Store([Record("", 1, 0, 3_000, """{"number":1,"acknowledged":0,"flags":[],"wh":3}""")], Counters);
        Assert.AreEqual(2, store.Devices().Single().Conflicts, "two other records came under this number");
        Assert.AreEqual(2, Counters.Conflicts);
    }

    [TestMethod]
    public void ADeviceThatSendsAnotherRecordEveryTimeFillsNoDisk()
    {
        using TestedStore store = Open();
        store.Store(Records("", 1, 2), Counters);
        for (int i = 0; i < 100; i++)
        {
            store.Store([Record("", 1, 0, 2_000, $$"""{"number":1,"wh":{{i}}}"""),
                Record("", 2, 0, 2_000, $$"""{"number":2,"wh":{{i % 3}}}""")], Counters);
        }

        Assert.AreEqual(16 + 3, store.Devices().Single().Conflicts);
    }

    // Case 03: an acknowledgement that somebody forged, seen from here.
    [TestMethod]
    public void NumbersThatWereNeverSettledHereRaiseAnAlarm()
    {
        using TestedStore store = Open();
        store.Store([Birth(First, 101, 0), .. Records(First, 1, 2)], Counters);
        store.Store(Records(First, 98, 98, acknowledged: 97), Counters);
        store.Store(Records(First, 99, 99, acknowledged: 97), Counters);
        Assert.AreEqual(95, Counters.SettledElsewhere);
        Assert.AreEqual(95, store.Devices().Single().SettledElsewhere);
        Assert.AreEqual("alarm settled-elsewhere: m#1111111111111111 calls numbers up to 97 settled, "
            + "2 are settled here", Said.Single());
    }

    [TestMethod]
    [DataRow("\"journal\":\"0123456789ABCDEF\"", false)]
    [DataRow("\"journal\":\"0123\"", false)]
    [DataRow("\"journal\":7", false)]
    [DataRow("\"journal\":\"0123456789abcdef\",\"later\":{\"a\":[1]}", true)]
    [DataRow("\"later\":null", true)]
    public void AJournalHas16DigitsAndUnknownMembersAreSkipped(string members, bool isGood)
    {
        string payload = $$"""{"device":"m","kind":"raw","acknowledged":0,"number":1 """
            + $$""","rawKind":9,"raw":"00",{{members}}}""";
        Assert.AreEqual(isGood,
            ArrivalReader.TryReadRecord("m", Encoding.UTF8.GetBytes(payload), out _, out string error), error);
        payload = $$"""{"device":"m","online":true,"product":"p","firmware":"f","oldest":1,"next":1 """
            + $$""","acknowledged":0,{{members}}}""";
        Assert.AreEqual(isGood,
            ArrivalReader.TryReadStatus("m", Encoding.UTF8.GetBytes(payload), out _, out error), error);
    }

    private TestedStore Again(TestedStore store, bool restarts)
    {
        if (!restarts)
        {
            return store;
        }

        store.Dispose();
        return Open();
    }

    private static StatusArrival Birth(
        string journal, long next, long acknowledged, long from = 1, string protocol = "1.1") =>
        new("m", true, acknowledged, next, 1, null, []) { Journal = journal, JournalFrom = from, Protocol = protocol };

    private static RecordArrival[] Records(string journal, long first, long last, long acknowledged = 0) =>
    [
        .. Enumerable.Range((int)first, (int)(last - first + 1))
            .Select(number => Record(journal, number, acknowledged, 1_000, "{}")),
    ];

    private static RecordArrival Record(
        string journal, long number, long acknowledged, long milliwattHours, string body) =>
        new("m", number, acknowledged, "interval", 1_767_225_600 + 900 * number, 1_767_226_500
            + 900 * number, 0, "", 0, number, 0,
            milliwattHours, 0, Encoding.UTF8.GetBytes(body))
        { Journal = journal };
}
