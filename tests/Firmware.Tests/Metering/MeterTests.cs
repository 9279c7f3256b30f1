using MeterFirmware.Firmware.Tests.Tariffs;
using MeterFirmware.Metering;
using MeterFirmware.Storage.Records;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Metering;

[TestClass]
public class MeterTests
{
    private const long OneKilowattSecond = 1_000_000_000;
    private const long SixOClock = MeterBench.Midnight + 6 * 3600;

    [TestMethod]
    public void ReadingAcrossARateChangeIsSharedByTimeAndAddsUp()
    {
        MeterBench bench = At(SixOClock - 3);
        bench.Step(1000, OneKilowattSecond);

        // Seven seconds, two of them before 06:00: 2/7 and 5/7 of an energy that does not divide by 7.
        bench.Step(7000, 7 * OneKilowattSecond + 3);
        Assert.AreEqual(OneKilowattSecond + 2 * OneKilowattSecond, bench.RateMicrojoules(MeterBench.Valley));
        Assert.AreEqual(5 * OneKilowattSecond + 3, bench.RateMicrojoules(MeterBench.Peak));
        Assert.AreEqual(8 * OneKilowattSecond + 3, bench.ImportMicrojoules());
    }

    [TestMethod]
    public void IntervalsLieOnTheQuarterHourAndAddUpToTheRegister()
    {
        MeterBench bench = At(MeterBench.Midnight);
        for (int i = 0; i < 6 * 3600; i++)
        {
            bench.Step(1000, 123_456_789);
        }

        Assert.AreEqual(24, bench.IntervalCount);
        for (int i = 0; i < 24; i++)
        {
            Assert.AreEqual(MeterBench.Midnight + i * 900L, bench.Interval(i).StartUtcSeconds);
            Assert.AreEqual(MeterBench.Midnight + i * 900L + 900, bench.Interval(i).EndUtcSeconds);
            Assert.AreEqual(0, bench.Interval(i).Flags);
            Assert.AreEqual(MeterBench.Valley, bench.Interval(i).Rate);
            Assert.AreEqual(8 * 3600, bench.Interval(i).OffsetSeconds);
        }

        Assert.AreEqual(bench.ImportMicrojoules() / 3_600_000, bench.IntervalMilliwattHours());
        Assert.AreEqual(6 * 3600L * 123_456_789, bench.ImportMicrojoules());
    }

    [TestMethod]
    public void LongIntervalIsCutWhereTheRateChanges()
    {
        // Monday 2026-01-05 in New York: rate a until 01:30, then b until 02:30.
        const long OneOClock = 1_767_592_800;
        MeteringSettings settings = new MeteringSettings { IntervalMinutes = 60 };
        MeterBench bench = new MeterBench(settings, TableBytes.NewYork()) { UtcMs = OneOClock * 1000 };
        bench.Step(0, 0);
        for (int i = 0; i < 3600; i++)
        {
            bench.Step(1000, OneKilowattSecond);
        }

        Assert.AreEqual(2, bench.IntervalCount);
        Assert.AreEqual(0, bench.Interval(0).Rate);
        Assert.AreEqual(OneOClock + 1800, bench.Interval(0).EndUtcSeconds);
        Assert.AreEqual(1, bench.Interval(1).Rate);
        Assert.AreEqual(OneOClock + 3600, bench.Interval(1).EndUtcSeconds);
        Assert.AreEqual(RecordFlags.Incomplete, bench.Interval(1).Flags);
        Assert.AreEqual(1_000_000L, bench.IntervalMilliwattHours());
    }

    [TestMethod]
    public void ExportCountsApartAndIntoItsRate()
    {
        MeterBench bench = At(SixOClock);
        bench.Step(1000, 3 * OneKilowattSecond);
        bench.Step(1000, -2 * OneKilowattSecond);
        Assert.AreEqual(3 * OneKilowattSecond, bench.ImportMicrojoules());
        Assert.AreEqual(2 * OneKilowattSecond, bench.ImportMicrojoules(EnergyKind.Export));
        Assert.AreEqual(2 * OneKilowattSecond, bench.Meter.Registers.RateRemainder(EnergyKind.Export, MeterBench.Peak));
        Assert.AreEqual(2 * OneKilowattSecond, bench.Meter.Registers.PhaseRemainder(EnergyKind.Export, 0));
    }

