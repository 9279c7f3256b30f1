using System.Collections.Generic;
using System.Linq;
using System.Text.Json.Nodes;
using MeterFirmware.Boards.Bench;
using MeterFirmware.Boards.Simulator.Chargers;
using MeterFirmware.Catalogue;
using MeterFirmware.DeviceCore;
using MeterFirmware.Metering;
using MeterFirmware.Storage.Records;
using MeterFirmware.Telemetry;
using MeterFirmware.Tools.Tests.Releases;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.EvCharger;

/// <summary>A charger has all that every device has: time, settings, log, watchdog, and a record of each start.</summary>
[TestClass]
public class ChargerCoreTests
{
    private const string Device = "charger-1";
    private const int QuarterHourMs = 900_000;

    private const string FiveMinutes = """{"version":1,"revision":1,"telemetry":{"intervalMinutes":5}}""";

    // 2026-10-01T00:00:00Z, behind the firmware's release.
    private const long StartUtcSeconds = 1_790_812_800;

    private readonly ReleaseDevice _device = new(Device);
    private SimulatedCharger _charger;

    [TestInitialize]
    public void Build()
    {
        _charger = new SimulatedCharger(new SimulatedChargerParts
        {
            Tariff = SessionTimeTests.Tariff(),
            StartUtcSeconds = StartUtcSeconds,
            Link = _device.Link,
            Telemetry = new TelemetrySettings { Product = "ev-charger", Device = Device, SpreadMs = 0 },
            Secret = ReleaseDevice.Secret,
            Records = null,
            Checkpoints = null,
            Restarts = true,
        });
    }

    [TestMethod]
    public void EveryStartLeavesARecordAndSaysWhy()
    {
        _charger.Run(20 * 60_000);
        Assert.HasCount(1, Events(EventCode.PowerUp));
        _charger.LosePower(60_000, isWarned: true);
        _charger.Run(1_000);
        EventRecord second = Events(EventCode.PowerUp)[1];
        Assert.AreEqual(StartUtcSeconds + 20 * 60, second.StartUtcSeconds, 2, "up to then energy was booked");
        Assert.AreEqual(StartUtcSeconds + 21 * 60, second.EndUtcSeconds, 2);
        Assert.IsEmpty(Events(EventCode.Reset), "a loss of supply has no other cause");
        Assert.IsTrue(Do("restart", "{}")["ok"].GetValue<bool>());
        _charger.Run(30_000);
        Assert.AreEqual(1, _charger.Restarts);
        Assert.HasCount(3, Events(EventCode.PowerUp));
        Assert.AreEqual(RestartPart.Command + 1, Events(EventCode.Reset).Single().Values[0]);
        Assert.AreEqual("command", Do("health", "{}")["result"]["resetCause"].GetValue<string>());
    }

    [TestMethod]
    public void AChargerWithoutTimeTakesTheHeadEnds()
    {
        _charger.Clock.HasTime = false;
        _charger.Run(5_000);
        Assert.IsFalse(_charger.Product.Meter.IsTimed);
        JsonNode birth = JsonNode.Parse(_device.Link.Last("status"));
        JsonNode done = Do("time", $$"""
            {"utcMilliseconds":{{StartUtcSeconds * 1_000}},"next":{{birth["next"]}},"birth":{{birth["birth"]}}}
            """.Trim());
        Assert.IsTrue(done["ok"].GetValue<bool>(), done.ToJsonString());
        Assert.AreEqual("head-end", done["result"]["source"].GetValue<string>());
        _charger.Run(1_000);
        Assert.IsTrue(_charger.Product.Meter.IsTimed);
        Assert.IsTrue(_charger.Clock.HasTime, "the board's clock is set, too");
    }

    [TestMethod]
    public void ADocumentsIntervalHoldsFromARestartThatWaitsForTheVehicle()
    {
        _charger.Vehicle = new Vehicle(new VehicleSettings { WantedWattHours = 50_000 });
        _charger.Run(5_000);
        _charger.Vehicle.PlugIn();
        _charger.Run(30_000);
        Assert.IsTrue(_charger.Bench.IsCoilOn);
        JsonNode report =
            Configure("""{"version":1,"revision":1,"telemetry":{"intervalMinutes":5},"log":{"level":3}}""");
        Assert.IsTrue(report["ok"].GetValue<bool>(), report.ToJsonString());
        Assert.AreEqual(3, _charger.Firmware.Core.Log.Level, "at once");
        _charger.Run(60_000);
        Assert.AreEqual(0, _charger.Restarts, "the vehicle charges");
        _charger.Vehicle.Unplug();
        _charger.Run(20_000);
        Assert.AreEqual(1, _charger.Restarts);
        Assert.AreEqual(RestartPart.Settings + 1, Events(EventCode.Reset).Single().Values[0]);
        _charger.Run(16 * 60_000);
        Assert.IsGreaterThanOrEqualTo(3, Kinds().Count(kind => kind == RecordKind.Interval));
        Assert.AreEqual(3, _charger.Firmware.Core.Log.Level, "kept");
    }

    [TestMethod]
    public void ASessionThatPausesKeepsItsPermissionWhileADocumentWaitsForARestart()
    {
        _charger.Vehicle = new Vehicle(new VehicleSettings { WantedWattHours = 10 });
        _charger.Run(5_000);
        _charger.Vehicle.PlugIn();
        _charger.Run(60_000);
        Assert.IsFalse(_charger.Bench.IsCoilOn, "the vehicle is full");
        Assert.IsTrue(_charger.Product.Sessions.IsActive);
        Assert.IsTrue(Configure(FiveMinutes)["ok"].GetValue<bool>());
        _charger.Run(60_000);
        Assert.AreEqual(0, _charger.Restarts);
        _charger.Vehicle.Unplug();
        _charger.Run(20_000);
        Assert.AreEqual(1, _charger.Restarts);
    }

