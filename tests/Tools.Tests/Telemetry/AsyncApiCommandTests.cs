using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Text.Json.Nodes;
using MeterFirmware.Basics;
using MeterFirmware.Boards.Bench;
using MeterFirmware.Boards.Simulator.Chargers;
using MeterFirmware.Boards.Simulator.Meters;
using MeterFirmware.Carbon;
using MeterFirmware.Charging;
using MeterFirmware.Commands;
using MeterFirmware.EvCharger;
using MeterFirmware.Hardware;
using MeterFirmware.History;
using MeterFirmware.Quality;
using MeterFirmware.SiteBus;
using MeterFirmware.SiteController;
using MeterFirmware.SmartMeter;
using MeterFirmware.Storage;
using MeterFirmware.Tariffs;
using MeterFirmware.Telemetry;
using MeterFirmware.Tools.Billing.Tariffs;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.Telemetry;

/// <summary>What the document says of each command's arguments and answer is what the whole products take and
/// give.</summary>
[TestClass]
public class AsyncApiCommandTests
{
    private const string Device = "000012345678";

    // A minute before a settlement in the meter's zone: 2026-01-31T23:59:00+08:00.
    private const long StartUtcSeconds = 1_769_875_140;

    private readonly AsyncApiDocument _document = AsyncApiDocument.Load();
    private readonly byte[] _secret = [.. Enumerable.Range(0, DeviceSecurity.SecretBytes).Select(i => (byte)i)];
    private readonly ByteTextWriter _reply = new(4_096);
    private CommandReceiver _receiver;
    private SimulatedClock _clock;
    private MessageSigner _signer;
    private Action _run;
    private long _id;

    private JsonObject Commands => _document.Root["x-commands"].AsObject();

    [TestMethod]
    [DataRow("meter")]
    [DataRow("charger")]
    [DataRow("site")]
    public void EveryCommandThatAProductObeysIsInTheDocumentAndNoOther(string product)
    {
        PowerUp(product);
        if (product == "meter")
        {
            // Without an account there is nothing to top up.
            Ask("prepayment", Commands["prepayment"]["meter"][0]["example"].AsObject());
        }

        List<string> obeyed = [];
        for (int code = 1; code <= CommandCode.CodeMax; code++)
        {
            string word = CommandCatalogue.NameOf(code);

            // No command takes this member, so none does anything.
            if (Ask(word, new JsonObject { ["nobody"] = 1 }) is var answer
                && (string)answer["error"] != "not-supported")
            {
                Assert.IsFalse((bool)answer["ok"], $"{word} took an argument that it does not know");
                obeyed.Add(word);
            }
        }

        string[] documented = [.. Commands.Where(command => command.Value[product] != null)
            .Select(command => command.Key)];
        CollectionAssert.AreEquivalent(documented, obeyed,
            $"documented {string.Join(' ', documented)}; obeyed {string.Join(' ', obeyed)}");
    }

    [TestMethod]
    [DataRow("meter")]
    [DataRow("charger")]
    [DataRow("site")]
    public void EveryExampleIsGoodByItsSchemaAndAnsweredAsTheDocumentSays(string product)
    {
        PowerUp(product);
        SchemaChecker checker = new(_document.Resolve);
        foreach ((string word, JsonNode products) in Commands.Where(command => command.Value[product] != null))
        {
            foreach (JsonObject form in products[product].AsArray().Select(form => form.AsObject()))
            {
                JsonObject example = form["example"].AsObject();
                string name = $"{word} {example.ToJsonString()}";
                AssertGood(checker, form["arguments"].AsObject(), example, name);
                JsonObject wrong = example.DeepClone().AsObject();
                wrong["nobody"] = 1;
                Assert.AreNotEqual(0, checker.Check(form["arguments"].AsObject(), wrong).Count, $"{name}: closed");
                Assert.IsFalse((bool)Ask(word, wrong)["ok"], $"{name}: the device is as strict as the document");

                JsonObject answer = Ask(word, example);
                AssertGood(checker, _document.Schema("done"), answer, name);
                Assert.AreEqual((string)form["error"], (string)answer["error"], $"{name}: {answer.ToJsonString()}");
                Assert.AreEqual(form["result"] != null, answer["result"] != null, $"{name}: {answer.ToJsonString()}");
                if (form["result"] != null)
                {
                    AssertGood(checker, form["result"].AsObject(), answer["result"], $"{name}: result");
                }
            }
        }
    }

    [TestMethod]
    public void TheWordsOfCommandsAndRefusalsAreTheFirmwares()
    {
        string[] words = [.. Enumerable.Range(1, CommandCode.CodeMax).Select(CommandCatalogue.NameOf)];
        CollectionAssert.AreEquivalent(Words("command", "command"), words);
        List<string> refusals = [];
        for (int refusal = 1; CommandRefusal.NameOf(refusal).Length > 0; refusal++)
        {
            refusals.Add(CommandRefusal.NameOf(refusal));
        }

        // Who cannot sign is not answered.
        refusals.Remove("wrong-signature");
        CollectionAssert.AreEquivalent(Words("done", "error"), refusals);
        Assert.IsEmpty(Commands.Select(command => command.Key).Except(words));
    }

