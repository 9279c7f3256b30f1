using MeterFirmware.Quality;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Quality;

/// <summary>Samples at the rates that converters have, 50 and 60 Hz: frequency, orders, direct part, ends.</summary>
[TestClass]
public class SampleRateTests
{
    // A multiple of two hours.
    private const long Base = 1_800_000_000_000;

    private static WaveSource _source;
    private static SampledQuality _quality;

    /// <summary>The rate in ten-thousandths of a hertz (4882.8125 is 10 MHz ÷ 2048), the mains in hundredths.</summary>
    [TestMethod]
    [DataRow(50_000, 40_960_000, 5_000)]
    [DataRow(50_000, 40_960_000, 4_987)]
    [DataRow(50_000, 81_920_000, 5_021)]
    [DataRow(50_000, 39_990_000, 5_000)]
    [DataRow(50_000, 39_990_000, 4_933)]
    [DataRow(50_000, 48_828_125, 5_000)]
    [DataRow(50_000, 48_828_125, 5_047)]
    [DataRow(60_000, 40_960_000, 6_000)]
    [DataRow(60_000, 39_990_000, 5_977)]
    [DataRow(60_000, 48_828_125, 6_000)]
    [DataRow(60_000, 81_920_000, 6_041)]
    public void TheFrequencyHoldsAtAnySampleRate(int nominalMillihertz, int rateTenThousandths, int centihertz)
    {
        Start(nominalMillihertz, (rateTenThousandths + 5) / 10);
        _source.SampleRate = rateTenThousandths / 10_000.0;
        _source.Hertz = centihertz / 100.0;
        _source.SetHarmonic(5, 0.03);
        _source.Run(_quality, 1, 20_200);
        Assert.IsTrue(_quality.Monitor.Frequency.Total >= 1);
        Near(centihertz * 10, _quality.Monitor.Frequency.Minimum, 1);
        Near(centihertz * 10, _quality.Monitor.Frequency.Maximum, 1);
        Near(centihertz * 10, _quality.Window.FrequencyMillihertz, 2);
        Assert.IsTrue(_quality.TryReadVoltageHarmonic(0, 5, out int hundredths));
        Near(300, hundredths, 8);
        Near(220_100, _quality.Window.VoltageMillivolts[0], 220);
        Assert.AreEqual(0L, _quality.GapCount);
    }

    /// <summary>IEC 61000-4-30, 5.8: to order 50 where the rate carries it; below, as far as it does at 57.5 or 69 Hz.
    /// </summary>
    [TestMethod]
    [DataRow(50_000, 12_800, 50)]
    [DataRow(50_000, 5_751, 50)]
    [DataRow(50_000, 5_750, 49)]
    [DataRow(50_000, 3_200, 27)]
    [DataRow(50_000, 2_416, 21)]
    [DataRow(60_000, 12_800, 50)]
    [DataRow(60_000, 3_200, 23)]
    public void TheRateGivesTheHighestOrder(int nominalMillihertz, int rate, int expected)
    {
        Start(nominalMillihertz, rate * 1000);
        Assert.AreEqual(expected, _quality.OrderMax);
        Assert.AreEqual(expected < 25 ? expected : 25, _quality.Harmonics.LimitedOrderMax);
    }

    [TestMethod]
    public void ABoardWithLittleTimeAnalysesFewerOrders()
    {
        QualitySettings settings = new QualitySettings { HarmonicOrderMax = 40 };
        Assert.AreEqual(40, settings.HarmonicOrderAt(12_800_000));
        Assert.AreEqual(27, settings.HarmonicOrderAt(3_200_000));
    }

