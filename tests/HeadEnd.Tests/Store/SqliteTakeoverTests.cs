using System.Text;
using MeterFirmware.HeadEnds.Tests.Support;
using MeterFirmware.Tools.HeadEnds;
using Microsoft.Data.Sqlite;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.HeadEnds.Tests.Store;

/// <summary>Files of earlier versions, with the tables and rows as they wrote them.</summary>
[TestClass]
public sealed class SqliteTakeoverTests : StoreTest<SqlitePlace>
{
    private const string Tables010 = """
        CREATE TABLE device(
            id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, online INTEGER NOT NULL DEFAULT 0, birth BLOB,
            rates TEXT NOT NULL DEFAULT '', settled INTEGER NOT NULL DEFAULT 0);
        CREATE TABLE record(
            device INTEGER NOT NULL REFERENCES device(id), number INTEGER NOT NULL, kind TEXT NOT NULL,
            start_utc INTEGER NOT NULL, end_utc INTEGER NOT NULL, zone INTEGER NOT NULL, flags TEXT NOT NULL,
            day INTEGER, rate INTEGER, import_total_wh INTEGER, export_total_wh INTEGER,
            import_mwh INTEGER, export_mwh INTEGER, body BLOB NOT NULL, PRIMARY KEY(device, number)) WITHOUT ROWID;
        CREATE TABLE gap(
            device INTEGER NOT NULL REFERENCES device(id), first INTEGER NOT NULL, last INTEGER NOT NULL,
            reason TEXT NOT NULL, PRIMARY KEY(device, first, last)) WITHOUT ROWID;
        CREATE TABLE conflict(
            device INTEGER NOT NULL REFERENCES device(id), number INTEGER NOT NULL, body BLOB NOT NULL);

        """;

    /// <summary>Two intervals whose sum overflows, a year that no date has.</summary>
    private const string Impossible = """
        INSERT INTO device(id, name, settled) VALUES(1, 'm', 5);
        INSERT INTO record VALUES(1, 1, 'interval', 1767225600, 1767226500, 0, '', 20454, 1, 7, 0, 250, 0, x'7B7D');
        INSERT INTO record VALUES(1, 2, 'interval', 1767225600, 1767226500, 0, '', 20454, 1, 7, 0,
            9000000000000000000, 0, x'7B7D');
        INSERT INTO record VALUES(1, 3, 'interval', 1767225600, 1767226500, 0, '', 20454, 1, 7, 0,
            9000000000000000000, 0, x'7B7D');
        INSERT INTO record VALUES(1, 4, 'interval', 253402300799, 1767226500, 50400, '', 2932897, 1, 7, 0, 250, 0,
            x'7B7D');
        INSERT INTO record VALUES(1, 5, 'freeze', 253402300799, 253402300799, -50400, '', NULL, NULL, 7, 0, NULL, NULL,
            x'7B7D');
        """;

    private const string Conflicts = """
        INSERT INTO device VALUES(7, 'm', 1, NULL, 'peak' || char(10) || 'valley', 3);
        INSERT INTO record VALUES(7, 1, 'interval', 1767225600, 1767226500, 28800, '', 20454, 1, 5, 0, 1000, 0,
            X'7B7D');
        INSERT INTO record VALUES(7, 2, 'event', 1767225600, 1767225630, 28800, '', 20454, NULL, NULL, NULL, NULL, NULL,
            CAST('{"kind":"event","code":3}' AS BLOB));
        INSERT INTO gap VALUES(7, 3, 3, 'dropped');
        INSERT INTO conflict VALUES(7, 1, CAST('{"number":1,"acknowledged":0,"wh":2}' AS BLOB));
        INSERT INTO conflict VALUES(7, 1, CAST('{"number":1,"acknowledged":5,"wh":2}' AS BLOB));
        INSERT INTO conflict VALUES(7, 1, CAST('{"number":1,"acknowledged":5,"wh":3}' AS BLOB));
        INSERT INTO conflict VALUES(7, 1, CAST('not even JSON' AS BLOB));
        """;

