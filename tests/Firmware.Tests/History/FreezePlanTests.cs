using MeterFirmware.Catalogue;
using MeterFirmware.History;
using MeterFirmware.Metering;
using MeterFirmware.Storage.Records;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.History;

/// <summary>What a protocol commands of the recorder: timed freezes (DL/T 645-2007, control code 16), other settlement
/// dates, operators, reading the load profile record by record.</summary>
[TestClass]
public class FreezePlanTests
{
    private const long Midnight = RecorderBench.Midnight;
    private const int Hour = 3600;
    private const int Day = 86_400;

    [TestMethod]
    public void AnHourlyPlanFreezesAtItsMinuteEachHour()
    {
        RecorderBench bench = new RecorderBench(Midnight + 600).Start(false);
        bench.Recorder.Freezer.SetPlan(99, 99, 99, 37, Midnight + 600);
        bench.Run(3 * Hour, 1);
        Assert.AreEqual(3L, bench.FreezeCount(FreezeKind.Timed));
        FreezeReader freeze = bench.Recorder.Freezes;
        Assert.IsTrue(freeze.TryRead(FreezeKind.Timed, 3));
        Assert.AreEqual(Midnight + 37 * 60, freeze.NominalUtcSeconds);
        Assert.AreEqual(Midnight + 37 * 60, freeze.MadeUtcSeconds);
        Assert.AreEqual(27 * 60 * 1000L / 3600, freeze.WattHours(EnergyKind.Import, -1));
        Assert.AreEqual(0L, bench.FreezeCount(FreezeKind.Instant));
    }

    [TestMethod]
    public void ADailyPlanOwesNothingFromBeforeItWasMade()
    {
        RecorderBench bench = new RecorderBench(Midnight + 8 * Hour).Start(false);
        bench.Recorder.Freezer.SetPlan(99, 99, 7, 30, Midnight + 8 * Hour);
        bench.Run(Hour, 60);
        Assert.AreEqual(0L, bench.FreezeCount(FreezeKind.Timed));
        bench.Run(Day, 60);
        Assert.AreEqual(1L, bench.FreezeCount(FreezeKind.Timed));
    }

    [TestMethod]
    public void AMonthlyPlanOfDay31SkipsShortMonths()
    {
        RecorderBench bench = new RecorderBench(Midnight + 30 * Day).Start(false);
        bench.Recorder.Freezer.SetPlan(99, 31, 12, 0, Midnight + 30 * Day);
        bench.Run(75L * Day, 1800);
        Assert.AreEqual(2L, bench.FreezeCount(FreezeKind.Timed));
        Assert.IsTrue(bench.Recorder.Freezes.TryRead(FreezeKind.Timed, 1));

        // 31 March, 12:00.
        Assert.AreEqual(Midnight + (31 + 28 + 30) * (long)Day + 12 * Hour, bench.Recorder.Freezes.NominalUtcSeconds);
    }

    [TestMethod]
    public void APlannedFreezeThatFallsIntoAnOutageIsMadeAtPowerUpAndMarked()
    {
        RecorderBench bench = new RecorderBench(Midnight + 6 * Hour).Start(false);
        bench.Recorder.Freezer.SetPlan(99, 99, 7, 30, Midnight + 6 * Hour);
        bench.Run(Hour, 60);
        bench.Checkpoint();
        bench.UtcMs += 2 * Hour * 1000L;
        bench.NowMs = 0;

        // A restart knows the plan before its first tick, as a board restores it.
        bench.StartWithPlan(99, 99, 7, 30, Midnight + 6 * Hour);
        Assert.AreEqual(1L, bench.FreezeCount(FreezeKind.Timed));
        Assert.IsTrue(bench.Recorder.Freezes.TryRead(FreezeKind.Timed, 1));
        Assert.AreEqual(RecordFlags.PowerLoss, bench.Recorder.Freezes.Flags);
        Assert.AreEqual(Midnight + 7 * Hour + 1800, bench.Recorder.Freezes.NominalUtcSeconds);
        Assert.AreEqual(Midnight + 9 * Hour, bench.Recorder.Freezes.MadeUtcSeconds);
    }

    [TestMethod]
    public void AnotherSettlementDateOwesNothingFromBeforeTheChange()
    {
        RecorderBench bench = new RecorderBench(Midnight + 19 * Day + 12 * Hour).Start(false);
        bench.Parts.Freezes.Settlements.Clear();
        Assert.IsTrue(bench.Parts.Freezes.Settlements.TryAdd(15, 0));
        bench.Recorder.Freezer.SettlementDatesChanged(Midnight + 19 * Day + 12 * Hour);
        bench.Run(Day, 900);
        Assert.AreEqual(0L, bench.FreezeCount(FreezeKind.Settlement));
        bench.Run(26L * Day, 900);
        Assert.AreEqual(1L, bench.FreezeCount(FreezeKind.Settlement));
        Assert.IsTrue(bench.Recorder.Freezes.TryRead(FreezeKind.Settlement, 1));
        Assert.AreEqual(Midnight + (31 + 14) * (long)Day, bench.Recorder.Freezes.NominalUtcSeconds);
    }

