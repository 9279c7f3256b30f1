using System.Text;
using MeterFirmware.Charging;
using MeterFirmware.SiteController;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Charging;

[TestClass]
public class SiteSettingsTests
{
    private const string Good =
        "rank 1\r\nline COM2 # the line\nkey none\nphases 3\nvolts 230\nlimit 96000\nsum 250000\nunbalance 20000\n"
        + "meter mains reserve 40000\nnode 1 below 0 limit 63000 sum 90000\nmember 0 safe 6000 phases 1 node 1\n"
        + "member 1 safe 0 phases 123\nused 2890 on 2026-11-28";

    [TestMethod]
    public void TheOperatorsPreferenceIsAWordOfThree()
    {
        Assert.AreEqual(ChargingPreference.Balanced, PreferenceOf(""));
        Assert.AreEqual(ChargingPreference.ServedFirst, PreferenceOf("\npreference served-first"));
        Assert.AreEqual(ChargingPreference.PriceFirst, PreferenceOf("\npreference price-first"));
        byte[] text = Encoding.UTF8.GetBytes(PreferenceSite + "\npreference cheap");
        Assert.IsFalse(SiteSettings.TryParse(text, text.Length, out SiteSettings _, out string error));
        Assert.Contains("served-first, balanced or price-first", error);
    }

    private const string PreferenceSite =
        "line COM2\nkey none\nphases 1\nvolts 230\nlimit 32000\nmember 0 safe 6000 phases 1";

    private static int PreferenceOf(string more)
    {
        byte[] text = Encoding.UTF8.GetBytes(PreferenceSite + more);
        Assert.IsTrue(SiteSettings.TryParse(text, text.Length, out SiteSettings settings, out string error), error);
        return settings.Preference;
    }

    [TestMethod]
    public void EverySettingIsTaken()
    {
        Assert.IsTrue(TryParse(Good, out SiteSettings site, out string error), error);
        Assert.AreEqual(1, site.Rank);
        Assert.AreEqual("COM2", site.Line);
        Assert.AreEqual(3, site.Phases);
        Assert.AreEqual(20_000, site.UnbalanceMilliamps);
        Assert.AreEqual(SiteSettings.MeterMains, site.MeterPlace);
        Assert.AreEqual(40_000, site.OtherMilliampsMax);
        Assert.AreEqual(2, site.MemberCount);
        Assert.AreEqual(2_890_000L, site.UsedWattHours);
        Assert.AreEqual(20_785, site.UsedDay);
        Assert.AreEqual(6_000, site.SafeMilliamps[0]);
        Assert.AreEqual(7, (int)site.PhaseMask[1]);
        LimitTree tree = new LimitTree(site.NodeCount);
        site.Fill(tree);
        tree.Reset();
        Assert.AreEqual(30_000, tree.Headroom(site.Node[0], 7), "the feeder's sum over three phases");
        Assert.AreEqual(96_000, tree.Headroom(0, 1));
    }

