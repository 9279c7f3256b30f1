using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Text.Json.Nodes;
using MeterFirmware.Basics;
using MeterFirmware.Commands;
using MeterFirmware.EvCharger;
using MeterFirmware.EvCharger.Sessions;
using MeterFirmware.Hardware;
using MeterFirmware.SiteController;
using MeterFirmware.Storage;
using MeterFirmware.Storage.Records;
using MeterFirmware.Telemetry;
using MeterFirmware.Tools.HeadEnds;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Telemetry;

/// <summary>The document is the contract for other people's head-ends: what it shows is what the device writes and what
/// our own head-end reads.</summary>
[TestClass]
public class AsyncApiTests
{
    private const string Device = "000012345678";
    private const string Journal = "7c19e0b2a4d3586f";
    private const long Utc = 1_767_225_600;

    private readonly AsyncApiDocument _document = AsyncApiDocument.Load();
    private readonly MemoryLink _link = new();
    private readonly MemoryRecordLog _log = new(100, 128, Journal);
    private readonly byte[] _payload = new byte[IntervalRecord.BytesMax];
    private TelemetryAgent _agent;
    private long _nowMs;

    [TestMethod]
    public void EveryExampleIsGoodByItsSchema()
    {
        SchemaChecker checker = new(_document.Resolve);
        foreach ((string name, JsonNode message) in _document.Messages.Where(m => m.Key != "configuration"))
        {
            foreach (JsonObject example in _document.Examples(name))
            {
                List<string> faults = checker.Check(_document.Schema(name), example);
                Assert.AreEqual(0, faults.Count, $"{name}: {string.Join("; ", faults)}");
            }

            JsonObject broken = _document.Example(name).DeepClone().AsObject();
            broken.Remove("device");
            Assert.AreNotEqual(0, checker.Check(_document.Schema(name), broken).Count,
                $"{name}: the checker sees faults");
        }
    }

    [TestMethod]
    public void EveryReferenceOfEveryChannelLeadsSomewhere()
    {
        foreach ((string name, JsonNode channel) in _document.Root["channels"].AsObject())
        {
            Assert.AreEqual($"mf/v1/{{device}}/{name}", channel["address"].GetValue<string>());
            foreach ((string message, JsonNode reference) in channel["messages"].AsObject())
            {
                Assert.IsTrue(_document.Resolve(reference.AsObject()).ContainsKey("summary"), $"{name}/{message}");
            }
        }

        foreach ((string name, JsonNode operation) in _document.Root["operations"].AsObject())
        {
            _document.Resolve(operation["channel"].AsObject());
        }
    }

    [TestMethod]
    public void TheDeviceWritesTheExamplesOfWhatItPublishes()
    {
        AppendInterval();
        StartAgent();
        AssertExample("birth", "status");
        Assert.IsTrue(JsonNode.DeepEquals(_document.Example("will"), JsonNode.Parse(_link.Will)), _link.Will);
        AssertExample("interval", "record");
        Acknowledge(2);
        AppendEvent();
        Run(100);
        AssertExample("event", "record");
        _link.Arrive($"mf/v1/{Device}/query", Encoding.UTF8.GetBytes("""{"device":"000012345678","force":true}"""));
        Run(100);
        JsonObject refusal = JsonNode.Parse(_link.Last("reply")).AsObject();
        Assert.AreEqual(0, new SchemaChecker(_document.Resolve).Check(_document.Schema("refusal"), refusal).Count);
        Assert.AreEqual(_document.Example("refusal")["error"].GetValue<string>(), refusal["error"].GetValue<string>());
    }

    [TestMethod]
    public void TheDeviceWritesTheExampleOfAnInstantReading()
    {
        StartAgent(instantIntervalMs: 1_000);
        _log.TryAppend(77, _payload, 0, 1, out long _);
        _log.TryAppend(77, _payload, 0, 1, out long _);
        Run(1_000);
        JsonObject written = JsonNode.Parse(_link.Last("instant")).AsObject();
        written["time"] = _document.Example("instant")["time"].DeepClone();
        Assert.IsTrue(JsonNode.DeepEquals(_document.Example("instant"), written), written.ToJsonString());
    }

