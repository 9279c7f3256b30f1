using MeterFirmware.Dlt645;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Dlt645;

/// <summary>Writes, passwords, clock, freeze, clears, relay.</summary>
[TestClass]
public class Dlt645CommandTests
{
    private const string Permission = Dlt645Bench.Password + " " + Dlt645Bench.OperatorCode + " ";
    private const string WrongPermission = "02 57 34 12 04 03 02 01 ";
    private const string Level4Permission = "04 04 00 00 04 03 02 01 ";
    private const string Broadcast = "99 99 99 99 99 99";

    [TestMethod]
    public void AWriteReachesTheMeterWithItsOperator()
    {
        Dlt645Bench bench = new Dlt645Bench();
        Assert.AreEqual("94", bench.Ask(Dlt645Protocol.Write, "03 01 00 04 " + Permission + "30"));
        Assert.AreEqual(0x04000103, bench.Meter.LastDi);
        Assert.AreEqual(30L, bench.Meter.Written[0]);
        Assert.AreEqual(0x01020304, bench.Meter.Operator);
    }

    [TestMethod]
    public void ADayTableOfFourteenPeriodsIsWrittenAtOnce()
    {
        Dlt645Bench bench = new Dlt645Bench();
        string periods = "";
        for (int i = 0; i < 14; i++)
        {
            periods += "02 30 0" + (i % 10) + " ";
        }

        Assert.AreEqual("94", bench.Ask(Dlt645Protocol.Write, "01 00 01 04 " + Permission + periods));
        Assert.AreEqual(14, bench.Meter.WrittenCount);
        Assert.AreEqual(93_002L, bench.Meter.Written[9]); // 09:30, rate 2
        Assert.AreEqual("D4 20", bench.Ask(Dlt645Protocol.Write, "01 00 01 04 " + Permission + periods + "02 30 23"));
        Assert.AreEqual("D4 10", bench.Ask(Dlt645Protocol.Write, "00 00 01 04 " + Permission + periods + "02 30 11"));
    }

    [TestMethod]
    [DataRow("03 01 00 04 ", "3A", "D4 01")] // no BCD digit
    [DataRow("03 01 00 04 ", "30 00", "D4 01")] // a byte too many
    [DataRow("03 01 00 04 ", "", "D4 01")]
    [DataRow("01 00 01 04 ", "02 30", "D4 01")] // a broken period
    [DataRow("00 00 01 00 ", "00 00 00 00", "D4 02")] // an energy register
    [DataRow("04 02 00 04 ", "64", "D4 40")] // 64 rates
    [DataRow("01 02 00 04 ", "15", "D4 10")] // 15 zones
    [DataRow("03 02 00 04 ", "15", "D4 20")] // 15 periods
    public void AWrongWriteIsRefusedAndNothingIsApplied(string di, string data, string reply)
    {
        Dlt645Bench bench = new Dlt645Bench();
        Assert.AreEqual(reply, bench.Ask(Dlt645Protocol.Write, di + Permission + data));
        Assert.AreEqual(0, bench.Meter.LastDi);
    }

    [TestMethod]
    public void WrongPasswordsLockWritingForTheLockTime()
    {
        Dlt645Bench bench = new Dlt645Bench();
        for (int i = 0; i < 5; i++)
        {
            Assert.IsFalse(bench.Server.IsLocked(bench.NowMs));
            Assert.AreEqual("D4 04", bench.Ask(Dlt645Protocol.Write, "03 01 00 04 " + WrongPermission + "30"));
        }

        long lockedMs = bench.NowMs;
        Assert.AreEqual("D4 04", bench.Ask(Dlt645Protocol.Write, "03 01 00 04 " + Permission + "30"));
        Assert.AreEqual("D9 04", bench.Ask(Dlt645Protocol.ClearDemand, Permission));
        Assert.AreEqual(0, bench.Meter.LastDi);

        // Reading goes on.
        Assert.AreEqual("91 03 01 00 04 15", bench.Ask(Dlt645Protocol.Read, "03 01 00 04"));
        bench.NowMs = lockedMs + 86_400_000;
        Assert.AreEqual("94", bench.Ask(Dlt645Protocol.Write, "03 01 00 04 " + Permission + "30"));
    }

