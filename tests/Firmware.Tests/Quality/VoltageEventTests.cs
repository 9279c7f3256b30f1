using MeterFirmware.Quality;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Quality;

/// <summary>GB/T 30137 and IEC 61000-4-30, 5.4 and 5.5.</summary>
[TestClass]
public class VoltageEventTests
{
    private const int HalfCycleMs = 10;
    private const long Utc = 1_800_000_000_000;

    private static QualitySettings _settings;
    private static VoltageEvent _event;
    private static int[] _values;
    private static VoltageEventDetector _detector;
    private static long _now;

    [TestMethod]
    public void ADipLastsFromBelowNinetyPercentToNinetyTwo()
    {
        Fresh();
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
        Fresh();
        Start();
        Feed(253_000, 3); // 110 % exactly
        Feed(276_000, 3);
        Feed(250_000, 3); // 108.7 %
        Assert.IsTrue(_detector.IsActive);
        Feed(248_400, 1); // 108 %: at the threshold less the hysteresis it ends
        Assert.IsTrue(_detector.TryTake(_event));
        Assert.IsTrue(_event.Kind == VoltageEventKind.Swell);
        Assert.AreEqual(60L, _event.DurationMs);
        Assert.AreEqual(276_000, _event.ExtremeMillivolts);
        Assert.AreEqual(200, _event.DepthPermille);
    }

