using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Text.Json.Nodes;
using MeterFirmware.Boards.Simulator.Meters;
using MeterFirmware.History;
using MeterFirmware.Storage;
using MeterFirmware.Telemetry;
using MeterFirmware.Tools.Billing.Tariffs;
using MeterFirmware.Tools.HeadEnds;
using MeterFirmware.Tools.Tests.Telemetry;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace MeterFirmware.Tools.Tests.History;

/// <summary>Frozen registers as messages of the whole meter.</summary>
[TestClass]
public class FreezeMessageTests
{
    private const string Device = "000012345678";

    /// <summary>2026-01-31T12:00:00+08:00.</summary>
    private const long Noon = 1_767_196_800 + 30L * 86_400 + 43_200;

    private readonly MemoryLink _link = new();
    private SimulatedMeter _meter;

    [TestMethod]
    public void ASettlementInAnOutageIsTheExampleOfTheDocument()
    {
        Start("shanghai-household");
        Run(10 * 3_600 + 1_800, 1_000);
        Run(1_200, 3_000);
        _meter.PowerDown();
        _meter.StayDark(4 * 3_600_000L + 600_000);
        _meter.Restore(0);
        Run(60, 1_000);
        List<JsonObject> freezes = Freezes();
        CollectionAssert.AreEquivalent(new[] { "daily", "settlement" },
            freezes.Select(freeze => (string)freeze["freeze"]).Distinct().ToArray());
        JsonObject settlement = freezes.Last(freeze => (string)freeze["freeze"] == "settlement");
        AsyncApiDocument document = AsyncApiDocument.Load();
        Assert.AreEqual(0, new SchemaChecker(document.Resolve).Check(document.Schema("freeze"), settlement).Count);

        // What a run gives in numbers (record numbers, seconds of the chip's start) is not the document's to fix.
        JsonObject example = document.Example("freeze");
        CollectionAssert.AreEquivalent(example.Select(member => member.Key).ToArray(),
            settlement.Select(member => member.Key).ToArray());
        Assert.AreEqual("2026-02-01T00:00:00+08:00", (string)settlement["start"]);
        Assert.AreEqual("power-loss",
            (string)settlement["flags"].AsArray().Single(flag => (string)flag != "historical"));
        Assert.AreEqual((long)settlement["importActiveEnergy"],
            settlement["importRates"].AsArray().Sum(wh => (long)wh), 2);
        Assert.AreEqual(11_500, (long)settlement["importActiveEnergy"], 5, "10.5 h of 1 kW and 20 min of 3 kW");
        Assert.AreEqual(3_000.0, (double)settlement["importDemand"], 5);
        Assert.AreEqual("2026-01-31T22:45:00+08:00", (string)settlement["importDemandEnd"]);
        Assert.IsTrue(ArrivalReader.TryReadRecord(Device, Encoding.UTF8.GetBytes(settlement.ToJsonString()), out _,
            out string error), error);
    }

    [TestMethod]
    public void TheLongestFreezeFitsAMessage()
    {
        // Twelve rates; nothing but the numbers' own length can grow.
        string days = string.Join(",",
            Enumerable.Range(0, 12).Select(hour => $$"""["{{2 * hour:D2}}:00","r{{hour}}"]"""));
        string names = string.Join(",", Enumerable.Range(0, 12).Select(rate => $"\"r{rate}\""));
        string prices = string.Join(",", Enumerable.Range(0, 12).Select(rate => $"\"r{rate}\":\"999.999999\""));
        string path = System.IO.Path.GetTempFileName();
        System.IO.File.WriteAllText(path, $$"""
            {"name":"twelve","timezone":"+08:00","currency":"CNY","rates":[{{names}}],"days":{"d":[{{days}}]},
            "seasons":[{"from":"01-01","weekday":"d","weekend":"d"}],"prices":{ {{prices}} },"exportPrices":{ {{prices}} } }
            """);
        Start(path, rates: 12, watts: 200_000_000L);
        System.IO.File.Delete(path);
        Run(13 * 3_600, 200_000);
        Run(60, -200_000);
        _meter.Recorder.Freezer.TryFreezeNow(FreezeKind.Instant, 0);
        Run(60, -200_000);
        List<string> messages = [.. _link.Published.Where(one => one.Payload.Contains("\"freeze\":\"settlement\""))
            .Select(one => one.Payload)];
        Assert.IsTrue(messages.Count >= 1, "sent, not given up as unreadable");
        Assert.AreEqual(12, JsonNode.Parse(messages[0])["costRates"].AsArray().Count);
        int spare = 2_048 - messages.Max(message => message.Length);

        // 60 energies, demands, costs and amounts of carbon may each become some five digits longer in a meter's life.
        Assert.IsTrue(spare > 400, $"{spare} bytes are left");
    }

    private void Start(string tariff, int rates = 8, long watts = 12_800_000)
    {
        _meter = new SimulatedMeter(new SimulatedMeterParts
        {
            Tariff = TariffFile.Load(tariff).Table,
            StartUtcSeconds = Noon,
            Telemetry = new TelemetrySettings { Device = Device, SpreadMs = 0, InstantIntervalMs = 0 },
            Metering = new() { RateCountMax = rates, PhasePowerMilliwattsMax = int.MaxValue },
            PowerMilliwattsMax = watts,
            Link = _link,
            History = new HistoryParts { Records = new RamBlockStore(20, 16_384) },
        });
        Run(2, 0, 0.1);
    }

    private void Run(long seconds, int watts, double step = 10)
    {
        for (double done = 0; done < seconds; done += step)
        {
            _meter.Step((int)(step * 1000), (long)(step * 1000) * watts * 1000L);
            if (_link.Published.Count > 0 && JsonNode.Parse(_link.Published[^1].Payload)["number"] is { } number)
            {
                _link.Arrive($"mf/v1/{Device}/ack",
                    Encoding.UTF8.GetBytes($$"""{"device":"{{Device}}","upTo":{{number}}}"""));
            }
        }
    }

    private List<JsonObject> Freezes() => [.. _link.Published.Where(one => one.Topic.EndsWith("/record"))
        .Select(one => JsonNode.Parse(one.Payload).AsObject()).Where(one => (string)one["kind"] == "freeze")];
}
