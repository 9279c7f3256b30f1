using MeterFirmware.Firmware.Tests.Tariffs;
using MeterFirmware.Metering;
using MeterFirmware.Storage.Records;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Metering;

/// <summary>Rules that hold at a boundary, each with values that tell the sides apart (found by changing the code by
/// hand: none of these changes was noticed before).</summary>
[TestClass]
public class MeterRuleTests
{
    private const long OneKilowattSecond = 1_000_000_000;
    private const long SixOClock = MeterBench.Midnight + 6 * 3600;

    [TestMethod]
    public void EachQuadrantTakesItsOwnReactiveEnergy()
    {
        // IEC 62053-23: I (+P, +Q), II (−P, +Q), III (−P, −Q), IV (+P, −Q); every amount is another one.
        MeterBench bench = At(SixOClock);
        Reactive(bench, 10, 5);
        Reactive(bench, -10, 50);
        Reactive(bench, -10, -500);
        Reactive(bench, 10, -5_000);
        long expected = 5;
        for (int kind = EnergyKind.ReactiveQuadrant1; kind <= EnergyKind.ReactiveQuadrant4; kind++)
        {
            Assert.AreEqual(expected, bench.Meter.Registers.TotalRemainder(kind));
            Assert.AreEqual(expected, bench.Meter.Registers.PhaseRemainder(kind, 0));
            Assert.AreEqual(expected, bench.Meter.Registers.RateRemainder(kind, MeterBench.Peak));
            expected *= 10;
        }
    }

    [TestMethod]
    public void ReactiveEnergyWithoutActiveCountsAsImport()
    {
        MeterBench bench = At(SixOClock);
        Reactive(bench, 0, 7);
        Reactive(bench, 0, -70);
        Assert.AreEqual(7L, bench.Meter.Registers.TotalRemainder(EnergyKind.ReactiveQuadrant1));
        Assert.AreEqual(7L, bench.Meter.Registers.PhaseRemainder(EnergyKind.ReactiveQuadrant1, 0));
        Assert.AreEqual(70L, bench.Meter.Registers.TotalRemainder(EnergyKind.ReactiveQuadrant4));
        Assert.AreEqual(70L, bench.Meter.Registers.PhaseRemainder(EnergyKind.ReactiveQuadrant4, 0));
    }

    [TestMethod]
    public void ReactiveEnergyAcrossARateChangeIsSharedByTimeAndAddsUp()
    {
        MeterBench bench = At(SixOClock - 3);
        bench.Reading.ReactiveMicrovarSeconds[0] = 1_000_003;
        bench.Step(7000, 7 * OneKilowattSecond);
        Assert.AreEqual(428_572L, bench.Meter.Registers.RateRemainder(EnergyKind.ReactiveQuadrant1, MeterBench.Valley));
        Assert.AreEqual(1_000_003L, bench.Meter.Registers.RateRemainder(EnergyKind.ReactiveQuadrant1, MeterBench.Valley)
            + bench.Meter.Registers.RateRemainder(EnergyKind.ReactiveQuadrant1, MeterBench.Peak));
        Assert.AreEqual(1_000_003L, bench.Meter.Registers.TotalRemainder(EnergyKind.ReactiveQuadrant1));
    }

    [TestMethod]
    public void ASilentSensorDoesNotBookTheLastReadingAgain()
    {
        MeterBench bench = At(SixOClock);
        bench.Step(1000, OneKilowattSecond);
        for (int i = 0; i < 200; i++)
        {
            bench.Silence(1000);
        }

        Assert.AreEqual(OneKilowattSecond, bench.ImportMicrojoules());
    }

    [TestMethod]
    [DataRow(5_000, 1)]
    [DataRow(-5_000, 1)]
    [DataRow(2_000, 0)]
    [DataRow(-2_000, 0)]
    public void AClockErrorBeyondTheSlewIsAStepEitherWay(int errorMs, int steps)
    {
        MeterBench bench = At(SixOClock);
        bench.Step(10_000, OneKilowattSecond);
        bench.UtcMs += errorMs;
        bench.Step(1000, OneKilowattSecond);
        Assert.AreEqual(steps, bench.ClockSteps);
    }

