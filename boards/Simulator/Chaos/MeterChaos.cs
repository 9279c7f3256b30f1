using System;
using System.Collections.Generic;
using MeterFirmware.Boards.Bench;
using MeterFirmware.Boards.Simulator.Flash;
using MeterFirmware.Boards.Simulator.Meters;
using MeterFirmware.History;
using MeterFirmware.Metering;
using MeterFirmware.SmartMeter;
using MeterFirmware.Storage;
using MeterFirmware.Storage.Records;
using MeterFirmware.Tariffs;
using MeterFirmware.Telemetry;
using static MeterFirmware.Boards.Simulator.Chaos.ChaosFailure;

namespace MeterFirmware.Boards.Simulator.Chaos;

/// <summary>The whole smart meter under faults: chip twin, driver, product, journal, checkpoints, telemetry.</summary>
public static class MeterChaos
{
    private const string Device = "chaos-1";
    private const long StartUtcSeconds = 1_767_225_600;
    // 3.6 kW: 1 Wh a second, so that watt-hours can be counted on the fingers.
    private const int MicrojoulesPerMs = 3_600_000;

    /// <summary>
    /// Cuts power without warning in the middle of random writes. After each start the registers may miss what was
    /// counted since the last checkpoint, no more; no interval's energy may be in two records.
    /// </summary>
    public static ChaosResult PowerCuts(TariffTable tariff, int seed, int cuts)
    {
        Random random = new(seed);
        MeterPlan plan = MeterPlan.Of4Megabytes();
        FaultyBlockStore flash = new(plan.BlockCount, plan.BlockBytes);
        long start = StartUtcSeconds;
        long worstWattHours = 0;
        long lost = 0;
        SimulatedMeter meter = Build(flash, plan, tariff, start, new DisconnectedLink(), out Journal journal);
        for (int cut = 0; cut < cuts; cut++)
        {
            flash.CutAtWrite = flash.Writes + 1 + random.Next(20);
            flash.CutAfterBytes = random.Next(2_000);
            while (flash.IsPowered)
            {
                meter.Step(1_000, MicrojoulesPerMs * 1_000L);
            }

            long before = meter.Product.Meter.Registers.TotalWattHours(EnergyKind.Import);
            start += meter.Clock.NowMs / 1_000 + random.Next(1, 7_200);
            flash.RestorePower();
            meter = Build(flash, plan, tariff, start, new DisconnectedLink(), out journal);
            Require(journal.Report.NewlyMissing == 0, "the journal lost a record");
            long missing = before - meter.Product.Meter.Registers.TotalWattHours(EnergyKind.Import);
            worstWattHours = Math.Max(worstWattHours, missing);
            lost += missing < 0 || missing > 900 + 5 ? 1 : 0;
            Require(meter.Product.Meter.Registers.TotalWattHours(EnergyKind.Import) >= NewestTotal(journal),
                "the registers stand behind the newest interval record");
        }

        long doubled = OverlappingIntervals(journal);
        return new ChaosResult("power cut in the running meter", cuts, lost, doubled,
            $"worst loss {worstWattHours} Wh of 900 Wh in the 15 min of a checkpoint");
    }

