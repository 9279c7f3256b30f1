using System;
using MeterFirmware.Arbiter;
using MeterFirmware.Basics;
using MeterFirmware.Catalogue;
using MeterFirmware.Charging;
using MeterFirmware.Commands;
using MeterFirmware.DeviceCore;
using MeterFirmware.Metering;
using MeterFirmware.SiteController;
using MeterFirmware.Storage.Records;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.SiteController;

/// <summary>A utility reaches a site: records, events, health, a signed limit and its schedule, settings.</summary>
[TestClass]
public class SiteCoreTests
{
    private const string Records = "mf/v1/" + SiteDesk.Device + "/record";
    private const int QuarterHour = 900;

    [TestMethod]
    public void AnIntervalTellsEnergyPeakLimitAndWhatEachMemberDrew()
    {
        SiteDesk desk = new SiteDesk(SiteDesk.NewFlash());
        desk.Run(QuarterHour + 10);
        SiteRecord record = desk.Site.Recorder.Record;
        Assert.AreEqual(1, desk.Count(RecordKind.Site, 0));
        Assert.AreEqual(SiteDesk.StartUtcSeconds + QuarterHour, record.EndUtcSeconds);
        Assert.AreEqual(64_000, record.LimitMilliamps);
        Assert.AreEqual(SiteLimitSource.Commissioned, record.LimitSource);
        Assert.AreEqual(3, record.PhaseCount);
        int peak = record.PeakMilliamps[0];
        Assert.IsTrue(peak > 50_000 && peak <= 64_000, "peak " + peak.ToString());
        int members = record.MemberWattHours[0] + record.MemberWattHours[1];
        Assert.IsTrue(members > 5_000, members + " Wh");
        long different = record.ImportMilliwattHours - members * 1000L;
        Assert.IsTrue(different < 100_000 && different > -100_000, "mains and members differ by mWh " + different);
        string message = desk.Link.LastOn(Records);
        Assert.Contains("\"kind\":\"site\"", message);
        Assert.Contains("\"limitedBy\":\"commissioned\"", message);
        Assert.Contains("\"end\":\"2026-10-01T10:15:00+08:00\"", message);
        desk.Run(QuarterHour);
        Assert.AreEqual(2, desk.Count(RecordKind.Site, 0));
        Assert.AreEqual(SiteDesk.StartUtcSeconds + QuarterHour, record.StartUtcSeconds);
        Assert.AreEqual(0, record.Flags);
    }

    /// <summary>A signed list of hours: the plan has its price where there is one, and the tariff's else. A day that
    /// the tariff does not name is refused with what was expected.</summary>
    [TestMethod]
    public void TheSitePlansByADayAheadListAndFallsBackToItsTariff()
    {
        SiteDesk desk = new SiteDesk(SiteDesk.NewFlash());
        desk.Run(60);
        PriceHorizon prices = desk.Site.Product.Site.Prices;
        int twoOClock = (int)(SiteDesk.StartUtcSeconds / 300 + 48);
        Assert.AreEqual(617_000, prices.At(twoOClock));
        byte[] list = new byte[24 * 4];
        for (int hour = 0; hour < 24; hour++)
        {
            LittleEndian.WriteInt32(list, hour * 4, hour == 14 ? -50_000 : int.MinValue);
        }

        string day = "{\"day\":" + CivilTime.DaysFromDate(2026, 10, 1).ToString();
        string arguments = day + ",\"data\":\"" + Convert.ToBase64String(list) + "\",\"minutes\":60}";
        Assert.Contains("\"ok\":true", desk.Do("prices", arguments));
        Assert.Contains("\"ok\":true", desk.Do("prices", arguments), "twice is once");
        desk.Run(60);
        Assert.AreEqual(-50_000, prices.At(twoOClock));
        Assert.AreEqual(-50_000, prices.At(twoOClock + 11));
        Assert.AreEqual(617_000, prices.At(twoOClock - 1));
        Assert.AreEqual(617_000, prices.At(twoOClock + 12));
        Assert.Contains("\"expected\":\"a kind of day that the tariff names\"",
            desk.Do("prices", day + ",\"announce\":\"hot\"}"));
    }

