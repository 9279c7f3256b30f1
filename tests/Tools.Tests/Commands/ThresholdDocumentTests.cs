using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using MeterFirmware.Basics;
using MeterFirmware.Boards.Simulator.Chaos;
using MeterFirmware.Boards.Simulator.Meters;
using MeterFirmware.Catalogue;
using MeterFirmware.Commands;
using MeterFirmware.History;
using MeterFirmware.Metering;
using MeterFirmware.Quality;
using MeterFirmware.Storage;
using MeterFirmware.Telemetry;
using MeterFirmware.Tools.Billing.Tariffs;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Commands;

/// <summary>Limits of events and of power quality as part of the settings document, in the whole meter on 230 V.</summary>
[TestClass]
public sealed class ThresholdDocumentTests
{
    private const string Device = "limits-1";

    private readonly LoopbackHeadEnd _headEnd = new(Device);
    private readonly MessageSigner _signer = new(new byte[DeviceSecurity.SecretBytes]);
    private readonly ByteTextWriter _text = new(4_096);
    private readonly List<JsonElement> _events = [];
    private readonly QualitySettings _quality = new();
    private readonly SimulatedMeter _meter;
    private string _reported = "";
    private long _id;

    public ThresholdDocumentTests()
    {
        _headEnd.Arrived = Take;
        _meter = new SimulatedMeter(new SimulatedMeterParts
        {
            Tariff = TariffFile.Load("shanghai-household").Table,
            StartUtcSeconds = 1_767_232_800,
            History = new HistoryParts { Records = new RamBlockStore(40, 16_384) },
            Quality = _quality,
            Restarts = true,
            Link = _headEnd,
            Telemetry = new TelemetrySettings { Device = Device },
        });
        Assert.IsTrue(_meter.Firmware.Core.Security.TryCommission(new byte[DeviceSecurity.SecretBytes]));
        Run(90);
    }

    [TestMethod]
    public void ALimitFromADocumentHoldsAtOnceAndAfterALossOfSupplyWithItsHysteresis()
    {
        Assert.IsTrue(Send("""{"version":1,"revision":1,"events":{"overVoltageMillivolts":229000,"delaySeconds":5}}"""),
            _reported);
        Run(30);
        EventThresholds limits = Thresholds;
        Assert.AreEqual(229_000, limits.Begin[1]);
        Assert.AreEqual(229_000L * 259_600 / 264_000, limits.End[1]);
        Assert.AreEqual(5_000, limits.DelayMs[1]);
        Assert.AreEqual(171_600, limits.Begin[0], "what a document does not name is the board's");
        _meter.PowerDown();
        _meter.StayDark(60_000);
        _meter.Restore(0);
        Run(60);
        Assert.AreEqual(229_000, Thresholds.Begin[1]);
        Assert.IsTrue(Send("""{"version":1,"revision":2,"events":{"overVoltageMillivolts":270000,"delaySeconds":5}}"""),
            _reported);
        Run(60);
        Assert.IsTrue(_events.Any(one => one.GetProperty("code").GetInt32() == EventCode.OverVoltage),
            string.Join(" ", _events));
    }

    /// <summary>Safety limits can only be lowered remotely.</summary>
    [TestMethod]
    public void CurrentAndLoadAreNeverRaisedAboveWhatWasCommissioned()
    {
        Assert.IsFalse(
            Send(
                """{"version":1,"revision":1,"events":{"underVoltageMillivolts":180000,"overCurrentMilliamps":"""
                    + """72001}}"""));
        StringAssert.Contains(_reported, "out-of-range");
        Assert.AreEqual(171_600, Thresholds.Begin[0], "nothing of a bad document holds");
        Assert.IsFalse(Send("""{"version":1,"revision":1,"events":{"overLoadMilliwatts":15840001}}"""));
        Assert.IsTrue(Send("""{"version":1,"revision":1,"events":{"overCurrentMilliamps":40000}}"""), _reported);
        Assert.AreEqual(40_000, Thresholds.Begin[4]);
        Assert.IsTrue(Send("""{"version":1,"revision":2,"events":{"overCurrentMilliamps":72000}}"""),
            "up again to what was commissioned");
        _meter.PowerDown();
        _meter.Restore(0);
        Run(60);
        Assert.IsFalse(Send("""{"version":1,"revision":3,"events":{"overCurrentMilliamps":72001}}"""));
    }

    [TestMethod]
    public void LimitsThatContradictEachOtherAreRefusedByTheirField()
    {
        Assert.IsFalse(
            Send(
                """{"version":1,"revision":1,"events":{"underVoltageMillivolts":240000,"overVoltageMillivolts":"""
                    + """230000}}"""));
        StringAssert.Contains(_reported, "\"field\":\"overVoltageMillivolts\"");
        Assert.IsFalse(Send("""{"version":1,"revision":1,"quality":{"dipPermille":300,"interruptionPermille":400}}"""));
        StringAssert.Contains(_reported, "\"field\":\"interruptionPermille\"");
        Assert.AreEqual(264_000, Thresholds.Begin[1]);
    }

    [TestMethod]
    public void QualityLimitsHoldFromARestartThatTheMeterMakesItself()
    {
        Assert.IsTrue(
            Send("""{"version":1,"revision":1,"quality":{"voltageUpperPermille":1100,"swellPermille":1150}}"""),
            _reported);
        Run(60);
        Assert.AreEqual(1, _meter.Restarts);
        Assert.AreEqual(1_100, _quality.VoltageUpperPermille);
        Assert.AreEqual(1_150, _quality.SwellPermille);
        Assert.AreEqual(900, _quality.VoltageLowerPermille);
        StringAssert.Contains(_reported, "\"swellPermille\":1150");
    }

    private EventThresholds Thresholds => _meter.Firmware.Recorder.Detector.Thresholds;

    private void Run(int seconds)
    {
        for (int second = 0; second < seconds; second++)
        {
            _meter.Step(1_000, 500_000_000);
        }
    }

    private bool Send(string document)
    {
        long now = _meter.Clock.UtcSeconds;
        MessageSigner.Begin(_text, Device, ++_id, CommandRole.Utility, 1, now, now + 600);
        _text.Raw(",\"document\":" + document);
        _signer.End(_text, "configuration", CommandRole.Utility, 1);
        _reported = "";
        _headEnd.Send("desired", System.Text.Encoding.ASCII.GetString(_text.Bytes, 0, _text.Length));
        for (int second = 0; second < 60 && !_reported.Contains($"\"id\":{_id},"); second++)
        {
            Run(1);
        }

        return _reported.Contains("\"ok\":true");
    }

    private void Take(string channel, string payload)
    {
        _reported = channel == "reported" ? payload : _reported;
        if (channel == "record")
        {
            using JsonDocument document = JsonDocument.Parse(payload);
            if (document.RootElement.GetProperty("kind").GetString() == "event")
            {
                _events.Add(document.RootElement.Clone());
            }
        }
    }
}
