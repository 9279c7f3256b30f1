using MeterFirmware.Basics;
using MeterFirmware.Carbon;
using MeterFirmware.Catalogue;
using MeterFirmware.Commands;
using MeterFirmware.History;
using MeterFirmware.Metering;
using MeterFirmware.Tariffs;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.SmartMeter;

/// <summary>Prepayment, settlement dates, carbon and clears by command in the running product.</summary>
[TestClass]
public class TermCommandsTests
{
    // 1 kW at 0.617 yuan a kWh: an hour takes 0.617 yuan.
    private const string Levels =
        "{\"alarm1\":1.0,\"alarm2\":0.5,\"creditLimit\":0.2,\"reconnectAbove\":0.1,\"opensRelay\":true}";

    [TestMethod]
    public void ThePrepaidBalancePassesBothAlarmsAndTheRelayOpensAtTheCreditLimit()
    {
        ProductBench bench = new ProductBench { IsClosed = true };
        bench.Run(10);
        Assert.AreEqual(CommandRefusal.None, bench.Execute(CommandCode.Prepayment, Levels));
        Assert.AreEqual(CommandRefusal.None, TopUp(bench, 1, "1.5"));
        Assert.AreEqual("{\"balance\":\"1.5000\"}", bench.Result());
        int seen = 0;
        for (int minute = 0; minute < 200 && bench.IsClosed; minute++)
        {
            bench.Run(60);
            seen |= 1 << (int)bench.Meter.Terms.Prepayment.State;
        }

        Assert.AreEqual((1 << (int)PrepaymentState.Normal) | (1 << (int)PrepaymentState.Alarm1)
            | (1 << (int)PrepaymentState.Alarm2)
            | (1 << (int)PrepaymentState.OnCredit) | (1 << (int)PrepaymentState.Exhausted), seen);
        Assert.IsFalse(bench.IsClosed);

        // Checked each minute: a minute of 1 kW is 0.0103 yuan.
        long balance = bench.Meter.Terms.Prepayment.Balance;
        Assert.IsTrue(balance <= -2000 && balance > -2110, balance.ToString());
        Assert.IsTrue(bench.Events(EventCode.Prepayment) >= 4);
        Assert.AreEqual(1, bench.Events(EventCode.RelayOperated));
        Assert.AreEqual(0L, bench.Event.Values[0]);

        // Not above the reconnect level, then above it.
        Assert.AreEqual(CommandRefusal.None, TopUp(bench, 2, "0.25"));
        Assert.IsFalse(bench.IsClosed);
        Assert.AreEqual(CommandRefusal.None, TopUp(bench, 3, "1"));
        Assert.IsTrue(bench.IsClosed);
    }

    [TestMethod]
    public void ATopUpIsBookedOnceAcrossAPowerLossWithoutWarning()
    {
        ProductBench bench = new ProductBench { IsClosed = true };
        bench.Run(10);
        Assert.AreEqual(CommandRefusal.None, bench.Execute(CommandCode.Prepayment, Levels));
        Assert.AreEqual(CommandRefusal.None, TopUp(bench, 1, "10"));
        ProductBench later = bench.Restart(60, false);
        later.Run(10);
        Assert.AreEqual(CommandRefusal.WrongState, TopUp(later, 1, "10"));
        Assert.AreEqual(CommandRefusal.WrongState, TopUp(later, 3, "10"));
        Assert.AreEqual(CommandRefusal.OutOfRange, TopUp(later, 2, "0"));
        long balance = later.Meter.Terms.Prepayment.Balance;
        Assert.IsTrue(balance <= 100_000 && balance > 99_900, balance.ToString());
        Assert.AreEqual(CommandRefusal.None, TopUp(later, 2, "10"));
        Assert.AreEqual(CommandRefusal.None,
            later.Execute(CommandCode.Read, CommandRole.Reader, "{\"what\":\"prepayment\"}"));
        Assert.Contains("\"lastTopUp\":2", later.Result());
    }

