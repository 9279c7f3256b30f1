using System;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using MeterFirmware.Boards.Simulator.Meters;
using MeterFirmware.Carbon;
using MeterFirmware.Commands;
using MeterFirmware.Hardware;
using MeterFirmware.History;
using MeterFirmware.Metering;
using MeterFirmware.Quality;
using MeterFirmware.SmartMeter;
using MeterFirmware.Storage;
using MeterFirmware.Tools.Billing.Tariffs;

namespace MeterFirmware.Tools.Tests.Releases;

/// <summary>The meter of a 4 MB board with all that it can keep: six weeks of life, then a loss of supply without warning.</summary>
internal sealed class ReleaseMeter
{
    public const string Name = "000012345678";
    private const long Start = 1_767_225_600; // 2026-01-01T00:00:00Z
    private const int DaySeconds = 86_400;
    private const int CommandCount = 8;

    // 96 quarter hours at 0.60 (600 000 millionths, four bytes each).
    private static readonly string _dayOfPrices = Convert.ToBase64String(
        [.. Enumerable.Range(0, 96).SelectMany(_ => BitConverter.GetBytes(600_000))]);

    private readonly ReleaseDevice _device = new(Name);
    private readonly IBlockStore _flash;

    public ReleaseMeter(IBlockStore flash, long startUtcSeconds = Start)
    {
        _flash = flash;
        Meter = new SimulatedMeter(new SimulatedMeterParts
        {
            Tariff = TariffFile.Load("shanghai-household").Table,
            StartUtcSeconds = startUtcSeconds,
            Records = null,
            Flash = flash,
            Plan = MeterPlan.Of4Megabytes(),
            History = new HistoryParts { Factors = new EmissionFactors() },
            Quality = new QualitySettings(),
            Relay = new SimulatedRelay(),
            Link = _device.Link,
            Telemetry = new() { Device = Name },
        });
    }

    public static MeterPlan Plan => MeterPlan.Of4Megabytes();

    public SimulatedMeter Meter { get; }

    public ReleaseDevice Device => _device;

    public static RamBlockStore LoadFlash(string path) => FlashFile.Load(path, Plan.BlockCount, Plan.BlockBytes);

    /// <summary>The meter that finds this flash two hours after the loss of supply and runs for some seconds.</summary>
    public static ReleaseMeter Restarted(IBlockStore flash)
    {
        ReleaseMeter meter = new(flash, Start + 42L * DaySeconds + DaySeconds / 2 + 9_000);
        for (int i = 0; i < 30; i++)
        {
            meter.Meter.Step(100, 0);
        }

        return meter;
    }

    /// <summary>Writes flash, messages and facts of a whole life into the folder.</summary>
    public static void Make(string folder)
    {
        ReleaseMeter made = new(new RamBlockStore(Plan.BlockCount, Plan.BlockBytes));
        made.Live();
        Directory.CreateDirectory(folder);
        FlashFile.Save(Path.Combine(folder, "flash.gz"), made._flash);
        JsonObject facts = Restarted(LoadFlash(Path.Combine(folder, "flash.gz"))).Facts();
        File.WriteAllText(Path.Combine(folder, "facts.json"),
            facts.ToJsonString(new() { WriteIndented = true }) + "\n");
        File.WriteAllText(Path.Combine(folder, "from-device.jsonl"), ReleaseDevice.Lines(made._device.Kept()));
        File.WriteAllText(Path.Combine(folder, "to-device.jsonl"), ReleaseDevice.Lines(made._device.Sent));
    }