    [TestMethod]
    public void HowManyWrongPasswordsLockAndForHowLongIsASetting()
    {
        Dlt645Bench bench = new Dlt645Bench();
        bench.Settings.WrongPasswordsMax = 3;
        bench.Settings.LockMs = 600_000;
        for (int i = 0; i < 3; i++)
        {
            Assert.AreEqual("D4 04", bench.Ask(Dlt645Protocol.Write, "03 01 00 04 " + WrongPermission + "30"));
        }

        long lockedMs = bench.NowMs;
        Assert.AreEqual("D4 04", bench.Ask(Dlt645Protocol.Write, "03 01 00 04 " + Permission + "30"));
        bench.NowMs = lockedMs + 590_000;
        Assert.AreEqual("D4 04", bench.Ask(Dlt645Protocol.Write, "03 01 00 04 " + Permission + "30"));
        bench.NowMs = lockedMs + 600_000;
        Assert.AreEqual("94", bench.Ask(Dlt645Protocol.Write, "03 01 00 04 " + Permission + "30"));
    }

    [TestMethod]
    public void ARightPasswordForgetsTheWrongOnesBeforeIt()
    {
        Dlt645Bench bench = new Dlt645Bench();
        for (int i = 0; i < 12; i++)
        {
            string permission = i % 4 == 3 ? Permission : WrongPermission;
            Assert.AreEqual(i % 4 == 3
                ? "94" : "D4 04", bench.Ask(Dlt645Protocol.Write, "03 01 00 04 " + permission + "30"));
        }
    }

    [TestMethod]
    public void ARestartDoesNotBuyNewTries()
    {
        Dlt645Bench bench = new Dlt645Bench();
        bench.Settings.WrongPasswords[2] = 5;
        Assert.AreEqual("D4 04", bench.Ask(Dlt645Protocol.Write, "03 01 00 04 " + Permission + "30"));
    }

    [TestMethod]
    public void ALevelMayOnlyDoWhatItsLevelAllows()
    {
        Dlt645Bench bench = new Dlt645Bench();
        Assert.AreEqual("94", bench.Ask(Dlt645Protocol.Write, "03 01 00 04 " + Level4Permission + "30"));
        Assert.AreEqual("D9 04", bench.Ask(Dlt645Protocol.ClearDemand, Level4Permission));
        Assert.AreEqual("DC 04", bench.Ask(Dlt645Protocol.Relay, Level4Permission + "1A 00 00 00 00 01 02 26"));
        Assert.AreEqual(0, bench.Meter.ClearedDemand);

        // The right password of too low a level is not a wrong one.
        Assert.AreEqual(0, bench.Settings.WrongPasswords[2] + bench.Settings.WrongPasswords[4]);
        Assert.AreEqual("D4 04", bench.Ask(Dlt645Protocol.Write, "03 01 00 04 03 FF FF FF 04 03 02 01 30"));
    }

    [TestMethod]
    public void TheAddressChangesOnlyWithTheProgrammingInputClosedAlsoForWhoHasAPassword()
    {
        Dlt645Bench bench = new Dlt645Bench();
        string before = Dlt645Bytes.Text(bench.Settings.Address, 0, 6);
        bench.Meter.IsProgrammingOpen = false;
        Assert.AreEqual("", bench.AskAt("AA AA AA AA AA AA", Dlt645Protocol.WriteAddress, "01 00 00 00 00 00"));
        Assert.AreEqual("D4 04", bench.Ask(Dlt645Protocol.Write, "01 04 00 04 " + Permission + "01 00 00 00 00 00"));
        Assert.AreEqual(before, Dlt645Bytes.Text(bench.Settings.Address, 0, 6));
        bench.Meter.IsProgrammingOpen = true;
        Assert.AreEqual("94", bench.Ask(Dlt645Protocol.Write, "01 04 00 04 " + Permission + "02 00 00 00 00 00"));
        Assert.AreEqual("95", bench.AskAt("AA AA AA AA AA AA", Dlt645Protocol.WriteAddress, "01 00 00 00 00 00"));
    }