    [TestMethod]
    public void ALimitWithAnEndLowersTheMainsAndIsLiftedByItself()
    {
        SiteDesk desk = new SiteDesk(SiteDesk.NewFlash());
        desk.Run(60);
        Assert.Contains("\"ok\":true", desk.Do("limit", "{\"milliamps\":30000,\"seconds\":120}"));
        Assert.AreEqual(30_000, desk.Site.Limit.Milliamps);
        desk.Run(30);
        Assert.IsTrue(Granted(desk) <= 30_000, "granted " + Granted(desk));
        Assert.AreEqual(1, desk.Count(RecordKind.Event, SiteEventCode.LimitChanged));
        desk.Run(100);
        Assert.AreEqual(64_000, desk.Site.Limit.Milliamps);
        desk.Run(60);
        Assert.IsTrue(Granted(desk) > 60_000, "granted " + Granted(desk));
    }

    [TestMethod]
    public void ACeilingOutlivesALossOfSupplyAndOnlyWhoSetItOrTheUtilityLiftsIt()
    {
        SiteDesk desk = new SiteDesk(SiteDesk.NewFlash());
        desk.Run(10);
        Assert.Contains("\"milliamps\":40000", desk.Do("limit", "{\"milliamps\":40000}", CommandRole.Owner));
        Assert.Contains("\"limitedBy\":\"owner\"", desk.Do("limit", "{\"milliamps\":50000}", CommandRole.Technician));
        desk.PowerUp();
        desk.Run(10);
        Assert.AreEqual(40_000, desk.Site.Limit.Milliamps);
        Assert.AreEqual(SiteLimitSource.FirstCeiling + CommandRole.Owner, desk.Site.Limit.Source);
        Assert.Contains("role-not-allowed",
            desk.Do("limit", "{\"milliamps\":64000,\"role\":\"owner\"}", CommandRole.Technician));
        Assert.Contains("\"milliamps\":50000", desk.Do("limit", "{\"milliamps\":64000,\"role\":\"owner\"}"));
    }

    [TestMethod]
    public void AScheduleLimitsInItsWindowsAndIsKept()
    {
        SiteDesk desk = new SiteDesk(SiteDesk.NewFlash());
        desk.Run(10);
        long now = SiteDesk.StartUtcSeconds;
        string window = "{\"milliamps\":24000,\"fromUtcSeconds\":" + (now + 120).ToString()
            + ",\"untilUtcSeconds\":" + (now + 240).ToString() + "}";
        Assert.Contains("\"ok\":true", desk.Do("limit", window));
        Assert.AreEqual(64_000, desk.Site.Limit.Milliamps);
        desk.PowerUp();
        desk.Run(115);
        Assert.AreEqual(24_000, desk.Site.Limit.Milliamps);
        Assert.Contains("[\"utility\"," + (now + 120).ToString(),
            desk.Do("read", "{\"what\":\"limit\"}", CommandRole.Reader));
        desk.Run(130);
        Assert.AreEqual(64_000, desk.Site.Limit.Milliamps);
        Assert.Contains("out-of-range", desk.Do("limit", window), "it is over");
        desk.Run(5);
        string later = "{\"milliamps\":24000,\"fromUtcSeconds\":" + (now + 120).ToString()
            + ",\"untilUtcSeconds\":" + (now + 900).ToString() + "}";
        Assert.Contains("\"milliamps\":24000", desk.Do("limit", later), "it holds at once");
        Assert.Contains("wrong-state", desk.Do("limit", "{\"action\":\"clear\",\"role\":\"owner\"}"));
        Assert.Contains("\"milliamps\":64000", desk.Do("limit", "{\"action\":\"clear\"}"));
    }