    /// <summary>facts/metering-rules.md: a demand period restarts after a clock set; an incomplete one is never a
    /// maximum.</summary>
    [TestMethod]
    [DataRow(1)]
    [DataRow(-1)]
    public void AfterAClockSetTheDemandOfNeitherDirectionIsTakenFromTheCutPeriod(int sign)
    {
        MeterBench bench = At(SixOClock);
        for (int i = 0; i < 600; i++)
        {
            bench.Step(1000, sign * 8 * OneKilowattSecond);
        }

        // From 06:10 to 06:17: neither of the two cut quarters of 8 kW counts, the whole one from 06:30 does.
        bench.UtcMs += 7 * 60_000;
        for (int i = 0; i < 780 + 900; i++)
        {
            bench.Step(1000, sign * (i < 780 ? 8 : 2) * OneKilowattSecond);
        }

        DemandMeter demand = sign > 0 ? bench.Meter.ImportDemand : bench.Meter.ExportDemand;
        Assert.AreEqual(SixOClock + 45 * 60, demand.MaximumUtcSeconds);
        Assert.AreEqual(2_000_000L, demand.MaximumMilliwatts);
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(-1)]
    public void AReversalStartsThePeriodsOfBothDirectionsAnew(int sign)
    {
        MeterBench bench = At(SixOClock);
        for (int i = 0; i < 1800; i++)
        {
            bench.Step(1000, sign * (i == 300 ? -OneKilowattSecond : 2 * OneKilowattSecond));
        }

        DemandMeter demand = sign > 0 ? bench.Meter.ImportDemand : bench.Meter.ExportDemand;
        DemandMeter other = sign > 0 ? bench.Meter.ExportDemand : bench.Meter.ImportDemand;
        Assert.AreEqual(SixOClock + 1800, demand.MaximumUtcSeconds);
        Assert.AreEqual(2_000_000L, demand.MaximumMilliwatts);
        Assert.AreEqual(0L, other.MaximumMilliwatts);
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(-1)]
    public void ARatesMaximumNeedsTheRateForTheWholeWindowInEitherDirection(int sign)
    {
        // 22:00 is peak's end; sliding windows of 15 min that slip by 5.
        const long TenAtNight = MeterBench.Midnight + 22 * 3600;
        MeterBench bench =
            new MeterBench(new MeteringSettings { DemandSlipMinutes = 5 }) { UtcMs = (TenAtNight - 900) * 1000 };
        bench.Step(0, 0);
        for (int i = 0; i < 1800; i++)
        {
            // 6 kW before 22:00, then 2, then 3 in the last five minutes.
            bench.Step(1000, sign * (i < 900 ? 6 : i < 1500 ? 2 : 3) * OneKilowattSecond);
        }

        DemandMeter demand = sign > 0 ? bench.Meter.ImportDemand : bench.Meter.ExportDemand;
        Assert.AreEqual(2_333_333L, demand.RateMaximumMilliwatts(MeterBench.Valley));
        Assert.AreEqual(TenAtNight + 900, demand.RateMaximumUtcSeconds(MeterBench.Valley));
        Assert.IsTrue(demand.MaximumMilliwatts > 4_000_000, "the total's window runs on");
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(-1)]
    public void AFinishedPeriodBelongsToTheRateThatWasInForce(int sign)
    {
        const long TenAtNight = MeterBench.Midnight + 22 * 3600;
        MeterBench bench = At(TenAtNight - 900);
        for (int i = 0; i < 1800; i++)
        {
            bench.Step(1000, sign * (i < 900 ? 6 : 2) * OneKilowattSecond);
        }

        // An export begins with a reversal, which costs its first period: peak has none then.
        DemandMeter demand = sign > 0 ? bench.Meter.ImportDemand : bench.Meter.ExportDemand;
        Assert.AreEqual(sign > 0 ? 6_000_000L : 0L, demand.RateMaximumMilliwatts(MeterBench.Peak));
        Assert.AreEqual(2_000_000L, demand.RateMaximumMilliwatts(MeterBench.Valley));
    }

