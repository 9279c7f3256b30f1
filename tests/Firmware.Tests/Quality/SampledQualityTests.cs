using System;
using MeterFirmware.Quality;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Quality;

/// <summary>Power quality from samples of known waves, as IEC 61000-4-30 and GB/T 14549-1993 ask for it.</summary>
[TestClass]
public class SampledQualityTests
{
    // A multiple of two hours.
    private const long Base = 1_800_000_000_000;

    private static IntervalRecorder _recorder;
    private static IntervalRecorder _harmonicRecorder;
    private static VoltageEvent _event;
    private static WaveSource _source;
    private static SampledQuality _quality;

    [TestMethod]
    [DataRow(49_500)]
    [DataRow(50_500)]
    [DataRow(57_300)]
    public void BesideTheNominalFrequencyAllValuesHold(int millihertz)
    {
        Fresh();
        // Two seconds into the ten: the first piece is no value, the second value is whole.
        Start(1, Base + 2_000);
        _source.Hertz = millihertz / 1000.0;
        _source.SetHarmonic(3, 0.03);
        _source.SetHarmonic(20, 0.01);
        _source.Run(_quality, 1, 20_000);

        Assert.AreEqual(1L, _quality.Monitor.Frequency.Total);
        Near(millihertz, _quality.Monitor.Frequency.Minimum, 1);

        // A single window: class A asks for 10 mHz over 10 s.
        Near(millihertz, _quality.Window.FrequencyMillihertz, 3);

        // Class A: 0.1 % of the declared voltage. √(1 + 0.03² + 0.01²) × 220 V.
        Near(220_110, _quality.Window.VoltageMillivolts[0], 220);
        Near(300, Harmonic(3), 8);
        Near(100, Harmonic(20), 8);
        Near(0, Harmonic(2), 10);
        Assert.IsFalse(_quality.Monitor.Events.TryTake(_event));

        // Gapless: all windows that fit, but for the cycle before the first crossing.
        Near(20_000 * (millihertz / 100) / 100_000, (int)_quality.WindowCount, 1);
    }

    [TestMethod]
    [DataRow(0, 60)]
    [DataRow(30, 60)]
    [DataRow(90, 60)]
    [DataRow(135, 60)]
    [DataRow(180, 60)]
    [DataRow(250, 60)]
    [DataRow(315, 60)]
    [DataRow(45, 85)]
    [DataRow(45, 15)]
    public void ADipHasItsDepthAndDurationAtAnyAngle(int degrees, int percentLeft)
    {
        Fresh();
        Start(1, Base);

        // From 1 s on, 5 cycles: 64 samples a cycle.
        _source.PieceBegin = 3200 + degrees * 64 / 360;
        _source.PieceEnd = _source.PieceBegin + 5 * 64;
        _source.PieceShare = percentLeft / 100.0;
        _source.Run(_quality, 1, 4_000);

        Assert.IsTrue(_quality.Monitor.Events.TryTake(_event));
        Assert.AreEqual((int)VoltageEventKind.Dip, (int)_event.Kind);

        // Class A: residual voltage to 0.2 % of the declared voltage, duration to one cycle, one half-cycle at each
        // end.
        Near(percentLeft * 2_200, _event.ExtremeMillivolts, 440);
        Near(100, (int)_event.DurationMs, 20);
        Near(1_000 + degrees * 20 / 360, (int)(_event.BeginUtcMs - Base), 21);
        Assert.IsFalse(_quality.Monitor.Events.TryTake(_event), "one dip, one event");

        // The 3-s interval that holds it is shown, but judged by nobody.
        Assert.AreEqual(1, _recorder.Shorts);
        Assert.AreEqual(0L, _quality.Harmonics.Counter(0, 3).Total);
    }

