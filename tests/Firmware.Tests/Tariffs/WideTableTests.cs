using MeterFirmware.Basics;
using MeterFirmware.Tariffs;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Tariffs;

/// <summary>Tables of version 2: minutes, days of the week, spans, prices and thresholds by season, fees.</summary>
[TestClass]
public class WideTableTests
{
    [TestMethod]
    public void APeriodOfOneMinuteHoldsForThatMinute()
    {
        TariffCursor cursor = new TariffCursor(TableBytes.Wide().Load());
        long monday = Local(2026, 6, 15, 7, 10);
        cursor.Seek(monday - 1);
        Assert.AreEqual(0, cursor.Rate);
        Assert.AreEqual(monday, cursor.ValidUntilUtc);
        cursor.Seek(monday);
        Assert.AreEqual(1, cursor.Rate);
        Assert.AreEqual(monday, cursor.ValidFromUtc);
        Assert.AreEqual(monday + 60, cursor.ValidUntilUtc);
        cursor.Seek(monday + 60);
        Assert.AreEqual(0, cursor.Rate);
    }

    [TestMethod]
    [DataRow(12, 0)]
    [DataRow(13, 1)]
    [DataRow(14, 2)]
    public void SaturdayAndSundayHaveTablesOfTheirOwn(int dayOfJune, int table)
    {
        TariffCursor cursor = new TariffCursor(TableBytes.Wide().Load());
        cursor.Seek(Local(2026, 6, dayOfJune, 12, 0));
        Assert.AreEqual(table, cursor.DayTable);
    }

    [TestMethod]
    [DataRow(30, 9, 0, false)]
    [DataRow(1, 10, 1, true)]
    [DataRow(3, 10, 1, true)]
    [DataRow(4, 10, 2, true)]
    [DataRow(10, 10, 0, false)]
    [DataRow(11, 10, 2, true)]
    public void ASpanOfHolidaysEndsWithItsLastDayAndAMovedWorkingDayIsNoRestDay(
        int day, int month, int table, bool isRestDay)
    {
        TariffTable tariff = TableBytes.Wide().Load();
        TariffCursor cursor = new TariffCursor(tariff);
        cursor.Seek(Local(2026, month, day, 12, 0));
        Assert.AreEqual(table, cursor.DayTable);
        CivilTime date = new CivilTime();
        date.Set(CivilTime.DaysFromDate(2026, month, day) * CivilTime.SecondsPerDay);
        Assert.AreEqual(isRestDay, tariff.Schedule.IsRestDay(date));
    }

    [TestMethod]
    public void PricesOfASeasonHoldFromItsFirstDayAlsoBelowZero()
    {
        TariffSets sets = new TariffSets(TableBytes.Wide().Load(), 2, 2, null);
        sets.Seek(Local(2026, 3, 31, 12, 0));
        Assert.AreEqual(300_000L, sets.ImportPrice(0), "November's go on over the new year");
        sets.Seek(Local(2026, 4, 4, 12, 0));
        Assert.AreEqual(-200_000L, sets.ImportPrice(0), "a Saturday");
        Assert.AreEqual(800_000L, sets.ImportPrice(1));
        sets.Seek(Local(2026, 10, 31, 23, 59) + 59);
        Assert.AreEqual(-200_000L, sets.ImportPrice(0));
        Assert.AreEqual(Local(2026, 11, 1, 0, 0), sets.ValidUntilUtc);
        sets.Seek(Local(2026, 11, 1, 0, 0));
        Assert.AreEqual(300_000L, sets.ImportPrice(0));
    }

    [TestMethod]
    public void ExportedEnergyHasPeriodsOfItsOwn()
    {
        TariffSets sets = new TariffSets(TableBytes.Wide().Load(), 2, 2, null);
        CostRegister export = new CostRegister(2, 1, true);
        sets.Seek(Local(2026, 6, 30, 12, 0));
        Assert.AreEqual(50_000L, sets.ExportPrice());
        export.Follow(sets);
        export.Add(sets.Rate, 1_000 * Scaling.MicrojoulesPerWattHour, Local(2026, 6, 30, 12, 0));
        sets.Seek(Local(2026, 7, 1, 0, 0));
        Assert.AreEqual(500_000L, sets.ExportPrice());
        export.Follow(sets);
        export.Add(sets.Rate, 1_000 * Scaling.MicrojoulesPerWattHour, Local(2026, 7, 1, 0, 0));
        Assert.AreEqual(5_500L, export.Total());
    }