    [TestMethod]
    public void ARateThatBeginsInsideASubBlockNeedsTheNextWholeOnes()
    {
        DemandMeter demand = new DemandMeter(2, 15, 5);
        demand.Restart(true);
        demand.EndSubBlock(0, 300);
        demand.RestartRate(false);
        for (int block = 2; block <= 5; block++)
        {
            demand.Add(300 * OneKilowattSecond);
            demand.EndSubBlock(1, block * 300);
            Assert.AreEqual(block < 5 ? 0L : 1_000_000L, demand.RateMaximumMilliwatts(1));
        }
    }

    [TestMethod]
    public void TheExportOfASavedIntervalIsNotLostOrDoubled()
    {
        MeterBench before = At(SixOClock);
        before.Step(1000, 36 * OneKilowattSecond / 10);
        before.Step(899_000 - 1, -72 * OneKilowattSecond / 10);
        before.Step(1001, 0);
        before.Step(1000, -36 * OneKilowattSecond / 10);
        MeterBench after = Reborn(before, 60_000);
        after.Step(1000, -36 * OneKilowattSecond / 10);
        after.Step(900_000, 0);
        Assert.AreEqual(2_000L, after.Interval(0).ExportMilliwattHours);
        Assert.AreEqual(0L, after.Interval(0).ImportMilliwattHours);
    }

    [TestMethod]
    public void ASavedIntervalIsOverWhenPowerReturnsAtItsVeryEnd()
    {
        MeterBench before = At(SixOClock);
        before.Step(1000, OneKilowattSecond);
        MeterBench after = Reborn(before, 899_000);
        Assert.AreEqual(1, after.IntervalCount);
        Assert.AreEqual(SixOClock + 1, after.Interval(0).EndUtcSeconds);
        after.Step(900_000, OneKilowattSecond);
        Assert.AreEqual(2, after.IntervalCount);
        Assert.AreEqual(SixOClock + 900, after.Interval(1).StartUtcSeconds);
        Assert.AreEqual(0, after.Interval(1).Flags);
    }

    [TestMethod]
    public void ASavedIntervalDoesNotGoOnWhenTheRateChangedInTheOutage()
    {
        // Monday 2026-01-05 in New York: rate a until 01:30, then b; intervals of an hour.
        const long OneOClock = 1_767_592_800;
        MeteringSettings settings = new MeteringSettings { IntervalMinutes = 60 };
        MeterBench before = new MeterBench(settings, TableBytes.NewYork()) { UtcMs = OneOClock * 1000 };
        before.Step(0, 0);
        before.Step(60_000, 36 * OneKilowattSecond / 10);
        byte[] state = new byte[before.Meter.SavedBytes];
        before.Meter.Save(state, 0);
        MeterBench after = new MeterBench(settings, TableBytes.NewYork()) { UtcMs = (OneOClock + 2400) * 1000 };
        Assert.IsTrue(after.Meter.TryLoad(state, 0));
        after.Step(0, 0);
        Assert.AreEqual(1, after.IntervalCount);
        Assert.AreEqual(0, after.Interval(0).Rate);
        after.Step(1_200_000, 36 * OneKilowattSecond / 10);
        Assert.AreEqual(1, after.Interval(1).Rate);
        Assert.AreEqual(1_000L, after.Interval(1).ImportMilliwattHours);
    }

