using System.Text;
using MeterFirmware.HeadEnds.Tests.Support;
using MeterFirmware.Tools.HeadEnds;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.HeadEnds.Tests.Store;

/// <summary>Months, retention, names of rates: what a store does with the years.</summary>
public abstract class LastingSuite<TPlace> : StoreTest<TPlace>
    where TPlace : StorePlace, new()
{
    private static readonly DateTimeOffset _now = new(2026, 11, 30, 12, 0, 0, TimeSpan.Zero);

    [TestMethod]
    public void TwoRecordsUnderOneNumberInOneBatchAreOneAndTheFirstCountsWhateverTheirMonths()
    {
        using TestedStore store = Open();
        store.Store([At(1, "2026-09-30"), At(1, "2026-10-01"), At(2, "2026-10-01"), At(2, "2026-10-01")], Counters);
        DeviceState device = store.Devices().Single();
        Assert.AreEqual(2, device.Stored);
        Assert.AreEqual(0, device.Doubled);
        Assert.AreEqual(1, device.Conflicts);
        Assert.AreEqual(new DateOnly(2026, 9, 30), store.Totals("m")[0].Date);
        store.Store([At(1, "2026-08-01"), At(1, "2026-09-30"), At(2, "2026-10-01")], Counters);
        Assert.AreEqual(2, store.Devices().Single().Stored);
        Assert.AreEqual(2, store.Devices().Single().Conflicts);
        Assert.AreEqual(5, Counters.DeliveredAgain);
    }

    [TestMethod]
    public void RecordsOfAnyYearAreStoredAndFoundAgain()
    {
        using TestedStore store = Open();
        string[] days = ["2000-01-01", "2015-12-31", "2026-01-31", "2026-02-01", "2050-07-01", "2099-12-31"];
        store.Store([.. days.Select((day, i) => At(i + 1, day)), Untimed(7)], Counters);
        store.Store([.. days.Select((day, i) => At(i + 1, day)), Untimed(7)], Counters);
        CollectionAssert.AreEqual(days.Select(DateOnly.Parse).ToArray(),
            store.Totals("m").Where(total => total.Date != null).Select(total => total.Date!.Value).ToArray());
        Assert.AreEqual(7, store.Devices().Single().Stored);
        Assert.AreEqual(7, Counters.DeliveredAgain);
        Assert.AreEqual(0, Counters.Conflicts);
    }

    [TestMethod]
    public void RetentionRemovesWholeMonthsAndWhatComesLaterOfThemIsSettledAndNotKept()
    {
        using TestedStore store = Open(retentionMonths: 2, utcNow: () => _now);
        store.Store([At(3, "2026-09-01"), At(4, "2026-11-30"), Untimed(5)], Counters);
        store.Store([At(1, "2026-08-31"), At(2, "2026-07-01")], Counters);
        Assert.AreEqual(5, store.SettledOf("m"));
        Assert.AreEqual(2, Counters.Expired);
        Assert.AreEqual(3, store.Devices().Single().Stored);
        Assert.AreEqual(0, store.Intake.RemoveExpired(), "the first of September is kept");

        using TestedStore later = new(store.Behind, retentionMonths: 1, utcNow: () => _now);
        Assert.AreEqual(1, later.Intake.RemoveExpired());
        later.Store([At(3, "2026-09-01"), At(4, "2026-11-30")], Counters);
        Assert.AreEqual(2, later.Devices().Single().Stored);
        Assert.AreEqual(3, Counters.Expired);

        using TestedStore muchLater = new(store.Behind, retentionMonths: 1, utcNow: () => _now.AddYears(1));
        Assert.AreEqual(2, muchLater.Intake.RemoveExpired(), "a record without time is as old as its arrival");
        Assert.AreEqual(5, muchLater.SettledOf("m"));
    }

    [TestMethod]
    public void ARestartAfterRetentionKnowsWhatIsSettled()
    {
        using (TestedStore store = Open(retentionMonths: 1, utcNow: () => _now.AddMonths(-3)))
        {
            store.Store([At(1, "2026-08-01"), At(2, "2026-08-02")], Counters);
        }

        using TestedStore again = Open(retentionMonths: 1, utcNow: () => _now);
        Assert.AreEqual(2, again.Intake.RemoveExpired());
        Assert.AreEqual(2, again.SettledOf("m"));
        again.Store([At(2, "2026-08-02"), At(3, "2026-11-02")], Counters);
        Assert.AreEqual(3, again.SettledOf("m"));
        Assert.AreEqual(1, again.Devices().Single().Stored);
    }

    [TestMethod]
    public void TheIsoViewHasTimesNamesOfRatesInForceAndIntegers()
    {
        DateTimeOffset now = _now.AddMonths(-2);
        using TestedStore store = Open(utcNow: () => now);
        store.Store([Birth("peak", "valley"), At(1, "2026-09-01"), At(2, "2026-11-01")], Counters);
        now = _now.AddMonths(-1);
        store.Store([Birth("sharp", "flat"), Birth("sharp", "flat")], Counters);
        CollectionAssert.AreEqual(new[] { "sharp", "flat" }, store.Devices().Single().Rates.ToArray());
        string[] rows = Iso(store.Behind);
        Assert.AreEqual("m|2026-09-01T00:00:00Z|2026-09-01T08:00:00|2026-09-01|valley|1000", rows[0]);
        Assert.AreEqual("m|2026-11-01T00:00:00Z|2026-11-01T08:00:00|2026-11-01|flat|1000", rows[1]);
    }

    [TestMethod]
    public void ASecondStartAppliesNoMigrationAndShowsTheVersion()
    {
        using (TestedStore store = Open())
        {
            store.Store([At(1, "2026-09-01")], Counters);
        }

        using TestedStore again = Open();
        Assert.AreEqual("0006-utility", again.Behind.SchemaVersion);
        Assert.AreEqual(1, again.Devices().Single().Stored);
        StringAssert.Matches(again.Behind.Engine, new("^(SQLite|PostgreSQL) [0-9.]+"));
    }

    [TestMethod]
    public void ADatabaseWithThreeMigrationsGetsEveryTableOfTheOthers()
    {
        using (TestedStore store = Open())
        {
            SqlStore behind = (SqlStore)store.Behind;
            foreach (string table in new[]
                { "campaign_device", "campaign", "command_target", "command_order", "erasure" })
            {
                behind.Change($"DROP TABLE {table}");
            }

            foreach (string script in new[] { "0004-commands", "0005-campaigns" })
            {
                Assert.AreEqual(1, behind.Change("DELETE FROM schema_version WHERE ScriptName LIKE @script",
                    ("script", script + "%")));
            }
        }

        using TestedStore again = Open();
        Assert.AreEqual("0006-utility", again.Behind.SchemaVersion);
        Assert.AreEqual(0, ((SqlStore)again.Behind).Scalar("SELECT COUNT(*) FROM erasure"));
    }

    /// <summary>Device, start, local start, local date, rate and mWh of each row of record_iso.</summary>
    private static string[] Iso(IHeadEndStore store) => [.. ((SqlStore)store).Rows("""
        SELECT device || '|' || start_utc || '|' || start_local || '|' || local_date || '|' || rate || '|'
            || import_milliwatthours FROM record_iso ORDER BY start_utc
        """, row => row.GetString(0))];

    private static StatusArrival Birth(params string[] rates) => new("m", true, 0, 3, 1, rates, "{}"u8.ToArray());

    private static RecordArrival At(long number, string day)
    {
        long start = new DateTimeOffset(DateOnly.Parse(day), default, TimeSpan.Zero).ToUnixTimeSeconds();
        return new RecordArrival("m", number, 0, "interval", start, start + 900, 28_800, "", 1, number, 0, 1_000, 0,
            Encoding.UTF8.GetBytes($$"""{"start":{{start}}}"""));
    }

    private static RecordArrival Untimed(long number) =>
        new("m", number, 0, "interval", 100, 200, 0, "untimed", 1, number, 0, 1_000, 0, "{}"u8.ToArray());
}
