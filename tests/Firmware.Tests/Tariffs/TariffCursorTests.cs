using MeterFirmware.Basics;
using MeterFirmware.Tariffs;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Tariffs;

[TestClass]
public class TariffCursorTests
{
    [TestMethod]
    [DataRow(0, 0, 1)]
    [DataRow(5, 59, 1)]
    [DataRow(6, 0, 0)]
    [DataRow(21, 59, 0)]
    [DataRow(22, 0, 1)]
    [DataRow(23, 59, 1)]
    public void LocalWallTimeSelectsTheRate(int hour, int minute, int rate)
    {
        TariffCursor cursor = new TariffCursor(TableBytes.Shanghai().Load());
        cursor.Seek(Utc(2026, 7, 1, hour, minute) - 8 * 3600);
        Assert.AreEqual(rate, cursor.Rate);
        Assert.AreEqual(28_800, cursor.OffsetSeconds);
    }

    [TestMethod]
    public void ValidUntilIsTheSecondOfTheNextChangeOrTheEndOfTheLocalDay()
    {
        TariffCursor cursor = new TariffCursor(TableBytes.Shanghai().Load());
        long midnight = Utc(2026, 7, 1, 0, 0) - 8 * 3600;
        cursor.Seek(midnight + 3 * 3600);
        Assert.AreEqual(midnight, cursor.ValidFromUtc);
        Assert.AreEqual(midnight + 6 * 3600, cursor.ValidUntilUtc);
        cursor.Seek(midnight + 23 * 3600);
        Assert.AreEqual(midnight + 22 * 3600, cursor.ValidFromUtc);
        Assert.AreEqual(midnight + 24 * 3600, cursor.ValidUntilUtc);
    }

    [TestMethod]
    public void BothPassesOfTheRepeatedHourHaveTheRateOfTheirWallTime()
    {
        // 1 November 2026: 01:59:59 at −4 h is followed by 01:00:00 at −5 h; rate b begins at 01:30.
        TariffCursor cursor = new TariffCursor(Sundays().Load());
        long firstPass = Utc(2026, 11, 1, 1, 0) + 4 * 3600;
        long secondPass = firstPass + 3600;
        cursor.Seek(firstPass + 29 * 60);
        Assert.AreEqual(0, cursor.Rate);
        Assert.AreEqual(firstPass + 30 * 60, cursor.ValidUntilUtc);
        cursor.Seek(firstPass + 30 * 60);
        Assert.AreEqual(1, cursor.Rate);
        Assert.AreEqual(secondPass, cursor.ValidUntilUtc, "01:59:59 is followed by 01:00:00");
        cursor.Seek(secondPass);
        Assert.AreEqual(0, cursor.Rate);
        Assert.AreEqual(-18_000, cursor.OffsetSeconds);
        Assert.AreEqual(secondPass, cursor.ValidFromUtc);
        Assert.AreEqual(secondPass + 30 * 60, cursor.ValidUntilUtc);
        cursor.Seek(secondPass + 30 * 60);
        Assert.AreEqual(1, cursor.Rate);
        Assert.AreEqual(secondPass + 90 * 60, cursor.ValidUntilUtc);
        cursor.Seek(Utc(2026, 11, 1, 23, 59) + 5 * 3600);
        Assert.AreEqual(Utc(2026, 11, 2, 0, 0) + 5 * 3600, cursor.ValidUntilUtc);
    }

    [TestMethod]
    public void APeriodThatBeginsInTheMissingHourBeginsAfterIt()
    {
        // 8 March 2026: 01:59:59 is followed by 03:00:00; rate c begins at 02:30, which is not on that day.
        TariffCursor cursor = new TariffCursor(Sundays().Load());
        long gap = Utc(2026, 3, 8, 2, 0) + 5 * 3600;
        cursor.Seek(gap - 1);
        Assert.AreEqual(1, cursor.Rate);
        Assert.AreEqual(gap, cursor.ValidUntilUtc);
        cursor.Seek(gap);
        Assert.AreEqual(2, cursor.Rate);
        Assert.AreEqual(gap, cursor.ValidFromUtc);
        Assert.AreEqual(-14_400, cursor.OffsetSeconds);
        Assert.AreEqual(Utc(2026, 3, 8, 12, 0) + 4 * 3600, cursor.ValidUntilUtc, "02:30 and 08:00 have one rate");
    }