    [TestMethod]
    public void TheRawLossAndGapMessagesAreTheExamples()
    {
        RecordMessage message = new(Device, 300, [], new byte[GapRecord.Bytes], _log);
        ByteTextWriter json = new(512);
        message.Payload[0] = 0x01;
        message.Payload[1] = 0xAB;
        message.Write(json, 5, 4, 77, 2, Utc);
        AssertEqual("raw", json);
        GapRecord.Write(message.Payload, 0, GapRecord.ReasonFull, 2, 11, 19, 5);
        message.Write(json, 20, 3, RecordKind.Gap, GapRecord.Bytes, Utc);
        AssertEqual("loss", json);
        message.WriteGap(json, 1, 5, 0, "dropped");
        AssertEqual("gap", json);
    }

    [TestMethod]
    public void AChargersSessionIsTheExampleButForItsSignedBytes()
    {
        SessionRecord session = new()
        {
            Number = 17,
            StartUtcSeconds = Utc,
            EndUtcSeconds = Utc + 900,
            OffsetSeconds = 28_800,
            Flags = RecordFlags.PowerLoss,
            Reason = SessionReason.Unplugged,
            TokenLength = 4,
            StartWattHours = 1_000,
            EndWattHours = 8_250,
            ServiceCost = 29_000,
            RateCount = 2,
            ChargingSeconds = 880,
        };
        new byte[] { 0x04, 0xA1, 0xB2, 0xC3 }.CopyTo(session.Token, 0);
        session.RateWattHours[0] = 7_000;
        session.RateCost[0] = 43_190;
        session.RateWattHours[1] = 250;
        session.RateCost[1] = 768;
        HmacSha256 hmac = new();
        hmac.SetKey(new byte[16], 0, 16);
        RecordMessage message = new(Device, 300, [new SessionPayload()], new byte[SessionRecord.BytesMax], _log);
        int count = session.Write(message.Payload, 0, hmac);
        ByteTextWriter json = new(2_048);
        message.Write(json, 5, 4, RecordKind.Session, count, Utc);
        JsonObject written = JsonNode.Parse(Encoding.UTF8.GetString(json.Bytes, 0, json.Length)).AsObject();
        Assert.AreEqual(0, new SchemaChecker(_document.Resolve).Check(_document.Schema("session"), written).Count);
        Assert.AreEqual(2 * count, written["raw"].GetValue<string>().Length);
        written["raw"] = "01";
        Assert.IsTrue(JsonNode.DeepEquals(_document.Example("session"), written), written.ToJsonString());
    }

    [TestMethod]
    public void ASitesIntervalIsTheExample()
    {
        SiteRecord site = new(2)
        {
            StartUtcSeconds = Utc,
            EndUtcSeconds = Utc + 900,
            OffsetSeconds = 28_800,
            ImportWattHours = 125_000,
            ImportMilliwattHours = 5_120_250,
            LimitMilliamps = 40_000,
            LimitSource = SiteLimitSource.FirstCeiling + CommandRole.Utility,
            PhaseCount = 3,
            MemberCount = 2,
        };
        new[] { 39_800, 38_950, 39_120 }.CopyTo(site.PeakMilliamps, 0);
        new[] { 2_760, 2_351 }.CopyTo(site.MemberWattHours, 0);
        RecordMessage message = new(
            Device, 300, [new SitePayload(new SiteRecord(2))], new byte[SiteRecord.BytesOf(2)], _log);
        int count = site.Write(message.Payload, 0);
        for (int cut = 0; cut < count; cut++)
        {
            Assert.IsFalse(new SiteRecord(2).TryRead(message.Payload, 0, cut));
        }

        ByteTextWriter json = new(2_048);
        message.Write(json, 5, 4, RecordKind.Site, count, Utc);
        AssertEqual("site", json);
    }

    [TestMethod]
    public void TheDeviceTakesTheExamplesOfWhatItReceives()
    {
        AppendInterval();
        AppendInterval();
        StartAgent(takesPlain: false);
        _link.Arrive($"mf/v1/{Device}/ack", Encoding.UTF8.GetBytes(_document.Example("ack").ToJsonString()));
        _link.Arrive($"mf/v1/{Device}/query", Encoding.UTF8.GetBytes(_document.Example("query").ToJsonString()));
        Run(2_000);
        Assert.AreEqual(0, _agent.Counters.Refused);
        Assert.AreEqual(2, _log.AcknowledgedNumber, "the mac of the example is right");
        JsonObject answer = JsonNode.Parse(_link.Last("reply")).AsObject();
        Assert.AreEqual(2, (int)answer["count"]);
        answer["count"] = 1;
        Assert.AreEqual(_document.Example("answer").ToJsonString(), answer.ToJsonString());
    }

