using MeterFirmware.Catalogue;
using MeterFirmware.History;
using MeterFirmware.Metering;
using MeterFirmware.Storage.Records;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.History;

/// <summary>Issue "complete meter", point 5: the last ten of each, with start, end and the registers at both.</summary>
[TestClass]
public class EventTests
{
    private const long Start = RecorderBench.Midnight + 10 * 3600;

    [TestMethod]
    public void AnEventHasStartEndRegistersAtBothAndTheWorstValue()
    {
        RecorderBench bench = new RecorderBench(Start).Start(false);
        bench.Run(600, 1);
        bench.Reading.VoltageMillivolts[0] = 160_000;
        bench.Run(300, 1);
        bench.Reading.VoltageMillivolts[0] = 150_000;
        bench.Run(300, 1);
        Assert.IsTrue(bench.Recorder.Detector.IsLasting(EventCode.UnderVoltage, 0));
        bench.Reading.VoltageMillivolts[0] = 220_000;
        bench.Run(120, 1);
        Assert.IsTrue(bench.Recorder.Events.TryRead(EventCode.UnderVoltage, 0, 1, bench.Event));
        Assert.AreEqual(Start + 601, bench.Event.StartUtcSeconds);
        Assert.AreEqual(Start + 1201, bench.Event.EndUtcSeconds);
        Assert.AreEqual(166L, bench.Event.Values[0]);
        Assert.AreEqual(333L, bench.Event.Values[2]);
        Assert.AreEqual(150_000L, bench.Event.Values[4]);
        Assert.AreEqual(1L, bench.Recorder.Events.Count(EventCode.UnderVoltage, 0));

        // Begin and end go to the record log; voltage loss is judged by the same voltage.
        Assert.AreEqual(4, bench.EventsLogged);
    }

    [TestMethod]
    public void AValueBetweenTheLimitsOfTheHysteresisNeitherBeginsNorEndsAnEvent()
    {
        RecorderBench bench = new RecorderBench(Start).Start(false);
        bench.Reading.VoltageMillivolts[0] = 174_000;
        bench.Run(200, 1);
        Assert.IsFalse(bench.Recorder.Detector.IsLasting(EventCode.UnderVoltage, 0));
        bench.Reading.VoltageMillivolts[0] = 171_000;
        bench.Run(200, 1);
        bench.Reading.VoltageMillivolts[0] = 174_000;
        bench.Run(200, 1);
        Assert.IsTrue(bench.Recorder.Detector.IsLasting(EventCode.UnderVoltage, 0));
    }

    [TestMethod]
    public void ACrossingShorterThanTheDelayIsNoEvent()
    {
        RecorderBench bench = new RecorderBench(Start).Start(false);
        for (int i = 0; i < 10; i++)
        {
            bench.Reading.VoltageMillivolts[0] = 100_000;
            bench.Run(59, 1);
            bench.Reading.VoltageMillivolts[0] = 220_000;
            bench.Run(2, 1);
        }

        Assert.AreEqual(0, bench.EventsLogged);
    }

    [TestMethod]
    public void TheLastTenOfEachAreKeptAcrossARestart()
    {
        RecorderBench bench = new RecorderBench(Start).Start(false);
        for (int i = 1; i <= 14; i++)
        {
            bench.Recorder.Note(EventCode.Programming, i);
            bench.Run(10, 1);
        }

        bench.Outage(60);
        Assert.AreEqual(14L, bench.Recorder.Events.Count(EventCode.Programming, 0));
        for (int last = 1; last <= 10; last++)
        {
            Assert.IsTrue(bench.Recorder.Events.TryRead(EventCode.Programming, 0, last, bench.Event));
            Assert.AreEqual(15L - last, bench.Event.Values[0]);
        }

        Assert.IsFalse(bench.Recorder.Events.TryRead(EventCode.Programming, 0, 11, bench.Event));
    }

    [TestMethod]
    public void AnEventThatAPowerLossCutShortEndsWhereTheSupplyEnded()
    {
        RecorderBench bench = new RecorderBench(Start).Start(false);
        bench.Recorder.Detector.Inputs = MeterInput.CoverOpen;
        bench.Run(600, 1);
        bench.Outage(3600);
        Assert.IsTrue(bench.Recorder.Events.TryRead(EventCode.CoverOpened, 0, 1, bench.Event));
        Assert.AreEqual(Start + 1, bench.Event.StartUtcSeconds);
        Assert.AreEqual(Start + 600, bench.Event.EndUtcSeconds);
        Assert.AreEqual(RecordFlags.PowerLoss, bench.Event.Flags);
        Assert.AreEqual(166L, bench.Event.Values[2]);
    }