    [TestMethod]
    [DataRow("limit", "line 7: a setting and one whole number were expected")]
    [DataRow("limit 11000", "the safe currents up to member 1 together exceed")]
    [DataRow("meter mains reserve 38001",
        "together exceed a limit of node 0 or above it: without a leader all are drawn at once, beside the meter's "
            + "reserve")]
    [DataRow("key 000102030405060708090a0b0c0d0e0", "line 7: key needs 32 hexadecimal digits")]
    [DataRow("key 000102030405060708090a0b0c0d0e0g", "line 7: key needs 32 hexadecimal digits")]
    [DataRow("member 2 safe 0 phases 122", "line 7: member NUMBER safe")]
    [DataRow("member 2 safe 0 phases 12", "line 7: member NUMBER safe")]
    [DataRow("limit -1", "line 7: a setting and one whole number were expected")]
    [DataRow("limit 4000001", "line 7: a setting and one whole number were expected")]
    [DataRow("limits 5", "line 7: limits is no setting")]
    [DataRow("member 64 safe 0 phases 1", "line 7: a member's number is 0 to 63: a site has at most 64")]
    [DataRow("member 2 safe 0 phases 4", "line 7: member NUMBER safe")]
    [DataRow("member 2 safe 5999 phases 1", "line 7: a safe current is 0 or at least 6000 mA")]
    [DataRow("member 0 safe 0 phases 1", "line 7: member 0 is named twice")]
    [DataRow("member 3 safe 0 phases 1", "member 2 is missing: they count on from 0")]
    [DataRow("member 2 safe 0 phases 1 node 1", "line 7: member NUMBER safe")]
    [DataRow("node 2 below 0 limit 6000", "line 7: node NUMBER below")]
    [DataRow("node 1 below 1 limit 6000", "line 7: a node lies below one before it")]
    [DataRow("phases 2", "line 7: phases must be 1 or 3")]
    [DataRow("rank 16", "line 7: rank must be 0 to 15")]
    [DataRow("volts 24", "line 7: volts must be 100 to 277")]
    [DataRow("topic a", "either a topic or a line is needed")]
    [DataRow("topic a/+", "line 7: topic needs")]
    [DataRow("meter here reserve 1", "line 7: meter mains|others")]
    [DataRow("meter mains reserve", "line 7: meter mains|others")]
    [DataRow("used 5", "line 7: used KWH on YYYY-MM-DD")]
    [DataRow("used 4000001 on 2026-01-01", "line 7: used KWH on YYYY-MM-DD")]
    [DataRow("used 5 on 2026-02-29", "line 7: used KWH on YYYY-MM-DD")]
    [DataRow("used 5 on 26-02-28", "line 7: used KWH on YYYY-MM-DD")]
    [DataRow("a b c d e f g h i j k l m", "line 7: more than 12 words")]
    [DataRow("rank \u00E9", "line 7: more than 12 words, or not plain ASCII")]
    public void AWrongLineIsNamed(string line, string expected)
    {
        string text =
            "line COM2\nphases 3\nlimit 50000\nkey none\nmember 0 safe 6000 phases 1\nmember 1 safe 6000 phases 1\n"
                + line + "\n";
        Assert.IsFalse(TryParse(text, out SiteSettings site, out string error), "taken: " + line);
        Assert.IsNull(site);
        Assert.IsTrue(error.IndexOf(expected) >= 0, error);
    }

    [TestMethod]
    public void WhatIsMissingIsSaid()
    {
        Assert.IsFalse(TryParse("", out SiteSettings _, out string error));
        Assert.AreEqual("either a topic or a line is needed", error);
        Assert.IsFalse(TryParse("key none\nline COM2\nmember 0 safe 0 phases 1", out SiteSettings _, out error));
        Assert.AreEqual("a limit and at least one member are needed", error);
        Assert.IsFalse(TryParse("key none\nline COM2\nlimit 5", out SiteSettings _, out error));
        Assert.AreEqual("a limit and at least one member are needed", error);
        Assert.IsFalse(TryParse("key none\nline COM2\nlimit 5\nmember 0 safe 0 phases 2", out SiteSettings _,
            out error));
        Assert.AreEqual("member 0 is on a phase that the site has not", error);
    }

    [TestMethod]
    public void AKeyOrItsAbsenceIsSaid()
    {
        const string Rest = "line COM2\nlimit 6000\nmember 0 safe 6000 phases 1";
        Assert.IsFalse(TryParse(Rest, out SiteSettings site, out string error));
        Assert.AreEqual("a key is needed, as in the chargers: key and 32 hexadecimal digits, or key none", error);
        Assert.IsTrue(TryParse(Rest + "\nkey none", out site, out error), error);
        Assert.IsNull(site.Key);
        Assert.IsTrue(TryParse(Rest + "\nkey 000102030405060708090A0b0c0d0e0f", out site, out error), error);
        Assert.AreEqual(10, (int)site.Key[10]);
        Assert.AreEqual(15, (int)site.Key[15]);
    }

    [TestMethod]
    public void SafeCurrentsBeyondAFeederAreRefused()
    {
        string text =
            "key none\nline COM2\nlimit 50000\nnode 1 below 0 limit 10000\nmember 0 safe 6000 phases 1 node 1\n"
            + "member 1 safe 6000 phases 1 node 1";
        Assert.IsFalse(TryParse(text, out SiteSettings _, out string error));
        Assert.AreEqual(
            "the safe currents up to member 1 together exceed a limit of node 1 or above it: without a leader all are "
                + "drawn at once", error);
    }

    [TestMethod]
    public void SixtyFourMembersFitAndALimitOf0Or5AmpsIsAllowedWithoutSafeCurrents()
    {
        for (int amps = 0; amps <= 5; amps += 5)
        {
            string text = "key none\ntopic site/7\nlimit " + (amps * 1000).ToString();
            for (int i = 0; i < 64; i++)
            {
                text += "\nmember " + i.ToString() + " safe 0 phases 1";
            }

            Assert.IsTrue(TryParse(text, out SiteSettings site, out string error), error);
            Assert.AreEqual(64, site.MemberCount);
        }
    }

    private static bool TryParse(string text, out SiteSettings site, out string error)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        return SiteSettings.TryParse(bytes, bytes.Length, out site, out error);
    }
}
