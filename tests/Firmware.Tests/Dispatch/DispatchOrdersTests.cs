using MeterFirmware.Arbiter;
using MeterFirmware.Dispatch;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Dispatch;

/// <summary>Orders from above: nested limits, set-points of several, ends, ramps, and calendars that step.</summary>
[TestClass]
public class DispatchOrdersTests
{
    [TestMethod]
    public void OfNestedLimitsTheLeastHoldsEachUntilItsOwnEnd()
    {
        DispatchBench bench = new DispatchBench();
        bench.Take(1, DispatchLevel.Dispatch, DispatchKind.Import, 30_000, 0, 300);
        bench.Take(1, DispatchLevel.Feeder, DispatchKind.Import, 20_000, 100, 200);
        bench.Take(1, DispatchLevel.Charger, DispatchKind.Import, 10_000, 120, 150);
        int[] seconds = { 0, 99, 100, 119, 120, 149, 150, 199, 200, 299, 300 };
        int[] watts =
        {
            30_000, 30_000, 20_000, 20_000, 10_000, 10_000, 20_000, 20_000, 30_000, 30_000, LimitSet.None,
        };
        for (int i = 0; i < seconds.Length; i++)
        {
            bench.RunTo(seconds[i]);
            Assert.AreEqual(watts[i], bench.Orders.ImportWatts, "second " + seconds[i].ToString());
        }

        Assert.AreEqual(0, bench.Orders.Count, "each has left its place");
    }

    [TestMethod]
    public void OfTwoDispatchersThePriorityThenTheLevelThenTheNewerIsObeyedWithinAllLimits()
    {
        DispatchBench bench = new DispatchBench();
        bench.Take(1, DispatchLevel.Site, DispatchKind.SetPoint, 9_000, 0, 900, priority: 5);
        bench.RunTo(1);
        Assert.AreEqual(9_000, bench.Orders.SetPointWatts);
        bench.Take(2, DispatchLevel.Dispatch, DispatchKind.SetPoint, 8_000, 0, 900, priority: 5);
        bench.RunTo(2);
        Assert.AreEqual(8_000, bench.Orders.SetPointWatts, "the higher level");
        bench.Take(3, DispatchLevel.Dispatch, DispatchKind.SetPoint, 7_000, 0, 900, priority: 5);
        bench.RunTo(3);
        Assert.AreEqual(7_000, bench.Orders.SetPointWatts, "the newer");
        bench.Take(4, DispatchLevel.Charger, DispatchKind.SetPoint, 6_000, 0, 60, priority: 1);
        bench.RunTo(4);
        Assert.AreEqual(6_000, bench.Orders.SetPointWatts, "the priority");
        bench.Take(5, DispatchLevel.Charger, DispatchKind.Import, 5_000, 0, 30, priority: 9);
        bench.RunTo(5);
        Assert.AreEqual(5_000, bench.Orders.SetPointWatts, "a limit holds whatever a set-point wants");
        bench.RunTo(30);
        Assert.AreEqual(6_000, bench.Orders.SetPointWatts);
        bench.RunTo(60);
        Assert.AreEqual(7_000, bench.Orders.SetPointWatts, "the one behind it comes into its own");
    }

    [TestMethod]
    public void AnExportLimitCutsASetPointAndAZeroOneForbidsIt()
    {
        DispatchBench bench = new DispatchBench();
        bench.Take(1, DispatchLevel.Dispatch, DispatchKind.SetPoint, -7_000, 0, 900);
        bench.Take(2, DispatchLevel.Feeder, DispatchKind.Export, 3_000, 0, 100);
        bench.RunTo(1);
        Assert.AreEqual(-3_000, bench.Orders.SetPointWatts);
        bench.Take(3, DispatchLevel.Feeder, DispatchKind.Export, 0, 0, 50);
        bench.RunTo(2);
        Assert.AreEqual(0, bench.Orders.SetPointWatts);
        bench.RunTo(100);
        Assert.AreEqual(-7_000, bench.Orders.SetPointWatts);
    }

    [TestMethod]
    public void ALimitComesAndGoesByItsRamp()
    {
        DispatchBench bench = new DispatchBench();
        bench.Take(1, DispatchLevel.Dispatch, DispatchKind.Import, 10_000, 0, 600, rampWatts: 6_000);
        bench.RunTo(0);
        Assert.AreEqual(40_000, bench.Orders.ImportWatts);
        bench.RunTo(60);
        Assert.AreEqual(34_000, bench.Orders.ImportWatts);
        bench.RunTo(300);
        Assert.AreEqual(10_000, bench.Orders.ImportWatts);
        bench.RunTo(660);
        Assert.AreEqual(16_000, bench.Orders.ImportWatts, "back by the ramp");
        bench.RunTo(941);
        Assert.AreEqual(44_100, bench.Orders.ImportWatts);
        bench.RunTo(943);
        Assert.AreEqual(LimitSet.None, bench.Orders.ImportWatts);
        Assert.AreEqual(0, bench.Orders.Count);
    }