    [TestMethod]
    public void ASwellOfOnePhaseNamesThePhase()
    {
        Fresh();
        Start(3, Base);
        _source.PieceBegin = 3_211;
        _source.PieceEnd = _source.PieceBegin + 640;
        _source.PieceShare = 1.25;
        _source.PiecePhases = 2;
        _source.Run(_quality, 3, 2_000);
        Assert.IsTrue(_quality.Monitor.Events.TryTake(_event));
        Assert.AreEqual((int)VoltageEventKind.Swell, (int)_event.Kind);
        Assert.AreEqual(2, _event.PhaseMask);
        Near(275_000, _event.ExtremeMillivolts, 440);
        Near(200, (int)_event.DurationMs, 20);
    }

    [TestMethod]
    public void AnInterruptionIsADipWithAnInterruptionInIt()
    {
        Fresh();
        Start(3, Base);
        _source.PieceBegin = 3_211;
        _source.PieceEnd = _source.PieceBegin + 3_200;
        _source.PieceShare = 0;
        _source.Run(_quality, 3, 5_000);
        Assert.IsTrue(_quality.Monitor.Events.TryTake(_event));
        Assert.AreEqual((int)VoltageEventKind.Interruption, (int)_event.Kind);

        // Late by up to two and a half lengths of 12.5 ms: without crossings the nominal half-cycle and a quarter rule.
        Near(984, (int)_event.DurationMs, 17);
        Near(0, _event.ExtremeMillivolts, 440);
        Assert.IsTrue(_quality.Monitor.Events.TryTake(_event));
        Assert.AreEqual((int)VoltageEventKind.Dip, (int)_event.Kind);
        Near(1_010, (int)_event.DurationMs, 30);
        Assert.AreEqual(7, _event.PhaseMask);
        Near(25, (int)_quality.WindowCount, 1);
        Near(50_000, _quality.Window.FrequencyMillihertz, 3);
    }

    [TestMethod]
    public void EveryOrderIsFoundWithItsSize()
    {
        Fresh();
        Start(1, Base);
        _source.Hertz = 49.6;
        double squares = 0;
        for (int order = 2; order <= 21; order++)
        {
            double share = 0.005 + order % 4 * 0.005;
            squares += share * share;
            _source.SetHarmonic(order, share);
        }

        _source.Run(_quality, 1, 1_000);
        for (int order = 2; order <= 21; order++)
        {
            // The window is no whole number of samples: 0.08 % of the fundamental at worst at this sample rate.
            Near(50 + order % 4 * 50, Harmonic(order), 10);
        }

        _source.Run(_quality, 1, 3_000);
        Assert.AreEqual(1L, _quality.Monitor.Distortion(0).Total);
        Near((int)(Math.Sqrt(squares) * 10_000), _quality.Monitor.Distortion(0).Maximum, 10);
    }

    [TestMethod]
    [DataRow(2, 210, false)]
    [DataRow(2, 190, true)]
    [DataRow(5, 410, false)]
    [DataRow(5, 390, true)]
    [DataRow(20, 210, false)]
    [DataRow(21, 390, true)]
    [DataRow(21, 410, false)]
    public void AnOrderIsJudgedByItsOwnLimit(int order, int hundredths, bool isExpectedInside)
    {
        Fresh();
        // GB/T 14549-1993, table 1, 0.38 kV: odd 4 %, even 2 %.
        Start(1, Base);
        _source.SetHarmonic(order, hundredths / 10_000.0);
        _source.Run(_quality, 1, 3_300);
        Assert.AreEqual(1L, _quality.Harmonics.Counter(0, order).Total);
        Assert.IsTrue(_quality.Harmonics.TryJudge(0, order, out bool isInside));
        Assert.AreEqual(isExpectedInside, isInside);
        Assert.IsTrue(_quality.Harmonics.TryReadRate(0, order, out int rate));
        Assert.AreEqual(isExpectedInside ? 10_000 : 0, rate);
        Assert.IsTrue(_quality.Harmonics.TryJudge(0, 9, out isInside));
        Assert.IsTrue(isInside, "the other orders are inside");
    }