    /// <summary>What the meter billed before the account was opened is not charged, whenever the supply
    /// fails.</summary>
    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void AnAccountThatWasJustOpenedIsChargedOnlyWhatFollowsAlsoAfterACut(bool isWarned)
    {
        ProductBench bench = new ProductBench { IsClosed = true };
        bench.Run(3 * 3600 + 5);
        Assert.AreEqual(CommandRefusal.None, bench.Execute(CommandCode.Prepayment, Levels));
        bench.Run(30);
        bench = bench.Restart(5, isWarned);
        bench.Run(61);
        long balance = bench.Meter.Terms.Prepayment.Balance;
        Assert.IsTrue(balance <= 0 && balance > -200, balance.ToString());
        Assert.AreEqual(PrepaymentState.OnCredit, bench.Meter.Terms.Prepayment.State);
        Assert.IsTrue(bench.IsClosed);
    }

    [TestMethod]
    public void AnAccountThatCannotBeKeptIsNotOpened()
    {
        FaultyFlash flash = new FaultyFlash();
        ProductBench bench = new ProductBench(flash, new MeteringSettings());
        bench.IsClosed = true;
        bench.Run(3605);
        flash.RefusesWrites = true;
        Assert.AreEqual(CommandRefusal.StorageFailed, bench.Execute(CommandCode.Prepayment, Levels));
        Assert.AreEqual(CommandRefusal.NotSupported, TopUp(bench, 1, "10"));
        Assert.IsFalse(bench.Meter.Terms.IsPrepaid);
        flash.RefusesWrites = false;
        Assert.AreEqual(CommandRefusal.None, bench.Execute(CommandCode.Prepayment, Levels));
    }

    [TestMethod]
    public void WhetherTheRelayOpensActsWithTheCommand()
    {
        ProductBench bench = new ProductBench { IsClosed = true };
        bench.Run(60);
        const string WarnOnly =
            "{\"alarm1\":1.0,\"alarm2\":0.5,\"creditLimit\":0.2,\"reconnectAbove\":0.1,\"opensRelay\":false}";
        Assert.AreEqual(CommandRefusal.None, bench.Execute(CommandCode.Prepayment, WarnOnly));
        bench.Run(3600);
        Assert.AreEqual(PrepaymentState.Exhausted, bench.Meter.Terms.Prepayment.State);
        Assert.IsTrue(bench.IsClosed);
        Assert.AreEqual(CommandRefusal.None, bench.Execute(CommandCode.Prepayment, Levels));
        Assert.IsFalse(bench.IsClosed, "opens with the command");
        bench.Run(300);
        Assert.IsFalse(bench.IsClosed);
        Assert.AreEqual(CommandRefusal.None, bench.Execute(CommandCode.Prepayment, WarnOnly));
        Assert.IsTrue(bench.IsClosed, "nothing that is in force keeps it open");

        // One that was opened by command stays open.
        Assert.AreEqual(CommandRefusal.None, bench.Execute(CommandCode.Relay, "{\"closed\":false}"));
        Assert.AreEqual(CommandRefusal.None, bench.Execute(CommandCode.Prepayment, Levels));
        Assert.AreEqual(CommandRefusal.None, bench.Execute(CommandCode.Prepayment, WarnOnly));
        Assert.IsFalse(bench.IsClosed);
    }

    [TestMethod]
    public void WithoutAnAccountThereIsNoTopUpAndBadLevelsOpenNone()
    {
        ProductBench bench = new ProductBench();
        bench.Run(10);
        Assert.AreEqual(CommandRefusal.NotSupported, TopUp(bench, 1, "10"));
        Assert.AreEqual(CommandRefusal.OutOfRange, bench.Execute(CommandCode.Prepayment,
            "{\"alarm1\":1,\"alarm2\":2,\"creditLimit\":0,\"reconnectAbove\":0,\"opensRelay\":true}"));
        Assert.AreEqual(CommandRefusal.BadArgument, bench.Execute(CommandCode.Prepayment, "{\"alarm1\":1}"));
        Assert.AreEqual(CommandRefusal.NotSupported, TopUp(bench, 1, "10"));
    }

    [TestMethod]
    public void ARelayOpenedByCommandStaysOpenWhateverTheBalance()
    {
        ProductBench bench = new ProductBench { IsClosed = true };
        bench.Run(10);
        bench.Execute(CommandCode.Prepayment, Levels);
        TopUp(bench, 1, "10");
        Assert.AreEqual(CommandRefusal.None, bench.Execute(CommandCode.Relay, "{\"closed\":false}"));
        TopUp(bench, 2, "10");
        ProductBench later = bench.Restart(60, true);
        later.Run(120);
        Assert.IsFalse(later.IsClosed);
    }

