using System.Text;
using MeterFirmware.HeadEnds.Tests.Support;
using MeterFirmware.Tools.HeadEnds;
using MeterFirmware.Tools.HeadEnds.PostgreSql;
using MeterFirmware.Tools.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;
using Npgsql;

namespace MeterFirmware.HeadEnds.Tests.Store;

/// <summary>What only a server has: parts, a second head-end, an end without warning.</summary>
[TestClass]
public sealed class PostgreSqlOnlyTests : StoreTest<PostgreSqlPlace>
{
    [TestMethod]
    public void EachMonthHasItsPartAndAWrongClockMakesNone()
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        using TestedStore store = Open();
        store.Store([At(1, now), At(2, now.AddMonths(-1)), At(3, now.AddMonths(7)), At(4, now.AddYears(-20))],
            Counters);
        CollectionAssert.AreEquivalent(new[] { NameOf(now.AddMonths(-1)), NameOf(now), "record_default" },
            Rows("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent='record'::regclass"));
        Assert.AreEqual(2, Rows("SELECT number::text FROM record_default").Count);
    }

    // Its clock ran ahead: the month became the present one later.
    [TestMethod]
    public void ARecordThatCameBeforeItsMonthMovesIntoItsPart()
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        using (TestedStore early = Open())
        {
            early.Store([At(1, now)], Counters);
        }

        string part = NameOf(now);
        Execute($"""
            ALTER TABLE record DETACH PARTITION {part};
            INSERT INTO record_default SELECT * FROM {part};
            DROP TABLE {part};
            """);
        using TestedStore store = Open();
        store.Store([At(2, now), At(1, now)], Counters);
        Assert.AreEqual(2, Rows($"SELECT number::text FROM {part}").Count);
        Assert.AreEqual(0, Rows("SELECT number::text FROM record_default").Count);
        Assert.AreEqual(2, store.Devices().Single().Stored);
    }

    [TestMethod]
    public void APartOfABatchThatWasRolledBackIsMadeAgain()
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        using TestedStore store = Open();
        using (IIntakeTransaction transaction = store.Behind.Begin())
        {
            long journal = transaction.AddJournal(transaction.AddDevice("x", 0), "");
            transaction.AddRecords([new RecordRow(journal, At(1, now), false)], 0);
        }

        store.Store([At(1, now)], Counters);
        Assert.AreEqual(1, Rows($"SELECT number::text FROM {NameOf(now)}").Count);
    }

    [TestMethod]
    public void ASecondHeadEndWaitsUntilTheFirstIsGoneAndThenKnowsWhatItStored()
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        using TestedStore second = Open();
        using (TestedStore first = Open())
        {
            first.Store([At(1, now)], Counters);
            IntakeTakenException taken =
                Assert.ThrowsExactly<IntakeTakenException>(() => second.Store([At(1, now)], Counters));
            Assert.IsTrue(second.Behind.IsUnavailable(taken));
            first.Store([At(2, now), At(3, now.AddMonths(-1))], Counters);
            Assert.AreEqual(3, second.Devices().Single().Stored, "it may read");
        }

        // The same numbers with times of another month: only the first one's memory knew them.
        Until(() => { second.Store([At(2, now.AddMonths(-1)), At(4, now)], Counters); });
        Assert.AreEqual(4, second.Devices().Single().Stored);
        Assert.AreEqual(4, second.SettledOf("m"));
        Assert.AreEqual(1, second.Devices().Single().Conflicts);
    }

    [TestMethod]
    public void AServerThatIsKilledLosesAndDoublesNothingThatWasStored()
    {
        using PostgreSqlServer server = PostgreSqlServer.TryStart();
        string source = server.NewDatabase();
        DateTimeOffset now = DateTimeOffset.UtcNow;
        using TestedStore store = new(new PostgreSqlStore(source));
        int kills = LongRun.IsAsked ? 5 : 1;
        for (int kill = 0; kill < kills; kill++)
        {
            store.Store([At(2 * kill + 1, now)], Counters);
            server.Kill();
            Exception away = Assert.Throws<Exception>(() => store.Store([At(2 * kill + 2, now)], Counters));
            Assert.IsTrue(store.Behind.IsUnavailable(away), away.ToString());
            server.Start();
            Until(() => store.Store([At(2 * kill + 1, now), At(2 * kill + 2, now)], Counters));
        }

        Assert.AreEqual(2 * kills, store.Devices().Single().Stored);
        Assert.AreEqual(2 * kills, store.SettledOf("m"));
        Assert.AreEqual(kills, Counters.DeliveredAgain);
    }

    private static string NameOf(DateTimeOffset month) => $"record_{month.UtcDateTime:yyyy_MM}";

    /// <summary>A server notices a little later that a client is gone.</summary>
    private static void Until(Action store) => Tools.Tests.Telemetry.Until.True(() =>
    {
        try
        {
            store();
            return true;
        }
        catch (Exception e) when (e is IntakeTakenException or NpgsqlException)
        {
            return false;
        }
    }, "stored at last");

    private static RecordArrival At(long number, DateTimeOffset time) =>
        new("m", number, 0, "interval", time.ToUnixTimeSeconds(), time.ToUnixTimeSeconds() + 900, 28_800, "", 1, number,
            0, 1_000, 0, Encoding.UTF8.GetBytes($$"""{"start":{{time.ToUnixTimeSeconds()}}}"""));

    private List<string> Rows(string sql)
    {
        using NpgsqlConnection connection = new(Place.Source);
        connection.Open();
        using NpgsqlCommand command = new(sql, connection);
        using NpgsqlDataReader row = command.ExecuteReader();
        List<string> rows = [];
        while (row.Read())
        {
            rows.Add(row.GetString(0));
        }

        return rows;
    }

    private void Execute(string sql)
    {
        using NpgsqlConnection connection = new(Place.Source);
        connection.Open();
        using NpgsqlCommand command = new(sql, connection);
        command.ExecuteNonQuery();
    }
}
