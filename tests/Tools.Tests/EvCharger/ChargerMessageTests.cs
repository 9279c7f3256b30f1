using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Text.Json.Nodes;
using MeterFirmware.Boards.Bench;
using MeterFirmware.Boards.Simulator.Chargers;
using MeterFirmware.ChargerSafety;
using MeterFirmware.Charging;
using MeterFirmware.Commands;
using MeterFirmware.EvCharger;
using MeterFirmware.EvCharger.Sessions;
using MeterFirmware.Hardware;
using MeterFirmware.Storage;
using MeterFirmware.Tariffs;
using MeterFirmware.Telemetry;
using MeterFirmware.Tools.Billing.Tariffs;
using MeterFirmware.Tools.Tests.Telemetry;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.EvCharger;

/// <summary>What a charger says and hears over MQTT is what the AsyncAPI document shows.</summary>
[TestClass]
public class ChargerMessageTests
{
    private const string Device = "000012345678";

    private readonly AsyncApiDocument _document = AsyncApiDocument.Load();
    private readonly MemoryLink _link = new();
    private readonly SimulatedCharger _charger;

    public ChargerMessageTests()
    {
        // The example's command was issued at this second.
        SimulatedChargerParts options = SessionRulesTests.Options(
            link: _link, telemetry: new TelemetrySettings
            {
                Product = "ev-charger",
                Device = Device,
                SpreadMs = 0,
                InstantIntervalMs = 1_000
            },
            startUtcSeconds: 1_767_225_600);
        _charger =
            new SimulatedCharger(options) { Vehicle = new Vehicle(new VehicleSettings { WantedWattHours = 500 }) };
        _charger.Firmware.Core.Security.TryCommission(
            Enumerable.Range(0, DeviceSecurity.SecretBytes).Select(i => (byte)i).ToArray());
    }

    [TestMethod]
    public void TheExamplesCommandStartsAChargeAndIsAnsweredAsTheDocumentShows()
    {
        _charger.Run(5_000);
        Arrive(_document.Example("command").ToJsonString());
        _charger.Run(100);
        Assert.AreEqual(_document.Example("done").ToJsonString(), _link.Last("reply"));
        _charger.Vehicle.PlugIn();
        _charger.Run(20_000);
        Assert.IsTrue(_charger.Bench.IsCoilOn);
        int answers = _link.Published.Count(one => one.Topic.EndsWith("/reply", StringComparison.Ordinal));
        Arrive(_document.Example("command").ToJsonString());
        _charger.Run(1_000);
        Assert.AreEqual(answers + 1,
            _link.Published.Count(one => one.Topic.EndsWith("/reply", StringComparison.Ordinal)));
        string again = _document.Examples("done")[1].ToJsonString();
        Assert.AreEqual(again, _link.Last("reply"), "a second delivery is told from the first");
    }

    [TestMethod]
    public void AForgedCommandIsMetWithSilence()
    {
        _charger.Run(5_000);
        Arrive(_document.Example("command").ToJsonString().Replace("20000", "90000", StringComparison.Ordinal));
        _charger.Run(100);
        Assert.IsFalse(_link.Published.Exists(one => one.Topic.EndsWith("/reply", StringComparison.Ordinal)),
            "who floods learns nothing, and costs nothing to answer");
        Assert.IsFalse(_charger.Product.Sessions.IsActive);
    }

    [TestMethod]
    public void StatusPilotOfferAndFaultsFollowTheConnectorInEveryInstantReading()
    {
        Arrive(_document.Example("command").ToJsonString());
        _charger.Run(5_000);
        _charger.Vehicle.PlugIn();
        _charger.Run(20_000);
        JsonNode charging = LastConnector();
        Assert.AreEqual("Charging", charging["status"].GetValue<string>());
        Assert.AreEqual("C", charging["pilot"].GetValue<string>());
        Assert.AreEqual(16_000, charging["offerMilliamps"].GetValue<int>());
        Assert.AreEqual(1, charging["session"].GetValue<int>());
        _charger.Bench.EarthPresent = false;
        _charger.Run(2_000);
        JsonNode faulted = LastConnector();
        Assert.AreEqual("Faulted", faulted["status"].GetValue<string>());
        Assert.AreEqual("pe", faulted["faults"][0].GetValue<string>());
        Assert.IsFalse(faulted["contactor"].GetValue<bool>());
        _charger.Bench.EarthPresent = true;
        _charger.Vehicle.Unplug();
        _charger.Run(10_000);
        Assert.AreEqual("Available", LastConnector()["status"].GetValue<string>());
        foreach ((string _, string payload) in _link.Published.Where(one =>
            one.Topic.EndsWith("/instant", StringComparison.Ordinal)))
        {
            CheckSchema("instant", JsonNode.Parse(payload));
        }

        string session =
            _link.Published.Last(one => one.Payload.Contains("\"kind\":\"session\"", StringComparison.Ordinal)).Payload;
        CheckSchema("session", JsonNode.Parse(session));
    }

