using MeterFirmware.HeadEnds.Tests.Sessions;
using MeterFirmware.HeadEnds.Tests.Support;
using MeterFirmware.Tools.HeadEnds;
using MeterFirmware.Tools.HeadEnds.Alarms;
using MeterFirmware.Tools.HeadEnds.Exports;
using MeterFirmware.Tools.HeadEnds.Quality;
using MeterFirmware.Tools.HeadEnds.Sessions;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.HeadEnds.Tests.Exports;

/// <summary>Every table can be taken out, page by page, with nothing doubled and nothing secret.</summary>
public abstract class ExportSuite<TPlace> : StoreTest<TPlace>
    where TPlace : StorePlace, new()
{
    private static readonly long _start = new QualitySettings().StartOf(new DateOnly(2026, 1, 5));
    private static readonly DateTimeOffset _now = new(2026, 1, 20, 12, 0, 0, TimeSpan.FromHours(8));

    [TestMethod]
    public void EveryTableOfTheDatabaseHasItsExportOrIsNamedHere()
    {
        using TestedStore store = Open();
        string[] left = ["conflict", "journal", "schema_version", "settled_elsewhere"];
        List<string> tables = ((SqlStore)store.Behind).Rows(store.Behind is SqliteStore
            ? "SELECT name FROM sqlite_master WHERE type='table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
            : "SELECT relname FROM pg_class JOIN pg_namespace ON pg_namespace.oid=relnamespace "
                + "WHERE nspname='public' AND relkind IN ('r', 'p') AND NOT relispartition ORDER BY relname",
            row => row.GetString(0));
        CollectionAssert.IsSubsetOf(tables,
            ExportTables.All.Select(table => table.Name).Concat(left).ToArray());
        ExportStore exports = new(store.Behind);
        foreach (ExportTable table in ExportTables.All)
        {
            ExportPage page = exports.Read(table, 0, long.MaxValue, null, 10);
            Assert.IsTrue(page.Rows.All(row => row.Count == table.Columns.Count), table.Name);
            Assert.IsFalse(table.Columns.Any(column => column.Contains("hash") || column.Contains("secret")
                || column == "stamp"), table.Name);
        }
    }

    [TestMethod]
    [DataRow("record")]
    [DataRow("reading")]
    public void APeriodIsReadPageByPageAndNothingTwice(string name)
    {
        using TestedStore store = Open();
        foreach (string device in new[] { "m1", "m2", "m3" })
        {
            store.Store([.. new Intervals(device, _start).Take(7, 1_000)], Counters);
        }

        ExportStore exports = new(store.Behind);
        ExportTable table = ExportTables.Find(name)!;
        HashSet<string> seen = [];
        int pages = 0;
        string cursor = null;
        do
        {
            ExportPage page = exports.Read(table, _start + 900, _start + 5 * 900, cursor, 5);
            Assert.IsTrue(page.Rows.All(row => seen.Add(string.Join('|', row))), "no row twice");
            cursor = page.Next;
            pages++;
        }
        while (cursor != null);
        Assert.AreEqual((12, 3), (seen.Count, pages));
        foreach (string device in new[] { "m1", "m2", "m3" })
        {
            Assert.AreEqual(4, seen.Count(row => row.StartsWith(device + "|", StringComparison.Ordinal)));
        }
    }

    [TestMethod]
    public void BodiesAreTextAndASessionsCheckBearsItsDevice()
    {
        using TestedStore store = Open();
        store.Store([SignedSession.Arrival("c1", 1, _start, SignedSession.Message(1, _start, SignedSession.Key))],
            Counters);
        new SessionStore(store.Behind, new AlarmStore(store.Behind, () => _now), _ => SignedSession.Key, () => _now)
            .Check();
        ExportStore exports = new(store.Behind);
        IReadOnlyList<object> record = exports.Read(
            ExportTables.Find("record")!, _start, _start + 1, null, 10).Rows.Single();
        Assert.AreEqual("c1", record[0]);
        StringAssert.Contains((string)record[^1], "\"session\":1");
        IReadOnlyList<object> check = exports.Read(
            ExportTables.Find("session_check")!, 0, long.MaxValue, null, 10).Rows.Single();
        CollectionAssert.AreEqual(new object[] { "c1", "", 1L, "valid", "", _now.ToUnixTimeSeconds() },
            check.ToArray());
    }

    [TestMethod]
    [DataRow("x")]
    [DataRow("W10=")]
    [DataRow("WyJhIiwyXQ==")]
    [DataRow("eyJhIjoxfQ==")]
    [DataRow("WzEsMS41XQ==")]
    public void ACursorOfAnotherTableIsRefused(string cursor)
    {
        using TestedStore store = Open();
        Assert.Throws<FormatException>(() => new ExportStore(store.Behind).Read(
            ExportTables.Find("record")!, 0, long.MaxValue, cursor, 10));
    }
}
