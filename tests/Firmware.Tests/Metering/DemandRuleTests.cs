using MeterFirmware.Commands;
using MeterFirmware.Firmware.Tests.Tariffs;
using MeterFirmware.Metering;
using MeterFirmware.Tariffs;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Metering;

/// <summary>facts/metering-rules.md, "a demand period restarts": after power-up, demand clear, clock set, change of
/// direction or of period; an incomplete period is never recorded as a maximum.</summary>
[TestClass]
public class DemandRuleTests
{
    private const long OneKilowattSecond = 1_000_000_000;
    private const long SixOClock = MeterBench.Midnight + 6 * 3600;

    /// <summary>"… 5, 10, 15, 30, 60 min / 1, 2, 3, 5 min; the period is a whole multiple of the slip".</summary>
    [TestMethod]
    [DataRow(15, 15, true)]
    [DataRow(60, 60, true)]
    [DataRow(10, 2, true)]
    [DataRow(30, 3, true)]
    [DataRow(60, 5, true)]
    [DataRow(5, 1, true)]
    [DataRow(10, 3, false)]
    [DataRow(5, 2, false)]
    [DataRow(20, 5, false)]
    [DataRow(40, 5, false)]
    [DataRow(60, 4, false)]
    [DataRow(60, 30, false)]
    [DataRow(3, 3, false)]
    [DataRow(15, 0, false)]
    [DataRow(15, -5, false)]
    public void ADemandWindowIsOneThatTheRuleNames(int period, int slip, bool isGood)
    {
        MeterBench bench = At(SixOClock);
        Assert.AreEqual(isGood, bench.Meter.TrySetDemandWindow(period, slip));
        Assert.AreEqual((isGood ? period : 15) * 60, bench.Meter.ExportDemand.PeriodSeconds);
        Assert.AreEqual((isGood ? slip : 15) * 60, bench.Meter.ImportDemand.SlipSeconds);
    }

    /// <summary>The settings document takes a window exactly when the meter does: it would not start with
    /// another.</summary>
    [TestMethod]
    public void TheSettingsDocumentTakesTheSameWindows()
    {
        SettingsValues values = new SettingsValues(new MeterSchema());
        for (int period = 5; period <= 60; period++)
        {
            for (int slip = 1; slip <= 60; slip++)
            {
                values.SetInteger(MeterSchema.DemandPeriodMinutes, period);
                values.SetInteger(MeterSchema.DemandSlipMinutes, slip);
                Assert.AreEqual(DemandMeter.IsWindow(period, slip), MeterSchema.FindConflict(values) < 0,
                    period.ToString() + " / " + slip.ToString());
            }
        }
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(-1)]
    public void AfterPowerUpInsideAPeriodTheFirstMaximumIsOfTheNextWholeOne(int sign)
    {
        MeterBench bench = At(SixOClock + 1);
        Run(bench, 899, sign * 9 * OneKilowattSecond);
        Assert.AreEqual(0L, Demand(bench, sign).MaximumMilliwatts);
        Run(bench, 900, sign * 2 * OneKilowattSecond);
        Assert.AreEqual(2_000_000L, Demand(bench, sign).MaximumMilliwatts);
        Assert.AreEqual(SixOClock + 1800, Demand(bench, sign).MaximumUtcSeconds);
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(-1)]
    public void AClearAtAPeriodsEndLosesNoPeriod(int sign)
    {
        MeterBench bench = At(SixOClock);
        Run(bench, 1800, sign * 2 * OneKilowattSecond);
        bench.Meter.ClearDemand();
        Run(bench, 900, sign * OneKilowattSecond);
        Assert.AreEqual(1_000_000L, Demand(bench, sign).MaximumMilliwatts);
        Assert.AreEqual(SixOClock + 2700, Demand(bench, sign).MaximumUtcSeconds);
    }

    /// <summary>A moment without flow is no change of direction.</summary>
    [TestMethod]
    [DataRow(1)]
    [DataRow(-1)]
    public void AMomentWithoutFlowCutsNoPeriod(int sign)
    {
        MeterBench bench = At(SixOClock);
        Run(bench, 900, sign * OneKilowattSecond);
        Run(bench, 450, sign * 2 * OneKilowattSecond);
        Run(bench, 1, 0);
        Run(bench, 449, sign * 2 * OneKilowattSecond);
        Assert.AreEqual(SixOClock + 1800, Demand(bench, sign).MaximumUtcSeconds);
    }