    /// <summary>Lord Howe goes from +10:30 to +11:00 on 2026-10-04 at 02:00: the hour that follows ends at 03:00 local
    /// time.</summary>
    [TestMethod]
    public void AShiftOfHalfAnHourMovesTheGridWithTheLocalClock()
    {
        const long Shift = 1_791_041_400;
        TableBytes table = new TableBytes().Header("Lord Howe", "AUD").Byte(42).UInt16(20_454).UInt16(20_819).Byte(1)
            .Transition(Shift, 44).Byte(1).Text("a").Byte(1).Byte(1).Byte(0).Byte(0).Byte(1).Byte(1).Byte(1).Byte(0)
                .Byte(0)
            .Byte(0).Number(1).Byte(0).Number(0).Number(0).Byte(0).Byte(1).Number(0).Signed(0).Seal();
        MeteringSettings settings = new MeteringSettings { IntervalMinutes = 60, GridMinutes = 60 };
        MeterBench bench = new MeterBench(settings, table) { UtcMs = (Shift - 3600) * 1000 };
        bench.Step(0, 0);
        for (int i = 0; i < 9000; i++)
        {
            bench.Step(1000, OneKilowattSecond);
        }

        Assert.AreEqual(3, bench.IntervalCount);
        Assert.AreEqual(Shift, bench.Interval(0).EndUtcSeconds);
        Assert.AreEqual(Shift + 1800, bench.Interval(1).EndUtcSeconds);
        Assert.AreEqual(11 * 3600, bench.Interval(1).OffsetSeconds);
        Assert.AreEqual(Shift + 5400, bench.Interval(2).EndUtcSeconds);
        Assert.AreEqual(3, bench.GridEnds);
    }

    /// <summary>facts/metering-rules.md: a demand period restarts after a demand clear.</summary>
    [TestMethod]
    [DataRow(1)]
    [DataRow(-1)]
    public void DemandClearedInsideAPeriodCountsFromTheNextWholeOne(int sign)
    {
        MeterBench bench = At(SixOClock);
        DemandMeter demand = sign > 0 ? bench.Meter.ImportDemand : bench.Meter.ExportDemand;
        for (int i = 0; i < 1900; i++)
        {
            bench.Step(1000, sign * 5 * OneKilowattSecond);
        }

        Assert.AreEqual(5_000_000L, demand.MaximumMilliwatts);
        bench.Meter.ClearDemand();
        Assert.AreEqual(0L, demand.MaximumMilliwatts);
        Assert.AreEqual(0L, demand.LastMilliwatts);
        for (int i = 1900; i < 2700; i++)
        {
            bench.Step(1000, sign * 9 * OneKilowattSecond);
        }

        Assert.AreEqual(0L, demand.MaximumMilliwatts);
        for (int i = 0; i < 900; i++)
        {
            bench.Step(1000, sign * 3 * OneKilowattSecond);
        }

        Assert.AreEqual(3_000_000L, demand.MaximumMilliwatts);
        Assert.AreEqual(SixOClock + 3600, demand.MaximumUtcSeconds);
    }

    [TestMethod]
    public void DemandThatStartsAnewOnABoundaryTakesNothingFromBefore()
    {
        DemandMeter demand = new DemandMeter(1, 15, 15);
        demand.Add(100_000 * OneKilowattSecond);
        demand.Restart(true);
        demand.Add(900 * OneKilowattSecond);
        demand.EndSubBlock(0, 900);
        Assert.AreEqual(1_000_000L, demand.MaximumMilliwatts);
    }

    private static void Reactive(MeterBench bench, long active, long reactive)
    {
        bench.Reading.ReactiveMicrovarSeconds[0] = reactive;
        bench.Step(1000, active);
    }

    private static MeterBench At(long utcSeconds)
    {
        MeterBench bench = new MeterBench { UtcMs = utcSeconds * 1000 };
        bench.Step(0, 0);
        return bench;
    }

    /// <summary>Saves, loses the supply for a time, loads into a new meter and takes its first reading.</summary>
    private static MeterBench Reborn(MeterBench before, long darkMs)
    {
        byte[] state = new byte[before.Meter.SavedBytes];
        before.Meter.Save(state, 0);
        MeterBench after = new MeterBench { UtcMs = before.UtcMs + darkMs };
        Assert.IsTrue(after.Meter.TryLoad(state, 0));
        after.Step(0, 0);
        return after;
    }
}