    [TestMethod]
    public void ALimitAboveWhatFlowsTakesNothingAwayOnItsWay()
    {
        DispatchBench bench = new DispatchBench();
        bench.FlowingWatts = 5_000;
        bench.Take(1, DispatchLevel.Dispatch, DispatchKind.Import, 20_000, 0, 60, rampWatts: 1_000);
        bench.RunTo(1);
        Assert.AreEqual(20_000, bench.Orders.ImportWatts);
        bench.RunTo(60);
        Assert.AreEqual(LimitSet.None, bench.Orders.ImportWatts);
    }

    [TestMethod]
    public void AChangeCountsFromWhatFlowedAndItsEnergyIsMeasured()
    {
        DispatchBench bench = new DispatchBench();
        bench.Take(1, DispatchLevel.Dispatch, DispatchKind.Change, -12_000, 0, 3_600);
        bench.RunTo(0);
        Assert.AreEqual(28_000, bench.Orders.SetPointWatts);
        bench.FlowingWatts = 28_000;
        for (int second = 1; second < 3_600; second++)
        {
            bench.RunTo(second);
            Assert.AreEqual(28_000, bench.Orders.SetPointWatts, "what flows now is not counted from");
        }

        bench.RunTo(3_600);
        DispatchOrder ended = bench.Orders.At(bench.Ended);
        Assert.AreEqual(12_000, ended.DepthWatts);
        Assert.AreEqual(11_996, ended.WattHours, "an hour of it without the last second");
    }

    [TestMethod]
    public void AStepOfTheCalendarNeitherEndsNorProlongsWhatRuns()
    {
        DispatchBench bench = new DispatchBench();
        int[] steps = { -86_400, -30, 30, 86_400 };
        for (int i = 0; i < steps.Length; i++)
        {
            bench.Orders = new DispatchOrders();
            bench.NowMs = 1_000;
            bench.UtcSeconds = DispatchBench.Utc;
            bench.Take(1, DispatchLevel.Dispatch, DispatchKind.Import, 20_000, 0, 300);
            bench.RunTo(100);
            bench.UtcSeconds = DispatchBench.Utc + steps[i];
            long startMs = bench.NowMs;
            while (bench.Orders.ImportWatts == 20_000)
            {
                bench.Tick(1_000);
            }

            Assert.AreEqual(200_000L, bench.NowMs - startMs, "step of " + steps[i].ToString() + " s");
        }
    }

    [TestMethod]
    public void WhatWasLeftOutByAStepOrAnOutageIsForgotten()
    {
        DispatchBench bench = new DispatchBench();
        bench.Take(1, DispatchLevel.Dispatch, DispatchKind.Import, 20_000, 100, 200);
        bench.RunTo(50);
        bench.UtcSeconds = DispatchBench.Utc + 201;
        bench.Tick(0);
        Assert.AreEqual(LimitSet.None, bench.Orders.ImportWatts);
        Assert.AreEqual(0, bench.Orders.Count);
    }

    [TestMethod]
    public void ARestartGoesOnFromWhatFlowedBeforeItAndEndsByTheCalendar()
    {
        DispatchBench bench = new DispatchBench();
        bench.Take(1, DispatchLevel.Dispatch, DispatchKind.Change, -12_000, 0, 600);
        bench.Take(2, DispatchLevel.Feeder, DispatchKind.Import, 35_000, 300, 900);
        bench.RunTo(100);
        byte[] bytes = new byte[DispatchOrders.SavedBytesMax];
        int length = bench.Orders.Save(bytes, 0);
        bench.Orders = new DispatchOrders();
        for (int cut = 0; cut < length; cut++)
        {
            Assert.IsFalse(bench.Orders.TryLoad(bytes, 0, cut));
            Assert.AreEqual(0, bench.Orders.Count);
        }

        Assert.IsTrue(bench.Orders.TryLoad(bytes, 0, length));
        bench.FlowingWatts = 0;
        bench.RunTo(200);
        Assert.AreEqual(28_000, bench.Orders.SetPointWatts);
        bench.RunTo(599);
        Assert.AreEqual(28_000, bench.Orders.SetPointWatts);
        Assert.AreEqual(35_000, bench.Orders.ImportWatts);
        bench.RunTo(600);
        Assert.AreEqual(-1, bench.Orders.SetPointPlace);
    }

