using MeterFirmware.Hardware;
using MeterFirmware.Quality;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Quality;

[TestClass]
public class QualityStatisticsTests
{
    private const long Base = 1_800_000_000_000;

    [TestMethod]
    public void TheLimitsThemselvesAreInside()
    {
        // GB/T 12325, 220 V single phase: 198.0 to 235.4 V.
        QualificationCounter counter = new QualificationCounter(198_000, 235_400);
        Assert.IsFalse(counter.TryReadRate(out _));
        counter.Add(198_000);
        counter.Add(235_400);
        Assert.IsTrue(counter.TryReadRate(out int rate));
        Assert.AreEqual(10_000, rate);
        counter.Add(197_999);
        counter.Add(235_401);
        counter.Add(220_000);
        counter.TryReadRate(out rate);
        Assert.AreEqual(6_000, rate);
        Assert.AreEqual(1L, counter.Above);
        Assert.AreEqual(1L, counter.Below);
        Assert.AreEqual(197_999, counter.Minimum);
        Assert.AreEqual(235_401, counter.Maximum);
    }

    [TestMethod]
    public void TheNinetyFivePercentValueIsNotExceededByNinetyFivePercent()
    {
        Percentile percentile = new Percentile(5, 400);
        Assert.IsFalse(percentile.TryRead(950, out _));
        for (int i = 1; i <= 100; i++)
        {
            percentile.Add(i * 5 - 1);
        }

        Assert.IsTrue(percentile.TryRead(950, out int value));
        Assert.AreEqual(475, value);
        percentile.Add(1_000_000);
        Assert.IsTrue(percentile.TryRead(1000, out value));
        Assert.AreEqual(2000, value);
    }

    [TestMethod]
    public void TenMinuteVoltagesGiveTheQualificationRateAndFlaggedOnesDoNotCount()
    {
        QualityMonitor monitor = new QualityMonitor(new QualitySettings(), 1, 3, true, null);
        Measurement m = new Measurement { FrequencyMillihertz = 50_010 };

        // An hour: 10 min of 220, 236 (too high), 197.9 (dip: below 90 %), 220, 220, 220 V.
        for (int second = 0; second <= 3600; second++)
        {
            int block = (second - 1) / 600;
            m.VoltageMillivolts[0] = block == 1 ? 236_000 : block == 2 ? 197_900 : 220_000;
            monitor.Add(m, second * 1000L, Base + second * 1000L);
        }

        monitor.Add(m, 3_601_000, Base + 3_601_000);

        // 197.9 V for 10 min is a dip of more than a minute: that block and the one in which it ends are flagged.
        Assert.AreEqual(4L, monitor.Voltage(0).Total);
        Assert.AreEqual(1L, monitor.Voltage(0).Above);
        monitor.Voltage(0).TryReadRate(out int rate);
        Assert.AreEqual(7_500, rate);
        VoltageEvent dip = new VoltageEvent();
        Assert.IsTrue(monitor.Events.TryTake(dip));
        Assert.IsTrue(dip.IsLong);
        Assert.AreEqual(727, monitor.DeviationHundredths(236_000));
    }

    [TestMethod]
    public void TenSecondFrequenciesAreJudgedByZeroPointTwoHertz()
    {
        QualityMonitor monitor = new QualityMonitor(new QualitySettings(), 1, 3, true, null);
        Measurement m = new Measurement();
        m.VoltageMillivolts[0] = 220_000;
        for (int second = 0; second <= 101; second++)
        {
            // One second at 52 Hz is 0.2 Hz over ten seconds; two are too much.
            bool off = second == 15 || second == 35 || second == 36;
            m.FrequencyMillihertz = off ? 52_000 : 50_000;
            monitor.Add(m, second * 1000L, Base + second * 1000L);
        }

        Assert.AreEqual(10L, monitor.Frequency.Total);
        Assert.AreEqual(1L, monitor.Frequency.Above);
        Assert.AreEqual(50_400, monitor.Frequency.Maximum);
    }

    [TestMethod]
    public void SequenceComponentsFollowFortescue()
    {
        SequenceComponents sequence = new SequenceComponents();
        double[] real = { 230, -115, -115 };
        double[] imaginary = { 0, -199.185842870, 199.185842870 };
        Assert.IsTrue(sequence.TryCompute(real, imaginary));
        Assert.AreEqual(0, sequence.NegativeHundredths);
        Assert.AreEqual(0, sequence.ZeroHundredths);
        Assert.AreEqual(230_000L, (long)(sequence.Positive * 1000 + 0.5));

        // Phase A at 207 V: U0 = U2 = 23/3, U1 = 667/3: 3.45 % each.
        real[0] = 207;
        Assert.IsTrue(sequence.TryCompute(real, imaginary));
        Assert.AreEqual(345, sequence.NegativeHundredths);
        Assert.AreEqual(345, sequence.ZeroHundredths);

        // Phases B and C swapped: only a negative sequence is left.
        real[0] = 230;
        imaginary[1] = -imaginary[1];
        imaginary[2] = -imaginary[2];
        Assert.IsFalse(sequence.TryCompute(real, imaginary));
        Assert.AreEqual(230_000L, (long)(sequence.Negative * 1000 + 0.5));
    }

    [TestMethod]
    public void UnbalanceFromLineVoltagesIsThatOfThePhasors()
    {
        Assert.IsTrue(SequenceComponents.TryFromLineVoltages(400, 400, 400, out int hundredths));
        Assert.AreEqual(0, hundredths);

        // 207∠0, 230∠−120, 230∠120 between phases: 378.63, 398.37, 378.63; negative sequence 3.45 %.
        Assert.IsTrue(SequenceComponents.TryFromLineVoltages(378.6278, 398.3717, 378.6278, out hundredths));
        Assert.AreEqual(345, hundredths);
        Assert.IsFalse(SequenceComponents.TryFromLineVoltages(0, 0, 0, out _));
        Assert.IsFalse(SequenceComponents.TryFromLineVoltages(400, 100, 100, out _));
    }
}
