using MeterFirmware.ChargerSafety;
using MeterFirmware.ChargerSafety.Pilot;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.ChargerSafety;

[TestClass]
public class SafetyLoopTests
{
    [TestMethod]
    public void AGoodTickFeedsOnce()
    {
        LoopBench bench = new LoopBench();
        bench.Charge();
        Assert.IsTrue(bench.IsDriven);
        Assert.AreEqual(bench.NowMs / 10, (long)bench.FeedCount);
    }

    [TestMethod]
    // An output that does not obey must not be held by our own feeding: the guard is then what opens.
    public void ALoopWhoseContactorOutputRefusesDoesNotFeed()
    {
        LoopBench bench = new LoopBench();
        bench.Charge();
        bench.RefusesContactor = true;
        bench.HighMillivolts = 9_000;
        int before = bench.FeedCount;
        bench.Run(1_000);
        Assert.AreEqual(before, bench.FeedCount);
        Assert.IsTrue(bench.IsDriven, "the output kept its level, only the guard can open");
    }

    [TestMethod]
    // Welded contacts and a shorted driver look alike; not feeding opens in the second case.
    public void AWeldIsNotFed()
    {
        LoopBench bench = new LoopBench();
        bench.Charge();
        bench.IsWelded = true;
        bench.HighMillivolts = 9_000;
        bench.Run(500);
        Assert.IsTrue(bench.Loop.Controller.State.Has(ChargerFault.Welded));
        int before = bench.FeedCount;
        bench.Run(500);
        Assert.AreEqual(before, bench.FeedCount);
    }

    [TestMethod]
    // A supply that warned and came back, or a bug above: the contactor closes again by the one rule only.
    public void WhatWasMadeSafeClosesAgainOnlyByTheRule()
    {
        LoopBench bench = new LoopBench();
        bench.Charge();
        bench.Loop.MakeSafe();
        Assert.IsFalse(bench.IsDriven);
        bench.Run(10);
        Assert.IsFalse(bench.IsDriven, "not in the next tick");
        Assert.IsFalse(bench.Loop.Controller.IsClosed);
        bench.Run(2_000);
        Assert.IsFalse(bench.IsDriven, "no offer within 5 s of its end");
        bench.Run(10_000);
        Assert.IsTrue(bench.IsDriven);
    }

    [TestMethod]
    public void ABugWhileReadingLeavesNothingClosedAndSaysSo()
    {
        LoopBench bench = new LoopBench();
        bench.Charge();
        bench.Throws = true;
        int before = bench.FeedCount;
        bench.Run(1_000);
        Assert.IsFalse(bench.IsDriven);
        Assert.IsFalse(bench.Loop.Controller.IsClosed, "the state machine knows that it is open");
        Assert.IsTrue(bench.Loop.Controller.State.Has(ChargerFault.Internal));
        Assert.AreEqual(PilotDuty.SteadyHigh, bench.Duty);
        Assert.AreEqual(before, bench.FeedCount);
        bench.Throws = false;
        bench.Run(20_000);
        Assert.IsTrue(bench.IsDriven, "it recovers by itself after 10 s");
    }

    [TestMethod]
    [DataRow(true, false)]
    [DataRow(false, true)]
    [DataRow(true, true)]
    // cases/safety-and-security 15: no output's exception keeps another from its turn, and none leaves the loop.
    public void AnOutputThatThrowsLeavesTheOthersSafeAndAsksForARestart(bool contactor, bool pilot)
    {
        LoopBench bench = new LoopBench();
        bench.Charge();
        bench.ContactorThrows = contactor;
        bench.PilotThrows = pilot;
        bench.HighMillivolts = 9_000;
        int before = bench.FeedCount;
        bench.Run(500);
        if (pilot && !contactor)
        {
            // The offer stands and the pilot throws only when it is to change.
            bench.Loop.Inputs.IsAuthorized = false;
            before = bench.FeedCount;
            bench.Run(500);
        }

        Assert.IsFalse(bench.Loop.Controller.IsClosed);
        Assert.AreEqual(contactor, bench.IsDriven, "the guard opens what does not obey");
        Assert.IsTrue(pilot || bench.Duty == PilotDuty.SteadyHigh, "the offer has ended");
        Assert.AreEqual(before, bench.FeedCount + 0, "not fed");
        Assert.IsTrue(bench.Loop.Controller.State.Has(ChargerFault.Internal));
        Assert.IsNotNull(bench.Loop.LastError);
        Assert.IsFalse(bench.Loop.NeedsRestart);
        bench.Run(1_000);
        Assert.IsTrue(bench.Loop.NeedsRestart);
        bench.Loop.MakeSafe();
        bench.ContactorThrows = false;
        bench.PilotThrows = false;
        bench.Run(10);
        Assert.IsFalse(bench.Loop.NeedsRestart, "a good tick takes it back");
        Assert.IsFalse(bench.IsDriven);
    }

    [TestMethod]
    public void ATickThatThrowsBeforeTheMeterIsReadHasNoReading()
    {
        LoopBench bench = new LoopBench();
        bench.Charge();
        Assert.IsTrue(bench.Loop.HasReading);
        bench.Throws = true;
        bench.Run(10);
        Assert.IsFalse(bench.Loop.HasReading, "the reading before was booked already");
    }

    [TestMethod]
    public void ADriverThatThrowsInEachTickIsOneEvent()
    {
        LoopBench bench = new LoopBench();
        bench.Charge();
        bench.Throws = true;
        bench.Run(10);
        string first = bench.Loop.LastError;
        bench.Run(5_000);
        Assert.IsTrue((object)first == (object)bench.Loop.LastError);
    }
}
