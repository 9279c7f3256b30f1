using System;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using MeterFirmware.Basics;
using MeterFirmware.Boards.Bench;
using MeterFirmware.Boards.Simulator.Scenarios;
using MeterFirmware.Catalogue;
using MeterFirmware.ChargerSafety;
using MeterFirmware.ChargerSafety.Pilot;
using MeterFirmware.Charging;
using MeterFirmware.Commands;
using MeterFirmware.EvCharger;
using MeterFirmware.EvCharger.Sessions;
using MeterFirmware.Hardware;
using MeterFirmware.Metering;
using MeterFirmware.Storage;
using MeterFirmware.Storage.Records;
using MeterFirmware.Tariffs;
using MeterFirmware.Telemetry;
using MeterFirmware.Tools.Billing.Tariffs;

namespace MeterFirmware.Tools.Tests.Releases;

/// <summary>A charge point as its board runs it: three visits, a fourth under way, then a loss of supply without warning.</summary>
internal sealed class ReleaseCharger
{
    public const string Name = "charger-7";
    private const int BlockBytes = 8_192;
    private const int TickMs = 10;
    private const long Start = 1_767_196_800; // 2026-01-01T00:00:00+08:00: the cheap hours

    private readonly ReleaseDevice _device = new(Name);
    private readonly IBlockStore _flash;
    private readonly SimulatedClock _clock;
    private readonly ChargerBench _bench = new();
    private Vehicle _vehicle;

    public ReleaseCharger(IBlockStore flash, long startUtcSeconds = Start)
    {
        _flash = flash;
        _clock = new SimulatedClock(startUtcSeconds);
        _bench.Advance(_clock.NowMs);
        TariffTable tariff = TariffFile.Load("china-workplace-five-rates").Table;
        Firmware = new CompleteCharger(
            new EvChargerParts
            {
                Hardware = ChargerScenarioRunner.HardwareOf(_bench),
                Charger = SafetySettings.For(ChargingStandard.Iec61851),
                Sessions = new() { IsFree = true },
                Metering = new() { PhaseCount = 3, TierCountMax = 1, RateCountMax = ChargerLimits.RateCount },
                Clock = _clock,
                Link = _device.Link,
                Telemetry = new TelemetrySettings { Product = "ev-charger", Device = Name },
                Tariff = tariff,
                BillingKey = BillingKey,
                SafeMilliamps = 16_000,
                Plan = PlannedCharging.Create(tariff, Name, 3, 230, 900, 0),
            },
            flash,
            false);
    }

    public static byte[] BillingKey => [.. Enumerable.Range(0, 32).Select(i => (byte)(255 - i))];

    public CompleteCharger Firmware { get; }

    public ReleaseDevice Device => _device;

    public static RamBlockStore NewFlash() => new(ChargerPlan.BlockCount, BlockBytes);

    public static RamBlockStore LoadFlash(string path) => FlashFile.Load(path, ChargerPlan.BlockCount, BlockBytes);

    /// <summary>The charger that finds this flash an hour after the loss of supply, nobody plugged in.</summary>
    public static ReleaseCharger Restarted(IBlockStore flash)
    {
        ReleaseCharger charger = new(flash, Start + 4 * 3_600);
        charger.Run(3_000);
        return charger;
    }

    public static void Make(string folder)
    {
        ReleaseCharger made = new(NewFlash());
        made.Live();
        Directory.CreateDirectory(folder);
        FlashFile.Save(Path.Combine(folder, "flash.gz"), made._flash);
        JsonObject facts = Restarted(LoadFlash(Path.Combine(folder, "flash.gz"))).Facts();
        File.WriteAllText(Path.Combine(folder, "facts.json"),
            facts.ToJsonString(new() { WriteIndented = true }) + "\n");
        File.WriteAllText(Path.Combine(folder, "from-device.jsonl"), ReleaseDevice.Lines(made._device.Kept()));
        File.WriteAllText(Path.Combine(folder, "to-device.jsonl"), ReleaseDevice.Lines(made._device.Sent));
        File.WriteAllLines(Path.Combine(folder, "session-records.hex"),
            made.SessionRecords().Select(Convert.ToHexStringLower));
    }

    /// <summary>What the flash must still say, at the loss of supply.</summary>
    public JsonObject Facts()
    {
        EvChargerProduct product = Firmware.Product;
        return new JsonObject
        {
            ["importWattHours"] = product.Meter.Registers.TotalWattHours(EnergyKind.Import),

            // From 0.2.0 on a start leaves a record, which no earlier release counted.
            ["nextRecordNumber"] = Firmware.Journal.NextNumber - StartRecords(),
            ["acknowledgedNumber"] = Firmware.Journal.AcknowledgedNumber,
            ["nextSession"] = product.Sessions.NextNumber,
            ["isInSession"] = product.Sessions.IsActive,
            ["localList"] = product.Sessions.LocalList.Count,
            ["knowsNextOwnerKey"] = Firmware.Core.Security.IsKnownGeneration(CommandRole.Owner, 2),
            ["sessions"] = new JsonArray([.. SessionRecords().Select(Session)]),
        };
    }