    [TestMethod]
    [DataRow(1, 5, 0, "winter of the year before runs on until 1 May")]
    [DataRow(4, 30, 0, "the last day of winter")]
    [DataRow(5, 1, 2, "the first day of summer")]
    [DataRow(9, 30, 2, "the last day of summer")]
    [DataRow(10, 1, 0, "the first day of winter")]
    [DataRow(10, 3, 1, "a Saturday")]
    [DataRow(10, 4, 1, "a Sunday")]
    [DataRow(12, 31, 0, "the last day of the year")]
    public void ASeasonRunsFromItsDateToTheNextRoundTheYear(int month, int day, int dayTable, string why)
    {
        TariffCursor cursor = new TariffCursor(TableBytes.NewYork().Load());
        cursor.Seek(Utc(2026, month, day, 20, 0));
        Assert.AreEqual(dayTable, cursor.DayTable, why);
    }

    [TestMethod]
    public void AHolidayGoesBeforeSeasonAndWeekday()
    {
        TariffCursor cursor = new TariffCursor(Holidays().Load());
        cursor.Seek(Utc(2026, 10, 1, 4, 0));
        Assert.AreEqual(1, cursor.DayTable);
        cursor.Seek(Utc(2026, 10, 2, 4, 0));
        Assert.AreEqual(0, cursor.DayTable);
        cursor.Seek(Utc(2026, 10, 10, 4, 0));
        Assert.AreEqual(0, cursor.DayTable, "a Saturday that is worked");
        cursor.Seek(Utc(2026, 10, 11, 4, 0));
        Assert.AreEqual(1, cursor.DayTable);
    }

    [TestMethod]
    public void AClockSetBackFindsTheEarlierRate()
    {
        TariffCursor cursor = new TariffCursor(TableBytes.Shanghai().Load());
        long noon = Utc(2026, 7, 1, 4, 0);
        cursor.Seek(noon);
        Assert.AreEqual(0, cursor.Rate);
        cursor.Seek(noon - 10 * 3600);
        Assert.AreEqual(1, cursor.Rate);
        Assert.AreEqual(CivilTime.DaysFromDate(2026, 7, 1), cursor.LocalDayNumber);
        cursor.Seek(noon - 13 * 3600);
        Assert.AreEqual(CivilTime.DaysFromDate(2026, 6, 30), cursor.LocalDayNumber);
        cursor.Seek(-1);
        Assert.AreEqual(1970, cursor.LocalYear);
    }

    [TestMethod]
    public void OutsideTheTabledYearsTheNearestOffsetHolds()
    {
        TariffTable table = TableBytes.NewYork().Load();
        Assert.AreEqual(-18_000, table.OffsetSecondsAt(0));
        Assert.AreEqual(-18_000, table.OffsetSecondsAt(4_000_000_000));
        Assert.AreEqual(-14_400, table.OffsetSecondsAt(1_772_953_200));
        Assert.AreEqual(-18_000, table.OffsetSecondsAt(1_772_953_199));
        Assert.AreEqual(20_454L * 86_400, table.ZoneFromUtc);
        Assert.AreEqual(20_819L * 86_400, table.ZoneUntilUtc);
    }

    internal static long Utc(int year, int month, int day, int hour, int minute) =>
        CivilTime.DaysFromDate(year, month, day) * 86_400 + hour * 3600 + minute * 60;

    /// <summary>New York's clock with the workday's hours on every day of the year.</summary>
    private static TableBytes Sundays() =>
        new TableBytes().Header("Sundays", "USD")
            .Byte(-20 & 0xFF).UInt16(20_454).UInt16(20_819).Byte(2)
            .Transition(1_772_953_200, -16).Transition(1_793_512_800, -20)
            .Byte(4).Text("a").Text("b").Text("c").Text("d")
            .Byte(1).Byte(5).Byte(0).Byte(0).Byte(6).Byte(1).Byte(10).Byte(2).Byte(32).Byte(2).Byte(48).Byte(3)
            .Byte(1).Byte(1).Byte(1).Byte(0).Byte(0)
            .Byte(0)
            .Number(1).Number(2).Number(3).Number(4).Byte(0).Number(0).Number(0)
            .Byte(0).Byte(1).Number(0).Signed(0).Signed(0).Signed(0).Signed(0)
            .Seal();

    /// <summary>China: 1 October 2026 (Thursday) off, 10 October (Saturday) worked.</summary>
    private static TableBytes Holidays() =>
        new TableBytes().Header("Holidays", "CNY").FixedZone(32)
            .Byte(1).Text("only")
            .Byte(2).Byte(1).Byte(0).Byte(0).Byte(1).Byte(0).Byte(0)
            .Byte(1).Byte(1).Byte(1).Byte(0).Byte(1)
            .Byte(2).UInt16((int)CivilTime.DaysFromDate(2026, 10, 1)).Byte(1)
            .UInt16((int)CivilTime.DaysFromDate(2026, 10, 10)).Byte(0)
            .Number(1).Byte(0).Number(0).Number(0)
            .Byte(0).Byte(1).Number(0).Signed(0)
            .Seal();
}
