using MeterFirmware.Charging;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Charging;

[TestClass]
public class ProfileComposerTests
{
    // 2026-11-02T00:00:00Z, a Monday.
    private const long Midnight = 1_793_577_600L;
    private const int Hour = 3600;

    private static ProfileComposer _composer;

    [TestMethod]
    public void WithoutProfilesThereIsNoLimit()
    {
        Fresh();
        Assert.IsFalse(_composer.TryLimitAt(Midnight, out int milliamps, out int phases));
        Assert.AreEqual(ProfileComposer.Unlimited, milliamps);
        Assert.AreEqual(3, phases);
        Assert.IsTrue(_composer.NextChangeAfter(Midnight) == long.MaxValue);
    }

    [TestMethod]
    public void HighestStackLevelWinsOnlyWhileItSaysSomething()
    {
        Fresh();
        Put(1, ProfilePurpose.TransactionDefault, 0, ProfileKind.Absolute, Midnight, 0, 16_000);
        Put(2, ProfilePurpose.TransactionDefault, 5, ProfileKind.Absolute, Midnight + Hour, Hour, 32_000);
        Assert.AreEqual(16_000, LimitAt(Midnight + 60));
        Assert.AreEqual(32_000, LimitAt(Midnight + Hour));
        Assert.AreEqual(16_000, LimitAt(Midnight + 2 * Hour));
    }

    [TestMethod]
    public void TransactionProfileOverridesTheDefaultPeriodByPeriod()
    {
        Fresh();
        Put(1, ProfilePurpose.TransactionDefault, 3, ProfileKind.Absolute, Midnight, 0, 10_000);
        Put(2, ProfilePurpose.Transaction, 0, ProfileKind.Relative, 0, Hour, 20_000);
        Assert.AreEqual(10_000, LimitAt(Midnight + 60));
        _composer.TransactionStartUtc = Midnight + 2 * Hour;
        Assert.AreEqual(20_000, LimitAt(Midnight + 2 * Hour));
        Assert.AreEqual(10_000, LimitAt(Midnight + 3 * Hour));
        _composer.EndTransaction();
        _composer.TransactionStartUtc = Midnight + 5 * Hour;
        Assert.AreEqual(10_000, LimitAt(Midnight + 5 * Hour));
    }

    [TestMethod]
    public void LowestOfStationExternalAndTransactionCounts()
    {
        Fresh();
        Put(1, ProfilePurpose.Transaction, 0, ProfileKind.Absolute, Midnight, 0, 25_000);
        Put(2, ProfilePurpose.StationMax, 0, ProfileKind.Absolute, Midnight, 0, 20_000);
        Put(3, ProfilePurpose.ExternalConstraints, 0, ProfileKind.Absolute, Midnight, Hour, 0);
        _composer.TransactionStartUtc = Midnight;
        Assert.AreEqual(0, LimitAt(Midnight));
        Assert.AreEqual(20_000, LimitAt(Midnight + Hour));
    }

    [TestMethod]
    public void YesterdaysRecurrenceAppliesBeforeTodaysStart()
    {
        Fresh();
        ChargingProfile profile = Place(1, ProfilePurpose.StationMax, 0, ProfileKind.Daily, Midnight + 22 * Hour, 0);
        profile.TryAddPeriod(0, 32_000, 3);
        profile.TryAddPeriod(8 * Hour, 8_000, 3);
        Assert.AreEqual(32_000, LimitAt(Midnight + 24 * Hour + 5 * Hour));
        Assert.AreEqual(8_000, LimitAt(Midnight + 24 * Hour + 6 * Hour));
        Assert.AreEqual(32_000, LimitAt(Midnight + 5 * Hour));
        Assert.IsTrue(_composer.NextChangeAfter(Midnight + 5 * Hour) == Midnight + 6 * Hour);
        Assert.IsTrue(_composer.NextChangeAfter(Midnight + 6 * Hour) == Midnight + 22 * Hour);
    }

    [TestMethod]
    public void WattsAreSharedByThePhasesThatAreLeft()
    {
        Fresh();
        ChargingProfile watts = Place(1, ProfilePurpose.TransactionDefault, 0, ProfileKind.Absolute, Midnight, 0);
        watts.IsInWatts = true;
        watts.TryAddPeriod(0, 6_900, 3);
        Assert.AreEqual(10_000, LimitAt(Midnight));
        ChargingProfile onePhase = Place(2, ProfilePurpose.StationMax, 0, ProfileKind.Absolute, Midnight, 0);
        onePhase.TryAddPeriod(0, 32_000, 1);
        _composer.TryLimitAt(Midnight, out int milliamps, out int phases);
        Assert.AreEqual(30_000, milliamps);
        Assert.AreEqual(1, phases);
    }

    [TestMethod]
    public void ValidityEndsAProfile()
    {
        Fresh();
        ChargingProfile profile = Place(1, ProfilePurpose.StationMax, 0, ProfileKind.Absolute, Midnight, 0);
        profile.TryAddPeriod(0, 7_000, 3);
        profile.ValidFromUtc = Midnight + Hour;
        profile.ValidToUtc = Midnight + 2 * Hour;
        Assert.AreEqual(ProfileComposer.Unlimited, LimitAt(Midnight + Hour - 1));
        Assert.AreEqual(7_000, LimitAt(Midnight + Hour));
        Assert.AreEqual(ProfileComposer.Unlimited, LimitAt(Midnight + 2 * Hour));
    }