    /// <summary>What the version between 0.1.0 and this one had made of a file: two steps done, a journal with a
    /// name.</summary>
    private const string Between = """
        CREATE TABLE quarantine(
            device INTEGER NOT NULL REFERENCES device(id), number INTEGER NOT NULL, reason TEXT NOT NULL,
            body BLOB NOT NULL, PRIMARY KEY(device, number)) WITHOUT ROWID;
        CREATE TABLE elsewhere(
            device INTEGER NOT NULL REFERENCES device(id), first INTEGER NOT NULL, last INTEGER NOT NULL,
            PRIMARY KEY(device, first)) WITHOUT ROWID;
        ALTER TABLE device ADD COLUMN next INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE device ADD COLUMN address TEXT NOT NULL DEFAULT '';
        ALTER TABLE device ADD COLUMN journal TEXT NOT NULL DEFAULT '';
        ALTER TABLE device ADD COLUMN journal_from INTEGER NOT NULL DEFAULT 1;
        ALTER TABLE device ADD COLUMN protocol TEXT NOT NULL DEFAULT '';
        ALTER TABLE device ADD COLUMN is_current INTEGER NOT NULL DEFAULT 1;
        CREATE INDEX device_address ON device(address);
        ALTER TABLE conflict ADD COLUMN hash BLOB;
        CREATE UNIQUE INDEX conflict_once ON conflict(device, number, hash);
        INSERT INTO device VALUES(1, 'm', 0, NULL, 'a', 9, 0, 'm', '', 1, '', 0);
        INSERT INTO device VALUES(2, 'm#1111111111111111', 1, X'7B7D', 'b', 12, 13, 'm', '1111111111111111', 10,
            '1.1', 1);
        INSERT INTO record VALUES(1, 9, 'interval', 1767225600, 1767226500, 0, '', 20454, 0, 5, 0, 1000, 0, X'7B7D');
        INSERT INTO record VALUES(2, 12, 'interval', 1767226500, 1767227400, 0, '', 20454, 0, 6, 0, 1000, 0, X'7B7D');
        INSERT INTO quarantine VALUES(2, 11, 'why', X'7B7D');
        INSERT INTO elsewhere VALUES(1, 1, 8);
        PRAGMA user_version=2;
        """;

    [TestMethod]
    public void ImpossibleRowsOfRelease010AreSetApart()
    {
        Make(Tables010 + Impossible);
        for (int open = 0; open < 2; open++)
        {
            using TestedStore store = Open();
            Assert.AreEqual(250, store.Totals(null).Single().ImportMilliwattHours);
            DeviceState device = store.Devices().Single();
            Assert.AreEqual(1, device.Stored);
            Assert.AreEqual(4, device.Quarantined);
            Assert.AreEqual(5, device.Settled);
            Assert.AreEqual(0, store.Freezes(null, null).Count);
        }
    }

    [TestMethod]
    public void AFileOfRelease010IsTakenOverWithItsConflictsOnce()
    {
        Make(Tables010 + Conflicts);
        using (TestedStore store = Open())
        {
            DeviceState device = store.Devices().Single();
            Assert.AreEqual("0006-utility", store.Behind.SchemaVersion);
            Assert.AreEqual(2, device.Stored);
            Assert.AreEqual(1, device.Dropped);
            Assert.AreEqual(3, device.Conflicts);
            Assert.AreEqual(3, device.Settled);
            CollectionAssert.AreEqual(new[] { "peak", "valley" }, device.Rates.ToArray());
            store.Store([Interval("", 4, 3), Birth(8, 4, from: 5), Interval(First, 5, 4)], Counters);
            Assert.AreEqual(5, store.SettledOf("m"));
        }

        using (TestedStore store = Open())
        {
            Assert.AreEqual(5, store.SettledOf("m"));
            Assert.AreEqual(4, store.Devices().Single().Stored);
        }

        Assert.AreEqual("3|valley|2026-01-01T00:00:00Z|2026-01-01T08:00:00|2026-01-01", Scalar("""
            SELECT (SELECT event_code FROM record_iso WHERE kind='event') || '|' || rate || '|' || start_utc || '|'
                || start_local || '|' || local_date FROM record_iso WHERE number=1
            """));
    }

