using System.Text;
using MeterFirmware.SiteController;
using MeterFirmware.Storage.Records;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.SiteController;

/// <summary>Under-frequency makes a site draw less, fairly and without flapping.</summary>
[TestClass]
public class SiteDroopTests
{
    private const string Line = "\ndroop 5 from 200";

    [TestMethod]
    public void TheLimitFallsByDroopFromWhatWasDrawnAtOnceAndRisesByATenthAMinute()
    {
        SiteLimit limit = new SiteLimit(64_000);
        SiteDroop droop = new SiteDroop(limit, Settings("meter mains reserve 20000" + Line));
        Assert.AreEqual(64_000, At(droop, limit, 0, 49_801, 50_000));

        // (0.7 − 0.2) Hz ÷ (50 Hz × 5 %) = a fifth of 64 A.
        Assert.AreEqual(37_000, At(droop, limit, 100, 49_300, 50_000));
        Assert.AreEqual(SiteLimitSource.Grid, limit.Source);
        Assert.AreEqual(37_000, At(droop, limit, 200, 49_300, 36_000), "from what was drawn before it began");
        Assert.AreEqual(37_000, At(droop, limit, 300, 49_500, 36_000), "more only by the way back");
        Assert.AreEqual(24_000, At(droop, limit, 400, 48_800, 36_000));
        Assert.AreEqual(24_000, At(droop, limit, 10_000, 0, 24_000), "a meter that does not tell it");
        Assert.AreEqual(0, At(droop, limit, 11_000, 47_300, 24_000));
        for (int minute = 1; minute < 10; minute++)
        {
            int expected = 6_400 * minute / 1_000 * 1_000;
            Assert.AreEqual(expected, At(droop, limit, 11_000 + 60_000L * minute, 50_000, 24_000));
        }

        Assert.AreEqual(64_000, At(droop, limit, 11_000 + 600_000L, 50_000, 24_000));
        Assert.AreEqual(SiteLimitSource.Commissioned, limit.Source);
        Assert.IsFalse(droop.IsOn);
    }

    [TestMethod]
    public void AGridOfSixtyHertzHasItsOwnStart()
    {
        SiteLimit limit = new SiteLimit(64_000);
        SiteDroop droop = new SiteDroop(limit, Settings("meter mains reserve 20000" + Line));
        Assert.AreEqual(64_000, At(droop, limit, 0, 59_801, 50_000));

        // 0.6 Hz ÷ 3 Hz.
        Assert.AreEqual(37_000, At(droop, limit, 100, 59_200, 50_000));
    }

    [TestMethod]
    public void AFrequencyThatWandersAboutTheStartStartsNobodyAgainAndAgain()
    {
        SiteDesk desk = Hurried();
        int starts = 0;
        bool wasOn = true;
        for (int i = 0; i < 120; i++)
        {
            // Deep enough to leave less than two vehicles' least current, then back inside, for ten minutes.
            desk.Meter.Millihertz = i % 2 == 0 ? 47_700 : 49_850;
            desk.Run(5);
            bool isOn = desk.Members[0].LimitMilliamps > 0 && desk.Members[1].LimitMilliamps > 0;
            starts += isOn && !wasOn ? 1 : 0;
            wasOn = isOn;
        }

        Assert.IsTrue(starts <= 1, starts.ToString());
        int events = desk.Count(RecordKind.Event, SiteEventCode.LimitChanged);
        Assert.IsTrue(events < 100, events.ToString());
    }

    [TestMethod]
    public void MembersFollowTheDroopAndNobodyPausesWhileThereIsEnoughForAll()
    {
        SiteDesk desk = Hurried();
        int drawn = desk.Members[0].LimitMilliamps + desk.Members[1].LimitMilliamps;
        desk.Meter.Millihertz = 49_300;
        desk.Run(10);
        int limit = desk.Site.Limit.Milliamps;
        Assert.IsTrue(limit < drawn && limit >= 12_000, limit + " of " + drawn);
        for (int second = 0; second < 300; second++)
        {
            desk.Run(1);
            int one = desk.Members[0].LimitMilliamps;
            int other = desk.Members[1].LimitMilliamps;
            Assert.IsTrue(one + other <= limit, one + " + " + other + " mA of " + limit);
            Assert.IsTrue(one >= 6_000 && other >= 6_000, one + " and " + other + " mA of " + limit);
        }
    }

    [TestMethod]
    public void WithoutTheLineNoFrequencyLimitsAnything()
    {
        SiteDesk desk = new SiteDesk(SiteDesk.NewFlash());
        desk.Run(30);
        desk.Meter.Millihertz = 47_500;
        desk.Run(10);
        Assert.AreEqual(64_000, desk.Site.Limit.Milliamps);
    }

    [TestMethod]
    public void ALineThatIsWrongIsRefusedWithWhatWasExpected()
    {
        string[] lines =
        {
            "droop", "droop 0 from 200", "droop 13 from 200", "droop 5 from 0", "droop 5 from 2001", "droop 5 at 200",
        };
        for (int i = 0; i < lines.Length; i++)
        {
            Refused("meter mains reserve 20000\n" + lines[i], "droop PERCENT from MILLIHERTZ was expected");
        }

        Refused("droop 5 from 200", "a droop needs a meter that tells the frequency");
    }

    // Two vehicles that need all that there is.
    private static SiteDesk Hurried()
    {
        SiteDesk desk = new SiteDesk(SiteDesk.NewFlash(), Line);
        for (int i = 0; i < desk.Members.Length; i++)
        {
            desk.Members[i].WantedWattHours = 60_000;
            desk.Members[i].DepartureSeconds = 7_200;
        }

        desk.Run(300);
        return desk;
    }

    private static int At(SiteDroop droop, SiteLimit limit, long nowMs, int millihertz, int drawnMilliamps)
    {
        droop.Tick(nowMs, millihertz, drawnMilliamps);
        limit.Tick(nowMs, false, 0);
        return limit.Milliamps;
    }

    private static bool TryParse(string lines, out SiteSettings settings, out string error)
    {
        byte[] text = Encoding.UTF8.GetBytes("phases 3\nvolts 230\nlimit 64000\nline COM2\nkey none\n"
            + "member 0 safe 6000 phases 123\n" + lines);
        return SiteSettings.TryParse(text, text.Length, out settings, out error);
    }

    private static SiteSettings Settings(string lines)
    {
        Assert.IsTrue(TryParse(lines, out SiteSettings settings, out string error), error);
        return settings;
    }

    private static void Refused(string lines, string expected)
    {
        Assert.IsFalse(TryParse(lines, out SiteSettings _, out string error), lines);
        Assert.IsTrue(error.IndexOf(expected) >= 0, error);
    }
}