    // A peer's published bug: the next change of one purpose overwrote that of the other.
    [TestMethod]
    public void ChangeOfOnePurposeDoesNotHideALaterLowerPeriodOfAnother()
    {
        Fresh();
        ChargingProfile station = Place(1, ProfilePurpose.StationMax, 0, ProfileKind.Absolute, Midnight, 0);
        station.TryAddPeriod(0, 32_000, 3);
        station.TryAddPeriod(2 * Hour, 10_000, 3);
        ChargingProfile transaction = Place(2, ProfilePurpose.TransactionDefault, 0, ProfileKind.Absolute, Midnight, 0);
        transaction.TryAddPeriod(0, 20_000, 3);
        transaction.TryAddPeriod(Hour, 16_000, 3);
        transaction.TryAddPeriod(3 * Hour, 25_000, 3);
        CompositeSchedule schedule = new CompositeSchedule(8);
        Assert.IsTrue(_composer.TryCompose(Midnight, 4 * Hour, schedule));
        Assert.AreEqual(3, schedule.Count);
        Assert.AreEqual(20_000, schedule.LimitMilliamps[0]);
        Assert.AreEqual(16_000, schedule.LimitMilliamps[1]);
        Assert.AreEqual(2 * Hour, schedule.StartSeconds[2]);
        Assert.AreEqual(10_000, schedule.LimitMilliamps[2]);
    }

    // A peer's published bug: the profile at the top stack level was lost on reboot.
    [TestMethod]
    public void ProfileAtTheTopStackLevelSurvivesAReboot()
    {
        Fresh();
        Put(7, ProfilePurpose.StationMax, ChargingProfile.StackLevelMax, ProfileKind.Weekly, Midnight, 5 * Hour, 9_000);
        Put(8, ProfilePurpose.TransactionDefault, 0, ProfileKind.Absolute, Midnight, 0, 16_000);
        byte[] bytes = new byte[ProfileCodec.BytesMax(_composer)];
        int length = ProfileCodec.Save(_composer, bytes);
        ProfileComposer restarted = new ProfileComposer(8, 230_000);
        Assert.IsTrue(ProfileCodec.TryLoad(restarted, bytes, length));
        restarted.TryLimitAt(Midnight + 7 * 24 * Hour, out int milliamps, out int phases);
        Assert.AreEqual(9_000, milliamps);
        bytes[length / 2] ^= 1;
        Assert.IsFalse(ProfileCodec.TryLoad(restarted, bytes, length));
        Assert.IsFalse(restarted.TryLimitAt(Midnight, out milliamps, out phases));
    }

    // A peer's published bug: a minimum charging rate raised a lower limit.
    [TestMethod]
    public void MinimumRateNeverRaisesALimit()
    {
        Fresh();
        ChargingProfile profile = Place(1, ProfilePurpose.TransactionDefault, 0, ProfileKind.Absolute, Midnight, 0);
        profile.TryAddPeriod(0, 4_000, 3);
        profile.MinimumRate = 8_000;
        Assert.AreEqual(4_000, LimitAt(Midnight));
    }

    [TestMethod]
    public void SamePurposeAndLevelReplacesAndAFullHouseRefuses()
    {
        Fresh();
        Put(1, ProfilePurpose.StationMax, 2, ProfileKind.Absolute, Midnight, 0, 10_000);
        Put(2, ProfilePurpose.StationMax, 2, ProfileKind.Absolute, Midnight, 0, 12_000);
        Assert.AreEqual(12_000, LimitAt(Midnight));
        for (int i = 0; i < 7; i++)
        {
            Put(10 + i, ProfilePurpose.TransactionDefault, i, ProfileKind.Absolute, Midnight, 0, 20_000);
        }

        Assert.IsFalse(_composer.TryPlace(99, ProfilePurpose.TransactionDefault, 50, out ChargingProfile none));
        Assert.IsFalse(_composer.TryPlace(99, ProfilePurpose.TransactionDefault, 100, out none));
    }

    [TestMethod]
    public void PeriodsMustRiseFromZero()
    {
        Fresh();
        ChargingProfile profile = Place(1, ProfilePurpose.StationMax, 0, ProfileKind.Absolute, Midnight, 0);
        Assert.IsFalse(profile.TryAddPeriod(5, 1000, 3));
        Assert.IsTrue(profile.TryAddPeriod(0, 1000, 3));
        Assert.IsFalse(profile.TryAddPeriod(0, 1000, 3));
        Assert.IsFalse(profile.TryAddPeriod(9, -1, 3));
        Assert.IsFalse(profile.TryAddPeriod(9, 1, 4));
    }

    private int LimitAt(long utc)
    {
        _composer.TryLimitAt(utc, out int milliamps, out int phases);
        return milliamps;
    }

    private void Put(int id, ProfilePurpose purpose, int level, ProfileKind kind, long start, int duration,
        int limit) =>
        Assert.IsTrue(Place(id, purpose, level, kind, start, duration).TryAddPeriod(0, limit, 3));

    private ChargingProfile Place(int id, ProfilePurpose purpose, int level, ProfileKind kind, long start, int duration)
    {
        Assert.IsTrue(_composer.TryPlace(id, purpose, level, out ChargingProfile profile));
        profile.Kind = kind;
        profile.StartUtc = start;
        profile.DurationSeconds = duration;
        profile.IsUsed = true;
        return profile;
    }

    // The device makes no object of this class: what every test begins with is made here.
    private static void Fresh()
    {
        _composer = new ProfileComposer(8, 230_000);
    }
}
