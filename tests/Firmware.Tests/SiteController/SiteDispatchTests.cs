using MeterFirmware.Commands;
using MeterFirmware.SiteController;
using MeterFirmware.Storage.Records;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.SiteController;

/// <summary>Signed orders from above to a site: what is answered, how fast members follow, what is kept and
/// told.</summary>
[TestClass]
public class SiteDispatchTests
{
    private const int FullWatts = 44_160;

    [TestMethod]
    public void MembersFollowWithinTenSecondsAndTheLimitEndsByItself()
    {
        SiteDesk desk = Running();
        Assert.Contains("\"result\":{\"state\":\"accepted\",\"held\":1}",
            desk.Do("dispatch", Set(desk, 17, "feeder", "import", 20_000, 60, 360)), "it has not begun");
        desk.Run(60);
        int seconds = 0;
        for (; desk.Site.Product.FlowingWatts(desk.NowMs) > 20_000 && seconds < 60; seconds++)
        {
            desk.Run(1);
        }

        Assert.IsTrue(seconds <= 10, "followed after s: " + seconds.ToString());
        Assert.AreEqual("dispatch", SiteLimitSource.NameOf(desk.Site.Limit.Source));
        desk.Run(290);
        Assert.IsTrue(desk.Site.Product.FlowingWatts(desk.NowMs) <= 20_000);
        desk.Run(60);
        Assert.IsTrue(desk.Site.Product.FlowingWatts(desk.NowMs) > 40_000, "silence is the commissioned limit");
        Assert.AreEqual(1, desk.Count(RecordKind.Event, SiteEventCode.DispatchEnded));
    }

    [TestMethod]
    public void AnEmergencyLimitIsFollowedWithinTwoSecondsOfItsAnswer()
    {
        SiteDesk desk = Running();
        int before = desk.Members[0].LimitMilliamps + desk.Members[1].LimitMilliamps;
        Assert.IsTrue(before > 60_000, before.ToString());
        Assert.Contains("\"state\":\"accepted\"",
            desk.Do("dispatch", Set(desk, 1, "dispatch", "import", 11_040, 0, 60, ",\"emergency\":true")));
        int tenths = 0;
        for (; desk.Members[0].LimitMilliamps + desk.Members[1].LimitMilliamps > 16_000 && tenths < 100; tenths++)
        {
            for (int i = 0; i < 100 / SiteDesk.TickMs; i++)
            {
                desk.Step();
            }
        }

        Assert.IsTrue(tenths <= 20, "after ms " + (tenths * 100).ToString());
        desk.Run(90);
        Assert.IsFalse(desk.Site.Product.Site.Leader.Cut.IsOn);
        Assert.IsTrue(desk.Members[0].LimitMilliamps + desk.Members[1].LimitMilliamps > 60_000);
    }

    [TestMethod]
    public void WhatWasDeliveredIsAnEventWithBeginDepthAndEnergy()
    {
        SiteDesk desk = Running();
        long from = Now(desk) + 60;
        Assert.Contains("\"ok\":true", desk.Do("dispatch", Set(desk, 17, "dispatch", "change", -22_080, 60, 960)));
        desk.Run(1_000);
        Assert.AreEqual(1, desk.Count(RecordKind.Event, SiteEventCode.DispatchEnded));
        EventRecord told = Told(desk);
        Assert.AreEqual(from, told.StartUtcSeconds);
        long ran = told.EndUtcSeconds - told.StartUtcSeconds;
        Assert.IsTrue(ran >= 899 && ran <= 901, "s " + ran.ToString());
        Assert.AreEqual(17L, told.Values[0]);
        Assert.AreEqual(0L, told.Values[1]);
        Assert.AreEqual(3L, told.Values[2]);
        Assert.IsTrue(told.Values[3] >= 21_500 && told.Values[3] <= 23_500, "W " + told.Values[3].ToString());

        // A quarter of an hour of 22.08 kW, less the seconds until members followed.
        Assert.IsTrue(told.Values[4] >= 5_350 && told.Values[4] <= 5_600, "Wh " + told.Values[4].ToString());
    }

    [TestMethod]
    public void AnOrderOutlivesALossOfSupplyAndCountsFromWhatFlowedBeforeIt()
    {
        SiteDesk desk = Running();
        Assert.Contains("\"ok\":true", desk.Do("dispatch", Set(desk, 17, "dispatch", "change", -22_080, 0, 900)));
        Assert.Contains("\"ok\":true", desk.Do("dispatch", Set(desk, 18, "site", "import", 30_000, 600, 1_800)));
        desk.Run(5);
        int limit = desk.Site.Limit.Milliamps;
        Assert.IsTrue(limit > 30_000 && limit < 34_000, limit.ToString());
        desk.PowerUp();
        desk.Run(1);
        Assert.AreEqual(limit, desk.Site.Limit.Milliamps);
        desk.Run(900);
        Assert.AreEqual(43_478, desk.Site.Limit.Milliamps, "the second one, rounded down");
    }

