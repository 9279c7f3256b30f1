using MeterFirmware.Basics;
using MeterFirmware.Carbon;
using MeterFirmware.Catalogue;
using MeterFirmware.Firmware.Tests.History;
using MeterFirmware.History;
using MeterFirmware.Metering;
using MeterFirmware.Tariffs;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Carbon;

/// <summary>facts/metering-rules.md, row "grid emission factor"; issue "complete meter", point 7.</summary>
[TestClass]
public class CarbonTests
{
    private const long Midnight = RecorderBench.Midnight;

    [TestMethod]
    public void MassIsEnergyTimesTheYearsFactorByRate()
    {
        // 06:00 to 23:00 at 1 kW: 16 kWh peak, 1 kWh valley, at 530.6 g/kWh.
        RecorderBench bench = NewBench(6 * 3600);
        bench.Run(17 * 3600, 60);
        CarbonAccount carbon = bench.Recorder.Carbon;
        Assert.AreEqual(8_489_600L, carbon.Milligrams(0));
        Assert.AreEqual(530_600L, carbon.Milligrams(1));
        Assert.AreEqual(530_600_000L, carbon.IntensityMicrogramsPerKwh);
    }

    [TestMethod]
    public void AFactorPerQuarterHourAppliesToItsQuarterAndFallsBackToTheYears()
    {
        RecorderBench bench = new RecorderBench(Midnight + 12 * 3600);
        bench.Parts.Factors = new EmissionFactors();
        int[] factors = new int[96];
        factors[48] = 100_000_000;
        factors[49] = 400_000_000;
        factors[50] = 0;
        Assert.IsTrue(bench.Parts.Factors.TrySetDay(20_454, DayLists.NoDay, Bytes(factors), 0));
        bench.Start(false);
        bench.Run(45 * 60, 60);
        Assert.AreEqual(25_000L + 100_000L, bench.Recorder.Carbon.TotalMilligrams);
        bench.Run(12 * 3600, 60);
        Assert.AreEqual(125_000L + 397_950L, bench.Recorder.Carbon.TotalMilligrams, "the next day has no list");
    }

    /// <summary>The checkpoint of a loss of supply stands between two grid instants: what flowed since the first of
    /// them is booked at the factor of its own time.</summary>
    [TestMethod]
    public void EnergyBeforeARestartIsBookedAtTheFactorOfItsOwnYear()
    {
        RecorderBench bench = new RecorderBench(Midnight + 12 * 3600);
        bench.Parts.Factors = TwoYears(2023, 1_000_000_000, 2026, 100_000_000);
        bench.Start(false);
        for (int restart = 0; restart < 4; restart++)
        {
            bench.Run(840, 60);
            bench.Outage(10);
            bench.Run(1800, 10);
        }

        bench.Run(900 - bench.UtcMs / 1000 % 900, 10);
        long wattHours = bench.Meter.Registers.TotalWattHours(EnergyKind.Import);
        long right = wattHours * 100;
        long mass = bench.Recorder.Carbon.TotalMilligrams;
        Assert.IsTrue(mass >= right && mass <= right + 100, mass.ToString() + " mg of " + wattHours.ToString() + " Wh");
    }

    [TestMethod]
    public void EnergyBeforeARestartOverTheNewYearIsTheOldYears()
    {
        // 2026-12-31T23:40 to 2027-01-01T00:20: a quarter hour before midnight, dark over it.
        RecorderBench bench = new RecorderBench(Midnight + 365 * 86_400L - 1200);
        bench.Parts.Factors = TwoYears(2026, 100_000_000, 2027, 1_000_000_000);
        bench.Parts.Freezes.Settlements.TryAdd(15, 0);
        bench.Start(false);
        bench.Run(600, 60);
        bench.Outage(1800);
        long wattHours = bench.Meter.Registers.TotalWattHours(EnergyKind.Import);
        Assert.AreEqual(wattHours * 100, bench.Recorder.Carbon.TotalMilligrams / 100 * 100, wattHours.ToString());
    }