    private string[] Words(string schema, string member) =>
        [.. _document.Root["components"]["schemas"][schema]["properties"][member]["enum"].AsArray()
            .Select(word => (string)word)];

    private static void AssertGood(SchemaChecker checker, JsonObject schema, JsonNode value, string name)
    {
        List<string> faults = checker.Check(schema, value);
        Assert.IsEmpty(faults, $"{name}: {string.Join("; ", faults)}");
    }

    private void PowerUp(string product)
    {
        _signer = new MessageSigner(_secret);
        if (product == "meter")
        {
            SimulatedMeter meter = new(new SimulatedMeterParts
            {
                Tariff = TariffFile.Load("shanghai-household").Table,
                StartUtcSeconds = StartUtcSeconds,
                Plan = new MeterPlan { BlockBytes = 16_384, RecordBlocks = 8, ImageBlocks = 4 },
                History = new HistoryParts { Factors = new EmissionFactors() },
                Quality = new QualitySettings(),
                Samples = new SimulatedSamples(1, 3_200),
                Relay = new SimulatedRelay(),
                Telemetry = new() { Device = Device },
            });
            Commission(meter.Firmware.Core.Security);
            _receiver = meter.Firmware.Core.Receiver;
            _clock = meter.Clock;
            _run = () =>
            {
                // A calibration is among the examples: the programming input is closed anew every 20 minutes.
                meter.Programming.IsClosed = meter.Clock.NowMs % 1_200_000 >= 2_000;
                meter.Step(1_000, 1_000_000_000);
            };
        }
        else if (product == "site")
        {
            PowerUpSite();
        }
        else
        {
            TariffTable tariff = TariffFile.Load("china-workplace-five-rates").Table;
            SimulatedCharger charger = new(new SimulatedChargerParts
            {
                Tariff = tariff,
                StartUtcSeconds = StartUtcSeconds,
                Sessions = new(),
                Plan = PlannedCharging.Create(tariff, Device, 3, 230, 900, 0),
                Grid = new GridPoint(),
                Gateway = new SimulatedGateway(),
                VehicleToGrid = new VehicleToGrid(60_000),
                Telemetry = new TelemetrySettings { Product = "ev-charger", Device = Device },
            });
            Commission(charger.Firmware.Core.Security);
            _receiver = charger.Firmware.Core.Receiver;
            _clock = charger.Clock;
            _run = () => charger.Run(1_000);
        }

        for (int seconds = 0; seconds < 120; seconds++)
        {
            _run();
        }
    }

    private void PowerUpSite()
    {
        SimulatedClock clock = new(StartUtcSeconds);
        byte[] text = Encoding.ASCII.GetBytes(
            "line COM2\nkey none\nphases 3\nlimit 64000\nmember 0 safe 6000 phases 123");
        Assert.IsTrue(SiteSettings.TryParse(text, text.Length, out SiteSettings settings, out string error), error);
        CompleteSite site = new(new CompleteSiteParts
        {
            Settings = settings,
            Bus = new SilentSiteBus(),
            Seal = SiteSeal.Plain(1),
            Clock = clock,
            Tariff = TariffFile.Load("shanghai-household").Table,
            Link = new DisconnectedLink(),
            Telemetry = new TelemetrySettings { Product = "site-controller", Device = Device },
            Flash = new RamBlockStore(SiteFlashPlan.BlockCount, 8_192),
        });
        Commission(site.Core.Security);
        _receiver = site.Core.Receiver;
        _clock = clock;
        _run = () =>
        {
            clock.Advance(1_000);
            site.Tick(clock.NowMs);
        };
    }

    private void Commission(DeviceSecurity security) => Assert.IsTrue(security.TryCommission(_secret));

    /// <summary>Signs by the role that may, sends, reads the answer, lets a second pass.</summary>
    private JsonObject Ask(string word, JsonObject arguments)
    {
        int code = Enumerable.Range(1, CommandCode.CodeMax).First(some => CommandCatalogue.NameOf(some) == word);
        int role = CommandCatalogue.IsAllowed(code, CommandRole.Utility) ? CommandRole.Utility : CommandRole.Technician;
        _clock.TryReadUtc(out long utcSeconds, out _);
        ByteTextWriter message = new(4_096);
        MessageSigner.Begin(message, Device, ++_id, role, 1, utcSeconds, utcSeconds + 60);
        message.Name("command");
        message.Value(word);
        message.Raw(",\"arguments\":" + arguments.ToJsonString());
        _signer.End(message, "command", role, 1);
        MqttMessage arrived = new(4_096) { PayloadLength = message.Length };
        Array.Copy(message.Bytes, arrived.Payload, message.Length);
        _reply.Clear();
        Assert.IsTrue(_receiver.TryHandle(_clock.NowMs, utcSeconds, arrived, _reply), word);
        _run();
        return JsonNode.Parse(Encoding.UTF8.GetString(_reply.Bytes, 0, _reply.Length)).AsObject();
    }
}