    [TestMethod]
    public void TheHeadEndReadsTheExamples()
    {
        foreach (string name in new[] { "interval", "event", "freeze", "session", "site", "loss", "raw", "gap" })
        {
            byte[] payload = Encoding.UTF8.GetBytes(_document.Example(name).ToJsonString());
            Assert.IsTrue(ArrivalReader.TryReadRecord(Device, payload, out Arrival arrival, out string error),
                $"{name}: {error}");
            Assert.IsFalse(ArrivalReader.TryReadRecord("another", payload, out _, out _));
            if (arrival is RecordArrival { Kind: "interval" } interval)
            {
                Assert.AreEqual(575_125, interval.ImportMilliwattHours);
                Assert.AreEqual(Utc, interval.StartUtc);
                Assert.AreEqual(28_800, interval.Offset);
            }
        }

        byte[] birth = Encoding.UTF8.GetBytes(_document.Example("birth").ToJsonString());
        Assert.IsTrue(ArrivalReader.TryReadStatus(Device, birth, out StatusArrival status, out _));
        Assert.IsTrue(status.Online);
    }

    [TestMethod]
    public void TheHeadEndWritesTheExampleOfAnAcknowledgement()
    {
        byte[] key = DeviceSecurity.AcknowledgementKeyOf([.. Enumerable.Range(0, DeviceSecurity.SecretBytes)
            .Select(i => (byte)i)]);
        Assert.AreEqual(_document.Example("ack").ToJsonString(),
            new Settlement(Device, Journal, 2, false).Message(key));
        Assert.AreEqual("""{"device":"000012345678","upTo":2}""", new Settlement(Device, "", 2, true).Message(key),
            "as 1.0 has it");
    }

    [TestMethod]
    public void TheHeadEndReadsProtocolAndJournalOfTheExamples()
    {
        ArrivalReader.TryReadStatus(Device, Encoding.UTF8.GetBytes(_document.Example("birth").ToJsonString()),
            out StatusArrival birth, out _);
        Assert.AreEqual("1.1", birth.Protocol);
        Assert.AreEqual(Journal, birth.Journal);
        foreach (string name in new[] { "interval", "event", "freeze", "session", "site", "loss", "raw", "gap" })
        {
            ArrivalReader.TryReadRecord(Device, Encoding.UTF8.GetBytes(_document.Example(name).ToJsonString()),
                out Arrival arrival, out _);
            Assert.AreEqual(Journal, arrival.Journal, name);
        }
    }

    [TestMethod]
    public void TheMeasurandTableOfTheDocumentIsTheFirmwares()
    {
        List<string> table = [];
        for (int measurand = 0; measurand < Measurands.Count; measurand++)
        {
            for (int phase = Measurands.Total; phase < 3; phase++)
            {
                if (Measurands.Has(measurand, phase))
                {
                    table.Add(string.Join(' ', Measurands.Name(measurand), Measurands.Unit(measurand),
                        Measurands.Digits(measurand), phase < 0 ? "t" : phase.ToString(),
                        Measurands.DataIdentifier(measurand, phase).ToString("X8"),
                        Measurands.ObisCode(measurand, phase),
                        Measurands.ObjectAttribute(measurand, phase).ToString("X8")));
                }
            }
        }

        string[] documented = [.. _document.Root["x-measurands"].AsArray().Select(row =>
            string.Join(' ', row.AsObject().Select(column => column.Value.ToString())))];
        CollectionAssert.AreEqual(documented, table);
        JsonObject instant = _document.Root["components"]["schemas"]["instant"]["properties"].AsObject();
        JsonObject interval = _document.Root["components"]["schemas"]["interval"]["properties"].AsObject();
        for (int measurand = 0; measurand < Measurands.Count; measurand++)
        {
            string name = Measurands.Name(measurand);
            Assert.IsTrue(instant.ContainsKey(name) || interval.ContainsKey(name), name);
        }
    }

