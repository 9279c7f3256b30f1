using MeterFirmware.Carbon;
using MeterFirmware.Catalogue;
using MeterFirmware.History;
using MeterFirmware.Metering;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.History;

/// <summary>Rules of the recorder, each with values that tell the sides apart (found by changing the code by hand: none
/// of these changes was noticed before).</summary>
[TestClass]
public class HistoryRuleTests
{
    private const long Midnight = RecorderBench.Midnight;
    private const long Noon = Midnight + 12 * 3600;

    [TestMethod]
    public void CarbonCarriesWhatIsLessThanAMilligram()
    {
        // 0.36 kJ a quarter hour, 0.1 Wh × 530.6 g/kWh = 53.06 mg: 1000 of them are 53 060 mg, not 53 000.
        RecorderBench bench = new RecorderBench(Noon);
        bench.Parts.Factors = new EmissionFactors();
        bench.Start(false);
        for (int i = 0; i < 1000; i++)
        {
            bench.Step(900_000, 360_000_000);
        }

        // Two rates share it, so the fractions of both may still be a milligram.
        long milligrams = bench.Recorder.Carbon.TotalMilligrams;
        Assert.IsTrue(milligrams == 53_060 || milligrams == 53_059, milligrams.ToString());
    }

    [TestMethod]
    public void WhatCertificatesCoverDoesNotCountAgainstTheBudget()
    {
        RecorderBench bench = new RecorderBench(Noon);
        bench.Parts.Factors = new EmissionFactors();
        bench.Parts.Budget.MilligramsMax = 530_600 * 4;
        bench.Start(false);
        bench.Recorder.Carbon.GreenPermille = 500;
        bench.Run(6 * 3600, 60); // 6 kWh, 3 of them count: 75 %
        Assert.AreEqual(0L, bench.Recorder.Events.Count(EventCode.CarbonWarning, 0));
        bench.Run(3600, 60); // 7 kWh: 87.5 %
        Assert.AreEqual(1L, bench.Recorder.Events.Count(EventCode.CarbonWarning, 0));
    }

    [TestMethod]
    [DataRow(2024, 500)]
    [DataRow(2025, 600)]
    [DataRow(2026, 700)]
    [DataRow(2027, 800)]
    [DataRow(2040, 800)]
    public void AYearsFactorHoldsFromItsFirstSecond(int year, int gramsPerKwh)
    {
        EmissionFactors factors = new EmissionFactors
        {
            Years = new int[] { 2023, 2025, 2026, 2027 },
            YearMicrogramsPerKwh = new int[] { 500_000_000, 600_000_000, 700_000_000, 800_000_000 },
        };
        long first = MeterFirmware.Basics.CivilTime.DaysFromDate(year, 1, 1) * 86_400;
        Assert.AreEqual(gramsPerKwh * 1_000_000, factors.At(first, out int _));
        Assert.AreEqual(gramsPerKwh * 1_000_000, factors.At(first + 365 * 86_400 - 1, out int _));
    }

    [TestMethod]
    public void SettlementClearsWhatExportEarned()
    {
        RecorderBench bench = new RecorderBench(Midnight + 30 * 86_400L + 22 * 3600);
        bench.Start(false);
        for (int i = 0; i < 4 * 60; i++)
        {
            bench.Step(60_000, -60 * RecorderBench.Kilowatt);
        }

        // Two hours before the month's end, two after it; valley from 22:00 on.
        Assert.AreEqual(2_000L, bench.Meter.ExportCost.WattHours(1, 0));
    }

    [TestMethod]
    public void TheSettlementBeforeTheFirstOfAYearIsThatOfDecember()
    {
        SettlementDates dates = new SettlementDates();
        Assert.IsTrue(dates.TryAdd(15, 6));
        long january = MeterFirmware.Basics.CivilTime.DaysFromDate(2026, 1, 10) * 86_400;
        Assert.AreEqual(MeterFirmware.Basics.CivilTime.DaysFromDate(2025, 12, 15) * 86_400 + 6 * 3600,
            dates.LatestLocal(january));
    }

    [TestMethod]
    public void APhaseWithoutVoltageHasNoCurrentLoss()
    {
        RecorderBench bench = new RecorderBench(Noon, new MeteringSettings { PhaseCount = 3 }).Start(false);
        bench.Reading.CurrentMilliamps[1] = 0;
        bench.Reading.VoltageMillivolts[1] = 0;
        bench.Reading.CurrentMilliamps[2] = 0;
        bench.Run(300, 1);
        Assert.IsFalse(bench.Recorder.Detector.IsLasting(EventCode.CurrentLoss, 1));
        Assert.IsTrue(bench.Recorder.Detector.IsLasting(EventCode.CurrentLoss, 2));
    }

    [TestMethod]
    public void AnEventThatEndedIsNotEndedAgainByALaterPowerLoss()
    {
        RecorderBench bench = new RecorderBench(Noon).Start(false);
        bench.Run(100, 1);
        bench.Reading.VoltageMillivolts[0] = 160_000;
        bench.Run(300, 1);
        bench.Reading.VoltageMillivolts[0] = 220_000;
        bench.Run(3600, 1);
        bench.Outage(600);
        Assert.IsTrue(bench.Recorder.Events.TryRead(EventCode.UnderVoltage, 0, 1, bench.Event));
        Assert.AreEqual(Noon + 401, bench.Event.EndUtcSeconds);
        Assert.AreEqual(0, bench.Event.Flags);
    }

    [TestMethod]
    public void AProfileIntervalIsCountedOnTheLocalClock()
    {
        // Midnight in Shanghai is 16:00 UTC: in UTC the multiples of 45 minutes would be others.
        RecorderBench bench = new RecorderBench(Midnight);
        bench.Start(false);
        Assert.IsTrue(bench.Recorder.Profile.TrySetInterval(LoadProfile.Energy, 45));
        bench.Run(3 * 3600, 60);
        long[] values = new long[LoadProfile.ValueCountMax];
        bench.Recorder.Profile.Seek(LoadProfile.Energy, 0, long.MaxValue);
        for (int row = 1; row <= 4; row++)
        {
            Assert.IsTrue(bench.Recorder.Profile.TryReadNext(values, out long utcSeconds, out int _));
            Assert.AreEqual(Midnight + row * 2700L, utcSeconds);
        }

        Assert.IsFalse(bench.Recorder.Profile.TryReadNext(values, out long _, out int _));
    }
}
