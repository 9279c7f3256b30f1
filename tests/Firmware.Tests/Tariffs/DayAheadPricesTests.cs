using MeterFirmware.Basics;
using MeterFirmware.Tariffs;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Tariffs;

[TestClass]
public class DayAheadPricesTests
{
    private static readonly long _springDay = CivilTime.DaysFromDate(2026, 3, 8);
    private static readonly long _autumnDay = CivilTime.DaysFromDate(2026, 11, 1);

    [TestMethod]
    public void AListOf96IsReadByWallTimeOnADayOf25Hours()
    {
        TariffSets sets = Sets(_autumnDay, 96);
        long first = TariffCursorTests.Utc(2026, 11, 1, 5, 30); // 01:30 at −4 h
        Assert.AreEqual(6L, PriceAt(sets, first));
        Assert.AreEqual(6L, PriceAt(sets, first + 3600), "01:30 again, at −5 h");
        Assert.AreEqual(95L, PriceAt(sets, TariffCursorTests.Utc(2026, 11, 2, 4, 59)));
    }

    [TestMethod]
    public void AListOf100IsReadByElapsedTimeOnADayOf25Hours()
    {
        TariffSets sets = Sets(_autumnDay, 100);
        long first = TariffCursorTests.Utc(2026, 11, 1, 5, 30);
        Assert.AreEqual(6L, PriceAt(sets, first));
        Assert.AreEqual(10L, PriceAt(sets, first + 3600));
        Assert.AreEqual(99L, PriceAt(sets, TariffCursorTests.Utc(2026, 11, 2, 4, 59)));
    }

    [TestMethod]
    public void AListOf92IsReadByElapsedTimeOnADayOf23Hours()
    {
        TariffSets sets = Sets(_springDay, 92);
        long gap = TariffCursorTests.Utc(2026, 3, 8, 7, 0);
        Assert.AreEqual(7L, PriceAt(sets, gap - 1));
        Assert.AreEqual(8L, PriceAt(sets, gap));
        Assert.AreEqual(91L, PriceAt(sets, TariffCursorTests.Utc(2026, 3, 9, 3, 59)));
        sets = Sets(_springDay, 96);
        Assert.AreEqual(12L, PriceAt(sets, gap), "wall time jumps to 03:00");
    }

    [TestMethod]
    public void ABadListIsRefusedAndTheOldOneStays()
    {
        DayAheadPrices prices = new DayAheadPrices(2, true);
        TariffTable table = TableBytes.NewYork().Load();
        long[] import = new long[100];
        Assert.IsTrue(prices.TrySet(table, 20_600, import, null, 96, out string error), error);
        int version = prices.Version;
        Refused(prices, table, 20_600, import, 95, "95 prices, expected 96");
        Refused(prices, table, 20_600, import, 100, "100 prices, expected 96");
        Refused(prices, table, _autumnDay, import, 92, "92 prices, expected 96 or 100");
        Refused(prices, table, 20_600, new long[95], 96, "fewer prices than said");
        import[3] = TariffLimits.PriceMax + 1;
        Refused(prices, table, 20_600, import, 96, "price 3 is out of range");
        Assert.AreEqual(version, prices.Version);
        Assert.IsTrue(prices.Has(20_600));
    }

    [TestMethod]
    public void TheOldestListMakesRoomAndAnOlderOneIsRefused()
    {
        DayAheadPrices prices = new DayAheadPrices(2, false);
        TariffTable table = TableBytes.Shanghai().Load();
        long[] import = new long[96];
        prices.TrySet(table, 100, import, null, 96, out string error);
        prices.TrySet(table, 101, import, null, 96, out error);
        prices.TrySet(table, 102, import, null, 96, out error);
        Assert.IsTrue(!prices.Has(100) && prices.Has(101) && prices.Has(102));
        Refused(prices, table, 99, import, 96, "older than every day");
    }

    private static void Refused(
        DayAheadPrices prices, TariffTable table, long day, long[] import, int count, string expected)
    {
        Assert.IsFalse(prices.TrySet(table, day, import, null, count, out string error));
        Assert.Contains(expected, error);
    }

    private static TariffSets Sets(long day, int count)
    {
        DayAheadPrices prices = new DayAheadPrices(1, false);
        TariffTable table = TableBytes.NewYork().Load();
        long[] import = new long[count];
        for (int i = 0; i < count; i++)
        {
            import[i] = i;
        }

        Assert.IsTrue(prices.TrySet(table, day, import, null, count, out string error), error);
        return new TariffSets(table, 4, 1, prices);
    }

    private static long PriceAt(TariffSets sets, long utc)
    {
        sets.Seek(utc);
        Assert.IsTrue(sets.HasDayAheadImport);
        Assert.IsTrue(sets.ValidFromUtc <= utc && sets.ValidUntilUtc > utc && sets.ValidUntilUtc <= utc + 900);
        return sets.ImportPrice(0);
    }
}