    [TestMethod]
    public void AnOrderMayPassItsLimitInFivePercentOfTheValues()
    {
        Fresh();
        HarmonicStatistics statistics = new HarmonicStatistics(new QualitySettings(), 2, 21, null);
        Assert.IsFalse(statistics.TryJudge(1, 7, out bool isInside));
        Assert.IsFalse(statistics.TryReadRate(1, 7, out int rate));
        for (int i = 0; i < 40 * 15; i++)
        {
            // Two of 40 values of 3 s are above 4 %; the 6th is once.
            statistics.Set(1, 7, i < 30 ? 401 : 400);
            statistics.Set(1, 6, i < 15 ? 201 : 200);
            statistics.Add(Base + i * 200, 200, false);
        }

        Assert.AreEqual(40L, statistics.Counter(1, 7).Total);
        Assert.IsTrue(statistics.TryJudge(1, 7, out isInside));
        Assert.IsTrue(isInside, "95 % are inside");
        Assert.IsTrue(statistics.TryReadRate(1, 7, out rate));
        Assert.AreEqual(9_500, rate);
        for (int i = 0; i < 15; i++)
        {
            statistics.Set(1, 7, 401);
            statistics.Add(Base + (600 + i) * 200, 200, false);
        }

        Assert.IsTrue(statistics.TryJudge(1, 7, out isInside));
        Assert.IsFalse(isInside, "38 of 41");
        Assert.IsTrue(statistics.TryJudge(1, 6, out isInside));
        Assert.IsTrue(isInside);
        Assert.IsTrue(statistics.TryReadRate(0, 7, out rate));
        Assert.AreEqual(10_000, rate);
        statistics.Clear();
        Assert.IsFalse(statistics.TryJudge(1, 7, out isInside));
    }

    [TestMethod]
    [DataRow(49_500)]
    [DataRow(50_000)]
    [DataRow(50_500)]
    public void UnbalanceComesFromPhasors(int millihertz)
    {
        Fresh();
        // One phase at 92 %: (1 − 0.92)/3 over (0.92 + 2)/3, negative and zero sequence alike.
        Start(3, Base);
        _source.Hertz = millihertz / 1000.0;
        _source.SetAmplitude(0, 0.92);
        _source.Run(_quality, 3, 3_400);
        Assert.AreEqual(1L, _quality.Monitor.NegativeSequence.Total);

        // 0.08/2.92 = 2.740 %; class A asks for 0.15 %. Beside 50 Hz the window is no whole number of samples.
        int tolerance = millihertz == 50_000 ? 1 : 8;
        Near(274, _quality.Monitor.NegativeSequence.Maximum, tolerance);
        Near(274, _recorder.ShortZeroSequence, tolerance);
    }

    [TestMethod]
    [DataRow(49_700)]
    [DataRow(50_300)]
    public void TheTenMinuteTickBeginsAWindowAndEndsNone(int millihertz)
    {
        Fresh();
        const long Tick = Base + 600_000;
        Start(1, Tick - 4_000);
        _source.Hertz = millihertz / 1000.0;
        _source.Run(_quality, 1, 4_000 + 3_300);

        // The window that was running at the tick ended after it and belongs to the old ten minutes (overlap 1) …
        Assert.AreEqual(1, _recorder.TenMinutes);
        long end = _recorder.TenMinutesBegin + _recorder.TenMinutesCovered;
        Assert.IsTrue(end >= Tick && end < Tick + 202, $"{end - Tick} ms after the tick");

        // … and the new one began at the first crossing after it: the overlapped 3 s, and 3 s from the tick on.
        Assert.AreEqual(3, _recorder.Shorts);
        Assert.IsTrue(_recorder.ShortBegin >= Tick && _recorder.ShortBegin <= Tick + 21,
            $"{_recorder.ShortBegin - Tick} ms after the tick");
        Assert.AreEqual(_recorder.ShortBegin, _harmonicRecorder.ShortBegin);
        Assert.AreEqual(_recorder.TenMinutesCovered, _harmonicRecorder.TenMinutesCovered);
    }