    [TestMethod]
    public void ThreePhaseTotalIsTheAlgebraicSum()
    {
        MeterBench bench = new MeterBench(new MeteringSettings { PhaseCount = 3 }) { UtcMs = SixOClock * 1000 };
        bench.Step(0, 0);
        bench.Reading.ExportMicrojoules[1] = 0;
        bench.Reading.ImportMicrojoules[1] = 2 * OneKilowattSecond;
        bench.Reading.ExportMicrojoules[2] = OneKilowattSecond;
        bench.Step(1000, 3 * OneKilowattSecond);
        Assert.AreEqual(4 * OneKilowattSecond, bench.ImportMicrojoules());
        Assert.AreEqual(0L, bench.ImportMicrojoules(EnergyKind.Export));
        Assert.AreEqual(3 * OneKilowattSecond, bench.Meter.Registers.PhaseRemainder(EnergyKind.Import, 0));
        Assert.AreEqual(2 * OneKilowattSecond, bench.Meter.Registers.PhaseRemainder(EnergyKind.Import, 1));
        Assert.AreEqual(OneKilowattSecond, bench.Meter.Registers.PhaseRemainder(EnergyKind.Export, 2));
    }

    [TestMethod]
    public void ReactiveEnergyGoesIntoTheQuadrantOfItsSigns()
    {
        MeterBench bench = At(SixOClock);
        bench.Reading.ReactiveMicrovarSeconds[0] = 5;
        bench.Step(1000, 10);
        bench.Step(1000, -10);
        bench.Reading.ReactiveMicrovarSeconds[0] = -5;
        bench.Step(1000, -10);
        bench.Step(1000, 10);
        for (int kind = EnergyKind.ReactiveQuadrant1; kind <= EnergyKind.ReactiveQuadrant4; kind++)
        {
            Assert.AreEqual(5L, bench.Meter.Registers.TotalRemainder(kind));
            Assert.AreEqual(5L, bench.Meter.Registers.PhaseRemainder(kind, 0));
        }
    }

    [TestMethod]
    public void SensorWithoutCounterIsIntegratedAsPowerTimesTime()
    {
        MeterBench bench = At(SixOClock);
        bench.Reading.HasEnergy = false;
        bench.Reading.ActivePowerMilliwatts[0] = 1_234_567;
        for (int i = 0; i < 7; i++)
        {
            bench.Step(143, 0);
        }

        Assert.AreEqual(7 * 143 * 1_234_567L, bench.ImportMicrojoules());
    }

    [TestMethod]
    public void ClockStepSplitsTheIntervalAndNeitherLosesNorDoublesEnergy()
    {
        MeterBench bench = At(SixOClock);
        bench.Step(1000, OneKilowattSecond);

        // One tick later the calendar stands three hours further on: the tick's energy belongs to where it was.
        bench.UtcMs += 3 * 3_600_000;
        bench.Step(1000, OneKilowattSecond);
        bench.Step(1000, OneKilowattSecond);
        Assert.AreEqual(1, bench.ClockSteps);
        Assert.AreEqual(1, bench.IntervalCount);
        Assert.AreEqual(SixOClock + 2, bench.Interval(0).EndUtcSeconds);
        Assert.AreEqual(RecordFlags.ClockStep | RecordFlags.Incomplete, bench.Interval(0).Flags);
        Assert.AreEqual(3 * OneKilowattSecond, bench.ImportMicrojoules());
        bench.Step(897_000, OneKilowattSecond);
        bench.Step(1000, 0);
        Assert.AreEqual(2, bench.IntervalCount);
        Assert.AreEqual(SixOClock + 3 * 3600 + 2, bench.Interval(1).StartUtcSeconds);
        Assert.AreEqual(bench.ImportMicrojoules() / 3_600_000, bench.IntervalMilliwattHours());
    }

    [TestMethod]
    [DataRow(-86_400_000L)]
    [DataRow(-400_000L)]
    [DataRow(31_536_000_000L)]
    public void AnyClockStepKeepsEveryMicrojoule(long stepMs)
    {
        MeterBench bench = At(SixOClock);
        for (int i = 0; i < 1000; i++)
        {
            bench.UtcMs += i == 500 ? stepMs : 0;
            bench.Step(1000, 7_777_777);
        }

        Assert.AreEqual(1000L * 7_777_777, bench.ImportMicrojoules());
        Assert.AreEqual(1000L * 7_777_777, bench.RateMicrojoules(0) + bench.RateMicrojoules(1));
    }

    [TestMethod]
    public void SmallClockErrorIsSlewedWithoutAnEvent()
    {
        MeterBench bench = At(SixOClock);
        for (int i = 0; i < 1000; i++)
        {
            bench.UtcMs += i % 2 == 0 ? 900 : -900;
            bench.Step(1000, OneKilowattSecond);
        }

        Assert.AreEqual(0, bench.ClockSteps);
        Assert.AreEqual(1000 * OneKilowattSecond, bench.ImportMicrojoules());
    }

