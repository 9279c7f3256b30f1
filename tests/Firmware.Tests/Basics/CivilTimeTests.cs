using MeterFirmware.Basics;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Basics;

[TestClass]
public class CivilTimeTests
{
    [TestMethod]
    [DataRow(0L, 1970, 1, 1, 4)]
    [DataRow(951_782_400L, 2000, 2, 29, 2)]
    [DataRow(4_107_542_400L, 2100, 3, 1, 1)]
    [DataRow(-1L, 1969, 12, 31, 3)]
    public void SecondsBecomeTheDateAndWeekday(long seconds, int year, int month, int day, int dayOfWeek)
    {
        CivilTime time = new CivilTime();
        time.Set(seconds);
        Assert.AreEqual(year, time.Year);
        Assert.AreEqual(month, time.Month);
        Assert.AreEqual(day, time.Day);
        Assert.AreEqual(dayOfWeek, time.DayOfWeek);
        Assert.AreEqual(time.DayNumber, CivilTime.DaysFromDate(year, month, day));
    }

    [TestMethod]
    public void EveryDayOfFourCenturiesRoundTrips()
    {
        CivilTime time = new CivilTime();
        long day = CivilTime.DaysFromDate(1801, 1, 1);
        for (int year = 1801; year <= 2200; year += 7)
        {
            day = CivilTime.DaysFromDate(year, 1, 1);
            for (int month = 1; month <= 12; month++)
            {
                for (int date = 1; date <= CivilTime.DaysInMonth(year, month); date++)
                {
                    time.Set(day * CivilTime.SecondsPerDay + 86_399);
                    Assert.IsTrue(time.Year == year && time.Month == month && time.Day == date);
                    Assert.AreEqual(86_399, time.SecondOfDay);
                    day++;
                }
            }
        }
    }
}
