using System;
using MeterFirmware.Hardware;
using MeterFirmware.Quality;
using MeterFirmware.Tools.Tests.Support;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Quality;

/// <summary>A tick with power quality allocates nothing: a day with events, and windows of samples.</summary>
[TestClass]
public class QualityAllocationTests
{
    private const long Base = 1_800_000_000_000;

    [TestMethod]
    public void ADayOfReadingsWithEventsAllocatesNothing()
    {
        QualitySettings settings = new() { UsesSlidingReference = true };
        QualityMonitor monitor = new(settings, 3, 3, true, null);
        Measurement m = new() { PhaseCount = 3, FrequencyMillihertz = 50_000 };
        VoltageEvent taken = new();
        int events = 0;
        long now = 0;
        Run(1_300);
        Allocation.AssertNone(() => Run(86_400));
        Assert.IsTrue(events > 100);
        Assert.IsTrue(monitor.Voltage(0).Total > 0);
        Assert.IsTrue(monitor.NegativeSequence.Total > 20_000);

        void Run(int seconds)
        {
            for (int i = 0; i < seconds; i++)
            {
                now += 1000;
                for (int p = 0; p < 3; p++)
                {
                    m.VoltageMillivolts[p] = i % 700 == 40 ? 100_000 : i % 900 == 77 ? 0 : 220_000 + p * 100;
                }

                monitor.SetSequence(50, 20);
                monitor.SetDistortion(0, 210);
                monitor.Add(m, now, Base + now);
                while (monitor.Events.TryTake(taken))
                {
                    events++;
                }
            }
        }
    }

    [TestMethod]
    public void WindowsOfSamplesAllocateNothing()
    {
        HarmonicAnalyzer analyzer = new(3, 640, 21, true);
        HalfCycleRms rms = new(100, 32);
        FrequencyMeter frequency = new(3_200_000, 1_000);
        SequenceComponents sequence = new();
        short[] row = new short[3];
        Run();
        Allocation.AssertNone(Run);
        Assert.IsTrue(analyzer.IsDone);

        void Run()
        {
            analyzer.TryBegin(3_200_000, 50_000, 10);
            for (int i = 0; i < 640; i++)
            {
                for (int p = 0; p < 3; p++)
                {
                    row[p] = (short)(10_000 * Math.Sin(2 * Math.PI * (i / 64.0 - p / 3.0)));
                }

                analyzer.Add(row);
                rms.Add(row[0]);
                frequency.Add(row[0]);
            }

            while (!analyzer.Tick())
            {
            }

            analyzer.TryReadTotalDistortion(0, out _);
            frequency.TryTake(out _);
            sequence.TryCompute(analyzer.RealParts, analyzer.ImaginaryParts);
        }
    }

    [TestMethod]
    public void BlocksOfSamplesAllocateNothing()
    {
        SamplingSettings sampling = new()
        {
            PhaseCount = 3,
            SampleRateMillihertz = 3_200_000,
            MicroampsPerCount = 1000,
        };
        SampledQuality quality = new(new QualitySettings(), sampling, null, null);
        int[][] volts = [new int[160], new int[160], new int[160]];
        VoltageEvent taken = new();
        long index = 0;
        int events = 0;

        // Across the 10-min tick, with a dip each 4 s.
        Run(5);
        int rounds = 0;
        Allocation.AssertNone(() =>
        {
            Run(20);
            rounds++;
        });
        Assert.IsTrue(events >= 4 * rounds);
        Assert.AreEqual(25 + 100 * rounds, quality.WindowCount, 2 * rounds);

        void Run(int seconds)
        {
            for (int block = 0; block < seconds * 20; block++)
            {
                long ms = index * 1000 / 3200;
                for (int i = 0; i < 160; i++, index++)
                {
                    double amplitude = index % 12_800 < 640 ? 150_000 : 311_127;
                    for (int p = 0; p < 3; p++)
                    {
                        volts[p][i] = (int)(amplitude * Math.Sin(2 * Math.PI * (index * 49.9 / 3200 - p / 3.0)));
                    }
                }

                quality.Add(volts, volts, 160, ms, Base + 590_000 + ms);
                while (quality.Monitor.Events.TryTake(taken))
                {
                    events++;
                }
            }
        }
    }
}
