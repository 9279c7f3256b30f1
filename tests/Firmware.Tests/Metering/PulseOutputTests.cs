using MeterFirmware.Firmware.Tests.History;
using MeterFirmware.Hardware;
using MeterFirmware.Metering;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Metering;

/// <summary>facts/metering-rules.md, "pulse output".</summary>
[TestClass]
public class PulseOutputTests
{
    private const long Start = RecorderBench.Midnight + 10 * 3600;

    private static FakeRelay _relay;
    private static RecorderBench _bench;

    [TestMethod]
    public void PulsesAreExactAtTheMetersConstant()
    {
        Fresh();
        // 3200 imp/kWh (facts/metering-rules.md): 3.3 kWh in odd steps are 10 560 pulses, to the pulse.
        RecorderBench bench = NewBench(3200);
        for (int i = 0; i < 33_000; i++)
        {
            bench.Step(40, 360_000_000);
        }

        for (int i = 0; i < 40; i++)
        {
            bench.Step(40, 0);
        }

        Assert.AreEqual(3_300L, bench.Meter.Registers.TotalWattHours(EnergyKind.Import));
        Assert.AreEqual(10_560L, bench.Recorder.Pulse.Pulses);
        Assert.AreEqual(10_560, _relay.Closings);
        Assert.AreEqual(0L, bench.Recorder.Pulse.Waiting);
    }

    [TestMethod]
    public void AMeterThatReadsOnceASecondFollowsSixtyAmpsWhenItsOutputIsTickedInBetween()
    {
        Fresh();
        // 220 V × 60 A for ten minutes: 2.2 kWh, 7 040 pulses at 11.7 a second.
        RecorderBench bench = NewBench(3200);
        long waitedMost = 0;
        for (int second = 0; second < 600; second++)
        {
            bench.Step(1000, 13_200_000L * 1000);
            for (int ms = 10; ms < 1000; ms += 10)
            {
                bench.Recorder.Pulse.Tick(bench.NowMs + ms);
            }

            waitedMost = bench.Recorder.Pulse.Waiting > waitedMost ? bench.Recorder.Pulse.Waiting : waitedMost;
        }

        Assert.AreEqual(7_040L, bench.Recorder.Pulse.Pulses + bench.Recorder.Pulse.Waiting);
        Assert.AreEqual(0L, waitedMost);
        Assert.AreEqual(7_040, _relay.Closings);
    }

    [TestMethod]
    public void TheHighestPowerThatAnOutputFollowsIsStated()
    {
        Fresh();
        // 3.6 MJ ÷ 3200 = 1125 J a pulse; 30 ms up and 30 down: 18.75 kW; in ticks of 20 ms 40 and 40: 14.06 kW.
        Assert.AreEqual(18_750_000L, PulseOutput.MilliwattsMax(3200, 30, 10));
        Assert.AreEqual(14_062_500L, PulseOutput.MilliwattsMax(3200, 30, 20));
        Assert.AreEqual(562_500L, PulseOutput.MilliwattsMax(3200, 30, 1000));
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(1)]
    public void JustBelowThatPowerNothingWaitsAndAboveItDoes(int isAbove)
    {
        Fresh();
        RecorderBench bench = NewBench(3200);
        long power = PulseOutput.MilliwattsMax(3200, 30, 20) + (isAbove == 1 ? 100_000 : -1_000);
        for (int i = 0; i < 60_000; i++)
        {
            bench.Step(20, power * 20);
        }

        Assert.IsTrue(isAbove == 1 ? bench.Recorder.Pulse.Waiting > 50 : bench.Recorder.Pulse.Waiting <= 1,
            bench.Recorder.Pulse.Waiting.ToString());
    }

    [TestMethod]
    public void AnOutputThatIsStuckOverflowsNothingAndLosesNoPulse()
    {
        Fresh();
        // 100 000 kWh at 100 000 imp/kWh: a sum of µJ × pulses would pass 9 × 10^18 after 26 kWh.
        RecorderBench bench = NewBench(100_000);
        _relay.IsStuck = true;
        for (int hour = 0; hour < 4_000; hour++)
        {
            bench.Step(3_600_000, 25_000_000L * 3_600_000);
        }

        Assert.AreEqual(0L, bench.Recorder.Pulse.Pulses);
        Assert.AreEqual(10_000_000_000L, bench.Recorder.Pulse.Waiting);
        _relay.IsStuck = false;
        for (int i = 0; i < 200; i++)
        {
            bench.Step(40, 0);
        }

        Assert.AreEqual(100L, bench.Recorder.Pulse.Pulses);
        Assert.AreEqual(10_000_000_000L - 100, bench.Recorder.Pulse.Waiting);
    }

    [TestMethod]
    public void ExportedEnergyPulsesAsImportedDoes()
    {
        Fresh();
        RecorderBench bench = NewBench(1000);
        for (int i = 0; i < 36_000; i++)
        {
            bench.Step(100, i % 2 == 0 ? 360_000_000 : -360_000_001);
        }

        long microjoules = 18_000L * 720_000_001;
        Assert.AreEqual(microjoules / 3_600_000_000, bench.Recorder.Pulse.Pulses + bench.Recorder.Pulse.Waiting);
    }

    [TestMethod]
    public void EnergyFromBeforeThePowerUpDoesNotPulse()
    {
        Fresh();
        RecorderBench bench = NewBench(3200);
        bench.Step(1000, 13_200_000L * 1000);
        bench.Outage(60);
        bench.Step(1000, 0);
        Assert.AreEqual(0L, bench.Recorder.Pulse.Pulses + bench.Recorder.Pulse.Waiting);
    }

    private RecorderBench NewBench(int pulsesPerKwh)
    {
        _bench = new RecorderBench(Start);
        _bench.Parts.Pulse = _relay;
        _bench.Parts.PulsesPerKwh = pulsesPerKwh;
        return _bench.Start(false);
    }

    private sealed class FakeRelay : IRelay
    {
        public bool IsClosed { get; private set; }

        public int Closings { get; private set; }

        public bool IsStuck { get; set; }

        public bool TrySet(bool closed)
        {
            if (IsStuck)
            {
                return false;
            }

            Closings += closed && !IsClosed ? 1 : 0;
            IsClosed = closed;
            return true;
        }

        public bool TryReadFeedback(out bool closed)
        {
            closed = IsClosed;
            return false;
        }
    }

    // The device makes no object of this class: what every test begins with is made here.
    private static void Fresh()
    {
        _relay = new FakeRelay();
        _bench = null;
    }
}