    [TestMethod]
    public void ATierYearBeginsInItsMonthAndItsThresholdsFollowTheSeason()
    {
        TariffTable tariff = TableBytes.Wide().Load();
        CostRegister cost = new CostRegister(2, 2, false);
        cost.TryUse(tariff);
        cost.Add(0, 15_000 * Scaling.MicrojoulesPerWattHour, Local(2026, 6, 30, 12, 0));
        Assert.AreEqual(10_000L, cost.WattHours(0, 0));
        Assert.AreEqual(5_000L, cost.WattHours(0, 1));
        cost.Add(0, 1_000 * Scaling.MicrojoulesPerWattHour, Local(2026, 7, 1, 0, 0));
        Assert.AreEqual(11_000L, cost.WattHours(0, 0), "a new tier year");
        cost.Add(0, 14_000 * Scaling.MicrojoulesPerWattHour, Local(2026, 9, 30, 12, 0));
        Assert.AreEqual(10_000L, cost.WattHours(0, 1), "9 below 10 kWh, 5 above");
        cost.Add(0, 1_000 * Scaling.MicrojoulesPerWattHour, Local(2026, 10, 1, 0, 0));
        Assert.AreEqual(10_000L, cost.WattHours(0, 1), "16 of 20 kWh since October");
        cost.Add(0, 1_000 * Scaling.MicrojoulesPerWattHour, Local(2027, 5, 1, 0, 0));
        Assert.AreEqual(11_000L, cost.WattHours(0, 1), "17 of 10 kWh since May");

        // Over a loss of supply.
        byte[] state = new byte[cost.StateBytes];
        cost.Save(state, 0);
        CostRegister later = new CostRegister(2, 2, false);
        later.TryUse(tariff);
        Assert.IsTrue(later.TryLoad(state, 0));
        later.Add(0, 1_000 * Scaling.MicrojoulesPerWattHour, Local(2027, 5, 2, 0, 0));
        Assert.AreEqual(12_000L, later.WattHours(0, 1));
    }

    [TestMethod]
    public void FeesByRateAndByTheMinuteAreReadBack()
    {
        TariffTable tariff = TableBytes.Wide().Load();
        Assert.AreEqual(500_000L, tariff.ServiceFee(1));
        Assert.AreEqual(0L, tariff.OccupancyFee.CostOf(600));
        Assert.AreEqual(2_000L, tariff.OccupancyFee.CostOf(601), "a minute begun is a minute");
        Assert.AreEqual(30_000L, tariff.OccupancyFee.CostOf(86_400), "the cap");
        Assert.AreEqual(15_000L, tariff.ReservationFee.CostOf(900));
        Assert.IsNull(TableBytes.Shanghai().Load().OccupancyFee);
    }

    [TestMethod]
    public void AKindOfDayIsNamedInPrintableAsciiWithoutASpace()
    {
        TableBytes bytes = TableBytes.Wide();
        int at = 0;
        while (bytes.Bytes[at] != 'h' || bytes.Bytes[at + 1] != 'o' || bytes.Bytes[at + 2] != 't')
        {
            at++;
        }

        bytes.Bytes[at + 1] = (byte)' ';
        bytes.Length -= 4;
        bytes.Seal();
        Assert.IsFalse(TariffTable.TryLoad(bytes.Bytes, bytes.Length, out TariffTable _, out string error));
        Assert.AreEqual("tariff table: letter of an announced day's name out of range: 32", error);

        // Two bytes of UTF-8, one letter: a state of days keeps a byte a letter and would lose it.
        bytes = TableBytes.Wide();
        bytes.Bytes[at] = 0xC3;
        bytes.Bytes[at + 1] = 0xA9;
        bytes.Length -= 4;
        bytes.Seal();
        Assert.IsFalse(TariffTable.TryLoad(bytes.Bytes, bytes.Length, out TariffTable _, out error));
        Assert.AreEqual("tariff table: letter of an announced day's name out of range: 233", error);
    }

    [TestMethod]
    public void EveryCutOrChangedTableIsRefusedOrWhole()
    {
        TableBytes good = TableBytes.Wide();
        for (int length = 0; length < good.Length; length++)
        {
            Assert.IsFalse(TariffTable.TryLoad(good.Bytes, length, out TariffTable _, out string _));
        }

        for (int i = 7; i < good.Length - 4; i++)
        {
            for (int value = 0; value < 256; value += 5)
            {
                TableBytes bytes = TableBytes.Wide();
                bytes.Bytes[i] = (byte)value;
                bytes.Length -= 4;
                bytes.Seal();
                if (TariffTable.TryLoad(bytes.Bytes, bytes.Length, out TariffTable table, out string error))
                {
                    new TariffCursor(table).Seek(Local(2026, 10, 1, 12, 0));
                    new TariffSets(table, 63, 8, null).Seek(Local(2026, 10, 1, 12, 0));
                }
                else
                {
                    Assert.StartsWith("tariff table: ", error);
                }
            }
        }
    }

    internal static long Local(int year, int month, int day, int hour, int minute) =>
        TariffCursorTests.Utc(year, month, day, hour, minute) - 8 * CivilTime.SecondsPerHour;
}