    [TestMethod]
    public void AStateThatCannotBeStoredChangesNothing()
    {
        StateRefusingFlash flash = new StateRefusingFlash(SiteDesk.NewFlash());
        SiteDesk desk = new SiteDesk(flash);
        desk.Run(30);
        flash.Refuses = true;
        Assert.Contains("storage-failed", desk.Do("dispatch", Set(desk, 17, "feeder", "import", 20_000, 0, 900)));
        desk.Run(1);
        Assert.AreEqual(64_000, desk.Site.Limit.Milliamps);
        flash.Refuses = false;
        desk.Run(1);
        Assert.Contains("\"importWatts\":20000",
            desk.Do("dispatch", Set(desk, 17, "feeder", "import", 20_000, 0, 900)));
        flash.Refuses = true;
        Assert.Contains("storage-failed",
            desk.Do("dispatch", "{\"action\":\"cancel\",\"id\":17,\"level\":\"feeder\"}"));
        desk.Run(1);
        Assert.AreEqual(28_985, desk.Site.Limit.Milliamps);
    }

    [TestMethod]
    public void WhatIsOnlyPartlyPossibleIsAnsweredWithTheReasonAndWhatIs()
    {
        SiteDesk desk = Running();
        Assert.Contains("\"state\":\"partly\",\"reason\":\"begun\"",
            desk.Do("dispatch", Set(desk, 1, "feeder", "import", 20_000, -100, 900)));
        Assert.Contains("\"reason\":\"limited\",\"possibleWatts\":20000",
            desk.Do("dispatch", Set(desk, 2, "dispatch", "set-point", 30_000, 0, 900, ",\"priority\":3")));
        Assert.Contains("\"reason\":\"outranked\",\"possibleWatts\":20000",
            desk.Do("dispatch", Set(desk, 3, "dispatch", "set-point", 10_000, 0, 900, ",\"priority\":4")));
        Assert.Contains("\"orders\":[[\"feeder\",1,\"import\",20000,", desk.Do("dispatch", "{\"action\":\"read\"}"));
        desk.Run(60);

        // 2 kW of a building that nobody here lowers.
        desk.Meter.BuildingMilliamps = 2_900;
        desk.Run(10);
        Assert.Contains("\"reason\":\"floor\",\"possibleWatts\":1999",
            desk.Do("dispatch", Set(desk, 4, "feeder", "import", 1_000, 0, 900)));
    }

    [TestMethod]
    public void ASetPointForMoreLetsNobodyWaitForAPrice()
    {
        SiteDesk desk = new SiteDesk(SiteDesk.NewFlash());
        for (int i = 0; i < desk.Members.Length; i++)
        {
            // The night is cheaper and there is time enough.
            desk.Members[i].WantedWattHours = 5_000;
            desk.Members[i].DepartureSeconds = 80_000;
        }

        desk.Run(120);
        Assert.IsTrue(desk.Site.Product.MemberWatts(desk.NowMs) < 10_000, "the plan waits");
        Assert.Contains("\"state\":\"accepted\"",
            desk.Do("dispatch", Set(desk, 1, "dispatch", "set-point", 30_000, 0, 900)));
        desk.Run(120);
        int watts = desk.Site.Product.MemberWatts(desk.NowMs);
        Assert.IsTrue(watts > 28_000 && watts <= 30_010, watts.ToString());
    }

    [TestMethod]
    [DataRow("{\"action\":\"read\",\"id\":1}", "bad-argument")]
    [DataRow("{\"action\":\"hold\"}", "bad-argument")]
    [DataRow("{}", "bad-argument")]
    [DataRow("{\"action\":\"cancel\",\"id\":17,\"level\":\"feeder\"}", "wrong-state")]
    [DataRow("{\"action\":\"cancel\",\"id\":17,\"level\":\"street\"}", "bad-argument")]
    public void WhatIsNotAsWrittenIsRefused(string arguments, string error)
    {
        SiteDesk desk = new SiteDesk(SiteDesk.NewFlash());
        desk.Run(5);
        Assert.Contains("\"error\":\"" + error + "\"", desk.Do("dispatch", arguments));
    }