    [TestMethod]
    public void APolyPhaseDipBeginsWithTheFirstPhaseAndEndsWithTheLast()
    {
        Fresh();
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
        Fresh();
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

    /// <summary>IEC 61000-4-30, 5.4.2: a dip ends when all channels are at or above threshold plus
    /// hysteresis.</summary>
    [TestMethod]
    public void ADipGoesOnWhileAPhaseThatStayedInsideIsNotPastTheHysteresis()
    {
        Fresh();
        Start();
        Feed(180_000, 230_000, 230_000, 3);
        Feed(230_000, 209_000, 230_000, 3); // phase 1 at 90.9 %: never a dip of its own
        Assert.IsTrue(_detector.IsActive);
        Feed(230_000, 211_600, 230_000, 1);
        Assert.IsTrue(_detector.TryTake(_event));
        Assert.AreEqual(60L, _event.DurationMs);
        Assert.AreEqual(1, _event.PhaseMask);
    }

    /// <summary>IEC 61000-4-30, 5.5.2: it begins when all are below the threshold; the hysteresis is for its
    /// end.</summary>
    [TestMethod]
    public void AnInterruptionDoesNotBeginWithAPhaseAboveTheThreshold()
    {
        Fresh();
        Start();
        Feed(20_000, 230_000, 230_000, 2);
        Feed(25_000, 0, 0, 5); // 10.9 %: above the threshold, below threshold plus hysteresis
        Feed(230_000, 230_000, 230_000, 1);
        Assert.IsTrue(_detector.TryTake(_event));
        Assert.IsTrue(_event.Kind == VoltageEventKind.Dip);
        Assert.IsFalse(_detector.TryTake(_event));
    }

    [TestMethod]
    public void AnInterruptionThatBeganGoesOnUntilAPhaseIsPastTheHysteresis()
    {
        Fresh();
        Start();
        Feed(0, 0, 0, 2);
        Feed(25_000, 0, 0, 3);
        Feed(27_600, 0, 0, 1); // 12 %
        Assert.IsTrue(_detector.TryTake(_event));
        Assert.IsTrue(_event.Kind == VoltageEventKind.Interruption);
        Assert.AreEqual(50L, _event.DurationMs);
    }

    [TestMethod]
    public void ASwellAndADipAtTheSameTimeAreTwoEvents()
    {
        Fresh();
        Start();
        Feed(180_000, 260_000, 230_000, 4);
        Feed(230_000, 230_000, 230_000, 1);
        Assert.IsTrue(_detector.TryTake(_event));
        Assert.IsTrue(_event.Kind == VoltageEventKind.Dip);
        Assert.AreEqual(1, _event.PhaseMask);
        Assert.AreEqual(180_000, _event.ExtremeMillivolts);
        Assert.IsTrue(_detector.TryTake(_event));
        Assert.IsTrue(_event.Kind == VoltageEventKind.Swell);
        Assert.AreEqual(2, _event.PhaseMask);
        Assert.AreEqual(260_000, _event.ExtremeMillivolts);
    }

    /// <summary>IEC 61000-4-30, 5.4.4: 0.33 % each 10/12 cycles: the time constant is a minute however often a chip is
    /// read.</summary>
    [TestMethod]
    public void TheSlidingReferenceOfAChipReadEachSecondTakesAMinuteToo()
    {
        Fresh();
        _settings.UsesSlidingReference = true;
        Start();
        _values[0] = 210_000;
        for (int second = 0; second < 60; second++)
        {
            _detector.UpdateReference(_values, 1, false, 1000);
        }

        // 300 steps: 230 − 20 × (1 − 0.9967^300) = 217.42 V.
        Assert.IsTrue(_detector.ReferenceMillivolts(0) > 217_390 && _detector.ReferenceMillivolts(0) < 217_450);
    }

    /// <summary>IEC 61000-4-30, 5.5.1: the sliding reference is for dips and swells only.</summary>
    [TestMethod]
    public void AnInterruptionIsJudgedByTheDeclaredVoltageAlsoWithASlidingReference()
    {
        Fresh();
        _settings.UsesSlidingReference = true;
        Start();
        _values[0] = 207_000;
        for (int i = 0; i < 10_000; i++)
        {
            _detector.UpdateReference(_values, 1, false, 200);
        }

        Feed(22_000, 3); // 9.6 % of the declared voltage, 10.6 % of the sliding one
        Feed(207_000, 1);
        Assert.IsTrue(_detector.TryTake(_event));
        Assert.IsTrue(_detector.TryTake(_event));
        Assert.IsTrue(_event.Kind == VoltageEventKind.Interruption);
    }

    [TestMethod]
    public void MoreThanAMinuteIsNoShortEvent()
    {
        Fresh();
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
        Fresh();
        _settings.UsesSlidingReference = true;
        Start();
        _values[0] = 210_000;
        for (int i = 0; i < 303; i++)
        {
            _detector.UpdateReference(_values, 1, false, 200);
        }

        // One time constant of 303 values of 200 ms: 230 − 20 × 0.632 = 217.36 V.
        Assert.IsTrue(_detector.ReferenceMillivolts(0) > 217_200 && _detector.ReferenceMillivolts(0) < 217_500);
        int before = _detector.ReferenceMillivolts(0);
        _detector.UpdateReference(_values, 1, true, 200);
        Assert.AreEqual(before, _detector.ReferenceMillivolts(0));
        for (int i = 0; i < 10_000; i++)
        {
            _detector.UpdateReference(_values, 1, false, 200);
        }

        Assert.AreEqual(210_000, _detector.ReferenceMillivolts(0));

        // 195 V is 84.8 % of 230 V but 92.9 % of the level it slid to.
        Feed(195_000, 3);
        Assert.IsFalse(_detector.IsActive);
    }

    [TestMethod]
    public void AFullQueueDropsTheOldestAndCountsIt()
    {
        Fresh();
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
    public void AnEventThatGoesOnIsTakenOnceAndOnceMoreWhenItEnds()
    {
        Fresh();
        Start();
        Feed(230_000, 5);
        Assert.IsFalse(_detector.TryTakeOpen(_event));
        Feed(100_000, 4);
        Assert.IsFalse(_detector.TryTake(_event));
        Assert.IsTrue(_detector.TryTakeOpen(_event));
        Assert.IsTrue(_event.IsOpen);
        Assert.IsFalse(_event.BeganBefore);
        Assert.AreEqual(Utc + 50, _event.BeginUtcMs);
        Assert.AreEqual(30L, _event.DurationMs, "to the last value");
        Assert.AreEqual(100_000, _event.ExtremeMillivolts);
        Assert.AreEqual(1, _event.PhaseMask);
        Assert.IsFalse(_detector.TryTakeOpen(_event));
        Feed(90_000, 2);
        Feed(230_000, 1);
        Assert.IsTrue(_detector.TryTake(_event));
        Assert.IsTrue(_event.WasReportedOpen);
        Assert.IsFalse(_event.IsOpen);
        Assert.AreEqual(Utc + 50, _event.BeginUtcMs);
        Assert.AreEqual(60L, _event.DurationMs);
        Assert.AreEqual(90_000, _event.ExtremeMillivolts);

        // The next one is its own.
        Feed(100_000, 2);
        Feed(230_000, 1);
        Assert.IsTrue(_detector.TryTake(_event));
        Assert.IsFalse(_event.WasReportedOpen);
        Assert.IsFalse(_event.BeganBefore);
    }

    [TestMethod]
    public void ACollapseThatGoesOnIsADipAndAnInterruption()
    {
        Fresh();
        Start();
        Feed(230_000, 230_000, 230_000, 2);
        Feed(100_000, 230_000, 230_000, 1);
        Feed(0, 0, 0, 3);
        Assert.IsTrue(_detector.TryTakeOpen(_event));
        Assert.AreEqual((int)VoltageEventKind.Dip, (int)_event.Kind);
        Assert.AreEqual(7, _event.PhaseMask);
        Assert.IsTrue(_detector.TryTakeOpen(_event));
        Assert.AreEqual((int)VoltageEventKind.Interruption, (int)_event.Kind);
        Assert.AreEqual(Utc + 30, _event.BeginUtcMs);
        Assert.IsFalse(_detector.TryTakeOpen(_event));
    }

    [TestMethod]
    public void AnEventOfTheFirstValueBeganBeforeIt()
    {
        Fresh();
        Start();
        Feed(0, 3);
        Feed(230_000, 1);
        Assert.IsTrue(_detector.TryTake(_event));
        Assert.AreEqual((int)VoltageEventKind.Dip, (int)_event.Kind);
        Assert.IsTrue(_event.BeganBefore);
        Assert.AreEqual(30L, _event.DurationMs);
        Assert.IsTrue(_detector.TryTake(_event));
        Assert.AreEqual((int)VoltageEventKind.Interruption, (int)_event.Kind);
        Assert.IsTrue(_event.BeganBefore);
        Feed(0, 1);
        Assert.IsTrue(_detector.TryTakeOpen(_event));
        Assert.IsFalse(_event.BeganBefore);
    }

    [TestMethod]
    public void TheIntervalInWhichAnEventLiesIsFlagged()
    {
        Fresh();
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

    // The device makes no object of this class: what every test begins with is made here.
    private static void Fresh()
    {
        _settings = new QualitySettings { DeclaredMillivolts = 230_000 };
        _event = new VoltageEvent();
        _values = new int[3];
        _detector = null;
        _now = 0;
    }
}