    /// <summary>Guesses at level 2 in turn with writes by the known password of level 4: level 2 is locked all the
    /// same, and level 4 goes on working.</summary>
    [TestMethod]
    public void ALevelIsLockedByItsOwnWrongPasswordsWhateverOtherLevelsProve()
    {
        Dlt645Bench bench = new Dlt645Bench();
        for (int i = 0; i < 6; i++)
        {
            Assert.AreEqual("D4 04", bench.Ask(Dlt645Protocol.Write, "03 01 00 04 " + WrongPermission + "30"));
            Assert.AreEqual("94", bench.Ask(Dlt645Protocol.Write, "03 01 00 04 " + Level4Permission + "30"));
        }

        Assert.AreEqual(5, bench.Settings.WrongPasswords[2]);
        Assert.AreEqual("D4 04", bench.Ask(Dlt645Protocol.Write, "03 01 00 04 " + Permission + "30"));
        Assert.AreEqual("94", bench.Ask(Dlt645Protocol.Write, "03 01 00 04 " + Level4Permission + "30"));
    }

    /// <summary>A thousand guesses wear the flash no more than the lock lets them: five of a level.</summary>
    [TestMethod]
    public void GuessesAreWrittenToFlashOnlyUntilTheyLock()
    {
        Dlt645Bench bench = new Dlt645Bench();
        int before = bench.Meter.SettingsChanges;
        for (int i = 0; i < 1_000; i++)
        {
            bench.Ask(Dlt645Protocol.ClearMeter, WrongPermission);
        }

        Assert.AreEqual(5, bench.Meter.SettingsChanges - before);
    }

    [TestMethod]
    public void ARightPasswordThatMayNotDoWhatIsAskedClearsNothing()
    {
        Dlt645Bench bench = new Dlt645Bench();
        string wrong4 = "04 00 00 00 04 03 02 01 ";
        bench.Ask(Dlt645Protocol.Write, "03 01 00 04 " + wrong4 + "30");
        Assert.AreEqual("D9 04", bench.Ask(Dlt645Protocol.ClearDemand, Level4Permission));
        Assert.AreEqual(1, bench.Settings.WrongPasswords[4]);
    }

    [TestMethod]
    public void APasswordIsChangedWithItsOwnLevelOrAHigherOne()
    {
        Dlt645Bench bench = new Dlt645Bench();
        string level4 = "05 0C 00 04 ";
        Assert.AreEqual("D8 04", bench.Ask(Dlt645Protocol.ChangePassword, "03 0C 00 04 04 04 00 00 02 11 11 11"));
        Assert.AreEqual("98 04 99 88 77", bench.Ask(Dlt645Protocol.ChangePassword, level4 + "02 56 34 12 04 99 88 77"));
        Assert.AreEqual(0x778899, bench.Settings.Passwords[4]);
        Assert.AreEqual("D8 04", bench.Ask(Dlt645Protocol.ChangePassword, level4 + "04 04 00 00 04 11 11 11"));
        Assert.AreEqual("98 04 11 11 11", bench.Ask(Dlt645Protocol.ChangePassword, level4 + "04 99 88 77 04 11 11 11"));
        Assert.AreEqual("D8 01", bench.Ask(Dlt645Protocol.ChangePassword, level4 + "02 56 34 12 03 11 11 11"));
        Assert.AreEqual("D8 02", bench.Ask(Dlt645Protocol.ChangePassword, "0B 0C 00 04 02 56 34 12 09 11 11 11"));
    }