    [TestMethod]
    public void AFileOfTheVersionBetweenKeepsItsJournals()
    {
        Make(Tables010 + Between);
        using TestedStore store = Open();
        DeviceState device = store.Devices().Single();
        Assert.AreEqual(2, device.Journals);
        Assert.AreEqual(First, device.Journal);
        Assert.IsTrue(device.Online);
        Assert.AreEqual(2, device.Stored);
        Assert.AreEqual(1, device.Quarantined);
        Assert.AreEqual(8, device.SettledElsewhere);
        Assert.AreEqual(12, store.SettledOf("m"));
        CollectionAssert.AreEqual(new[] { "b" }, device.Rates.ToArray());
        store.Store([Interval(First, 13, 12), Interval(First, 13, 12), Interval("", 9, 9)], Counters);
        Assert.AreEqual(13, store.SettledOf("m"));
        Assert.AreEqual(1, Counters.Stored);
        Assert.AreEqual(2, Counters.DeliveredAgain);
    }

    [TestMethod]
    public void AnOldFileThatIsOnlyReadStaysAsItIs()
    {
        Make(Tables010 + Conflicts);
        byte[] before = File.ReadAllBytes(Place.Path);
        using (IHeadEndStore store = SqliteStore.OpenReadOnly(Place.Path))
        {
            Assert.AreEqual(1_000, store.Totals("m").Single().ImportMilliwattHours);
        }

        CollectionAssert.AreEqual(before, File.ReadAllBytes(Place.Path));
        Assert.AreEqual(1, Directory.GetFiles(Path.GetDirectoryName(Place.Path)!).Length, "nothing is made beside it");
    }

    // The step in the middle fails: a row that the new tables refuse.
    [TestMethod]
    public void ATakeoverThatFailsLeavesTheFileAsItWas()
    {
        Make(Tables010 + "INSERT INTO device VALUES(7, 'm', 1, NULL, '', 3); CREATE TABLE journal(id INTEGER);");
        InvalidOperationException error = Assert.ThrowsExactly<InvalidOperationException>(() => Open());
        StringAssert.StartsWith(error.Message, "migration 0001-tables: ");
        Assert.AreEqual("m", Scalar("SELECT name FROM device"));
    }

    [TestMethod]
    public void AFileThatIsNoDatabaseIsRefused()
    {
        File.WriteAllBytes(Place.Path, Encoding.ASCII.GetBytes(new string('x', 5_000)));
        Assert.ThrowsExactly<SqliteException>(() => Open());
        Assert.ThrowsExactly<SqliteException>(() => SqliteStore.OpenReadOnly(Place.Path));
    }

    private const string First = "1111111111111111";

    private static RecordArrival Interval(string journal, long number, long acknowledged) =>
        new("m", number, acknowledged, "interval", 1_767_225_600 + 900 * number, 1_767_226_500 + 900 * number, 0, "", 0,
            number, 0, 1_000, 0, "{}"u8.ToArray())
        { Journal = journal };

    private static StatusArrival Birth(long next, long acknowledged, long from) =>
        new("m", true, acknowledged, next, 1, null, []) { Journal = First, JournalFrom = from, Protocol = "1.1" };

    private void Make(string sql) => Run(sql, command => command.ExecuteNonQuery());

    private string Scalar(string sql) => Run(sql, command => (string)command.ExecuteScalar());

    private T Run<T>(string sql, Func<SqliteCommand, T> run)
    {
        using SqliteConnection connection = new($"Data Source={Place.Path};Pooling=false");
        connection.Open();
        using SqliteCommand command = new(sql, connection);
        return run(command);
    }
}