    [TestMethod]
    public void AWindowThatWasOverBeforeALossOfTimeDoesNotHoldAfterIt()
    {
        SiteDesk desk = new SiteDesk(SiteDesk.NewFlash());
        desk.Run(5);
        Assert.Contains("\"milliamps\":0", desk.Do("limit", Window(0, 0, 30)));
        Assert.Contains("\"ok\":true", desk.Do("limit", Window(24_000, 7_200, 10_800)));
        desk.Run(60);
        Assert.IsTrue(desk.Site.TrySave());
        desk.Clock.IsKnown = false;
        for (int start = 0; start < 2; start++)
        {
            desk.PowerUp();
            desk.Run(1);
            Assert.AreEqual(24_000, desk.Site.Limit.Milliamps, "the later one may hold by now");
            Assert.IsTrue(desk.Site.TrySave());
        }
    }

    [TestMethod]
    public void AStoreThatFailsWhileAScheduleIsClearedCostsNobodyALimit()
    {
        StateRefusingFlash flash = new StateRefusingFlash(SiteDesk.NewFlash());
        SiteDesk desk = new SiteDesk(flash);
        desk.Run(5);
        Assert.Contains("\"ok\":true", desk.Do("limit", "{\"milliamps\":40000}", CommandRole.Owner));
        Assert.Contains("\"ok\":true", desk.Do("limit", Window(30_000, 0, 900), CommandRole.Technician));
        Assert.Contains("\"ok\":true", desk.Do("limit", Window(24_000, 0, 900)));
        Assert.Contains("\"ok\":true", desk.Do("limit", Window(26_000, 0, 900), CommandRole.Technician));
        desk.Run(5);
        flash.Refuses = true;
        Assert.Contains("storage-failed", desk.Do("limit", "{\"action\":\"clear\"}"));
        desk.Run(2);
        Assert.AreEqual(24_000, desk.Site.Limit.Milliamps);
        Assert.AreEqual(3, desk.Site.Limit.Schedule.Count);
        Assert.AreEqual(40_000, desk.Site.Limit.Ceiling.ValueOf(CommandRole.Owner));
        flash.Refuses = false;
        desk.Run(5);
        Assert.Contains("\"milliamps\":26000", desk.Do("limit", "{\"action\":\"clear\"}"));
        desk.PowerUp();
        desk.Run(1);
        Assert.AreEqual(26_000, desk.Site.Limit.Milliamps);
        Assert.AreEqual(2, desk.Site.Limit.Schedule.Count);
    }

    [TestMethod]
    public void TheRegisterNeverFallsBehindWhatARecordHasTold()
    {
        SiteDesk desk = new SiteDesk(SiteDesk.NewFlash());
        desk.Run(60);
        Assert.Contains("\"ok\":true", desk.Do("limit", "{\"milliamps\":30000,\"seconds\":120}"));
        desk.Run(1);
        Assert.AreEqual(SiteEventCode.LimitChanged, desk.Site.Recorder.Event.Code);
        long told = desk.Site.Recorder.Event.Values[2];
        Assert.IsTrue(told > 100, told.ToString());

        // Without a warning, before anything was saved.
        desk.PowerUp();
        Assert.AreEqual(told, desk.Site.Product.Energy.WattHours);
        desk.Run(QuarterHour);
        Assert.IsTrue(desk.Site.Recorder.Record.ImportWattHours > told);
    }

    [TestMethod]
    public void TheGridsLimitOfTheMainsEndsByItself()
    {
        SiteLimit limit = new SiteLimit(40_000);
        limit.SetGrid(20_000, 5_000);
        limit.Tick(4_999, false, 0);
        Assert.AreEqual(20_000, limit.Milliamps);
        Assert.AreEqual("grid", SiteLimitSource.NameOf(limit.Source));
        limit.Tick(5_000, false, 0);
        Assert.AreEqual(40_000, limit.Milliamps);
        Assert.AreEqual("commissioned", SiteLimitSource.NameOf(limit.Source));
    }