    /// <summary>A switch of the table set is a change for the rates; the total's period runs on.</summary>
    [TestMethod]
    public void ATableSwitchCutsTheRatesPeriodAndNotTheTotals()
    {
        MeterBench bench = At(SixOClock);
        Run(bench, 900, OneKilowattSecond);
        TariffTable spare = TableBytes.Household("Other", 700_000, 300_000).Load();
        Assert.IsTrue(bench.Meter.Tariffs.TryLoadSpare(spare, TariffSets.Never, TariffSets.Never, SixOClock + 1350,
            TariffSets.Never, SixOClock + 900, out string error), error);
        bench.Meter.TariffChanged();
        Run(bench, 900, 2 * OneKilowattSecond);
        Assert.AreEqual(2_000_000L, Demand(bench, 1).MaximumMilliwatts);
        Assert.AreEqual(1_000_000L, Demand(bench, 1).RateMaximumMilliwatts(MeterBench.Peak));
        Run(bench, 900, 2 * OneKilowattSecond);
        Assert.AreEqual(2_000_000L, Demand(bench, 1).RateMaximumMilliwatts(MeterBench.Peak));
        Assert.AreEqual(SixOClock + 2700, Demand(bench, 1).RateMaximumUtcSeconds(MeterBench.Peak));
    }

    [TestMethod]
    public void ATableThatReplacesTheRunningOneCutsThePeriod()
    {
        MeterBench bench = At(SixOClock);
        Run(bench, 1350, OneKilowattSecond);
        Assert.IsTrue(bench.Meter.TryUseTariff(TableBytes.Household("Other", 700_000, 300_000).Load()));
        Run(bench, 450, 9 * OneKilowattSecond);
        Assert.AreEqual(1_000_000L, Demand(bench, 1).MaximumMilliwatts);
        Run(bench, 900, 2 * OneKilowattSecond);
        Assert.AreEqual(2_000_000L, Demand(bench, 1).MaximumMilliwatts);
        Assert.AreEqual(SixOClock + 2700, Demand(bench, 1).MaximumUtcSeconds);
    }

    [TestMethod]
    public void AClockSetByLessThanASecondOfSlewCutsNoPeriod()
    {
        MeterBench bench = At(SixOClock);
        Run(bench, 600, 2 * OneKilowattSecond);
        bench.UtcMs += 1500;
        Run(bench, 299, 2 * OneKilowattSecond);
        Assert.AreEqual(SixOClock + 900, Demand(bench, 1).MaximumUtcSeconds);
    }

    [TestMethod]
    public void AChangeOfThePeriodRecordsNothingFromTheCutOne()
    {
        MeterBench bench = At(SixOClock);
        Run(bench, 840, 9 * OneKilowattSecond);
        Assert.IsTrue(bench.Meter.TrySetDemandWindow(5, 1));
        Run(bench, 60 + 5 * 60 - 1, 1 * OneKilowattSecond);
        Assert.AreEqual(0L, Demand(bench, 1).MaximumMilliwatts, "five whole minutes since the change are not over");
        Run(bench, 1, 1 * OneKilowattSecond);
        Assert.AreEqual(1_000_000L, Demand(bench, 1).MaximumMilliwatts);
        Assert.AreEqual(SixOClock + 1200, Demand(bench, 1).MaximumUtcSeconds);
    }

    /// <summary>A rate that begins inside a period that power-up had cut has its first whole period right after
    /// it.</summary>
    [TestMethod]
    public void ARateThatBeginsInACutPeriodCountsFromTheNextWholeOne()
    {
        DemandMeter demand = new DemandMeter(2, 15, 15);
        demand.Restart(false);
        demand.RestartRate(false);
        demand.EndSubBlock(1, 900);
        demand.Add(900 * OneKilowattSecond);
        demand.EndSubBlock(1, 1800);
        Assert.AreEqual(1_000_000L, demand.MaximumMilliwatts);
        Assert.AreEqual(1_000_000L, demand.RateMaximumMilliwatts(1));
    }