    [TestMethod]
    public void SettlementDay31IsTheMonthsEndAndDay30IsRefused()
    {
        ProductBench bench = new ProductBench();
        bench.Run(10);
        Assert.AreEqual(CommandRefusal.OutOfRange,
            bench.Execute(CommandCode.Settlement, "{\"day1\":1,\"hour1\":0,\"day2\":30,\"hour2\":0}"));
        Assert.AreEqual(1, bench.Meter.Terms.Dates.Count);
        Assert.AreEqual(31, bench.Meter.Terms.Dates.Day(0));
        Assert.AreEqual(CommandRefusal.None,
            bench.Execute(CommandCode.Settlement, "{\"day1\":15,\"hour1\":6,\"day2\":31,\"hour2\":24}"));
        Assert.AreEqual(CommandRefusal.BadArgument, bench.Execute(CommandCode.Settlement, "{\"day1\":15}"));
        ProductBench later = bench.Restart(60, false);
        Assert.AreEqual(2, later.Meter.Terms.Dates.Count);
        Assert.AreEqual(15, later.Meter.Terms.Dates.Day(0));
        Assert.AreEqual(6, later.Meter.Terms.Dates.Hour(0));

        // 2026-01-31T24:00+08:00 falls into an outage: made at power-up, once, and no earlier date is owed.
        later.Run(10);
        ProductBench february = later.Restart(40 * 86_400, true);
        february.Run(10);
        Assert.IsTrue(february.Freezes.TryRead(FreezeKind.Settlement, 1));
        Assert.AreEqual(1_769_875_200L, february.Freezes.NominalUtcSeconds);
    }

    [TestMethod]
    public void CarbonTermsAreKeptAndADaysFactorsGoBeforeTheYears()
    {
        ProductBench bench = new ProductBench();
        bench.Run(10);
        Assert.AreEqual(CommandRefusal.None, bench.Execute(CommandCode.Carbon,
            "{\"microgramsPerKwh\":300000000,\"greenPermille\":250,\"budgetMilligrams\":1000}"));
        Assert.AreEqual(CommandRefusal.OutOfRange, bench.Execute(CommandCode.Carbon, "{\"greenPermille\":1001}"));
        Assert.AreEqual(CommandRefusal.BadArgument, bench.Execute(CommandCode.Carbon, "{\"grams\":1}"));
        Assert.AreEqual(CommandRefusal.BadArgument, bench.Execute(CommandCode.Carbon, "{}"));
        ProductBench later = bench.Restart(60, false);
        later.Run(10);
        Assert.AreEqual(300_000_000, later.History.Factors.YearMicrogramsPerKwh[0]);
        Assert.AreEqual(250, later.Meter.Recorder.Carbon.GreenPermille);
        Assert.AreEqual(1000L, later.Meter.Terms.Budget.MilligramsMax);
        later.Run(3600);
        Assert.IsTrue(later.Events(EventCode.CarbonWarning) >= 1, "0.3 kg in an hour is beyond a gram");
    }

    /// <summary>A factor of nothing is one: an island on water power alone.</summary>
    [TestMethod]
    public void CarbonTermsOfAFactorOfZeroAreKept()
    {
        ProductBench bench = new ProductBench();
        bench.Run(10);
        Assert.AreEqual(CommandRefusal.None, bench.Execute(CommandCode.Carbon,
            "{\"microgramsPerKwh\":0,\"uncertaintyPermille\":20,\"greenPermille\":250,\"budgetMilligrams\":1000}"));
        ProductBench later = bench.Restart(60, false);
        later.Run(10);
        Assert.AreEqual(0, later.History.Factors.YearMicrogramsPerKwh[0]);
        Assert.AreEqual(20, later.History.Factors.YearUncertaintyPermille);
        Assert.AreEqual(250, later.Meter.Recorder.Carbon.GreenPermille);
        Assert.AreEqual(1000L, later.Meter.Terms.Budget.MilligramsMax);
    }

