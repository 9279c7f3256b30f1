using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using MeterFirmware.Tools.HeadEnds;
using Microsoft.Data.Sqlite;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Telemetry;

/// <summary>Numbers are of a journal: a replaced board's are not the old one's, and a name that comes later changes none.</summary>
[TestClass]
public class JournalSequenceTests
{
    private const string First = "1111111111111111";
    private const string Second = "2222222222222222";

    private readonly HeadEndCounters _counters = new();
    private readonly List<string> _said = [];

    [TestMethod]
    public void AnotherJournalUnderAnAddressIsAnotherSequenceAndAnnounced()
    {
        using RecordStore store = Open(null);
        store.Store([Birth(First, 6, 0), .. Records(First, 1, 5)], _counters);
        store.Store([Birth(Second, 4, 0), .. Records(Second, 1, 3)], _counters);
        DeviceState device = store.Devices().Single();
        Assert.AreEqual(8, device.Stored, "none was taken for an old one's");
        Assert.AreEqual(0, device.Conflicts);
        Assert.AreEqual(3, device.Settled);
        Assert.AreEqual(Second, device.Journal);
        Assert.AreEqual(2, device.Journals);
        Assert.AreEqual(1, _counters.JournalsReplaced);
        StringAssert.StartsWith(_said.Single(), "alarm journal-replaced: m: ");
        Assert.AreEqual(8 * 1_000, store.Totals("m").Sum(total => total.ImportMilliwattHours), "both boards measured");
        Assert.AreEqual(new Settlement("m", Second, 3, false), store.SettlementOf(Records(Second, 3, 3)[0]));
    }

    // Damage took every copy of the name: the device says from where the new one holds, and that is no naming of a
    // nameless log.
    [TestMethod]
    public void ANameThatTakesANamesPlaceIsAnnouncedWhereverItBegins()
    {
        using RecordStore store = Open(null);
        store.Store([Birth(First, 6, 0), .. Records(First, 1, 5)], _counters);
        store.Store([Birth(Second, 9, 5, from: 8), .. Records(Second, 8, 8, acknowledged: 5)], _counters);
        Assert.AreEqual(1, _counters.JournalsReplaced);
        Assert.IsTrue(_said.Any(line => line.StartsWith("alarm journal-replaced: m: ", StringComparison.Ordinal)));
    }

    [TestMethod]
    public void ALateRecordOfAnEarlierJournalChangesNothingOfThePresentOne()
    {
        using RecordStore store = Open(null);
        store.Store([Birth(First, 6, 0), .. Records(First, 1, 4), Birth(Second, 2, 0), .. Records(Second, 1, 1), .. Records(First, 5, 5)], _counters);
        Assert.AreEqual(1, store.SettledOf("m"));
        Assert.AreEqual(5, store.SettlementOf(Records(First, 5, 5)[0]).UpTo);
        Assert.AreEqual(6, store.Devices().Single().Stored);
        Assert.AreEqual(1, _counters.JournalsReplaced);
    }