    [TestMethod]
    public void PlanSurplusAndDischargeStandInTheConnectorAsTheDocumentShows()
    {
        MemoryLink link = new();
        TariffTable tariff = TariffFile.Load("china-workplace-five-rates").Table;
        SimulatedGateway gateway = new() { StoredPermille = 800 };
        Indicator light = new();
        SimulatedCharger charger = new(new SimulatedChargerParts
        {
            Tariff = tariff,

            // 20:00 in Shanghai.
            StartUtcSeconds = 1_772_452_800,
            Link = link,
            Telemetry = new TelemetrySettings
            {
                Product = "ev-charger",
                Device = Device,
                SpreadMs = 0,
                InstantIntervalMs = 1_000
            },
            Plan = PlannedCharging.Create(tariff, Device, 3, 230, 900, 0),
            Grid = new GridPoint { HouseWatts = 900 },
            Gateway = gateway,
            VehicleToGrid = new VehicleToGrid(60_000),
            Indicator = light,
        })
        {
            Vehicle = new Vehicle(new VehicleSettings()) { Gateway = gateway },
        };
        charger.Run(5_000);
        charger.Vehicle.PlugIn();
        charger.Run(5_000);
        Assert.IsTrue(charger.Product.Plan.TrySetTarget(0, 1_772_452_800 + 11 * 3_600));
        gateway.StoredPermille = 700;

        // With a departure told it looks at the vehicle for less than a minute, then it waits.
        charger.Run(90_000);
        JsonNode connector = JsonNode.Parse(link.Last("instant"))["connector"];
        StringAssert.StartsWith(connector["plan"].GetValue<string>(), "waiting for ");
        Assert.AreEqual("SuspendedEVSE", connector["status"].GetValue<string>());
        Assert.AreEqual("off", connector["surplus"].GetValue<string>());
        Assert.AreEqual(900, connector["gridWatts"].GetValue<int>());
        Assert.AreEqual(0, connector["dischargeWatts"].GetValue<int>());
        Assert.AreEqual("0.0000", connector["sessionEarned"].GetValue<string>());
        Assert.AreEqual(0x8000FF, light.Brightest, "violet: it waits for the price");
        CheckSchema("instant", JsonNode.Parse(link.Last("instant")));
    }

    [TestMethod]
    public void TheDocumentKnowsEveryCommandRefusalFaultAndReason()
    {
        Assert.AreEqual(string.Join(",", Enumerable.Range(1, CommandCode.CodeMax).Select(CommandCatalogue.NameOf)),
            Enumeration("command", "command"));
        IEnumerable<string> answered = Enumerable.Range(1, CommandRefusal.Count - 1)
            .Where(one => one != CommandRefusal.WrongSignature)
            .Select(CommandRefusal.NameOf);
        Assert.AreEqual(string.Join(",", answered), Enumeration("done", "error"));
        JsonNode faults = Schema("connector")["properties"]["faults"]["items"]["enum"];
        Assert.AreEqual(string.Join(",", Enumerable.Range(0, ChargerFault.Count).Select(ChargerFault.NameOf)),
            Joined(faults));
        Assert.AreEqual(string.Join(",", Enumerable.Range(0, SessionReason.NotUsed + 1).Select(SessionReason.NameOf)),
            Enumeration("session", "reason"));
    }

    private sealed class Indicator : IIndicator
    {
        public int Brightest { get; private set; }

        public void Set(int red, int green, int blue) =>
            Brightest = red + green + blue == 0 ? Brightest : (red << 16) | (green << 8) | blue;
    }

    private JsonNode LastConnector() => JsonNode.Parse(_link.Last("instant"))["connector"];

    private void CheckSchema(string name, JsonNode message)
    {
        List<string> faults = new SchemaChecker(_document.Resolve).Check(_document.Schema(name), message.AsObject());
        Assert.AreEqual(0, faults.Count, $"{string.Join("; ", faults)}: {message.ToJsonString()}");
    }

    private JsonNode Schema(string name) => _document.Root["components"]["schemas"][name];

    private string Enumeration(string schema, string property) =>
        Joined(Schema(schema)["properties"][property]["enum"]);

    private static string Joined(JsonNode words) =>
        string.Join(",", words.AsArray().Select(word => word.GetValue<string>()));

    private void Arrive(string text) => _link.Arrive($"mf/v1/{Device}/command", Encoding.UTF8.GetBytes(text));
}
