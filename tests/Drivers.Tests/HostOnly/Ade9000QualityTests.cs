using System;
using MeterFirmware.Drivers.Ade9000;
using MeterFirmware.Drivers.Twins;
using MeterFirmware.Hardware;
using MeterFirmware.Quality;
using nanoFramework.TestFramework;

namespace MeterFirmware.Drivers.Tests.HostOnly;

/// <summary>From the chip's waveform buffer to power quality: harmonics, frequency, a dip.</summary>
[TestClass]
public class Ade9000QualityTests
{
    private static readonly Measurement _measurement = new Measurement();

    private readonly Ade9000Twin _twin = new Ade9000Twin();
    private readonly Ade9000PowerSensor _sensor;
    private readonly SampledQuality _quality;
    private readonly SampleBlock _block = new SampleBlock();
    private long _nowMs;

    public Ade9000QualityTests()
    {
        _sensor = new Ade9000PowerSensor(_twin, new Ade9000Settings { TakesSamples = true });
        ISampleSource source = _sensor.Samples;
        _quality = new SampledQuality(new QualitySettings(3), new SamplingSettings
        {
            PhaseCount = source.PhaseCount,
            SampleRateMillihertz = source.SampleRateMillihertz,
            MicrovoltsPerCount = source.MicrovoltsPerCount,
            MicroampsPerCount = source.MicroampsPerCount,
            CurrentMilliampsMax = source.CurrentMilliampsMax,
        }, null, null);
        _twin.SetFrequency(50_040);
        for (int phase = 0; phase < 3; phase++)
        {
            _twin.SetLoad(phase, 220_000 + 1_000 * phase, 5_000, 1_100_000 + 5_000 * phase, 0);
        }
    }

    [TestMethod]
    public void HarmonicsAndVoltagesOfThreePhasesAreThoseOfTheMains()
    {
        _twin.SetHarmonic(3, 0.04);
        _twin.SetHarmonic(50, 0.01);
        Run(1_500);
        Assert.AreEqual(0L, _quality.GapCount);
        Assert.AreEqual(0L, _quality.CutCount);
        Assert.IsTrue(_quality.WindowCount >= 5, "windows " + _quality.WindowCount);
        for (int phase = 0; phase < 3; phase++)
        {
            Assert.IsTrue(_quality.TryReadVoltageHarmonic(phase, 3, out int third));
            Assert.IsTrue(_quality.TryReadVoltageHarmonic(phase, 50, out int last));
            Assert.IsTrue(_quality.TryReadVoltageHarmonic(phase, 5, out int none));
            Assert.IsTrue(Math.Abs(third - 400) <= 8, "order 3: " + third);
            Assert.IsTrue(Math.Abs(last - 100) <= 15, "order 50: " + last);
            Assert.IsTrue(none <= 8, "order 5: " + none);
            double expected = (220_000 + 1_000 * phase) * Math.Sqrt(1 + 0.0016 + 0.0001);
            Assert.IsTrue(Math.Abs(_quality.Window.VoltageMillivolts[phase] - expected) < expected * 0.001);
            Assert.IsTrue(Math.Abs(_quality.Window.CurrentMilliamps[phase] - 5_000) < 8);
        }

        Assert.IsTrue(Math.Abs(_quality.Window.FrequencyMillihertz - 50_040) <= 3);
    }

    [TestMethod]
    public void ADipOfFiveCyclesIsAnEventWithItsDepth()
    {
        _twin.DipFrom = 4_000;
        _twin.DipTo = 4_800;
        _twin.DipShare = 0.5;
        Run(1_500);
        VoltageEvent dip = new VoltageEvent();
        Assert.IsTrue(_quality.Monitor.Events.TryTake(dip));
        Assert.IsTrue(dip.Kind == VoltageEventKind.Dip);
        Assert.IsTrue(Math.Abs(dip.DurationMs - 100) <= 21, "ms " + dip.DurationMs);
        Assert.IsTrue(Math.Abs(dip.ExtremeMillivolts - 110_000) < 500, "mV " + dip.ExtremeMillivolts);
    }

    private void Run(int milliseconds)
    {
        const int StepMs = 10;
        for (int ms = 0; ms < milliseconds; ms += StepMs)
        {
            _twin.Advance(StepMs);
            _nowMs += StepMs;
            if (_nowMs % 50 == 0)
            {
                _sensor.TryRead(_nowMs, _measurement);
            }

            _sensor.Samples.Poll(_nowMs);
            while (_sensor.Samples.TryTake(_block))
            {
                Assert.AreEqual(0, _block.Lost);
                _quality.Add(
                    _block.Voltages, _block.Currents, _block.Count, _block.FirstMs,
                    1_769_874_600_000 + _block.FirstMs);
            }
        }
    }
}