    [TestMethod]
    public void WithoutTheTimeEveryWindowHolds()
    {
        LimitSchedule schedule = new LimitSchedule(2);
        Assert.IsTrue(schedule.TryAdd(0, 1_000, 2_000, 10_000));
        Assert.IsTrue(schedule.TryAdd(0, 5_000, 6_000, 20_000));
        Assert.IsFalse(schedule.TryAdd(0, 7_000, 8_000, 1), "full");
        Assert.AreEqual(10_000, schedule.LeastOf(0, false, 0));
        Assert.AreEqual(20_000, schedule.LeastOf(0, true, 5_500));
        Assert.AreEqual(LimitSet.None, schedule.LeastOf(0, true, 2_000), "the end is not in it");
        Assert.AreEqual(LimitSet.None, schedule.LeastOf(1, false, 0));
        Assert.AreEqual(20_000, schedule.LeastOf(0, false, 2_000), "at least so late: the first is over");
        schedule.Forget(2_000);
        Assert.AreEqual(1, schedule.Count);
        byte[] bytes = new byte[schedule.SavedBytesMax];
        int length = schedule.Save(bytes, 0);
        LimitSchedule read = new LimitSchedule(2);
        for (int cut = 0; cut < length; cut++)
        {
            Assert.IsFalse(read.TryLoad(bytes, 0, cut));
            Assert.AreEqual(0, read.Count);
        }

        Assert.IsTrue(read.TryLoad(bytes, 0, length));
        Assert.AreEqual(20_000, read.ValueOf(0));
    }

    [TestMethod]
    [DataRow("{}", "bad-argument")]
    [DataRow("{\"milliamps\":\"6000\"}", "bad-argument")]
    [DataRow("{\"milliamps\":64001}", "above-commissioned")]
    [DataRow("{\"milliamps\":64001,\"seconds\":60}", "above-commissioned")]
    [DataRow("{\"milliamps\":-1,\"seconds\":60}", "out-of-range")]
    [DataRow("{\"milliamps\":6000,\"seconds\":86401}", "out-of-range")]
    [DataRow("{\"milliamps\":6000,\"seconds\":60,\"minutes\":1}", "bad-argument")]
    [DataRow("{\"milliamps\":6000,\"fromUtcSeconds\":1790820000}", "bad-argument")]
    [DataRow("{\"milliamps\":6000,\"fromUtcSeconds\":1790830000,\"untilUtcSeconds\":1790830000}", "out-of-range")]
    [DataRow("{\"action\":\"forget\"}", "bad-argument")]
    public void ALimitThatIsNotAsWrittenChangesNothing(string arguments, string error)
    {
        SiteDesk desk = new SiteDesk(SiteDesk.NewFlash());
        desk.Run(5);
        Assert.Contains("\"error\":\"" + error + "\"", desk.Do("limit", arguments));
        Assert.AreEqual(64_000, desk.Site.Limit.Milliamps);
        Assert.AreEqual(0, desk.Site.Limit.Schedule.Count);
    }

    [TestMethod]
    public void EveryStartLeavesARecordAndACommandedOneItsCause()
    {
        SiteDesk desk = new SiteDesk(SiteDesk.NewFlash());
        desk.Run(30);
        Assert.AreEqual(1, desk.Count(RecordKind.Event, EventCode.PowerUp));
        Assert.AreEqual(1, desk.Count(RecordKind.Event, SiteEventCode.Leadership));
        Assert.Contains("\"ok\":true", desk.Do("restart", "{}"));
        Assert.IsTrue(desk.Site.Core.RestartAsked);
        long counted = desk.Site.Product.Energy.WattHours;
        desk.Site.Core.BeforeRestart(desk.NowMs);
        desk.PowerUp();
        desk.Run(5);
        Assert.AreEqual(2, desk.Count(RecordKind.Event, EventCode.PowerUp));
        Assert.AreEqual(1, desk.Count(RecordKind.Event, EventCode.Reset));
        Assert.AreEqual(RestartPart.Command + 1, desk.Site.Core.ResetCause);
        Assert.IsTrue(desk.Site.Product.Energy.WattHours >= counted && counted > 0, "the register goes on");
    }