    private void StartAgent(int instantIntervalMs = 0, bool takesPlain = true)
    {
        TelemetrySettings options = new()
        {
            Device = Device,
            SpreadMs = 0,
            InstantIntervalMs = instantIntervalMs,
            TakesPlainAcknowledgements = takesPlain,
        };
        _agent = new TelemetryAgent(options, _link, _log, new Readings(),
            [new IntervalPayload(new IntervalRecord()), new EventPayload(new EventRecord())]);
        DeviceSecurity security = new(new CheckpointStore(new RamBlockStore(2, 1024), DeviceSecurity.StateBytes));
        Assert.IsTrue(
            security.TryCommission([.. Enumerable.Range(0, DeviceSecurity.SecretBytes).Select(i => (byte)i)]));
        _agent.AcknowledgementKey = security;
        _agent.Announce(["peak", "valley"]);
        _log.Acknowledge(1);
        if (_log.NextNumber == 2)
        {
            AppendInterval();
        }

        Run(300);
    }

    private void Run(int milliseconds)
    {
        for (int i = 0; i < milliseconds; i += 100)
        {
            _nowMs += 100;

            // 315 s after the interval's end, which makes it historical; 285 s after the event's.
            _agent.Tick(_nowMs, Utc + 1_215 + _nowMs / 1_000);
        }
    }

    private void Acknowledge(long upTo) => _link.Arrive($"mf/v1/{Device}/ack",
        Encoding.UTF8.GetBytes($$"""{"device":"{{Device}}","upTo":{{upTo}}}"""));

    private void AppendInterval()
    {
        IntervalRecord record = new()
        {
            StartUtcSeconds = Utc,
            EndUtcSeconds = Utc + 900,
            OffsetSeconds = 28_800,
            Flags = RecordFlags.Incomplete,
            Rate = 1,
            ImportWattHours = 123_456,
            ExportWattHours = 7,
            ImportMilliwattHours = 575_125,
            FrequencyMillihertz = 50_010,
        };
        record.ReactiveVarHours[0] = 40;
        record.ReactiveVarHours[3] = 3;
        record.VoltageMillivolts[0] = 230_123;
        record.VoltageMillivoltsMin[0] = 228_900;
        record.VoltageMillivoltsMax[0] = 231_400;
        record.CurrentMilliamps[0] = 10_050;
        record.ActivePowerMilliwatts[0] = 2_300_500;
        _log.TryAppend(RecordKind.Interval, _payload, 0, record.Write(_payload, 0), out long _);
    }

    private void AppendEvent()
    {
        EventRecord record = new()
        {
            Code = 3,
            Phase = 2,
            StartUtcSeconds = Utc + 900,
            EndUtcSeconds = Utc + 930,
            OffsetSeconds = 28_800,
            ValueCount = 4,
        };
        record.Values[1] = 4;
        record.Values[2] = 123_456;
        record.Values[3] = -7;
        _log.TryAppend(RecordKind.Event, _payload, 0, record.Write(_payload, 0), out long _);
    }

    private void AssertExample(string message, string channel)
    {
        string written = _link.Last(channel);
        Assert.IsTrue(JsonNode.DeepEquals(_document.Example(message), JsonNode.Parse(written)),
            $"{message}: {written}");
    }

    private void AssertEqual(string message, ByteTextWriter json)
    {
        string written = Encoding.UTF8.GetString(json.Bytes, 0, json.Length);
        Assert.IsTrue(JsonNode.DeepEquals(_document.Example(message), JsonNode.Parse(written)),
            $"{message}: {written}");
    }

    private sealed class Readings : IInstantSource
    {
        public Readings()
        {
            Measurement.FrequencyMillihertz = 50_010;
            Measurement.VoltageMillivolts[0] = 230_123;
            Measurement.CurrentMilliamps[0] = 10_050;
            Measurement.ActivePowerMilliwatts[0] = 2_300_500;
            Measurement.ReactivePowerMillivars[0] = -12_000;
            Measurement.ApparentPowerMillivoltamperes[0] = 2_312_736;
            Measurement.PowerFactorTenThousandths[0] = 9_947;
        }

        public Measurement Measurement { get; } = new();

        public bool HasMeasurement => true;

        public long ImportWattHours => 123_456;

        public long ExportWattHours => 7;

        public int Rate => 1;

        public int OffsetSeconds => 28_800;

        public int SensorFaults => 0;

        public void WriteExtra(ByteTextWriter json)
        {
        }
    }
}