    [TestMethod]
    public void ALossOfSupplyWhileARestartWaitsIsALossOfSupply()
    {
        _charger.Vehicle = new Vehicle(new VehicleSettings { WantedWattHours = 50_000 });
        _charger.Run(5_000);
        _charger.Vehicle.PlugIn();
        _charger.Run(30_000);
        Assert.IsTrue(Configure(FiveMinutes)["ok"].GetValue<bool>());
        _charger.Run(60_000);
        _charger.LosePower(60_000, isWarned: true);
        _charger.Run(1_000);
        Assert.IsEmpty(Events(EventCode.Reset));
        Assert.AreEqual("power", Do("health", "{}")["result"]["resetCause"].GetValue<string>());
    }

    [TestMethod]
    public void ADocumentThatTakesTheChangeBackMakesTheWaitingRestartNeedless()
    {
        _charger.Vehicle = new Vehicle(new VehicleSettings { WantedWattHours = 50_000 });
        _charger.Run(5_000);
        _charger.Vehicle.PlugIn();
        _charger.Run(30_000);
        Assert.IsTrue(Configure(FiveMinutes)["ok"].GetValue<bool>());
        _charger.Run(10_000);
        JsonNode back = Configure("""{"version":1,"revision":2,"telemetry":{"intervalMinutes":15}}""");
        Assert.IsTrue(back["ok"].GetValue<bool>(), back.ToJsonString());
        _charger.Run(10_000);
        _charger.Vehicle.Unplug();
        _charger.Run(20_000);
        Assert.AreEqual(0, _charger.Restarts);
    }

    [TestMethod]
    [DataRow("""{"version":1,"revision":1,"log":{"level":3},"demand":{"periodMinutes":15}}""", "unknown-member")]
    [DataRow("""{"version":1,"revision":1,"log":{"level":3},"telemetry":{"intervalMinutes":7}}""", "out-of-range")]
    [DataRow("""{"version":2,"revision":1,"log":{"level":3}}""", "")]
    public void ADocumentThatIsNoChargersChangesNothing(string document, string error)
    {
        _charger.Run(5_000);
        JsonNode report = Configure(document);
        Assert.IsFalse(report["ok"].GetValue<bool>());
        StringAssert.Contains(report["error"].GetValue<string>(), error);
        Assert.AreEqual(2, _charger.Firmware.Core.Log.Level);
        Assert.AreEqual(0L, _charger.Firmware.Core.Settings.Current.Revision);
    }

    [TestMethod]
    public void LogSelfTestAndHealthAnswer()
    {
        _charger.Run(5_000);
        JsonNode log = Do("log", "{}")["result"];
        Assert.AreEqual("start", log["entries"][0]["text"].GetValue<string>());
        JsonNode health = Do("health", "{}")["result"];
        Assert.AreEqual("power", health["resetCause"].GetValue<string>());
        Assert.AreEqual(0, health["watchdog"]["restarts"].GetValue<int>());
        Assert.AreEqual(0, health["journal"]["dropped"].GetValue<int>());
        Assert.AreEqual(0, health["contactorCycles"].GetValue<int>(), "and the charger's own");
        Assert.IsTrue(Do("self-test", "{}")["result"]["passed"].GetValue<bool>());
    }

    [TestMethod]
    public void AChargerWhoseMeterNeverAnswersRestartsAndSaysSo()
    {
        _charger.Run(5_000);
        _charger.Bench.MeterReadable = false;
        _charger.Run(QuarterHourMs + 5_000);
        Assert.AreEqual(1, _charger.Restarts);
        Assert.AreEqual(RestartPart.Sensor + 1, Events(EventCode.Reset).Single().Values[0]);
    }

    private JsonNode Do(string command, string arguments)
    {
        int before = _device.Link.Published.Count;
        _charger.Clock.TryReadUtc(out long utcSeconds, out _);
        _device.Command(command, arguments, utcSeconds);
        _charger.Run(200);
        return JsonNode.Parse(_device.Link.Published.Skip(before).Single(one => one.Topic.EndsWith("/reply")).Payload);
    }

    private JsonNode Configure(string document)
    {
        int before = _device.Link.Published.Count;
        _charger.Clock.TryReadUtc(out long utcSeconds, out _);
        _device.Configure(document, utcSeconds);
        _charger.Run(1_000);
        return _device.Link.Published.Skip(before).Where(one => one.Topic.EndsWith("/reported"))
            .Select(one => JsonNode.Parse(one.Payload)).First(node => node["id"] is not null);
    }

    private List<EventRecord> Events(int code)
    {
        List<EventRecord> found = [];
        byte[] bytes = new byte[1_024];
        for (long number = _charger.Records.OldestNumber; number < _charger.Records.NextNumber; number++)
        {
            EventRecord record = new();
            if (_charger.Records.TryRead(number, bytes, out int count, out int kind) && kind == RecordKind.Event
                && record.TryRead(bytes, 0, count) && record.Code == code)
            {
                found.Add(record);
            }
        }

        return found;
    }

    private IEnumerable<int> Kinds()
    {
        byte[] bytes = new byte[1_024];
        for (long number = _charger.Records.OldestNumber; number < _charger.Records.NextNumber; number++)
        {
            if (_charger.Records.TryRead(number, bytes, out int _, out int kind))
            {
                yield return kind;
            }
        }
    }
}