    [TestMethod]
    public void DateAndTimeAreWrittenApartOrTogether()
    {
        Dlt645Bench bench = new Dlt645Bench();
        Assert.AreEqual("94", bench.Ask(Dlt645Protocol.Write, "01 01 00 04 " + Permission + "00 29 02 28"));
        Assert.AreEqual("91 0C 01 00 04 00 15 08 02 29 02 28", bench.Ask(Dlt645Protocol.Read, "0C 01 00 04"));
        Assert.AreEqual("94", bench.Ask(Dlt645Protocol.Write, "02 01 00 04 " + Permission + "59 58 23"));
        Assert.AreEqual("91 0C 01 00 04 59 58 23 02 29 02 28", bench.Ask(Dlt645Protocol.Read, "0C 01 00 04"));
        Assert.AreEqual("D4 01", bench.Ask(Dlt645Protocol.Write, "01 01 00 04 " + Permission + "00 30 02 28"));
        Assert.AreEqual("D4 01", bench.Ask(Dlt645Protocol.Write, "02 01 00 04 " + Permission + "60 58 23"));
        Assert.AreEqual("91 0C 01 00 04 59 58 23 02 29 02 28", bench.Ask(Dlt645Protocol.Read, "0C 01 00 04"));
    }

    [TestMethod]
    [DataRow("00 20 08 31 01 26", 300L)] // five minutes forward
    [DataRow("00 10 08 31 01 26", -300L)]
    [DataRow("01 20 08 31 01 26", 0L)] // a second more
    [DataRow("59 09 08 31 01 26", 0L)]
    [DataRow("00 20 08 32 01 26", 0L)] // no date
    [DataRow("00 1A 08 31 01 26", 0L)]
    public void ABroadcastMovesTheClockByAtMostFiveMinutesWithoutAReply(string time, long stepSeconds)
    {
        Dlt645Bench bench = new Dlt645Bench();
        long before = bench.Meter.Clock;
        Assert.AreEqual("", bench.AskAt(Broadcast, Dlt645Protocol.BroadcastTime, time));
        Assert.AreEqual(before + stepSeconds, bench.Meter.Clock);
    }

    [TestMethod]
    public void ABroadcastIsTakenOnceADayAlsoAcrossMidnight()
    {
        Dlt645Bench bench = new Dlt645Bench();
        bench.Meter.Clock += 15 * 3600 + 44 * 60; // 23:59
        bench.Send(Broadcast, Dlt645Protocol.BroadcastTime, "00 01 00 01 02 26"); // 00:01 of the next day
        long clock = bench.Meter.Clock;
        bench.Send(Broadcast, Dlt645Protocol.BroadcastTime, "30 01 00 01 02 26");
        Assert.AreEqual(clock, bench.Meter.Clock);
        bench.Meter.Clock -= 180;
        clock = bench.Meter.Clock;
        bench.Send(Broadcast, Dlt645Protocol.BroadcastTime, "30 59 23 31 01 26");
        Assert.AreEqual(clock, bench.Meter.Clock, "the day that was left is used up too");
        bench.Meter.Clock += 86_400;
        bench.Meter.Clock += 600;
        bench.Send(Broadcast, Dlt645Protocol.BroadcastTime, "00 10 00 02 02 26");
        Assert.AreNotEqual(clock + 87_000, bench.Meter.Clock);
    }

    [TestMethod]
    public void AClockThatWasYearsAheadTakesBroadcastsAgainWhenItIsRight()
    {
        Dlt645Bench bench = new Dlt645Bench();
        bench.Settings.BroadcastDay = 40_000; // 2079
        long before = bench.Meter.Clock;
        bench.Send(Broadcast, Dlt645Protocol.BroadcastTime, "00 16 08 31 01 26");
        Assert.AreEqual(before + 60, bench.Meter.Clock);
    }

    [TestMethod]
    [DataRow("99 99 99 99", 99_999_999, "96")] // now
    [DataRow("30 99 99 99", 99_999_930, "96")] // each hour at minute 30
    [DataRow("00 00 99 99", 99_990_000, "96")] // each day
    [DataRow("00 00 01 99", 99_010_000, "96")] // each month
    [DataRow("15 08 31 12", 12_310_815, "96")] // once
    [DataRow("99 00 01 99", 0, "D6 01")] // each minute of an hour: no such freeze
    [DataRow("60 99 99 99", 0, "D6 01")]
    [DataRow("00 24 99 99", 0, "D6 01")]
    [DataRow("00 00 00 99", 0, "D6 01")]
    [DataRow("00 00 01 13", 0, "D6 01")]
    public void AFreezeIsOrderedWithNinetyNineForEach(string when, int code, string reply)
    {
        Dlt645Bench bench = new Dlt645Bench();
        Assert.AreEqual(reply, bench.Ask(Dlt645Protocol.Freeze, when));
        Assert.AreEqual(code, bench.Meter.FreezeCode);
    }

