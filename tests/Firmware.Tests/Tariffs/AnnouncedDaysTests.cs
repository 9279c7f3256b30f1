using MeterFirmware.Basics;
using MeterFirmware.Tariffs;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Tariffs;

/// <summary>Days that the utility announces: in time, late, twice, never.</summary>
[TestClass]
public class AnnouncedDaysTests
{
    private static readonly long _day = CivilTime.DaysFromDate(2026, 6, 15);
    [TestMethod]
    public void AnAnnouncedDayTakesItsTableFromMidnightToMidnight()
    {
        TariffSets sets = new TariffSets(TableBytes.Wide().Load(), 2, 2, null);
        Assert.IsTrue(sets.Announced.TrySet(_day, "hot", _day - 1));
        Assert.AreEqual(0, RateAt(sets, 14, 12, 30), "the day before, a Sunday");
        Assert.AreEqual(0, RateAt(sets, 15, 7, 10));
        Assert.AreEqual(1, RateAt(sets, 15, 12, 0));
        Assert.IsTrue(sets.Cursor.IsAnnounced);
        Assert.AreEqual(0, RateAt(sets, 16, 12, 0));
        Assert.IsFalse(sets.Cursor.IsAnnounced);
    }

    [TestMethod]
    public void OneThatComesLateHoldsFromThenOn()
    {
        TariffSets sets = new TariffSets(TableBytes.Wide().Load(), 2, 2, null);
        Assert.AreEqual(0, RateAt(sets, 15, 12, 20));
        Assert.IsTrue(sets.Announced.TrySet(_day, "hot", _day));
        Assert.AreEqual(1, RateAt(sets, 15, 12, 20), "the same second, looked at anew");
        Assert.IsFalse(sets.Announced.TrySet(_day, null, _day + 1), "a day that is over stays as it was billed");
        Assert.AreEqual("hot", sets.Announced.Find(_day));
    }

    [TestMethod]
    public void OneThatComesTwiceChangesNothingAndTheLastWordHolds()
    {
        TariffSets sets = new TariffSets(TableBytes.Wide().Load(), 2, 2, null);
        sets.Announced.TrySet(_day, "hot", _day);
        int version = sets.Announced.Version;
        Assert.IsTrue(sets.Announced.TrySet(_day, "hot", _day));
        Assert.AreEqual(version, sets.Announced.Version);
        Assert.AreEqual(1, RateAt(sets, 15, 12, 20));
        Assert.IsTrue(sets.Announced.TrySet(_day, null, _day));
        Assert.AreEqual(0, RateAt(sets, 15, 12, 20));
        Assert.IsTrue(sets.Announced.TrySet(_day, null, _day), "nothing to take back");
    }

    [TestMethod]
    public void OneThatTheTariffDoesNotNameChangesNothingUntilItDoes()
    {
        TariffSets sets = new TariffSets(TableBytes.Wide().Load(), 2, 2, null);
        sets.Announced.TrySet(_day, "red", _day);
        Assert.AreEqual(0, RateAt(sets, 15, 12, 20));
        Assert.AreEqual(1, RateAt(sets, 15, 7, 10), "the ordinary table");
        Assert.IsFalse(sets.Cursor.IsAnnounced);
    }

    [TestMethod]
    public void NearDaysKeepTheirPlacesAndAllComeBackAfterALossOfSupply()
    {
        AnnouncedDays days = new AnnouncedDays();
        for (int i = 0; i < AnnouncedDays.Capacity; i++)
        {
            Assert.IsTrue(days.TrySet(_day + i, "hot", _day));
        }

        Assert.IsFalse(days.TrySet(_day + 100, "hot", _day));
        Assert.IsTrue(days.TrySet(_day + 100, "hot", _day + 1), "the first day is over");
        byte[] state = new byte[AnnouncedDays.SavedBytesMax];
        int end = days.Save(state, 0);
        AnnouncedDays later = new AnnouncedDays();
        Assert.AreEqual(end, later.Load(state, 0, end));
        Assert.AreEqual("hot", later.Find(_day + 100));
        Assert.IsNull(later.Find(_day));
        Assert.AreEqual(AnnouncedDays.Capacity, later.Count);
        for (int cut = 0; cut < end; cut++)
        {
            Assert.AreEqual(-1, later.Load(state, 0, cut));
            Assert.AreEqual(0, later.Count);
        }
    }

    private static int RateAt(TariffSets sets, int dayOfJune, int hour, int minute)
    {
        sets.Seek(WideTableTests.Local(2026, 6, dayOfJune, hour, minute));
        return sets.Rate;
    }
}