    [TestMethod]
    public void HealthSelfTestLogAndMembersAnswer()
    {
        SiteDesk desk = new SiteDesk(SiteDesk.NewFlash());
        desk.Run(60);
        string health = desk.Do("health", "{}", CommandRole.Reader);
        Assert.Contains("\"resetCause\":\"power\"", health);
        Assert.Contains("\"leads\":true,\"heard\":2", health);
        Assert.Contains("\"passed\":true", desk.Do("self-test", "{}"));
        Assert.Contains("\"text\":\"start\"", desk.Do("log", "{}"));
        Assert.Contains("\"members\":[[1,32000,32000],[1,32000,32000]]", desk.Do("read", "{\"what\":\"members\"}"));
        desk.Run(5);
        Assert.Contains("not-supported", desk.Do("relay", "{\"closed\":true}"));
    }

    [TestMethod]
    public void ADocumentChangesTheIntervalFromARestartAndAForeignSettingIsRefused()
    {
        SiteDesk desk = new SiteDesk(SiteDesk.NewFlash());
        desk.Run(5);
        Assert.Contains("unknown-member",
            desk.Configure("{\"version\":1,\"revision\":1,\"demand\":{\"slipMinutes\":5}}"));
        Assert.Contains("\"ok\":true",
            desk.Configure("{\"version\":1,\"revision\":1,\"telemetry\":{\"intervalMinutes\":5}}"));
        desk.Run(5);
        Assert.IsTrue(desk.Site.Core.RestartAsked);
        desk.Site.Core.BeforeRestart(desk.NowMs);
        desk.PowerUp();
        desk.Run(2 * QuarterHour / 3 + 10);
        Assert.AreEqual(2, desk.Count(RecordKind.Site, 0));
    }

    [TestMethod]
    public void AClockThatIsSetEndsTheIntervalAndIsAnEvent()
    {
        SiteDesk desk = new SiteDesk(SiteDesk.NewFlash());
        desk.Run(60);
        Assert.Contains("\"ok\":true",
            desk.Do("clock", "{\"utcSeconds\":" + (SiteDesk.StartUtcSeconds + 7_200).ToString() + "}"));
        desk.Run(2);
        Assert.AreEqual(1, desk.Count(RecordKind.Event, EventCode.ClockStep));
        SiteRecord record = desk.Site.Recorder.Record;
        Assert.AreEqual(1, desk.Count(RecordKind.Site, 0));
        Assert.IsTrue((record.Flags & RecordFlags.ClockStep) != 0);
        Assert.IsTrue(record.EndUtcSeconds - record.StartUtcSeconds < 70);
    }

    [TestMethod]
    public void TheMostValuableRecordsOfASiteGoLast()
    {
        MeterFirmware.Storage.JournalLayout layout = SiteFlashPlan.Layout();
        Assert.AreEqual(layout.LaneOf(RecordKind.Site), layout.LaneThatGoes(layout.LaneCount - 1));
        Assert.IsTrue(layout.BlocksMin <= SiteFlashPlan.JournalBlocks);
    }

    // Seconds behind the desk's start.
    private static string Window(int milliamps, int from, int until) => "{\"milliamps\":" + milliamps.ToString()
        + ",\"fromUtcSeconds\":" + (SiteDesk.StartUtcSeconds + from).ToString()
        + ",\"untilUtcSeconds\":" + (SiteDesk.StartUtcSeconds + until).ToString() + "}";

    private static int Granted(SiteDesk desk) =>
        desk.Members[0].LimitMilliamps + desk.Members[1].LimitMilliamps;
}