    [TestMethod]
    public void ABroadcastFreezeIsDoneWithoutAReply()
    {
        Dlt645Bench bench = new Dlt645Bench();
        Assert.AreEqual("", bench.AskAt(Broadcast, Dlt645Protocol.Freeze, "99 99 99 99"));
        Assert.AreEqual(99_999_999, bench.Meter.FreezeCode);
        Assert.AreEqual("", bench.AskAt(Broadcast, Dlt645Protocol.ClearMeter, Permission));
        Assert.AreEqual(0, bench.Meter.ClearedMeter);
    }

    [TestMethod]
    public void ClearsNeedTheirPasswordAndTheirLength()
    {
        Dlt645Bench bench = new Dlt645Bench();
        Assert.AreEqual("99", bench.Ask(Dlt645Protocol.ClearDemand, Permission));
        Assert.AreEqual(1, bench.Meter.ClearedDemand);
        Assert.AreEqual("9A", bench.Ask(Dlt645Protocol.ClearMeter, Permission));
        Assert.AreEqual(1, bench.Meter.ClearedMeter);
        Assert.AreEqual("9B", bench.Ask(Dlt645Protocol.ClearEvents, Permission + "FF FF FF FF"));
        Assert.AreEqual(-1, bench.Meter.ClearedEvents);
        Assert.AreEqual("9B", bench.Ask(Dlt645Protocol.ClearEvents, Permission + "FF 00 11 03"));
        Assert.AreEqual(0x031100FF, bench.Meter.ClearedEvents);
        Assert.AreEqual("DB 02", bench.Ask(Dlt645Protocol.ClearEvents, Permission + "01 00 11 03"));
        Assert.AreEqual("DA 04", bench.Ask(Dlt645Protocol.ClearMeter, WrongPermission));
        Assert.AreEqual("DA 01", bench.Ask(Dlt645Protocol.ClearMeter, Permission + "00"));
        Assert.AreEqual(1, bench.Meter.ClearedMeter);
    }

    [TestMethod]
    public void ARelayCommandIsVoidAfterItsTime()
    {
        Dlt645Bench bench = new Dlt645Bench();
        Assert.AreEqual("DC 01", bench.Ask(Dlt645Protocol.Relay, Permission + "1A 00 59 14 08 31 01 26"));
        Assert.AreEqual(0, bench.Meter.RelayCommand);
        Assert.AreEqual("9C", bench.Ask(Dlt645Protocol.Relay, Permission + "1A 00 00 15 08 31 01 26"));
        Assert.AreEqual(Dlt645Protocol.RelayTrip, bench.Meter.RelayCommand);
        Assert.AreEqual("DC 04", bench.Ask(Dlt645Protocol.Relay, WrongPermission + "1C 00 00 00 00 01 02 26"));
    }

    [TestMethod]
    public void AnAddressIsWrittenAndAnsweredFromTheNewOne()
    {
        Dlt645Bench bench = new Dlt645Bench();
        Assert.AreEqual("95", bench.AskAt("AA AA AA AA AA AA", Dlt645Protocol.WriteAddress, "01 00 00 00 00 00"));
        Assert.AreEqual("93 01 00 00 00 00 00", bench.AskAt("01 00 00 00 00 00", Dlt645Protocol.ReadAddress, ""));
        Assert.AreEqual("", bench.AskAt("01 00 00 00 00 00", Dlt645Protocol.WriteAddress, "AA AA AA AA AA AA"));
        Assert.AreEqual("", bench.AskAt("01 00 00 00 00 00", Dlt645Protocol.WriteAddress, "99 99 99 99 99 99"));
        Assert.AreEqual("01 00 00 00 00 00", Dlt645Bytes.Text(bench.Settings.Address, 0, 6));
    }
}