    /// <summary>What a signed record says; the tag is checked.</summary>
    public static JsonNode Session(byte[] bytes)
    {
        HmacSha256 hmac = new();
        hmac.SetKey(BillingKey, 0, BillingKey.Length);
        SessionRecord record = new();
        return new JsonObject
        {
            ["isAuthentic"] = SessionRecord.IsAuthentic(bytes, 0, bytes.Length, hmac),
            ["isRead"] = record.TryRead(bytes, 0, bytes.Length),
            ["number"] = record.Number,
            ["startUtcSeconds"] = record.StartUtcSeconds,
            ["endUtcSeconds"] = record.EndUtcSeconds,
            ["wattHours"] = record.EndWattHours - record.StartWattHours,
            ["totalCost"] = record.TotalCost(),
        };
    }

    /// <summary>The signed session records of the journal, oldest first.</summary>
    public byte[][] SessionRecords()
    {
        byte[] bytes = new byte[4_096];
        System.Collections.Generic.List<byte[]> found = [];
        for (long number = 1; number < Firmware.Journal.NextNumber; number++)
        {
            if (Firmware.Journal.TryRead(number, bytes, out int count, out int kind) && kind == RecordKind.Session)
            {
                found.Add(bytes[..count]);
            }
        }

        return [.. found];
    }

    private int StartRecords()
    {
        byte[] bytes = new byte[4_096];
        EventRecord record = new();
        int count = 0;
        for (long number = 1; number < Firmware.Journal.NextNumber; number++)
        {
            bool isEvent = Firmware.Journal.TryRead(number, bytes, out int length, out int kind)
                && kind == RecordKind.Event;
            count += isEvent && record.TryRead(bytes, 0, length) && record.Code == EventCode.PowerUp ? 1 : 0;
        }

        return count;
    }

    public void Run(long milliseconds)
    {
        for (long end = _clock.NowMs + milliseconds; _clock.NowMs < end;)
        {
            _clock.Advance(TickMs);
            _vehicle?.Step(_clock.NowMs, _bench);
            if (_vehicle is null)
            {
                _bench.CpHighMillivolts = _bench.DutyHundredths == 0 ? -12_000 : 12_000;
                _bench.CpLowMillivolts = -12_000;
            }

            _bench.Advance(_clock.NowMs);
            Firmware.Tick(_clock.NowMs);
        }
    }

    private void Live()
    {
        if (!Firmware.Core.Security.TryCommission(ReleaseDevice.Secret))
        {
            throw new InvalidOperationException("not commissioned");
        }

        Run(60_000);
        Tell("local-list", """{"bytes":9,"at":0,"data":"BwAAAAQEobLD"}""");
        Tell("rotate-key", """{"role":"owner"}""");
        Tell("profile",
            """{"action":"set","id":7,"stackLevel":"""
                + """1,"purpose":"TxDefaultProfile","kind":"Daily","unit":"mA","startUtcSeconds":"""
                + """1767225600,"periods":[[0,16000],[64800,10000,3]]}""");
        for (int visit = 0; visit < 3; visit++)
        {
            Visit(30 * 60_000, visit + 1);
            _vehicle.Unplug();
            Run(60_000);
            _device.Acknowledge(visit == 2 ? 0 : Firmware.Journal.NextNumber - 1);
            Run(60_000);
        }

        Visit(20 * 60_000, 3);

        // The running session has been in a checkpoint, and some energy came since.
        Run(16 * 60_000);
    }

    private void Visit(long milliseconds, int phases)
    {
        _vehicle = new Vehicle(new VehicleSettings { WantedWattHours = 40_000, PhaseCount = phases });
        _vehicle.PlugIn();
        Run(milliseconds);
    }

    private void Tell(string command, string arguments)
    {
        int before = _device.Link.Published.Count;
        _clock.TryReadUtc(out long utcSeconds, out _);
        _device.Command(command, arguments, utcSeconds);
        Run(5_000);
        string done = _device.Link.Published.Skip(before).Select(message => message.Payload)
            .Single(payload => payload.Contains("\"id\":" + (1_000 + _device.Sent.Count)));
        if (!done.Contains("\"ok\":true"))
        {
            throw new InvalidOperationException($"{command}: {done}");
        }
    }
}