    private static byte[] Bytes(int[] factors)
    {
        byte[] bytes = new byte[4 * factors.Length];
        for (int i = 0; i < factors.Length; i++)
        {
            LittleEndian.WriteInt32(bytes, 4 * i, factors[i]);
        }

        return bytes;
    }

    private static EmissionFactors TwoYears(int one, int oneFactor, int other, int otherFactor) => new EmissionFactors
    {
        Years = new int[] { one, other },
        YearMicrogramsPerKwh = new int[] { oneFactor, otherFactor },
    };

    [TestMethod]
    public void AListWithAFactorBelowZeroIsRefused()
    {
        EmissionFactors factors = new EmissionFactors();
        int[] list = new int[96];
        list[95] = -1;
        Assert.IsFalse(factors.TrySetDay(1, DayLists.NoDay, Bytes(list), 0));
        Assert.AreEqual(530_600_000, factors.At(86_400, out int uncertainty));
        Assert.AreEqual(factors.YearUncertaintyPermille, uncertainty);
    }

    [TestMethod]
    public void CertificatesCoverTheirShare()
    {
        RecorderBench bench = NewBench(6 * 3600);
        bench.Recorder.Carbon.GreenPermille = 250;
        bench.Run(10 * 3600, 60);
        Assert.AreEqual(5_306_000L, bench.Recorder.Carbon.TotalMilligrams);
        Assert.AreEqual(1_326_500L, bench.Recorder.Carbon.CoveredMilligrams);
    }

    [TestMethod]
    public void BothBudgetsWarnOnceAtEachOfTwoLevels()
    {
        RecorderBench bench = new RecorderBench(Midnight + 6 * 3600);
        bench.Parts.Factors = new EmissionFactors();
        bench.Parts.Budget.MilligramsMax = 5_306_000;
        bench.Parts.Budget.MicrogramsPerKwhMax = 600_000_000;
        bench.Start(false);
        bench.Run(15 * 3600, 60);
        Assert.AreEqual(3L, bench.Recorder.Events.Count(EventCode.CarbonWarning, 0));
        bench.Recorder.Events.TryRead(EventCode.CarbonWarning, 0, 3, bench.Event);
        Assert.AreEqual(0L, bench.Event.Values[0]);
        Assert.AreEqual(1L, bench.Event.Values[1]);
        Assert.AreEqual(Midnight + 14 * 3600, bench.Event.StartUtcSeconds);
        Assert.AreEqual(4_244_800L, bench.Event.Values[2]);
    }

    [TestMethod]
    public void UncertaintyOfMeterAndFactorAddAsRootOfSquares()
    {
        // 5 % of the year's factor, 1 % of the meter: sqrt(26) = 5.099 %.
        RecorderBench bench = NewBench(6 * 3600);
        bench.Run(10 * 3600, 60);
        Assert.AreEqual(270_553L, bench.Recorder.Carbon.UncertaintyMilligrams);
    }

    [TestMethod]
    public void ASettlementHoldsTheCarbonOfItsPeriodAndAnOutageLosesNone()
    {
        RecorderBench bench = NewBench(30 * 86_400 + 20 * 3600);
        bench.Run(2 * 3600 + 420, 60);
        bench.Outage(600);
        bench.Run(4 * 3600, 60);
        FreezeReader freeze = bench.Recorder.Freezes;
        Assert.IsTrue(freeze.TryRead(FreezeKind.Settlement, 1));
        Assert.IsTrue(freeze.HasCarbon);

        // 20:00 to 24:00 less ten minutes without supply, of which 2 h are peak.
        Assert.AreEqual(1_061_200L, freeze.CarbonMilligrams(0));
        Assert.IsTrue(freeze.CarbonMilligrams(1) >= 972_765 && freeze.CarbonMilligrams(1) <= 972_767);
        Assert.IsTrue(bench.Recorder.Carbon.TotalMilligrams < 1_200_000);
    }

    private static RecorderBench NewBench(long secondOfTime)
    {
        RecorderBench bench = new RecorderBench(Midnight + secondOfTime);
        bench.Parts.Factors = new EmissionFactors();
        return bench.Start(false);
    }
}