    [TestMethod]
    public void ARefusedOrderIsToldWhatWouldBeTaken()
    {
        SiteDesk desk = new SiteDesk(SiteDesk.NewFlash());
        desk.Run(5);
        Refused(desk, Set(desk, 1, "feeder", "import", FullWatts + 1, 0, 900), "above-commissioned",
            "watts from 0 to 44160");
        Refused(desk, Set(desk, 1, "feeder", "set-point", -1, 0, 900), "out-of-range", "watts from 0 to 44160");
        Refused(desk, Set(desk, 1, "feeder", "export", 1, 0, 900), "above-commissioned", "watts from 0 to 0");
        Refused(desk, Set(desk, 1, "feeder", "import", 1_000, 900, 900), "out-of-range", "1 second to 7 days long");
        Refused(desk, Set(desk, 1, "feeder", "import", 1_000, 700_000, 700_900), "out-of-range",
            "1 second to 7 days long");
        Refused(desk, Set(desk, 1, "feeder", "import", 1_000, 0, 700_000), "out-of-range", "1 second to 7 days long");
        Refused(desk, Set(desk, 1, "feeder", "import", 1_000, -900, -1), "expired", "untilUtcSeconds behind ");
        Refused(desk, Set(desk, 1, "feeder", "import", 1_000, 0, 900, ",\"priority\":10"), "bad-argument", "");
        Refused(desk, Set(desk, 1, "feeder", "set-point", 1_000, 0, 900, ",\"emergency\":true"), "bad-argument", "");
        Refused(desk, Set(desk, 1, "feeder", "import", 1_000, 0, 900, ",\"minutes\":10"), "bad-argument", "");
        Refused(desk, Set(desk, 0, "feeder", "import", 1_000, 0, 900), "bad-argument", "");
        Assert.Contains("role-not-allowed",
            desk.Do("dispatch", Set(desk, 1, "feeder", "import", 1_000, 0, 900), CommandRole.Owner));
        Assert.IsFalse(desk.Site.Dispatch.HasOrders);
        desk.Clock.IsKnown = false;
        desk.PowerUp();
        desk.Run(2);
        Refused(desk, Set(desk, 1, "feeder", "import", 1_000, 0, 900), "no-time", "");
    }

    [TestMethod]
    public void AClockThatIsSetWithinAnOrderDoesNotEndIt()
    {
        SiteDesk desk = Running();
        Assert.Contains("\"ok\":true", desk.Do("dispatch", Set(desk, 1, "feeder", "import", 20_000, 0, 600)));
        desk.Run(60);
        desk.Clock.UtcMs += 3_600_000;
        desk.Run(60);
        Assert.AreEqual(28_985, desk.Site.Limit.Milliamps);
        desk.Run(490);
        Assert.AreEqual(64_000, desk.Site.Limit.Milliamps);
    }

    private static void Refused(SiteDesk desk, string arguments, string error, string expected)
    {
        string answer = desk.Do("dispatch", arguments);
        Assert.Contains("\"error\":\"" + error + "\"", answer, arguments);
        Assert.Contains(expected == "" ? "}" : "\"expected\":\"" + expected, answer, arguments);
        desk.Run(2);
    }

    private static EventRecord Told(SiteDesk desk)
    {
        byte[] bytes = new byte[1024];
        EventRecord told = new EventRecord();
        for (long number = desk.Site.Journal.NextNumber - 1; number >= desk.Site.Journal.OldestNumber; number--)
        {
            if (desk.Site.Journal.TryRead(number, bytes, out int length, out int kind) && kind == RecordKind.Event
                && told.TryRead(bytes, 0, length) && told.Code == SiteEventCode.DispatchEnded)
            {
                return told;
            }
        }

        return null;
    }

    private static long Now(SiteDesk desk) => desk.Clock.UtcMs / 1000;

    // Seconds from now on.
    private static string Set(
        SiteDesk desk, int id, string level, string kind, int watts, int from, int until, string more = "") =>
        "{\"action\":\"set\",\"id\":" + id.ToString() + ",\"level\":\"" + level + "\",\"kind\":\"" + kind
        + "\",\"watts\":" + watts.ToString() + ",\"fromUtcSeconds\":" + (Now(desk) + from).ToString()
        + ",\"untilUtcSeconds\":" + (Now(desk) + until).ToString() + more + "}";

    private static SiteDesk Running()
    {
        SiteDesk desk = new SiteDesk(SiteDesk.NewFlash());
        for (int i = 0; i < desk.Members.Length; i++)
        {
            desk.Members[i].WantedWattHours = 60_000;
            desk.Members[i].DepartureSeconds = 7_200;
        }

        desk.Run(120);
        return desk;
    }
}
