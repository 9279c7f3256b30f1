using MeterFirmware.Commands;
using MeterFirmware.Hardware;
using MeterFirmware.History;
using MeterFirmware.Metering;
using MeterFirmware.Storage.Records;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.SmartMeter;

/// <summary>A clock that was wrong for a while and was set right: nothing that it dated holds up what comes
/// after.</summary>
[TestClass]
public class WrongClockTests
{
    private const long Hour = 3600;
    private const long Day = 24 * Hour;
    private const long Year = 365 * Day;

    [TestMethod]
    [DataRow(Year, 0L)]
    [DataRow(15 * Hour, 30 * Day)]
    public void ARestartAfterAClockThatWasAheadClearsNoBill(long aheadSeconds, long laterSeconds)
    {
        ProductBench bench = new ProductBench();
        bench.UtcMs += laterSeconds * 1000;
        bench.Run(1800);
        SetAhead(bench, aheadSeconds, 30);
        Assert.AreEqual(1L, bench.Freezes.Count(FreezeKind.Settlement));
        bench.Run(1800);
        for (int restart = 0; restart < 3; restart++)
        {
            bool isWarned = restart != 1;
            Assert.IsTrue(isWarned || bench.Product.TrySave());
            long cost = bench.Product.Meter.ImportCost.Total();
            long maximum = bench.Product.Meter.ImportDemand.MaximumMilliwatts;
            long carbon = bench.Meter.Recorder.Carbon.TotalMilligrams;
            Assert.IsTrue(cost > 2500 && maximum > 900_000 && carbon > 100_000, cost.ToString());
            bench = bench.Restart(60, isWarned);
            bench.Run(60);
            long added = bench.Product.Meter.ImportCost.Total() - cost;
            Assert.IsTrue(added >= 95 && added <= 110, "a minute at 1 kW: " + added.ToString());
            Assert.AreEqual(maximum, bench.Product.Meter.ImportDemand.MaximumMilliwatts);
            Assert.IsTrue(bench.Meter.Recorder.Carbon.TotalMilligrams >= carbon);
            bench.Run(900);
        }

        Assert.AreEqual(1L, bench.Freezes.Count(FreezeKind.Settlement));
    }

    [TestMethod]
    public void AMonthsEndInAnOutageIsSettledAfterAClockThatWasAYearAhead()
    {
        ProductBench bench = new ProductBench();
        bench.Run(600);
        Assert.IsTrue(bench.Product.Meter.IsTimed);
        SetAhead(bench, Year, 30);
        bench.Run(600);
        Assert.AreEqual(1L, bench.Freezes.Count(FreezeKind.Settlement));

        // 31 January into 3 February.
        Assert.AreEqual(CommandRefusal.None, Clock(bench, bench.UtcMs / 1000 + 30 * Day));
        bench.Run(900);
        bench = bench.Restart((int)(3 * Day), true);
        bench.Run(10);
        Assert.AreEqual(2L, bench.Freezes.Count(FreezeKind.Settlement));
        Assert.IsTrue(bench.Freezes.TryRead(FreezeKind.Settlement, 1));
        Assert.AreEqual(1_769_875_200L, bench.Freezes.NominalUtcSeconds, "2026-02-01T00:00+08:00");
        Assert.AreEqual(RecordFlags.PowerLoss, bench.Freezes.Flags);
        Assert.IsTrue(bench.Freezes.TryRead(FreezeKind.Daily, 1));
        Assert.AreEqual(1_769_875_200L + 2 * Day, bench.Freezes.NominalUtcSeconds);
    }