    /// <summary>The worst value before the cut is not known any more: at least the limit was passed, and 0 mV it was
    /// not.</summary>
    [TestMethod]
    public void AnEventThatAPowerLossCutShortHasItsLimitAsWorstValue()
    {
        RecorderBench bench = new RecorderBench(Start).Start(false);
        bench.Reading.VoltageMillivolts[0] = 150_000;
        bench.Run(120, 1);
        bench.Reading.VoltageMillivolts[0] = 220_000;
        bench.Outage(3600);
        Assert.IsTrue(bench.Recorder.Events.TryRead(EventCode.UnderVoltage, 0, 1, bench.Event));
        Assert.AreEqual(5, bench.Event.ValueCount);
        Assert.AreEqual(171_600L, bench.Event.Values[4]);
    }

    [TestMethod]
    public void ACrossingAsLongAsTheDelayIsAnEvent()
    {
        RecorderBench bench = new RecorderBench(Start).Start(false);
        bench.Reading.VoltageMillivolts[0] = 150_000;
        bench.Run(60, 1);
        Assert.IsFalse(bench.Recorder.Detector.IsLasting(EventCode.UnderVoltage, 0), "59 s");
        bench.Run(1, 1);
        Assert.IsTrue(bench.Recorder.Detector.IsLasting(EventCode.UnderVoltage, 0), "60 s");
    }

    /// <summary>The state is older than the event: it ends where it began, never before.</summary>
    [TestMethod]
    public void AnEventThatBeganAfterTheSavedStateDoesNotEndBeforeItBegan()
    {
        RecorderBench bench = new RecorderBench(Start).Start(false);
        bench.Checkpoint();
        bench.Run(60, 1);
        bench.Recorder.Detector.Inputs = MeterInput.CoverOpen;
        bench.Run(60, 1);
        bench.NowMs = 0;
        bench.UtcMs += 60_000;
        bench.Start(true);
        Assert.IsTrue(bench.Recorder.Events.TryRead(EventCode.CoverOpened, 0, 1, bench.Event));
        Assert.AreEqual(Start + 61, bench.Event.StartUtcSeconds);
        Assert.AreEqual(Start + 61, bench.Event.EndUtcSeconds);
    }

    /// <summary>0.5 % and 5 % of Ib, 70 % of Un: the limits themselves count.</summary>
    [TestMethod]
    public void AtTheVeryLimitsOfCurrentAndVoltageLossIsJudged()
    {
        RecorderBench bench = ThreePhases();
        bench.Reading.CurrentMilliamps[0] = 25;
        bench.Reading.VoltageMillivolts[0] = 100_000;
        bench.Reading.CurrentMilliamps[1] = 0;
        bench.Reading.VoltageMillivolts[1] = 154_000;
        bench.Reading.CurrentMilliamps[2] = 250;
        bench.Run(120, 1);
        Assert.IsTrue(bench.Recorder.Detector.IsLasting(EventCode.VoltageLoss, 0));
        Assert.IsTrue(bench.Recorder.Detector.IsLasting(EventCode.CurrentLoss, 1));
        Assert.IsFalse(bench.Recorder.Detector.IsLasting(EventCode.VoltageLoss, 1));
        Assert.IsFalse(bench.Recorder.Detector.IsLasting(EventCode.CurrentLoss, 0));
        Assert.IsTrue(bench.Recorder.Detector.IsLasting(EventCode.CurrentUnbalance, 0));
    }

    [TestMethod]
    public void WithoutLoadCurrentsAreNotUnbalanced()
    {
        RecorderBench bench = ThreePhases();
        bench.Reading.CurrentMilliamps[0] = 249;
        bench.Reading.CurrentMilliamps[1] = 0;
        bench.Reading.CurrentMilliamps[2] = 0;
        bench.Run(120, 1);
        Assert.IsFalse(bench.Recorder.Detector.IsLasting(EventCode.CurrentUnbalance, 0));
        bench.Reading.CurrentMilliamps[0] = 250;
        bench.Run(120, 1);
        Assert.IsTrue(bench.Recorder.Detector.IsLasting(EventCode.CurrentUnbalance, 0));
    }

    [TestMethod]
    public void TheOperatorOfAClockSetIsThatOfOneStepOnly()
    {
        RecorderBench bench = new RecorderBench(Start).Start(false);
        bench.Recorder.ClockOperatorCode = 42;
        for (int step = 0; step < 2; step++)
        {
            bench.Event.Code = EventCode.ClockStep;
            bench.Event.Phase = EventRecord.NoPhase;
            bench.Event.StartUtcSeconds = Start;
            bench.Event.EndUtcSeconds = Start + 60;
            bench.Event.ValueCount = 2;
            bench.Recorder.OnEvent(bench.Event);
            Assert.AreEqual(step == 0 ? 3 : 2, bench.Event.ValueCount);
        }
    }

    [TestMethod]
    public void EachPhaseHasItsOwnEvents()
    {
        RecorderBench bench = ThreePhases();
        bench.Reading.VoltageMillivolts[1] = 300_000;
        bench.Reading.ActivePowerMilliwatts[2] = -220_000;
        bench.Run(120, 1);
        for (int phase = 0; phase < 3; phase++)
        {
            Assert.AreEqual(phase == 1, bench.Recorder.Detector.IsLasting(EventCode.OverVoltage, phase));
            Assert.AreEqual(phase == 2, bench.Recorder.Detector.IsLasting(EventCode.ReversePower, phase));
        }
    }