    /// <summary>What a chip's counter brings after a silence is energy of other periods: none that holds it is a
    /// maximum.</summary>
    [TestMethod]
    [DataRow(1)]
    [DataRow(-1)]
    public void EnergyThatComesLateAfterASilentSensorMakesNoMaximum(int sign)
    {
        MeterBench bench = At(SixOClock);
        Run(bench, 1800, sign * 2 * OneKilowattSecond);
        for (int minute = 0; minute < 20; minute++)
        {
            bench.Silence(60_000);
        }

        // Twenty minutes at 2 kW at once, five minutes into a period.
        bench.Step(1000, sign * 1200 * 2 * OneKilowattSecond);
        Assert.AreEqual(3000 * 2 * OneKilowattSecond,
            bench.ImportMicrojoules(sign > 0 ? EnergyKind.Import : EnergyKind.Export),
            "the silence's energy is booked");
        Run(bench, 1800, sign * 2 * OneKilowattSecond);
        Assert.AreEqual(2_000_000L, Demand(bench, sign).MaximumMilliwatts);
        Assert.AreEqual(2_000_000L, Demand(bench, sign).LastMilliwatts);
    }

    [TestMethod]
    public void APeriodInWhichTheSensorWasSilentIsIncomplete()
    {
        MeterBench bench = At(SixOClock);
        Run(bench, 1000, OneKilowattSecond);
        bench.Silence(60_000);
        Run(bench, 800, 9 * OneKilowattSecond);
        Assert.AreEqual(1_000_000L, Demand(bench, 1).MaximumMilliwatts, "of the period before");
    }

    /// <summary>Lord Howe goes from +10:30 to +11:00 at 02:00: a period of an hour is cut to half, and no
    /// maximum.</summary>
    [TestMethod]
    public void APeriodThatAChangeOfTheZoneCutsIsIncomplete()
    {
        const long Shift = 1_791_041_400;
        TableBytes table = new TableBytes().Header("Lord Howe", "AUD").Byte(42).UInt16(20_454).UInt16(20_819).Byte(1)
            .Transition(Shift, 44).Byte(1).Text("a").Byte(1).Byte(1).Byte(0).Byte(0).Byte(1).Byte(1).Byte(1).Byte(0)
                .Byte(0)
            .Byte(0).Number(1).Byte(0).Number(0).Number(0).Byte(0).Byte(1).Number(0).Signed(0).Seal();
        MeteringSettings hourly = new MeteringSettings { DemandPeriodMinutes = 60, DemandSlipMinutes = 60 };
        MeterBench bench = new MeterBench(hourly, table) { UtcMs = (Shift - 10) * 1000 };
        bench.Step(0, 0);
        Run(bench, 10 + 1800, 8 * OneKilowattSecond);
        Assert.AreEqual(0L, Demand(bench, 1).LastMilliwatts, "half an hour is no period");
        Run(bench, 3600, OneKilowattSecond);
        Assert.AreEqual(1_000_000L, Demand(bench, 1).MaximumMilliwatts);
        Assert.AreEqual(Shift + 5400, Demand(bench, 1).MaximumUtcSeconds);
    }

    /// <summary>Without a calendar a maximum has no time: 0, and not one of 1970.</summary>
    [TestMethod]
    public void AMaximumWithoutACalendarHasNoTime()
    {
        MeterBench bench = new MeterBench { Timed = false };
        bench.Step(0, 0);
        Run(bench, 1800, 2 * OneKilowattSecond);
        Assert.AreEqual(2_000_000L, Demand(bench, 1).MaximumMilliwatts);
        Assert.AreEqual(0L, Demand(bench, 1).MaximumUtcSeconds);
    }

    private static DemandMeter Demand(MeterBench bench, int sign) =>
        sign > 0 ? bench.Meter.ImportDemand : bench.Meter.ExportDemand;

    private static void Run(MeterBench bench, int seconds, long microjoules)
    {
        for (int i = 0; i < seconds; i++)
        {
            bench.Step(1000, microjoules);
        }
    }

    private static MeterBench At(long utcSeconds)
    {
        MeterBench bench = new MeterBench { UtcMs = utcSeconds * 1000 };
        bench.Step(0, 0);
        return bench;
    }
}
