using MeterFirmware.Drivers.Ade9000;
using MeterFirmware.Drivers.Twins;
using MeterFirmware.Hardware;
using nanoFramework.TestFramework;

namespace MeterFirmware.Drivers.Tests.Ade9000;

/// <summary>The waveform buffer as a source of samples.</summary>
[TestClass]
public class Ade9000SampleTests
{
    private static readonly Measurement _measurement = new Measurement();
    private static readonly SampleBlock _block = new SampleBlock();
    private static Ade9000Twin _twin;
    private static Ade9000PowerSensor _sensor;
    private static Ade9000SampleSource _samples;
    private static long _nowMs;
    private static long _sample;

    [TestMethod]
    public void EverySampleComesOnceAndInItsOrder()
    {
        Start();
        long lost = 0;
        for (int i = 0; i < 400; i++)
        {
            // 1 to 17 ms between two polls.
            Pass(1 + i * 7 % 17);
            lost += TakeAll();
        }

        Assert.AreEqual(0L, lost);
        Assert.IsTrue(_twin.Captured - _sample < 16 && _sample > 20_000, _sample + " of " + _twin.Captured);
    }

    [TestMethod]
    public void APollThatComesLateTellsHowManySamplesWereLost()
    {
        int[] gapsMs = { 23, 25, 31, 32, 33, 47, 64, 65, 200, 1_000, 12_345 };
        foreach (int gapMs in gapsMs)
        {
            Start();
            Pass(10);
            Assert.AreEqual(0L, TakeAll());
            Pass(gapMs);
            TakeAll();
            Assert.IsTrue(_twin.Captured - _sample < 16, "gap " + gapMs + ": " + (_twin.Captured - _sample));
        }
    }

    [TestMethod]
    public void ABlocksMomentIsThatOfItsFirstSample()
    {
        Start();
        for (int i = 0; i < 50; i++)
        {
            Pass(1 + i % 13);
            while (Take(out int _))
            {
                // The capture began with the configuration, 150 ms after the start.
                long apart = _block.FirstMs - (150 + (_sample - 16) / 8);
                Assert.IsTrue(apart >= -2 && apart <= 1, "apart " + apart);
            }
        }
    }

    [TestMethod]
    public void APageThatFailsOnTheBusIsLostAndSaidSo()
    {
        Start();
        Pass(10);
        TakeAll();
        Pass(10);
        Assert.IsTrue(_samples.Poll(_nowMs));
        _twin.FailTransfers(1, 1);
        long lost = TakeAllPolled();
        Assert.AreEqual(16L, lost);
        Pass(10);
        _twin.SetBreakAfter(100);
        Assert.IsTrue(_samples.Poll(_nowMs));
        Assert.IsFalse(_samples.TryTake(_block));
        _twin.SetFaults(TwinFault.None);
        Pass(10);
        Assert.AreEqual(80L, TakeAll(), "five pages of 10 ms");
    }

    [TestMethod]
    public void ALineThatRestsHighGivesNoSamples()
    {
        Start();
        Pass(10);
        TakeAll();
        Pass(10);
        Assert.IsTrue(_samples.Poll(_nowMs));
        _twin.SetFaults(TwinFault.AllOnes);
        Assert.IsFalse(_samples.TryTake(_block), "pages of ones");
        Assert.IsFalse(_samples.Poll(_nowMs + 10), "a status of ones");
        _twin.SetFaults(TwinFault.None);
        Pass(10);
        Assert.IsTrue(TakeAll() > 0);
    }

    [TestMethod]
    public void ARestartOfTheChipLosesSamplesAndSaysSo()
    {
        Start();
        Pass(10);
        TakeAll();
        _twin.Reset();
        for (int i = 0; i < 3; i++)
        {
            Pass(250);
            _sensor.TryRead(_nowMs, _measurement);
            Assert.IsFalse(_samples.Poll(_nowMs));
        }

        Pass(10);
        Assert.IsTrue(_samples.Poll(_nowMs));
        Assert.IsTrue(_samples.TryTake(_block));
        Assert.IsTrue(_block.Lost >= 6_000, "0.75 s at least: " + _block.Lost);

        // The chip counts from its new begin.
        _sample = _block.Count;
        Assert.AreEqual(0L, TakeAllPolled());
    }

    [TestMethod]
    public void WithoutTheSettingNothingIsCaptured()
    {
        Assert.IsNull(new Ade9000PowerSensor(new Ade9000Twin(), new Ade9000Settings()).Samples);
    }

    [TestMethod]
    [DataRow(707_800, 173_300, 13_753, 3_367)]
    [DataRow(300_000, 10_000, 5_829, 3_109)]
    [DataRow(2_000_000, 1_000, 38_860, 311)]
    public void AScaleIsWholeMicrounitsWithoutAnErrorThatCounts(int millivolts, int milliamps, int voltage, int current)
    {
        Ade9000Settings settings = new Ade9000Settings
        {
            TakesSamples = true,
            VoltageFullScaleMillivolts = millivolts,
            CurrentFullScaleMilliamps = milliamps,
        };
        Ade9000SampleSource samples = new Ade9000PowerSensor(new Ade9000Twin(), settings).Samples;
        Assert.AreEqual(voltage, samples.MicrovoltsPerCount);
        Assert.AreEqual(current, samples.MicroampsPerCount);
    }

    private static void Start()
    {
        _twin = new Ade9000Twin();
        _twin.SetFrequency(50_130);
        for (int phase = 0; phase < 3; phase++)
        {
            _twin.SetLoad(phase, 230_000 + phase * 1_000, 5_000, 1_000_000, 0);
        }

        _sensor = new Ade9000PowerSensor(_twin, new Ade9000Settings { TakesSamples = true });
        _samples = _sensor.Samples;
        _nowMs = 0;
        _sample = 0;
        Assert.IsFalse(_samples.Poll(0), "the chip does not run yet");
        for (int i = 0; i < 3; i++)
        {
            Pass(50);
            _sensor.TryRead(_nowMs, _measurement);
        }

        Assert.AreEqual(0, _sensor.Faults);
    }

    private static void Pass(int milliseconds)
    {
        _twin.Advance(milliseconds);
        _nowMs += milliseconds;
    }

    private static long TakeAll()
    {
        _samples.Poll(_nowMs);
        return TakeAllPolled();
    }

    private static long TakeAllPolled()
    {
        long lost = 0;
        while (Take(out int lostNow))
        {
            lost += lostNow;
        }

        return lost;
    }

    /// <summary>Takes a block and holds each sample of it against the wave of its own moment.</summary>
    private static bool Take(out int lost)
    {
        lost = 0;
        if (!_samples.TryTake(_block))
        {
            return false;
        }

        lost = _block.Lost;
        _sample += lost;
        for (int i = 0; i < _block.Count; i++, _sample++)
        {
            for (int phase = 0; phase < 3; phase++)
            {
                double apart = _block.Voltages[phase][i] * 1_024.0 - _twin.VoltageSample(phase, _sample);
                Assert.IsTrue(apart <= 513 && apart >= -513, "sample " + _sample + ", phase " + phase + ": " + apart);
            }
        }

        return true;
    }
}