    [TestMethod]
    public void CurrentLossNeedsVoltageAndALoadOnAnotherPhase()
    {
        RecorderBench bench = ThreePhases();
        bench.Reading.CurrentMilliamps[0] = 0;
        bench.Run(120, 1);
        Assert.IsTrue(bench.Recorder.Detector.IsLasting(EventCode.CurrentLoss, 0));
        bench = ThreePhases();
        for (int phase = 0; phase < 3; phase++)
        {
            bench.Reading.CurrentMilliamps[phase] = 0;
        }

        bench.Run(120, 1);
        Assert.IsFalse(bench.Recorder.Detector.IsLasting(EventCode.CurrentLoss, 0));
    }

    [TestMethod]
    public void VoltageLossNeedsCurrent()
    {
        RecorderBench bench = ThreePhases();
        bench.Reading.VoltageMillivolts[2] = 10_000;
        bench.Run(120, 1);
        Assert.IsTrue(bench.Recorder.Detector.IsLasting(EventCode.VoltageLoss, 2));
        Assert.IsTrue(bench.Recorder.Detector.IsLasting(EventCode.VoltageUnbalance, 0));
        bench = ThreePhases();
        bench.Reading.VoltageMillivolts[2] = 10_000;
        bench.Reading.CurrentMilliamps[2] = 0;
        bench.Run(120, 1);
        Assert.IsFalse(bench.Recorder.Detector.IsLasting(EventCode.VoltageLoss, 2));
    }

    [TestMethod]
    public void CurrentsPowersAndFactorHaveTheirEvents()
    {
        RecorderBench bench = ThreePhases();
        bench.Reading.CurrentMilliamps[0] = 80_000;
        bench.Reading.ActivePowerMilliwatts[0] = 17_600_000;
        bench.Run(120, 1);
        Assert.IsTrue(bench.Recorder.Detector.IsLasting(EventCode.OverCurrent, 0));
        Assert.IsTrue(bench.Recorder.Detector.IsLasting(EventCode.OverLoad, 0));
        Assert.IsTrue(bench.Recorder.Detector.IsLasting(EventCode.CurrentUnbalance, 0));
        bench = ThreePhases();
        for (int phase = 0; phase < 3; phase++)
        {
            bench.Reading.ActivePowerMilliwatts[phase] = 40_000;
        }

        bench.Run(120, 1);
        Assert.IsTrue(bench.Recorder.Detector.IsLasting(EventCode.LowPowerFactor, 0));
    }

    [TestMethod]
    public void ContactsMagnetAndPhaseSequenceAreInputs()
    {
        RecorderBench bench = new RecorderBench(Start).Start(false);
        bench.Recorder.Detector.Inputs = MeterInput.MagneticField | MeterInput.TerminalCoverOpen
            | MeterInput.PhaseSequenceWrong;
        bench.Run(5, 1);
        Assert.IsTrue(bench.Recorder.Detector.IsLasting(EventCode.MagneticField, 0));
        Assert.IsTrue(bench.Recorder.Detector.IsLasting(EventCode.TerminalCoverOpened, 0));
        Assert.IsTrue(bench.Recorder.Detector.IsLasting(EventCode.PhaseSequence, 0));
        Assert.IsFalse(bench.Recorder.Detector.IsLasting(EventCode.CoverOpened, 0));
    }

    [TestMethod]
    public void ClearingEventsLeavesTheClearingItself()
    {
        RecorderBench bench = new RecorderBench(Start).Start(false);
        bench.Recorder.Note(EventCode.RelayOperated, 1);
        bench.Recorder.Note(EventCode.Reset, 2);
        bench.Recorder.ClearEvents(-1);
        bench.Outage(10);
        Assert.IsFalse(bench.Recorder.Events.TryRead(EventCode.RelayOperated, 0, 1, bench.Event));
        Assert.IsFalse(bench.Recorder.Events.TryRead(EventCode.Reset, 0, 1, bench.Event));
        Assert.IsTrue(bench.Recorder.Events.TryRead(EventCode.EventClear, 0, 1, bench.Event));
    }

    [TestMethod]
    public void EverySlotLeadsBackToItsCodeAndPhase()
    {
        for (int slot = 0; slot < EventSlots.Count; slot++)
        {
            Assert.AreEqual(slot, EventSlots.Of(EventSlots.CodeOf(slot), EventSlots.PhaseOf(slot)));
        }

        Assert.AreEqual(-1, EventSlots.Of(999, 0));
    }

    private static RecorderBench ThreePhases() =>
        new RecorderBench(Start, new MeteringSettings { PhaseCount = 3 }).Start(false);
}
