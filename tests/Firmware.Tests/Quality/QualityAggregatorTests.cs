using MeterFirmware.Quality;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Quality;

/// <summary>IEC 61000-4-30, 4.4 to 4.7.</summary>
[TestClass]
public class QualityAggregatorTests
{
    // 2027-01-15 08:00:00 UTC, a multiple of two hours.
    private const long Base = 1_800_000_000_000;

    private static IntervalRecorder _recorder;
    private static int[] _values;
    private static bool[] _isRms;
    private static QualityAggregator _aggregator;

    [TestMethod]
    public void VoltagesAggregateAsTheRootOfTheMeanSquare()
    {
        Fresh();
        _aggregator = new QualityAggregator(_isRms, 15, _recorder);

        // Half at 200 V, half at 240 V: √((200² + 240²)/2) = 220.907 V, not 220 V.
        for (int i = 0; i < 3000; i++)
        {
            Add(i % 2 == 0 ? 200_000 : 240_000, Base + i * 200L, 200, false);
        }

        Add(220_000, Base + 600_000, 200, false);
        Assert.AreEqual(1, _recorder.TenMinutes);
        Assert.AreEqual(220_907, _recorder.TenMinutesValue);
        Assert.AreEqual(3000, _recorder.TenMinutesCount);
        Assert.AreEqual(600_000L, _recorder.TenMinutesCovered);
        Assert.AreEqual(200, _recorder.Shorts);
    }

    [TestMethod]
    public void TheTenMinuteTickStartsAnewAndTheRunningShortIntervalEndsAfterIt()
    {
        Fresh();
        _aggregator = new QualityAggregator(_isRms, 15, _recorder);

        // At 49.5 Hz 10 cycles are 202 ms: 2970.3 of them in 10 min, the tick falls into a 150-cycle interval.
        long at = Base;
        while (at < Base + 600_000)
        {
            Add(230_000, at, 202, false);
            at += 202;
        }

        Assert.AreEqual(2971 / 15, _recorder.Shorts);
        Assert.AreEqual(0, _recorder.TenMinutes);
        long first = at;
        Add(230_000, at, 202, false);
        Assert.AreEqual(1, _recorder.TenMinutes);
        Assert.AreEqual(2971, _recorder.TenMinutesCount);

        // One 10-cycle value lies in the old interval before the tick, so 13 more end it; 15 from the tick the new one.
        for (int i = 1; i < 14; i++)
        {
            at += 202;
            Add(230_000, at, 202, false);
        }

        Assert.AreEqual(199, _recorder.Shorts);
        Assert.IsTrue(_recorder.ShortBegin < Base + 600_000);
        at += 202;
        Add(230_000, at, 202, false);
        Assert.AreEqual(200, _recorder.Shorts);
        Assert.AreEqual(first, _recorder.ShortBegin);
    }

    [TestMethod]
    public void TwelveTenMinuteValuesMakeTwoHours()
    {
        Fresh();
        _aggregator = new QualityAggregator(_isRms, 3, _recorder);
        for (int second = 0; second <= 7200; second++)
        {
            Add(second == 100 ? 260_000 : 220_000 + second / 600 * 1000, Base + second * 1000L, 1000, false);
        }

        Assert.AreEqual(12, _recorder.TenMinutes);
        Assert.AreEqual(1, _recorder.TwoHours);
        Assert.AreEqual(12, _recorder.TwoHoursCount);

        // Root of the mean square of 220.079 (with the spike), 221 … 231 V.
        Assert.IsTrue(_recorder.TwoHoursValue > 225_500 && _recorder.TwoHoursValue < 225_550);
        Assert.AreEqual(260_000, _recorder.TwoHoursMaximum);
    }

    [TestMethod]
    public void AFlagGoesUpToEveryIntervalThatHoldsIt()
    {
        Fresh();
        _aggregator = new QualityAggregator(_isRms, 3, _recorder);
        for (int second = 0; second <= 1800; second++)
        {
            Add(230_000, Base + second * 1000L, 1000, second == 700);
        }

        Assert.AreEqual(3, _recorder.TenMinutes);
        Assert.AreEqual(1, _recorder.Flagged);
    }

    [TestMethod]
    public void AClockStepClosesWhatIsOpenAndItsCoverSaysSo()
    {
        Fresh();
        _aggregator = new QualityAggregator(_isRms, 3, _recorder);
        for (int second = 0; second < 100; second++)
        {
            Add(230_000, Base + second * 1000L, 1000, false);
        }

        Add(230_000, Base + 86_400_000, 1000, false);
        Assert.AreEqual(1, _recorder.TenMinutes);
        Assert.AreEqual(100_000L, _recorder.TenMinutesCovered);
        Add(230_000, Base, 1000, false);
        Assert.AreEqual(2, _recorder.TenMinutes);
        Assert.AreEqual(1000L, _recorder.TenMinutesCovered);
        Assert.AreEqual(2, _recorder.TwoHours);
    }

    private void Add(int value, long beginMs, long lengthMs, bool flagged)
    {
        _values[0] = value;
        _values[1] = 50_000;
        _aggregator.Add(_values, beginMs, lengthMs, flagged);
    }

    // The device makes no object of this class: what every test begins with is made here.
    private static void Fresh()
    {
        _recorder = new IntervalRecorder();
        _values = new int[2];
        _isRms = new bool[] { true, false };
        _aggregator = null;
    }
}
