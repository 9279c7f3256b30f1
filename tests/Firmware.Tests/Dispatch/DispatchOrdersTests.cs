using MeterFirmware.Arbiter;
using MeterFirmware.Dispatch;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Dispatch;

/// <summary>Orders from above: nested limits, set-points of several, ends, ramps, and calendars that step.</summary>
[TestClass]
public class DispatchOrdersTests
{
    private const long Utc = 1_790_820_000L;
    private const int MostWatts = 44_160;

    private DispatchOrders _orders = new DispatchOrders();
    private long _nowMs = 1_000;
    private long _utc = Utc;
    private int _flowing = 40_000;
    private int _ended = -1;

    [TestMethod]
    public void OfNestedLimitsTheLeastHoldsEachUntilItsOwnEnd()
    {
        Take(1, DispatchLevel.Dispatch, DispatchKind.Import, 30_000, 0, 300);
        Take(1, DispatchLevel.Feeder, DispatchKind.Import, 20_000, 100, 200);
        Take(1, DispatchLevel.Charger, DispatchKind.Import, 10_000, 120, 150);
        int[] seconds = { 0, 99, 100, 119, 120, 149, 150, 199, 200, 299, 300 };
        int[] watts =
        {
            30_000, 30_000, 20_000, 20_000, 10_000, 10_000, 20_000, 20_000, 30_000, 30_000, LimitSet.None,
        };
        for (int i = 0; i < seconds.Length; i++)
        {
            RunTo(seconds[i]);
            Assert.AreEqual(watts[i], _orders.ImportWatts, "second " + seconds[i].ToString());
        }

        Assert.AreEqual(0, _orders.Count, "each has left its place");
    }

    [TestMethod]
    public void OfTwoDispatchersThePriorityThenTheLevelThenTheNewerIsObeyedWithinAllLimits()
    {
        Take(1, DispatchLevel.Site, DispatchKind.SetPoint, 9_000, 0, 900, priority: 5);
        RunTo(1);
        Assert.AreEqual(9_000, _orders.SetPointWatts);
        Take(2, DispatchLevel.Dispatch, DispatchKind.SetPoint, 8_000, 0, 900, priority: 5);
        RunTo(2);
        Assert.AreEqual(8_000, _orders.SetPointWatts, "the higher level");
        Take(3, DispatchLevel.Dispatch, DispatchKind.SetPoint, 7_000, 0, 900, priority: 5);
        RunTo(3);
        Assert.AreEqual(7_000, _orders.SetPointWatts, "the newer");
        Take(4, DispatchLevel.Charger, DispatchKind.SetPoint, 6_000, 0, 60, priority: 1);
        RunTo(4);
        Assert.AreEqual(6_000, _orders.SetPointWatts, "the priority");
        Take(5, DispatchLevel.Charger, DispatchKind.Import, 5_000, 0, 30, priority: 9);
        RunTo(5);
        Assert.AreEqual(5_000, _orders.SetPointWatts, "a limit holds whatever a set-point wants");
        RunTo(30);
        Assert.AreEqual(6_000, _orders.SetPointWatts);
        RunTo(60);
        Assert.AreEqual(7_000, _orders.SetPointWatts, "the one behind it comes into its own");
    }

    [TestMethod]
    public void AnExportLimitCutsASetPointAndAZeroOneForbidsIt()
    {
        Take(1, DispatchLevel.Dispatch, DispatchKind.SetPoint, -7_000, 0, 900);
        Take(2, DispatchLevel.Feeder, DispatchKind.Export, 3_000, 0, 100);
        RunTo(1);
        Assert.AreEqual(-3_000, _orders.SetPointWatts);
        Take(3, DispatchLevel.Feeder, DispatchKind.Export, 0, 0, 50);
        RunTo(2);
        Assert.AreEqual(0, _orders.SetPointWatts);
        RunTo(100);
        Assert.AreEqual(-7_000, _orders.SetPointWatts);
    }

    [TestMethod]
    public void ALimitComesAndGoesByItsRamp()
    {
        Take(1, DispatchLevel.Dispatch, DispatchKind.Import, 10_000, 0, 600, rampWatts: 6_000);
        RunTo(0);
        Assert.AreEqual(40_000, _orders.ImportWatts);
        RunTo(60);
        Assert.AreEqual(34_000, _orders.ImportWatts);
        RunTo(300);
        Assert.AreEqual(10_000, _orders.ImportWatts);
        RunTo(660);
        Assert.AreEqual(16_000, _orders.ImportWatts, "back by the ramp");
        RunTo(941);
        Assert.AreEqual(44_100, _orders.ImportWatts);
        RunTo(943);
        Assert.AreEqual(LimitSet.None, _orders.ImportWatts);
        Assert.AreEqual(0, _orders.Count);
    }

