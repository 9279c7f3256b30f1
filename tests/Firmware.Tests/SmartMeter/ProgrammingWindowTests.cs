using MeterFirmware.Catalogue;
using MeterFirmware.Firmware.Tests.History;
using MeterFirmware.Hardware;
using MeterFirmware.History;
using MeterFirmware.Metering;
using MeterFirmware.SmartMeter;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.SmartMeter;

[TestClass]
public class ProgrammingWindowTests
{
    [TestMethod]
    public void ItIsOpenForThirtyMinutesAfterTheInputWasClosed()
    {
        Button button = new Button();
        ProgrammingWindow window = new ProgrammingWindow(button, null);
        window.Tick(0);
        button.IsClosed = true;
        window.Tick(1_000);
        Assert.IsFalse(window.IsOpen, "a spark on the wire is no button");
        window.Tick(2_000);
        Assert.IsTrue(window.IsOpen);
        button.IsClosed = false;
        window.Tick(3_000);
        window.Tick(1_801_999);
        Assert.IsTrue(window.IsOpen, "a button is pressed once");
        window.Tick(1_802_000);
        Assert.IsFalse(window.IsOpen);
    }

    [TestMethod]
    public void AnInputThatStaysClosedOpensNoSecondWindowAndNoneAfterARestart()
    {
        Button button = new Button();
        ProgrammingWindow window = new ProgrammingWindow(button, null);
        window.Tick(0);
        button.IsClosed = true;
        for (long ms = 1_000; ms < 9_000_000; ms += 1_000)
        {
            window.Tick(ms);
            Assert.AreEqual(ms >= 2_000 && ms < 1_802_000, window.IsOpen);
        }

        window = new ProgrammingWindow(button, null);
        for (long ms = 0; ms < 10_000; ms += 1_000)
        {
            window.Tick(ms);
            Assert.IsFalse(window.IsOpen, "a link that was forgotten is no invitation");
        }

        button.IsClosed = false;
        window.Tick(10_000);
        button.IsClosed = true;
        window.Tick(11_000);
        window.Tick(12_000);
        Assert.IsTrue(window.IsOpen);
    }

    [TestMethod]
    public void WithoutAnInputItNeverOpens()
    {
        ProgrammingWindow window = new ProgrammingWindow(null, null);
        window.Tick(1_000);
        window.Tick(9_000);
        Assert.IsFalse(window.IsOpen);
    }

    /// <summary>Clearing events, one kind or all, and the meter sets back neither the count nor the events.</summary>
    [TestMethod]
    public void EachOpeningIsAnEventThatNothingClears()
    {
        RecorderBench bench = new RecorderBench(RecorderBench.Midnight).Start(false);
        Button button = new Button();
        ProgrammingWindow window = new ProgrammingWindow(button, bench.Recorder);
        for (int i = 0; i < 3; i++)
        {
            button.IsClosed = i > 0;
            window.Tick(i * 1_000);
        }

        Assert.AreEqual(1L, bench.Recorder.Events.Count(EventCode.Metrology, 0));
        bench.Recorder.ClearEvents(-1);
        bench.Recorder.ClearEvents(EventCode.Metrology, 0);
        bench.Recorder.ClearMeter();
        Assert.AreEqual(1L, bench.Recorder.Events.Count(EventCode.Metrology, 0));
        bench.Outage(60);
        Assert.AreEqual(1L, bench.Recorder.Events.Count(EventCode.Metrology, 0));
        Assert.IsTrue(bench.Recorder.Events.TryRead(EventCode.Metrology, 0, 1, bench.Event));
        Assert.AreEqual((long)MeterRecorder.ProgrammingOpened, bench.Event.Values[0]);
    }

    [TestMethod]
    public void WithoutItsEventNothingOpens()
    {
        RecorderBench bench = new RecorderBench(RecorderBench.Midnight);
        FaultyFlash store = new FaultyFlash();
        bench.Parts.Records = store;
        bench.Start(false);
        Button button = new Button();
        ProgrammingWindow window = new ProgrammingWindow(button, bench.Recorder);
        store.RefusesWrites = true;
        int asked = 0;
        for (int i = 0; i < 60; i++)
        {
            button.IsClosed = i > 0;
            window.Tick(i * 1_000);
            Assert.IsFalse(window.IsOpen);
            asked = i == 2 ? store.Refused : asked;
        }

        Assert.IsTrue(asked > 0 && asked == store.Refused, "asked once a closing, not in every tick");
    }

    [TestMethod]
    public void OtherBoardSettingsThanAtTheLastStartAreAnEvent()
    {
        RecorderBench bench = new RecorderBench(RecorderBench.Midnight);
        bench.Parts.MetrologyMark = 17;
        bench.Start(false);
        Assert.AreEqual(1L, bench.Recorder.Events.Count(EventCode.Metrology, 0), "the first ones");
        bench.Outage(60);
        Assert.AreEqual(1L, bench.Recorder.Events.Count(EventCode.Metrology, 0));
        bench.Recorder.ClearEvents(-1);
        bench.Parts.MetrologyMark = 18;
        bench.Outage(60);
        Assert.AreEqual(2L, bench.Recorder.Events.Count(EventCode.Metrology, 0));
        Assert.IsTrue(bench.Recorder.Events.TryRead(EventCode.Metrology, 0, 1, bench.Event));
        Assert.AreEqual((long)MeterRecorder.SettingsChanged, bench.Event.Values[0]);
        Assert.AreEqual(18L, bench.Event.Values[1]);
    }

    private sealed class Button : IProgrammingInput
    {
        public bool IsClosed { get; set; }
    }
}