    [TestMethod]
    public void LostSamplesAreNoDipAndNoFrequency()
    {
        Fresh();
        Start(1, Base);
        _source.Run(_quality, 1, 14_000);

        // 1/3 of a cycle beside 7 cycles: a window across it would have no whole cycles.
        _source.Skip(7 * 64 + 21);
        _source.Run(_quality, 1, 17_000);
        Assert.AreEqual(1L, _quality.GapCount);
        Assert.IsFalse(_quality.Monitor.Events.TryTake(_event));

        // Of three intervals the second has the gap.
        Assert.AreEqual(2L, _quality.Monitor.Frequency.Total);
        Near(50_000, _quality.Monitor.Frequency.Minimum, 1);
        Near(50_000, _quality.Monitor.Frequency.Maximum, 1);
        Assert.IsTrue(_quality.Monitor.Distortion(0).Maximum < 10, "no window lies across the gap");
    }

    [TestMethod]
    public void WhenTheFirstPhaseFailsTheSecondKeepsTheTime()
    {
        Fresh();
        Start(3, Base);
        _source.Hertz = 50.2;
        _source.PieceBegin = 3_300;
        _source.PieceShare = 0;
        _source.PiecePhases = 1;
        _source.Run(_quality, 3, 3_000);
        Near(50_200, _quality.Window.FrequencyMillihertz, 3);
        Near(0, _quality.Window.VoltageMillivolts[0], 10);
        Near(220_000, _quality.Window.VoltageMillivolts[1], 220);
        Assert.IsTrue(_quality.Monitor.Events.IsActive);
    }

    [TestMethod]
    public void CountsOfATwelveBitConverterWithCurrentsAreScaled()
    {
        Fresh();
        _source = new WaveSource(Base) { Counts = 1_500, CurrentCounts = 1_000, Hertz = 50.1 };

        // 311 127 mV over 1500 counts; 10 A over 707.1.
        SamplingSettings sampling = new SamplingSettings
        {
            SampleRateMillihertz = WaveSource.NominalMillihertz,
            MicrovoltsPerCount = 207_418,
            MicroampsPerCount = 14_142,
        };
        _quality = new SampledQuality(new QualitySettings(), sampling, null, null);
        _source.Run(_quality, 1, 1_000);
        Near(220_000, _quality.Window.VoltageMillivolts[0], 220);
        Near(10_198, _quality.Window.CurrentMilliamps[0], 10); // √1.04 × 10 A
        Assert.IsTrue(_quality.TryReadCurrentHarmonic(0, 3, out int hundredths));
        Near(2_000, hundredths, 10);
    }

    [TestMethod]
    public void AnUnusableSampleRateIsRefused()
    {
        Fresh();
        bool isRefused = false;
        try
        {
            SamplingSettings sampling = new SamplingSettings { SampleRateMillihertz = 2_400_000 };
            new SampledQuality(new QualitySettings(), sampling, null, null);
        }
        catch (Exception)
        {
            isRefused = true;
        }

        Assert.IsTrue(isRefused, "the 21st order at 57.5 Hz is 1207.5 Hz");
    }

    private static void Near(int expected, int actual, int tolerance) => Assert.IsTrue(
        actual >= expected - tolerance && actual <= expected + tolerance, $"expected {expected}, got {actual}");

    private int Harmonic(int order)
    {
        Assert.IsTrue(_quality.TryReadVoltageHarmonic(0, order, out int hundredths));
        return hundredths;
    }

    private void Start(int phaseCount, long beginMs)
    {
        _source = new WaveSource(beginMs);
        SamplingSettings sampling = new SamplingSettings
        {
            PhaseCount = phaseCount,
            SampleRateMillihertz = WaveSource.NominalMillihertz,
        };
        _quality = new SampledQuality(new QualitySettings(), sampling, _recorder, _harmonicRecorder);
    }

    // The device makes no object of this class: what every test begins with is made here.
    private static void Fresh()
    {
        _recorder = new IntervalRecorder { HasSequence = true };
        _harmonicRecorder = new IntervalRecorder();
        _event = new VoltageEvent();
        _source = null;
        _quality = null;
    }
}