    [TestMethod]
    public void ALimitAboveWhatFlowsTakesNothingAwayOnItsWay()
    {
        _flowing = 5_000;
        Take(1, DispatchLevel.Dispatch, DispatchKind.Import, 20_000, 0, 60, rampWatts: 1_000);
        RunTo(1);
        Assert.AreEqual(20_000, _orders.ImportWatts);
        RunTo(60);
        Assert.AreEqual(LimitSet.None, _orders.ImportWatts);
    }

    [TestMethod]
    public void AChangeCountsFromWhatFlowedAndItsEnergyIsMeasured()
    {
        Take(1, DispatchLevel.Dispatch, DispatchKind.Change, -12_000, 0, 3_600);
        RunTo(0);
        Assert.AreEqual(28_000, _orders.SetPointWatts);
        _flowing = 28_000;
        for (int second = 1; second < 3_600; second++)
        {
            RunTo(second);
            Assert.AreEqual(28_000, _orders.SetPointWatts, "what flows now is not counted from");
        }

        RunTo(3_600);
        DispatchOrder ended = _orders.At(_ended);
        Assert.AreEqual(12_000, ended.DepthWatts);
        Assert.AreEqual(11_996, ended.WattHours, "an hour of it without the last second");
    }

    [TestMethod]
    public void AStepOfTheCalendarNeitherEndsNorProlongsWhatRuns()
    {
        int[] steps = { -86_400, -30, 30, 86_400 };
        for (int i = 0; i < steps.Length; i++)
        {
            _orders = new DispatchOrders();
            _nowMs = 1_000;
            _utc = Utc;
            Take(1, DispatchLevel.Dispatch, DispatchKind.Import, 20_000, 0, 300);
            RunTo(100);
            _utc = Utc + steps[i];
            long startMs = _nowMs;
            while (_orders.ImportWatts == 20_000)
            {
                Tick(1_000);
            }

            Assert.AreEqual(200_000L, _nowMs - startMs, "step of " + steps[i].ToString() + " s");
        }
    }

    [TestMethod]
    public void WhatWasLeftOutByAStepOrAnOutageIsForgotten()
    {
        Take(1, DispatchLevel.Dispatch, DispatchKind.Import, 20_000, 100, 200);
        RunTo(50);
        _utc = Utc + 201;
        Tick(0);
        Assert.AreEqual(LimitSet.None, _orders.ImportWatts);
        Assert.AreEqual(0, _orders.Count);
    }

    [TestMethod]
    public void ARestartGoesOnFromWhatFlowedBeforeItAndEndsByTheCalendar()
    {
        Take(1, DispatchLevel.Dispatch, DispatchKind.Change, -12_000, 0, 600);
        Take(2, DispatchLevel.Feeder, DispatchKind.Import, 35_000, 300, 900);
        RunTo(100);
        byte[] bytes = new byte[DispatchOrders.SavedBytesMax];
        int length = _orders.Save(bytes, 0);
        _orders = new DispatchOrders();
        for (int cut = 0; cut < length; cut++)
        {
            Assert.IsFalse(_orders.TryLoad(bytes, 0, cut));
            Assert.AreEqual(0, _orders.Count);
        }

        Assert.IsTrue(_orders.TryLoad(bytes, 0, length));
        _flowing = 0;
        RunTo(200);
        Assert.AreEqual(28_000, _orders.SetPointWatts);
        RunTo(599);
        Assert.AreEqual(28_000, _orders.SetPointWatts);
        Assert.AreEqual(35_000, _orders.ImportWatts);
        RunTo(600);
        Assert.AreEqual(-1, _orders.SetPointPlace);
    }

    [TestMethod]
    public void WithoutTheTimeLimitsHoldForTheirLengthAndSetPointsDoNot()
    {
        Take(1, DispatchLevel.Dispatch, DispatchKind.SetPoint, 6_000, 100, 400);
        Take(2, DispatchLevel.Feeder, DispatchKind.Import, 20_000, 1_000, 1_300);
        Take(3, DispatchLevel.Feeder, DispatchKind.Import, 1_000, -100, -50);
        int seconds = 0;
        for (; seconds < 1_000 && Untimed() == 20_000; seconds++)
        {
            Assert.AreEqual(-1, _orders.SetPointPlace);
            _nowMs += 1_000;
        }

        Assert.AreEqual(300, seconds);
    }