    /// <summary>On the 10th the clock says the 20th, and the dates are changed to the 15th and the 5th.</summary>
    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void DatesChangedUnderAClockThatWasAheadHoldFromTheRightDay(bool isRestarted)
    {
        // 2026-02-09T23:50+08:00, behind a settlement at the month's end.
        ProductBench bench = new ProductBench { UtcMs = 1_769_874_600_000 };
        bench.Run(1200);
        Assert.AreEqual(1L, bench.Freezes.Count(FreezeKind.Settlement));
        Assert.AreEqual(CommandRefusal.None, Clock(bench, bench.UtcMs / 1000 + 9 * Day));
        bench.Run(60);
        long utc = bench.UtcMs / 1000;
        Assert.AreEqual(CommandRefusal.None, Clock(bench, utc + 10 * Day));
        bench.Run(30);
        const string Dates = "{\"day1\":15,\"hour1\":0,\"day2\":5,\"hour2\":0}";
        Assert.AreEqual(CommandRefusal.None, bench.Execute(CommandCode.Settlement, Dates));
        Assert.AreEqual(CommandRefusal.None, Clock(bench, utc + 30));
        bench.Run(60);
        Assert.AreEqual(1L, bench.Freezes.Count(FreezeKind.Settlement), "the 5th is not owed");
        if (isRestarted)
        {
            bench = bench.Restart(60, true);
            bench.Run(60);
            Assert.AreEqual(1L, bench.Freezes.Count(FreezeKind.Settlement), "the 5th is not owed after a restart");
        }

        // Over the 15th.
        Assert.AreEqual(CommandRefusal.None, Clock(bench, bench.UtcMs / 1000 + 5 * Day));
        bench.Run(60);
        Assert.AreEqual(2L, bench.Freezes.Count(FreezeKind.Settlement));
        Assert.IsTrue(bench.Freezes.TryRead(FreezeKind.Settlement, 1));
        Assert.AreEqual(1_769_875_200L + 14 * Day, bench.Freezes.NominalUtcSeconds);
    }

    [TestMethod]
    public void IntervalRecordsAddUpToTheRegisterOverACutBehindAClockThatWasAhead()
    {
        ProductBench bench = new ProductBench();
        bench.Run(1200);
        SetAhead(bench, Year, 30);
        bench.Run(60);
        bench = bench.Restart(1800, true);
        bench.Run(1200);
        bench = bench.Restart(1800, true);
        bench.Run(30);
        IntervalRecord record = new IntervalRecord();
        byte[] bytes = new byte[IntervalRecord.BytesMax];
        long sum = 0;
        for (long number = bench.Records.OldestNumber; number < bench.Records.NextNumber; number++)
        {
            if (bench.Records.TryRead(number, bytes, out int count, out int kind) && kind == RecordKind.Interval
                && record.TryRead(bytes, 0, count))
            {
                sum += record.ImportMilliwattHours;
            }
        }

        // What flowed since the last start is in no record yet.
        long register = bench.Product.Meter.Registers.TotalWattHours(EnergyKind.Import) * 1000;
        Assert.IsTrue(sum > register - 10_000 && sum <= register + 1000, sum.ToString() + " of " + register.ToString());
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(4)]
    public void TheYearsTierConsumptionOutlivesAnyNumberOfWrongClocks(int wrongClocks)
    {
        ProductBench bench = new ProductBench();
        bench.Run(2 * 3600);
        long utc = bench.UtcMs / 1000;
        for (int i = 1; i <= wrongClocks; i++)
        {
            Assert.AreEqual(CommandRefusal.None, Clock(bench, utc + i * Year));
            bench.Run(60);
        }

        bench = bench.Restart(10, true);
        bench.Run(10);
        Assert.AreEqual(CommandRefusal.None, Clock(bench, utc + 300));
        bench.Run(60);
        long consumed = bench.Product.Meter.ImportCost.PeriodWattHours;
        Assert.IsTrue(consumed >= 2014 && consumed <= 2018, consumed.ToString());
    }

    private static void SetAhead(ProductBench bench, long seconds, int forSeconds)
    {
        long utc = bench.UtcMs / 1000;
        Assert.AreEqual(CommandRefusal.None, Clock(bench, utc + seconds));
        bench.Run(forSeconds);
        Assert.AreEqual(CommandRefusal.None, Clock(bench, utc + forSeconds));
        bench.Run(1);
    }

    private static int Clock(ProductBench bench, long utcSeconds) =>
        bench.Execute(CommandCode.Clock, "{\"utcSeconds\":" + utcSeconds.ToString() + "}");
}