    /// <summary>No link for days, then one: every record arrives once and in order, live readings go on
    /// meanwhile.</summary>
    public static ChaosResult Outage(TariffTable tariff, int days)
    {
        MeterPlan plan = new() { JournalBlocks = 120 };
        FaultyBlockStore flash = new(plan.BlockCount, plan.BlockBytes);
        LoopbackHeadEnd headEnd = new(Device) { IsUp = false };
        SimulatedMeter meter = Build(flash, plan, tariff, StartUtcSeconds, headEnd, out _);
        for (long second = 0; second < days * 86_400L; second++)
        {
            meter.Step(1_000, MicrojoulesPerMs * 100L);
        }

        long waiting = meter.Firmware.Journal.NextNumber - 1;
        headEnd.IsUp = true;
        long drainSeconds = 0;
        long instantLateSeconds = 0;
        long lastInstants = 0;
        long lastInstantSecond = -1;
        while (meter.Firmware.Journal.AcknowledgedNumber < meter.Firmware.Journal.NextNumber - 1
            && drainSeconds < 86_400)
        {
            meter.Step(1_000, MicrojoulesPerMs * 100L);
            drainSeconds++;
            if (headEnd.Instants > lastInstants)
            {
                instantLateSeconds = lastInstantSecond < 0
                    ? 0 : Math.Max(instantLateSeconds, drainSeconds - lastInstantSecond);
                lastInstantSecond = drainSeconds;
                lastInstants = headEnd.Instants;
            }
        }

        long lost = 0;
        for (long number = 1; number < meter.Firmware.Journal.NextNumber; number++)
        {
            lost += headEnd.Holds(number) ? 0 : 1;
        }

        Require(meter.Restarts <= days / 7, $"{meter.Restarts} restarts although only the network was gone");
        Require(waiting >= days * 96L, "fewer records than intervals");
        Require(headEnd.NamedMissing == 0, "records gave way although there was room");
        Require(headEnd.OutOfOrder == 0, $"{headEnd.OutOfOrder} records came out of order");
        Require(headEnd.Historical > waiting * 9 / 10, "the old records were not marked historical");
        Require(instantLateSeconds <= 60, $"live readings were {instantLateSeconds} s late");
        return new ChaosResult($"outage of {days} days", waiting, lost, 0,
            $"drained in {drainSeconds} s, live readings at most {instantLateSeconds} s apart; {meter.Restarts} "
                + "restarts by the watchdog");
    }

    private static SimulatedMeter Build(FaultyBlockStore flash, MeterPlan plan, TariffTable tariff,
        long startUtcSeconds,
        Hardware.IMqttLink link, out Journal journal)
    {
        SimulatedMeter meter = new(new SimulatedMeterParts
        {
            Tariff = tariff,
            StartUtcSeconds = startUtcSeconds,
            Restarts = true,
            Records = null,
            Flash = flash,
            Plan = plan,
            History = plan.RecordBlocks > 0 ? new HistoryParts() : null,
            Link = link,
            Telemetry = new TelemetrySettings { Device = Device },
        });
        journal = meter.Firmware.Journal;
        return meter;
    }

    /// <summary>Import register in Wh at the end of the newest interval record; 0 without one.</summary>
    private static long NewestTotal(Journal journal)
    {
        IntervalRecord record = new();
        byte[] bytes = new byte[Math.Max(IntervalRecord.BytesMax, EventRecord.BytesMax)];
        for (long number = journal.NextNumber - 1; number >= journal.OldestNumber; number--)
        {
            if (journal.TryRead(number, bytes, out int count, out int kind) && kind == RecordKind.Interval
                && record.TryRead(bytes, 0, count))
            {
                return record.ImportWattHours;
            }
        }

        return 0;
    }

    private static long OverlappingIntervals(Journal journal)
    {
        IntervalRecord record = new();
        byte[] bytes = new byte[Math.Max(IntervalRecord.BytesMax, EventRecord.BytesMax)];
        List<(long Start, long End)> intervals = [];
        for (long at = 1; journal.TryFind(at, out long number); at = number + 1)
        {
            if (journal.TryRead(number, bytes, out int count, out int kind) && kind == RecordKind.Interval)
            {
                Require(record.TryRead(bytes, 0, count), $"interval record {number} does not read");
                intervals.Add((record.StartUtcSeconds, record.EndUtcSeconds));
            }
        }

        intervals.Sort();
        long overlapping = 0;
        for (int i = 1; i < intervals.Count; i++)
        {
            overlapping += intervals[i].Start < intervals[i - 1].End ? 1 : 0;
        }

        return overlapping;
    }
}