    [TestMethod]
    public void WithoutTheTimeLimitsHoldForTheirLengthAndSetPointsDoNot()
    {
        DispatchBench bench = new DispatchBench();
        bench.Take(1, DispatchLevel.Dispatch, DispatchKind.SetPoint, 6_000, 100, 400);
        bench.Take(2, DispatchLevel.Feeder, DispatchKind.Import, 20_000, 1_000, 1_300);
        bench.Take(3, DispatchLevel.Feeder, DispatchKind.Import, 1_000, -100, -50);
        int seconds = 0;
        for (; seconds < 1_000 && bench.Untimed() == 20_000; seconds++)
        {
            Assert.AreEqual(-1, bench.Orders.SetPointPlace);
            bench.NowMs += 1_000;
        }

        Assert.AreEqual(300, seconds);
    }

    [TestMethod]
    public void ARepeatedOrderIsOneOrderAndACorrectedOneGoesOnFromItsBegin()
    {
        DispatchBench bench = new DispatchBench();
        bench.Take(1, DispatchLevel.Dispatch, DispatchKind.Change, -12_000, 0, 600);
        bench.RunTo(10);
        bench.FlowingWatts = 28_000;
        bench.Take(1, DispatchLevel.Dispatch, DispatchKind.Change, -12_000, 0, 600);
        bench.RunTo(20);
        Assert.AreEqual(1, bench.Orders.Count);
        Assert.AreEqual(28_000, bench.Orders.SetPointWatts);
        bench.Take(1, DispatchLevel.Dispatch, DispatchKind.Change, -15_000, 0, 300);
        bench.RunTo(30);
        Assert.AreEqual(25_000, bench.Orders.SetPointWatts);
        bench.RunTo(299);
        Assert.AreEqual(0, bench.Orders.SetPointPlace);
        bench.RunTo(300);
        Assert.AreEqual(-1, bench.Orders.SetPointPlace);
    }

    [TestMethod]
    public void WhatCouldNotBeStoredIsTakenBackWholly()
    {
        DispatchBench bench = new DispatchBench();
        bench.Take(1, DispatchLevel.Dispatch, DispatchKind.Import, 20_000, 0, 600);
        bench.RunTo(10);
        bench.Take(1, DispatchLevel.Dispatch, DispatchKind.Import, 0, 0, 900);
        bench.Orders.Undo();
        bench.RunTo(20);
        Assert.AreEqual(20_000, bench.Orders.ImportWatts);
        Assert.IsTrue(bench.Orders.TryCancel(DispatchLevel.Dispatch, 1, bench.NowMs));
        bench.Orders.Undo();
        bench.RunTo(30);
        Assert.AreEqual(20_000, bench.Orders.ImportWatts);
        bench.Take(2, DispatchLevel.Dispatch, DispatchKind.Import, 0, 0, 900);
        bench.Orders.Undo();
        Assert.AreEqual(1, bench.Orders.Count);
        bench.RunTo(600);
        Assert.AreEqual(LimitSet.None, bench.Orders.ImportWatts);
    }

    [TestMethod]
    public void ACancelledOrderEndsNowAndOneThatHadNotBegunNeverDoes()
    {
        DispatchBench bench = new DispatchBench();
        bench.Take(1, DispatchLevel.Dispatch, DispatchKind.Import, 20_000, 0, 600);
        bench.Take(2, DispatchLevel.Dispatch, DispatchKind.Import, 10_000, 300, 600);
        bench.RunTo(10);
        Assert.IsFalse(bench.Orders.TryCancel(DispatchLevel.Feeder, 1, bench.NowMs), "another's");
        Assert.IsTrue(bench.Orders.TryCancel(DispatchLevel.Dispatch, 1, bench.NowMs));
        Assert.IsTrue(bench.Orders.TryCancel(DispatchLevel.Dispatch, 2, bench.NowMs));
        bench.Tick(0);
        Assert.AreEqual(LimitSet.None, bench.Orders.ImportWatts);
        Assert.AreEqual(0, bench.Orders.Count);
    }

    [TestMethod]
    public void MoreThanThereIsRoomForIsNotTaken()
    {
        DispatchBench bench = new DispatchBench();
        for (int id = 1; id <= DispatchOrders.CountMax; id++)
        {
            bench.Take(id, DispatchLevel.Dispatch, DispatchKind.Import, 20_000, 0, 600);
        }

        Assert.AreEqual(-1, bench.Orders.Take(
            DispatchBench.Order(99, DispatchLevel.Dispatch, DispatchKind.Import, 1, 0, 600, 9, 0)));
        Assert.AreEqual(DispatchOrders.CountMax, bench.Orders.Count);
    }
}