    [TestMethod]
    public void WithoutTimeEnergyStillCountsAndTheRecordSaysSo()
    {
        MeterBench bench = new MeterBench(new MeteringSettings { FallbackRate = MeterBench.Valley }) { Timed = false };
        bench.Step(0, 0);
        for (int i = 0; i < 1000; i++)
        {
            bench.Step(1000, OneKilowattSecond);
        }

        bench.Timed = true;
        bench.UtcMs = SixOClock * 1000;
        bench.Step(1000, OneKilowattSecond);
        Assert.AreEqual(1001 * OneKilowattSecond, bench.ImportMicrojoules());
        Assert.AreEqual(1001 * OneKilowattSecond, bench.RateMicrojoules(MeterBench.Valley));
        Assert.AreEqual(2, bench.IntervalCount);
        Assert.AreEqual(RecordFlags.Untimed, bench.Interval(0).Flags);
        Assert.IsTrue((bench.Interval(1).Flags & RecordFlags.Untimed) != 0);
        Assert.AreEqual(MeterFault.NoTime, bench.FaultsRaised);
        Assert.AreEqual(0, bench.Meter.Faults);
    }

    [TestMethod]
    public void ImplausibleEnergyIsRefusedAndRaisesAFault()
    {
        MeterBench bench = At(SixOClock);
        bench.Step(1000, OneKilowattSecond);
        bench.Step(1000, 500 * OneKilowattSecond);
        Assert.AreEqual(MeterFault.ImplausibleEnergy, bench.Meter.Faults);
        bench.Step(1000, OneKilowattSecond);
        Assert.AreEqual(0, bench.Meter.Faults);
        Assert.AreEqual(2 * OneKilowattSecond, bench.ImportMicrojoules());
    }

    [TestMethod]
    public void SilentSensorLetsTimeGoOnAndLateEnergyIsNotLost()
    {
        MeterBench bench = At(SixOClock);
        for (int i = 0; i < 1800; i++)
        {
            bench.Silence(1000);
        }

        Assert.AreEqual(2, bench.IntervalCount);
        Assert.IsTrue((bench.Interval(0).Flags & RecordFlags.SensorFault) != 0);
        Assert.IsTrue((bench.Meter.Faults & MeterFault.SensorSilent) != 0);
        bench.Step(1000, 20 * OneKilowattSecond);
        Assert.AreEqual(20 * OneKilowattSecond, bench.ImportMicrojoules());
        Assert.AreEqual(0, bench.Meter.Faults);
    }

    [TestMethod]
    public void SavedIntervalGoesOnWhenPowerReturnsWithinIt()
    {
        MeterBench before = At(SixOClock);
        before.Step(1000, OneKilowattSecond);
        MeterBench after = Reborn(before, 60_000);
        after.Step(1000, OneKilowattSecond);
        after.Step(900_000, 0);
        Assert.AreEqual(2 * OneKilowattSecond, after.ImportMicrojoules());
        Assert.AreEqual(1, after.IntervalCount);
        Assert.AreEqual(SixOClock, after.Interval(0).StartUtcSeconds);
        Assert.AreEqual(555L, after.Interval(0).ImportMilliwattHours);
        Assert.AreEqual(RecordFlags.PowerLoss | RecordFlags.Incomplete, after.Interval(0).Flags);
    }

    [TestMethod]
    public void SavedIntervalThatTheOutageOutlastedEndsWhereSupplyEnded()
    {
        MeterBench before = At(SixOClock);
        before.Step(1000, OneKilowattSecond);
        MeterBench after = Reborn(before, 3_600_000);
        Assert.AreEqual(1, after.IntervalCount);
        Assert.AreEqual(SixOClock, after.Interval(0).StartUtcSeconds);
        Assert.AreEqual(SixOClock + 1, after.Interval(0).EndUtcSeconds);
        Assert.AreEqual(277L, after.Interval(0).ImportMilliwattHours);
        Assert.AreEqual(OneKilowattSecond, after.ImportMicrojoules());
    }

    [TestMethod]
    public void DayEndsOnceAtLocalMidnight()
    {
        MeterBench bench = At(MeterBench.Midnight - 5);
        for (int i = 0; i < 10; i++)
        {
            bench.Step(1000, 0);
        }

        Assert.AreEqual(1, bench.DayEnds);
    }

    [TestMethod]
    public void DemandOfAReversedFlowStartsItsPeriodAnew()
    {
        MeterBench bench = At(SixOClock);
        for (int i = 0; i < 1800; i++)
        {
            bench.Step(1000, i == 300 ? -OneKilowattSecond : 2 * OneKilowattSecond);
        }

        Assert.AreEqual(SixOClock + 1800, bench.Meter.ImportDemand.MaximumUtcSeconds);
        Assert.AreEqual(2_000_000L, bench.Meter.ImportDemand.MaximumMilliwatts);
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
