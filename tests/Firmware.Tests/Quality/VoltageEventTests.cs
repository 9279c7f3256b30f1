using MeterFirmware.Quality;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Quality;

/// <summary>GB/T 30137 and IEC 61000-4-30, 5.4 and 5.5.</summary>
[TestClass]
public class VoltageEventTests
{
    private const int HalfCycleMs = 10;
    private const long Utc = 1_800_000_000_000;

    private readonly QualitySettings _settings = new QualitySettings { DeclaredMillivolts = 230_000 };
    private readonly VoltageEvent _event = new VoltageEvent();
    private readonly int[] _values = new int[3];
    private VoltageEventDetector _detector;
    private long _now;

    [TestMethod]
    public void ADipLastsFromBelowNinetyPercentToNinetyTwo()
    {
        Start();
        Feed(230_000, 5);
        Feed(207_000, 5); // 90 % exactly is no dip
        Assert.IsFalse(_detector.IsActive);
        Feed(160_000, 10);
        Feed(209_000, 4); // back above 90 %, not past the hysteresis of 2 %
        Assert.IsTrue(_detector.IsActive);
        Feed(211_600, 1); // 92 %
        Assert.IsFalse(_detector.IsActive);
        Assert.IsTrue(_detector.TryTake(_event));
        Assert.IsTrue(_event.Kind == VoltageEventKind.Dip);
        Assert.AreEqual(140L, _event.DurationMs);
        Assert.AreEqual(160_000, _event.ExtremeMillivolts);
        Assert.AreEqual(304, _event.DepthPermille);
        Assert.AreEqual(Utc + 100, _event.BeginUtcMs);
        Assert.IsFalse(_event.IsLong);
        Assert.IsFalse(_detector.TryTake(_event));
    }

    [TestMethod]
    public void ASwellLastsFromAboveHundredTenPercentToHundredEight()
    {
        Start();
        Feed(253_000, 3); // 110 % exactly
        Feed(276_000, 3);
        Feed(250_000, 3); // 108.7 %
        Assert.IsTrue(_detector.IsActive);
        Feed(248_300, 1);
        Assert.IsTrue(_detector.TryTake(_event));
        Assert.IsTrue(_event.Kind == VoltageEventKind.Swell);
        Assert.AreEqual(60L, _event.DurationMs);
        Assert.AreEqual(276_000, _event.ExtremeMillivolts);
        Assert.AreEqual(200, _event.DepthPermille);
    }

    [TestMethod]
    public void APolyPhaseDipBeginsWithTheFirstPhaseAndEndsWithTheLast()
    {
        Start();
        Feed(230_000, 230_000, 230_000, 2);
        Feed(230_000, 190_000, 230_000, 3);
        Feed(180_000, 190_000, 230_000, 3);
        Feed(180_000, 230_000, 230_000, 4);
        Feed(230_000, 230_000, 230_000, 1);
        Assert.IsTrue(_detector.TryTake(_event));
        Assert.AreEqual(100L, _event.DurationMs);
        Assert.AreEqual(3, _event.PhaseMask);
        Assert.AreEqual(180_000, _event.ExtremeMillivolts);
        Assert.IsFalse(_detector.TryTake(_event));
    }

    [TestMethod]
    public void APolyPhaseInterruptionBeginsWithTheLastPhaseAndEndsWithTheFirst()
    {
        Start();
        Feed(230_000, 230_000, 230_000, 2);
        Feed(0, 0, 230_000, 5);
        Feed(0, 0, 0, 7);
        Feed(0, 100_000, 0, 5);
        Feed(230_000, 230_000, 230_000, 1);

        // The interruption ends first, then the dip that holds it.
        Assert.IsTrue(_detector.TryTake(_event));
        Assert.IsTrue(_event.Kind == VoltageEventKind.Interruption);
        Assert.AreEqual(70L, _event.DurationMs);
        Assert.AreEqual(7, _event.PhaseMask);
        Assert.IsTrue(_detector.TryTake(_event));
        Assert.IsTrue(_event.Kind == VoltageEventKind.Dip);
        Assert.AreEqual(170L, _event.DurationMs);
        Assert.AreEqual(0, _event.ExtremeMillivolts);
    }

    [TestMethod]
    public void MoreThanAMinuteIsNoShortEvent()
    {
        Start();
        Feed(150_000, 6_001);
        Feed(230_000, 1);
        Assert.IsTrue(_detector.TryTake(_event));
        Assert.AreEqual(60_010L, _event.DurationMs);
        Assert.IsTrue(_event.IsLong);
    }

    [TestMethod]
    public void TheSlidingReferenceFollowsInAboutAMinuteAndStandsStillWhileFlagged()
    {
        _settings.UsesSlidingReference = true;
        Start();
        _values[0] = 210_000;
        for (int i = 0; i < 303; i++)
        {
            _detector.UpdateReference(_values, 1, false);
        }

        // One time constant of 303 values of 200 ms: 230 − 20 × 0.632 = 217.36 V.
        Assert.IsTrue(_detector.ReferenceMillivolts(0) > 217_200 && _detector.ReferenceMillivolts(0) < 217_500);
        int before = _detector.ReferenceMillivolts(0);
        _detector.UpdateReference(_values, 1, true);
        Assert.AreEqual(before, _detector.ReferenceMillivolts(0));
        for (int i = 0; i < 10_000; i++)
        {
            _detector.UpdateReference(_values, 1, false);
        }

        Assert.AreEqual(210_000, _detector.ReferenceMillivolts(0));

        // 195 V is 84.8 % of 230 V but 92.9 % of the level it slid to.
        Feed(195_000, 3);
        Assert.IsFalse(_detector.IsActive);
    }

    [TestMethod]
    public void AFullQueueDropsTheOldestAndCountsIt()
    {
        _detector = new VoltageEventDetector(_settings, 2);
        for (int i = 0; i < 3; i++)
        {
            Feed(100_000 + i, 1);
            Feed(230_000, 1);
        }

        Assert.AreEqual(1L, _detector.DroppedCount);
        Assert.IsTrue(_detector.TryTake(_event));
        Assert.AreEqual(100_001, _event.ExtremeMillivolts);
    }

    [TestMethod]
    public void TheIntervalInWhichAnEventLiesIsFlagged()
    {
        Start();
        Feed(230_000, 3);
        Assert.IsFalse(_detector.TakeFlag());
        Feed(100_000, 1);
        Feed(230_000, 1);
        Assert.IsTrue(_detector.TakeFlag(), "an event shorter than the interval flags it");
        Assert.IsFalse(_detector.TakeFlag());
        Feed(100_000, 1);
        Assert.IsTrue(_detector.TakeFlag());
        Assert.IsTrue(_detector.TakeFlag(), "an event that goes on flags every interval");
    }

    private void Start()
    {
        _detector = new VoltageEventDetector(_settings, 16);
        _now = 0;
    }

    private void Feed(int millivolts, int count)
    {
        _values[0] = millivolts;
        for (int i = 0; i < count; i++)
        {
            _detector.Add(_values, 1, _now, Utc + _now);
            _now += HalfCycleMs;
        }
    }

    private void Feed(int a, int b, int c, int count)
    {
        _values[0] = a;
        _values[1] = b;
        _values[2] = c;
        for (int i = 0; i < count; i++)
        {
            _detector.Add(_values, 3, _now, Utc + _now);
            _now += HalfCycleMs;
        }
    }
}