    /// <summary>What the flash must still say.</summary>
    public JsonObject Facts()
    {
        CompleteMeter firmware = Meter.Firmware;
        Meter meter = firmware.Product.Meter;
        return new JsonObject
        {
            ["importWattHours"] = meter.Registers.TotalWattHours(EnergyKind.Import),
            ["exportWattHours"] = meter.Registers.TotalWattHours(EnergyKind.Export),
            ["importWattHoursByRate"] = Array(8, rate => meter.Registers.RateWattHours(EnergyKind.Import, rate)),
            ["costByRate"] = Array(8, rate => meter.ImportCost.RateCost(rate)),
            ["billedEver"] = meter.ImportCost.TotalEver(),
            ["periodWattHours"] = meter.ImportCost.PeriodWattHours,
            ["maximumDemandMilliwatts"] = meter.ImportDemand.MaximumMilliwatts,
            ["maximumDemandUtcSeconds"] = meter.ImportDemand.MaximumUtcSeconds,
            ["co2Milligrams"] = firmware.Recorder.Carbon.TotalMilligrams,
            ["prepaidBalance"] = firmware.Terms.Prepayment.Balance,
            ["isPrepaid"] = firmware.Terms.IsPrepaid,
            ["nextRecordNumber"] = firmware.Journal.NextNumber,
            ["acknowledgedNumber"] = firmware.Journal.AcknowledgedNumber,
            ["freezes"] = Array(FreezeKind.Count, kind => firmware.Recorder.Freezes.Count(kind)),
            ["events"] = Array(45, code => firmware.Recorder.Events.Count(code, 0)),
            ["knowsNextTechnicianKey"] = firmware.Core.Security.IsKnownGeneration(CommandRole.Technician, 2),
            ["isLastCommandFresh"] = firmware.Core.Security.IsFresh(CommandRole.Utility, 1_000 + CommandCount),
            ["tariffCrc"] = meter.Tariff.Crc,
        };
    }

    private static JsonArray Array(int count, Func<int, long> value) =>
        [.. Enumerable.Range(0, count).Select(i => (JsonNode)value(i))];

    private void Live()
    {
        if (!Meter.Firmware.Core.Security.TryCommission(ReleaseDevice.Secret))
        {
            throw new InvalidOperationException("not commissioned");
        }

        Run(600);
        Tell("settlement", """{"day1":1,"hour1":0,"day2":15,"hour2":12}""");
        Tell("prepayment",
            """{"alarm1":20.0,"alarm2":5.0,"creditLimit":10.0,"reconnectAbove":0.0,"opensRelay":true}""");
        Tell("top-up", """{"number":1,"amount":1000.0}""");
        Tell("carbon",
            """{"microgramsPerKwh":530600000,"uncertaintyPermille":50,"greenPermille":250,"budgetMilligrams":"""
                + """0,"budgetMicrogramsPerKwh":0}""");
        Tell("rotate-key", """{"role":"technician"}""");
        Tell("limit", """{"watts":9000}""");
        Tell("prices", $$"""{"day":20455,"data":"{{_dayOfPrices}}"}""");
        Tell("freeze", "{}");
        _device.Configure("""{"version":1,"revision":3,"telemetry":{"instantSeconds":60},"log":{"level":3}}""",
            Meter.Clock.UtcSeconds);
        Run(600);
        for (int day = 0; day < 42; day++)
        {
            Day(day);
        }

        // Half a day in which nothing is acknowledged.
        Run(DaySeconds / 2);
    }

    private void Day(int day)
    {
        for (int second = 0; second < DaySeconds; second += 10)
        {
            long watts = second % 7_200 < 3_600 ? 350 + 10 * day : second > 64_800 ? 3_900 : 1_200;
            Meter.Step(10_000, watts * (second % 50_000 is > 40_000 and < 42_000 ? -10_000_000 : 10_000_000));
        }

        _device.Acknowledge(Meter.Firmware.Journal.NextNumber - 1);
    }

    public void Run(int seconds)
    {
        for (int second = 0; second < seconds; second += 5)
        {
            Meter.Step(5_000, 5_000_000_000);
        }
    }

    private void Tell(string command, string arguments)
    {
        int before = _device.Link.Published.Count;
        _device.Command(command, arguments, Meter.Clock.UtcSeconds);
        Run(30);
        string done = _device.Link.Published.Skip(before).Select(message => message.Payload)
            .Single(payload => payload.Contains("\"id\":" + (1_000 + _device.Sent.Count))
                || payload.Contains("\"id\":\"" + (1_000 + _device.Sent.Count)));
        if (!done.Contains("\"ok\":true"))
        {
            throw new InvalidOperationException($"{command}: {done}");
        }
    }
}