    /// <summary>Two days are kept: today and tomorrow.</summary>
    [TestMethod]
    public void ADaysFactorsOfAWrongDayNeverTakeTodaysPlace()
    {
        ProductBench bench = new ProductBench();
        bench.Run(10);
        byte[] list = new byte[4 * EmissionFactors.QuartersPerDay];
        for (int quarter = 0; quarter < EmissionFactors.QuartersPerDay; quarter++)
        {
            LittleEndian.WriteInt32(list, 4 * quarter, 100_000_000);
        }

        const long Today = 20_454;
        byte[] shorter = new byte[list.Length - 4];
        Assert.AreEqual(CommandRefusal.OutOfRange, DayFactors(bench, Today, shorter), "95 quarter hours");
        Assert.AreEqual(CommandRefusal.None, DayFactors(bench, Today, list));
        DayFactors(bench, Today + 3650, list);
        Assert.AreEqual(CommandRefusal.None, DayFactors(bench, Today + 1, list));
        Assert.AreEqual(CommandRefusal.OutOfRange, DayFactors(bench, Today + 3650, list));
        Assert.AreEqual(CommandRefusal.OutOfRange, DayFactors(bench, Today + 2, list));
        Assert.AreEqual(CommandRefusal.OutOfRange, DayFactors(bench, Today - 1, list));
        Assert.IsTrue(bench.Meter.Terms.Factors.HasQuarters(Today * 86_400));
        Assert.IsTrue(bench.Meter.Terms.Factors.HasQuarters((Today + 1) * 86_400));
    }

    [TestMethod]
    public void AFreezeByCommandIsReadPartByPart()
    {
        ProductBench bench = new ProductBench();
        bench.Run(3602);
        Assert.AreEqual(CommandRefusal.None, bench.Execute(CommandCode.Freeze, "{}"));
        Assert.AreEqual(CommandRefusal.None, Read(bench, "instant", "import"));
        Assert.Contains("\"total\":1000,\"rates\":[1000,0,", bench.Result());
        Assert.AreEqual(CommandRefusal.None, Read(bench, "instant", "demand"));
        Assert.Contains("\"import\":[1000000,1000000,0,", bench.Result());
        Assert.AreEqual(CommandRefusal.BadArgument, Read(bench, "instant", "cost"));
        Assert.AreEqual(CommandRefusal.OutOfRange, Read(bench, "settlement", "cost"));
        Assert.AreEqual(CommandRefusal.BadArgument, Read(bench, "weekly", "import"));
        Assert.AreEqual(CommandRefusal.None, bench.Execute(CommandCode.Read, "{\"what\":\"carbon\"}"));
        Assert.Contains("\"milligrams\":", bench.Result());
    }

    [TestMethod]
    public void TheMeterIsClearedByTheUtilityOnlyAndTheRegistersStay()
    {
        ProductBench bench = new ProductBench();
        bench.Run(3602);
        long wattHours = bench.Product.Meter.Registers.TotalWattHours(EnergyKind.Import);
        Assert.AreEqual(CommandRefusal.RoleNotAllowed,
            bench.Execute(CommandCode.Clear, CommandRole.Technician, "{\"what\":\"meter\"}"));
        Assert.AreEqual(1_000_000L, bench.Product.Meter.ImportDemand.MaximumMilliwatts);
        Assert.AreEqual(CommandRefusal.None, bench.Execute(CommandCode.Clear, "{\"what\":\"meter\"}"));
        Assert.AreEqual(0L, bench.Product.Meter.ImportDemand.MaximumMilliwatts);
        Assert.AreEqual(0L, bench.Product.Meter.ImportCost.Total());
        Assert.AreEqual(wattHours, bench.Product.Meter.Registers.TotalWattHours(EnergyKind.Import));
        Assert.AreEqual(1, bench.Events(EventCode.MeterClear));
        Assert.AreEqual(CommandRefusal.None,
            bench.Execute(CommandCode.Clear, CommandRole.Technician, "{\"what\":\"events\"}"));
        Assert.AreEqual(1, bench.Events(EventCode.EventClear));
        Assert.AreEqual(1, bench.Events(EventCode.Reset));
        Assert.AreEqual(3L, bench.Event.Values[0]);
    }

    private static int DayFactors(ProductBench bench, long day, byte[] list) => bench.Execute(CommandCode.Carbon,
        "{\"day\":" + day.ToString() + ",\"data\":\"" + System.Convert.ToBase64String(list) + "\"}");

    private static int TopUp(ProductBench bench, int number, string amount) => bench.Execute(CommandCode.TopUp,
        "{\"number\":" + number.ToString() + ",\"amount\":" + amount + "}");

    private static int Read(ProductBench bench, string kind, string part) => bench.Execute(CommandCode.Read,
        "{\"what\":\"freeze\",\"kind\":\"" + kind + "\",\"last\":1,\"part\":\"" + part + "\"}");
}