    [TestMethod]
    public void ARepeatedOrderIsOneOrderAndACorrectedOneGoesOnFromItsBegin()
    {
        Take(1, DispatchLevel.Dispatch, DispatchKind.Change, -12_000, 0, 600);
        RunTo(10);
        _flowing = 28_000;
        Take(1, DispatchLevel.Dispatch, DispatchKind.Change, -12_000, 0, 600);
        RunTo(20);
        Assert.AreEqual(1, _orders.Count);
        Assert.AreEqual(28_000, _orders.SetPointWatts);
        Take(1, DispatchLevel.Dispatch, DispatchKind.Change, -15_000, 0, 300);
        RunTo(30);
        Assert.AreEqual(25_000, _orders.SetPointWatts);
        RunTo(299);
        Assert.AreEqual(0, _orders.SetPointPlace);
        RunTo(300);
        Assert.AreEqual(-1, _orders.SetPointPlace);
    }

    [TestMethod]
    public void WhatCouldNotBeStoredIsTakenBackWholly()
    {
        Take(1, DispatchLevel.Dispatch, DispatchKind.Import, 20_000, 0, 600);
        RunTo(10);
        Take(1, DispatchLevel.Dispatch, DispatchKind.Import, 0, 0, 900);
        _orders.Undo();
        RunTo(20);
        Assert.AreEqual(20_000, _orders.ImportWatts);
        Assert.IsTrue(_orders.TryCancel(DispatchLevel.Dispatch, 1, _nowMs));
        _orders.Undo();
        RunTo(30);
        Assert.AreEqual(20_000, _orders.ImportWatts);
        Take(2, DispatchLevel.Dispatch, DispatchKind.Import, 0, 0, 900);
        _orders.Undo();
        Assert.AreEqual(1, _orders.Count);
        RunTo(600);
        Assert.AreEqual(LimitSet.None, _orders.ImportWatts);
    }

    [TestMethod]
    public void ACancelledOrderEndsNowAndOneThatHadNotBegunNeverDoes()
    {
        Take(1, DispatchLevel.Dispatch, DispatchKind.Import, 20_000, 0, 600);
        Take(2, DispatchLevel.Dispatch, DispatchKind.Import, 10_000, 300, 600);
        RunTo(10);
        Assert.IsFalse(_orders.TryCancel(DispatchLevel.Feeder, 1, _nowMs), "another's");
        Assert.IsTrue(_orders.TryCancel(DispatchLevel.Dispatch, 1, _nowMs));
        Assert.IsTrue(_orders.TryCancel(DispatchLevel.Dispatch, 2, _nowMs));
        Tick(0);
        Assert.AreEqual(LimitSet.None, _orders.ImportWatts);
        Assert.AreEqual(0, _orders.Count);
    }

    [TestMethod]
    public void MoreThanThereIsRoomForIsNotTaken()
    {
        for (int id = 1; id <= DispatchOrders.CountMax; id++)
        {
            Take(id, DispatchLevel.Dispatch, DispatchKind.Import, 20_000, 0, 600);
        }

        Assert.AreEqual(-1, _orders.Take(Order(99, DispatchLevel.Dispatch, DispatchKind.Import, 1, 0, 600, 9, 0)));
        Assert.AreEqual(DispatchOrders.CountMax, _orders.Count);
    }

    private static DispatchOrder Order(int id, int level, int kind, int watts, int from, int until, int priority,
        int rampWatts)
    {
        DispatchOrder order = new DispatchOrder
        {
            Id = id,
            Level = level,
            Kind = kind,
            Watts = watts,
            FromUtc = Utc + from,
            UntilUtc = Utc + until,
            Priority = priority,
            RampWatts = rampWatts,
        };
        order.Reset();
        return order;
    }

    private void Take(
        int id, int level, int kind, int watts, int from, int until, int priority = 9, int rampWatts = 0) =>
        Assert.IsTrue(_orders.Take(Order(id, level, kind, watts, from, until, priority, rampWatts)) >= 0);

    private void RunTo(int second)
    {
        while (_utc < Utc + second)
        {
            Tick(1_000);
        }

        Tick(0);
    }

    private void Tick(int milliseconds)
    {
        _nowMs += milliseconds;
        _utc += milliseconds / 1_000;
        int ended = _orders.Tick(_nowMs, true, _utc, _flowing, MostWatts);
        while (ended >= 0)
        {
            _ended = ended;
            _orders.Free(ended);
            ended = _orders.Tick(_nowMs, true, _utc, _flowing, MostWatts);
        }
    }

    private int Untimed()
    {
        int ended = _orders.Tick(_nowMs, false, Utc, _flowing, MostWatts);
        if (ended >= 0)
        {
            _orders.Free(ended);
        }

        return _orders.ImportWatts;
    }
}