    [TestMethod]
    [DataRow(50_000)]
    [DataRow(60_000)]
    public void TheDistortionHoldsAllOrdersOfADrive(int nominalMillihertz)
    {
        Start(nominalMillihertz, 12_800_000);
        _source.SampleRate = 12_800;
        _source.Hertz = nominalMillihertz / 1000.0 - 0.03;
        _source.SetHarmonic(23, 0.03);
        _source.SetHarmonic(25, 0.03);
        _source.SetHarmonic(29, 0.03);
        _source.SetHarmonic(31, 0.03);
        _source.SetHarmonic(35, 0.03);
        _source.SetHarmonic(50, 0.03);
        _source.Run(_quality, 1, 3_400);

        // √6 × 3 %.
        Assert.IsTrue(_quality.TryReadVoltageDistortion(0, out int distortion));
        Near(735, distortion, 5);
        Assert.IsTrue(_quality.TryReadVoltageHarmonic(0, 50, out int hundredths));
        Near(300, hundredths, 5);
        Assert.IsTrue(_quality.Monitor.TryJudgeDistortion(0, out bool isInside));
        Assert.IsFalse(isInside, "7.35 of 5 %");
        Assert.IsTrue(_quality.Harmonics.TryJudge(0, 25, out isInside));
        Assert.IsTrue(isInside, "3 of 4 %");
        Assert.IsFalse(_quality.Harmonics.TryJudge(0, 29, out isInside), "GB/T 14549 limits orders to 25");
    }

    [TestMethod]
    [DataRow(20_000)]
    [DataRow(-8_000)]
    public void ADirectPartIsToldAndIsNotInTheRms(int millivolts)
    {
        Start(50_000, WaveSource.NominalMillihertz);
        _source.DirectCounts = millivolts;
        _source.Run(_quality, 1, 1_000);
        Near(millivolts, _quality.DirectMillivolts(0), 40);
        Near(220_000, _quality.Window.VoltageMillivolts[0], 220);
        Near(50_000, _quality.Window.FrequencyMillihertz, 2);
        Assert.AreEqual(0, _quality.DirectMilliamps(0));
    }

    /// <summary>GB/T 30137: a swell goes to 180 %. Beyond twice the amplitude, at most four times, samples are cut and
    /// counted.</summary>
    [TestMethod]
    [DataRow(180, false)]
    [DataRow(199, false)]
    [DataRow(400, true)]
    public void AHighSwellIsMeasuredWholeOrToldToBeCut(int percent, bool isCut)
    {
        Start(50_000, WaveSource.NominalMillihertz);
        _source.SetAmplitude(0, percent / 100.0);
        _source.Run(_quality, 1, 1_000);
        Assert.AreEqual(isCut, _quality.CutCount > 0);
        if (!isCut)
        {
            Near(percent * 2_200, _quality.Window.VoltageMillivolts[0], 440);
        }
    }

    [TestMethod]
    public void WhatIsWholeAtTheEndCountsAndAPieceDoesNot()
    {
        Start(50_000, WaveSource.NominalMillihertz);
        _source.Run(_quality, 1, 10_000);
        Assert.AreEqual(0L, _quality.Monitor.Frequency.Total);
        _quality.Finish();
        Assert.AreEqual(1L, _quality.Monitor.Frequency.Total);
        Near(50_000, _quality.Monitor.Frequency.Maximum, 1);
        Assert.AreEqual(3L, _quality.Harmonics.Counter(0, 3).Total);
        long windows = _quality.WindowCount;
        _quality.Finish();
        Assert.AreEqual(1L, _quality.Monitor.Frequency.Total);
        Assert.AreEqual(windows, _quality.WindowCount);
    }

    [TestMethod]
    public void AWindowThatEndsWithTheSamplesCounts()
    {
        Start(50_000, WaveSource.NominalMillihertz);

        // The 15th window ends 151 cycles after the begin, at 3045 ms, and waits for half a cycle.
        _source.Hertz = 49.59;
        _source.Run(_quality, 1, 3_050);
        Assert.AreEqual(14L, _quality.WindowCount);
        Assert.AreEqual(0L, _quality.Harmonics.Counter(0, 3).Total);
        _quality.Finish();
        Assert.AreEqual(15L, _quality.WindowCount);
        Assert.AreEqual(1L, _quality.Harmonics.Counter(0, 3).Total);
    }

    private static void Start(int nominalMillihertz, int rateMillihertz)
    {
        _source = new WaveSource(Base);
        SamplingSettings sampling = new SamplingSettings { SampleRateMillihertz = rateMillihertz };
        QualitySettings settings = new QualitySettings { NominalMillihertz = nominalMillihertz };
        _quality = new SampledQuality(settings, sampling, null, null);
    }

    private static void Near(int expected, int actual, int tolerance) => Assert.IsTrue(
        actual >= expected - tolerance && actual <= expected + tolerance, $"expected {expected}, got {actual}");
}