    // 0.1.0 had sent 1 to 9 and had 7 acknowledged when the device got its new firmware.
    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void ADeviceThatGetsItsNameLaterLosesAndDoublesNothing(bool restarts)
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("mf-store-").FullName, "h.sqlite");
        RecordStore store = Open(path);
        store.Store([Birth("", 10, 0, protocol: ""), .. Records("", 1, 9)], _counters);
        Assert.IsTrue(store.SettlementOf(Records("", 9, 9)[0]).IsPlain);
        store = Again(store, path, restarts);
        store.Store([Birth(First, 12, 7, from: 10)], _counters);
        Assert.AreEqual(new Settlement("m", First, 9, false), store.SettlementOf(Birth(First, 12, 7, from: 10)));
        store = Again(store, path, restarts);
        store.Store([.. Records("", 8, 9, acknowledged: 7), .. Records(First, 10, 11, acknowledged: 7)], _counters);
        Assert.AreEqual(new Settlement("m", First, 11, false), store.SettlementOf(Records("", 9, 9)[0]));
        DeviceState device = store.Devices().Single();
        Assert.AreEqual(11, device.Stored);
        Assert.AreEqual(2, _counters.DeliveredAgain);
        Assert.AreEqual(0, _counters.JournalsReplaced, "it is the same journal");
        Assert.AreEqual(0, _counters.SettledElsewhere);
        Assert.AreEqual(11, store.CountSettled("m", 11));

        // What a query brings again of the time before the name.
        store.Store([.. Records("", 2, 3, acknowledged: 11)], _counters);
        Assert.AreEqual(11, store.Devices().Single().Stored);
        Assert.AreEqual(0, _counters.SettledElsewhere);
        store.Dispose();
        Directory.Delete(Path.GetDirectoryName(path), recursive: true);
    }

    [TestMethod]
    public void AWillBeforeTheFirstBirthIsNoJournal()
    {
        using RecordStore store = Open(null);
        store.Store([new StatusArrival("m", false, 0, 0, 0, null, []), Birth(First, 2, 0), new StatusArrival("m", false, 0, 0, 0, null, [])], _counters);
        Assert.AreEqual(0, _counters.JournalsReplaced);
        Assert.AreEqual(First, store.Devices().Single().Journal);
        Assert.IsFalse(store.Devices().Single().Online);
    }

    // A device before 1.1 whose storage was replaced: each resend made a row (20 of 20).
    [TestMethod]
    public void AConflictIsKeptOnceHoweverOftenItComes()
    {
        using RecordStore store = Open(null);
        store.Store(Records("", 1, 1), _counters);
        for (int i = 0; i < 20; i++)
        {
            store.Store([Record("", 1, 0, 2_000, $$"""{"number":1,"acknowledged":{{i}},"flags":["historical"],"wh":2}""")], _counters);
        }

        store.Store([Record("", 1, 0, 3_000, """{"number":1,"acknowledged":0,"flags":[],"wh":3}""")], _counters);
        Assert.AreEqual(2, store.Devices().Single().Conflicts, "two other records came under this number");
        Assert.AreEqual(2, _counters.Conflicts);
    }

    [TestMethod]
    public void ADeviceThatSendsAnotherRecordEveryTimeFillsNoDisk()
    {
        using RecordStore store = Open(null);
        store.Store(Records("", 1, 2), _counters);
        for (int i = 0; i < 100; i++)
        {
            store.Store([Record("", 1, 0, 2_000, $$"""{"number":1,"wh":{{i}}}"""),
                Record("", 2, 0, 2_000, $$"""{"number":2,"wh":{{i % 3}}}""")], _counters);
        }

        Assert.AreEqual(16 + 3, store.Devices().Single().Conflicts);
    }

    // Case 03: an acknowledgement that somebody forged, seen from here.
    [TestMethod]
    public void NumbersThatWereNeverSettledHereRaiseAnAlarm()
    {
        using RecordStore store = Open(null);
        store.Store([Birth(First, 101, 0), .. Records(First, 1, 2)], _counters);
        store.Store(Records(First, 98, 98, acknowledged: 97), _counters);
        store.Store(Records(First, 99, 99, acknowledged: 97), _counters);
        Assert.AreEqual(95, _counters.SettledElsewhere);
        Assert.AreEqual(95, store.Devices().Single().SettledElsewhere);
        Assert.AreEqual("alarm settled-elsewhere: m#1111111111111111 calls numbers up to 97 settled, 2 are settled here", _said.Single());
    }

    // The tables and rows of 0.1.0, as it wrote them.
    [TestMethod]
    public void AFileOfRelease010IsTakenOverWithItsConflictsOnce()
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("mf-store-").FullName, "h.sqlite");
        using (SqliteConnection old = new($"Data Source={path};Pooling=false"))
        {
            old.Open();
            using SqliteCommand tables = new("""
                CREATE TABLE device(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, online INTEGER NOT NULL DEFAULT 0, birth BLOB,
                    rates TEXT NOT NULL DEFAULT '', settled INTEGER NOT NULL DEFAULT 0);
                CREATE TABLE record(device INTEGER NOT NULL REFERENCES device(id), number INTEGER NOT NULL, kind TEXT NOT NULL,
                    start_utc INTEGER NOT NULL, end_utc INTEGER NOT NULL, zone INTEGER NOT NULL, flags TEXT NOT NULL,
                    day INTEGER, rate INTEGER, import_total_wh INTEGER, export_total_wh INTEGER,
                    import_mwh INTEGER, export_mwh INTEGER, body BLOB NOT NULL, PRIMARY KEY(device, number)) WITHOUT ROWID;
                CREATE TABLE gap(device INTEGER NOT NULL REFERENCES device(id), first INTEGER NOT NULL, last INTEGER NOT NULL,
                    reason TEXT NOT NULL, PRIMARY KEY(device, first, last)) WITHOUT ROWID;
                CREATE TABLE conflict(device INTEGER NOT NULL REFERENCES device(id), number INTEGER NOT NULL, body BLOB NOT NULL);
                INSERT INTO device VALUES(7, 'm', 1, NULL, '', 1);
                INSERT INTO record VALUES(7, 1, 'interval', 1767225600, 1767226500, 28800, '', 20454, 0, 5, 0, 1000, 0, X'7B7D');
                INSERT INTO conflict VALUES(7, 1, CAST('{"number":1,"acknowledged":0,"wh":2}' AS BLOB));
                INSERT INTO conflict VALUES(7, 1, CAST('{"number":1,"acknowledged":5,"wh":2}' AS BLOB));
                INSERT INTO conflict VALUES(7, 1, CAST('{"number":1,"acknowledged":5,"wh":3}' AS BLOB));
                INSERT INTO conflict VALUES(7, 1, CAST('not even JSON' AS BLOB));
                """, old);
            tables.ExecuteNonQuery();
        }

        using (RecordStore store = Open(path))
        {
            DeviceState device = store.Devices().Single();
            Assert.AreEqual(1, device.Stored);
            Assert.AreEqual(3, device.Conflicts);
            Assert.AreEqual(1, device.Settled);
            store.Store([.. Records("", 2, 3, acknowledged: 1), Birth(First, 6, 3, from: 4), .. Records(First, 4, 5, acknowledged: 3)], _counters);
            Assert.AreEqual(5, store.SettledOf("m"));
        }

        using (RecordStore store = Open(path))
        {
            Assert.AreEqual(5, store.SettledOf("m"));
            Assert.AreEqual(5, store.Devices().Single().Stored);
        }

        Directory.Delete(Path.GetDirectoryName(path), recursive: true);
    }

    [TestMethod]
    [DataRow("\"journal\":\"0123456789ABCDEF\"", false)]
    [DataRow("\"journal\":\"0123\"", false)]
    [DataRow("\"journal\":7", false)]
    [DataRow("\"journal\":\"0123456789abcdef\",\"later\":{\"a\":[1]}", true)]
    [DataRow("\"later\":null", true)]
    public void AJournalHas16DigitsAndUnknownMembersAreSkipped(string members, bool isGood)
    {
        string payload = $$"""{"device":"m","kind":"raw","acknowledged":0,"number":1,"rawKind":9,"raw":"00",{{members}}}""";
        Assert.AreEqual(isGood, ArrivalReader.TryReadRecord("m", Encoding.UTF8.GetBytes(payload), out _, out string error), error);
        payload = $$"""{"device":"m","online":true,"product":"p","firmware":"f","oldest":1,"next":1,"acknowledged":0,{{members}}}""";
        Assert.AreEqual(isGood, ArrivalReader.TryReadStatus("m", Encoding.UTF8.GetBytes(payload), out _, out error), error);
    }

    private RecordStore Open(string path) => new(path) { Announce = _said.Add };

    private RecordStore Again(RecordStore store, string path, bool restarts)
    {
        if (!restarts)
        {
            return store;
        }

        store.Dispose();
        return Open(path);
    }

    private static StatusArrival Birth(string journal, long next, long acknowledged, long from = 1, string protocol = "1.1") =>
        new("m", true, acknowledged, next, 1, null, []) { Journal = journal, JournalFrom = from, Protocol = protocol };

    private static RecordArrival[] Records(string journal, long first, long last, long acknowledged = 0) =>
    [
        .. Enumerable.Range((int)first, (int)(last - first + 1)).Select(number => Record(journal, number, acknowledged, 1_000, "{}")),
    ];

    private static RecordArrival Record(string journal, long number, long acknowledged, long milliwattHours, string body) =>
        new("m", number, acknowledged, "interval", 1_767_225_600 + 900 * number, 1_767_226_500 + 900 * number, 0, "", 0, number, 0,
            milliwattHours, 0, Encoding.UTF8.GetBytes(body))
        { Journal = journal };
}