    [TestMethod]
    public void AFreezeAtATableSwitchKnowsWhichPartsSwitched()
    {
        RecorderBench bench = new RecorderBench(Midnight).Start(false);
        bench.Recorder.OnTableSwitch(4, 0);
        bench.Recorder.OnTableSwitch(15, 0);
        FreezeReader freeze = bench.Recorder.Freezes;
        Assert.IsTrue(freeze.TryRead(FreezeKind.TableSwitch, 2));
        Assert.AreEqual(4, freeze.SwitchedParts);
        Assert.AreEqual(0, freeze.Flags);
        Assert.IsTrue(freeze.TryRead(FreezeKind.TableSwitch, 1));
        Assert.AreEqual(15, freeze.SwitchedParts);
    }

    [TestMethod]
    public void AnEventCarriesItsOperatorAndADemandClearTheMaximaBeforeIt()
    {
        RecorderBench bench = new RecorderBench(Midnight).Start(false);
        bench.Run(Hour, 60);
        bench.Recorder.OperatorCode = 0x04030201;
        EventRecord cleared = new EventRecord
        {
            Code = EventCode.DemandCleared,
            StartUtcSeconds = Midnight + Hour,
            EndUtcSeconds = Midnight + Hour,
            ValueCount = 2,
        };
        bench.Recorder.OnEvent(cleared);
        bench.Recorder.Note(EventCode.Programming, 0x04000103);
        bench.Recorder.OperatorCode = 0;
        bench.Recorder.Note(EventCode.Programming, 0x04000104);
        Assert.IsTrue(bench.Recorder.Events.TryRead(EventCode.DemandCleared, 0, 1, bench.Event));
        Assert.AreEqual(7, bench.Event.ValueCount);
        Assert.AreEqual(0x04030201L, bench.Event.Values[2]);
        Assert.AreEqual(1_000_000L, bench.Event.Values[3]);
        Assert.AreEqual(Midnight + 900, bench.Event.Values[4]);
        Assert.AreEqual(0L, bench.Event.Values[6]);
        Assert.IsTrue(bench.Recorder.Events.TryRead(EventCode.Programming, 0, 2, bench.Event));
        Assert.AreEqual(0x04000103L, bench.Event.Values[0]);
        Assert.AreEqual(0x04030201L, bench.Event.Values[3]);
        Assert.IsTrue(bench.Recorder.Events.TryRead(EventCode.Programming, 0, 1, bench.Event));
        Assert.AreEqual(3, bench.Event.ValueCount);
    }

    [TestMethod]
    public void ClearingOneEventLeavesTheOthers()
    {
        RecorderBench bench = new RecorderBench(Midnight).Start(false);
        bench.Recorder.Note(EventCode.Programming, 1);
        bench.Recorder.Note(EventCode.RelayOperated, 1);
        bench.Recorder.ClearEvents(EventCode.Programming, 0x033000FF);
        Assert.IsFalse(bench.Recorder.Events.TryRead(EventCode.Programming, 0, 1, bench.Event));
        Assert.IsTrue(bench.Recorder.Events.TryRead(EventCode.RelayOperated, 0, 1, bench.Event));
        Assert.IsTrue(bench.Recorder.Events.TryRead(EventCode.EventClear, 0, 1, bench.Event));
        Assert.AreEqual(0x033000FFL, bench.Event.Values[0]);
    }

    [TestMethod]
    public void AProfileRecordGivesTheValuesOfEachClassThatWasDue()
    {
        RecorderBench bench = new RecorderBench(Midnight).Start(false);
        LoadProfile profile = bench.Recorder.Profile;
        profile.TrySetInterval(LoadProfile.VoltageCurrent, 15);
        profile.TrySetInterval(LoadProfile.Energy, 30);
        bench.Run(Hour, 60);
        Assert.AreEqual(Midnight + Hour, profile.NewestUtcSeconds);
        profile.Seek(0, 0, long.MaxValue);
        Assert.IsTrue(profile.TryNext(1 << LoadProfile.Energy, out long at, out int flags));
        Assert.AreEqual(Midnight + 1800, at);
        Assert.AreEqual(0, flags);
        Assert.IsTrue(profile.TryValue(LoadProfile.Energy, 0, out long import));
        Assert.AreEqual(500L, import);
        Assert.IsTrue(profile.TryValue(LoadProfile.VoltageCurrent, 0, out long volts));
        Assert.AreEqual(220_000L, volts);
        Assert.IsFalse(profile.TryValue(LoadProfile.Demand, 0, out long demand));
        Assert.IsFalse(profile.TryValue(LoadProfile.Energy, 4, out demand));
        Assert.IsTrue(profile.TryNext(1 << LoadProfile.VoltageCurrent, out at, out flags));
        Assert.AreEqual(Midnight + 2700, at);
        Assert.IsFalse(profile.TryValue(LoadProfile.Energy, 0, out import));
    }
}
