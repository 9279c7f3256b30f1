using System;
using MeterFirmware.Boards.Bench;
using MeterFirmware.Boards.BuiltInTariffs;
using MeterFirmware.ChargerSafety;
using MeterFirmware.ChargerSafety.Pilot;
using MeterFirmware.EvCharger;
using MeterFirmware.EvCharger.Sessions;
using MeterFirmware.Hardware;
using MeterFirmware.Metering;
using MeterFirmware.Storage;
using MeterFirmware.Storage.Records;
using MeterFirmware.Tariffs;
using MeterFirmware.Telemetry;

namespace MeterFirmware.Boards.VirtualDevice;

/// <summary>
/// The charger on the runtime that a device has: three vehicles come and go at a simulated connector, one of them
/// leaks; checks bills against what the vehicles drew, and prints what the safety part and the slices take, and memory.
/// </summary>
internal static class ChargerRun
{
    private const int TickMs = 10;
    private const int BlockBytes = 8192;

    // 2026-01-01T07:58:00+08:00: the run crosses into another rate.
    private const long StartUtcSeconds = 1_767_225_480;

    // Runs over the same ticks, so that the PC's other work drops out of the worst cases.
    private const int RunCount = 3;

    /// <summary>Null when all is well, else what is not.</summary>
    public static string Run(int tickCount)
    {
        Console.WriteLine("MeterFirmware: EvCharger over a simulated connector, " + tickCount.ToString()
            + " ticks of 10 ms");
        byte[] bytes = WorkplaceTariff.Table();
        TickTimes times = new TickTimes(tickCount / 3 * 3);
        string failure = null;
        for (int run = 0; run < RunCount && failure == null; run++)
        {
            if (!TariffTable.TryLoad(bytes, bytes.Length, out TariffTable tariff, out string error))
            {
                return error;
            }

            failure = RunOnce(tickCount / 3, tariff, times, run == 0);
        }

        times.Print();
        return failure;
    }

    private static string RunOnce(int partTicks, TariffTable tariff, TickTimes times, bool isFirst)
    {
        SimulatedClock clock = new SimulatedClock(StartUtcSeconds);
        ChargerBench bench = new ChargerBench();
        SampledBench inputs = new SampledBench(bench);
        RamBlockStore flash = new RamBlockStore(ChargerPlan.BlockCount, BlockBytes, onDemand: true);
        long freeBefore = Heap.FreeBytes();
        CompleteCharger charger = Build(clock, inputs, flash, tariff);
        EvChargerProduct product = charger.Product;
        long freeAfter = Heap.FreeBytes();
        long flashAtStart = flash.AllocatedBytes;
        long lowestFree = freeAfter;
        long drawn = 0;
        Vehicle vehicle = null;
        for (int i = 0; i < 3 * partTicks; i++)
        {
            // A third of the run each: a good vehicle, one that leaks 10 mA DC after a while, a good one again.
            int inPart = i % partTicks;
            if (inPart == 0)
            {
                vehicle = new Vehicle(new VehicleSettings { WantedWattHours = 1_000_000 });
            }
            else if (inPart == 100)
            {
                vehicle.PlugIn();
            }
            else if (inPart == partTicks * 3 / 4)
            {
                drawn += vehicle.DrawnWattHours;
                vehicle.Unplug();
                bench.RcdDcMilliamps = 0;
            }
            else if (i == partTicks * 3 / 2)
            {
                bench.RcdDcMilliamps = 10;
            }

            clock.Advance(TickMs);
            long nowMs = clock.NowMs;
            vehicle.Step(nowMs, bench);
            bench.Advance(nowMs);
            inputs.Sample(nowMs);
            long begin = TickTimes.Now;
            product.TickSafety(nowMs);
            long middle = TickTimes.Now;
            charger.TickSlice(nowMs);
            long end = TickTimes.Now;
            times.Note(i, (int)(middle - begin), (int)(end - middle), product.Controller.IsClosed);
            if (isFirst && i % 1000 == 0)
            {
                long free = Heap.FreeBytes();
                lowestFree = free < lowestFree ? free : lowestFree;
            }
        }

        times.EndRun();
        if (isFirst)
        {
            Console.WriteLine("charger: " + (product.Sessions.NextNumber - 1).ToString() + " sessions, "
                + bench.CloseCount.ToString() + " closings, import "
                + product.Meter.Registers.TotalWattHours(EnergyKind.Import).ToString() + " Wh, records "
                + (charger.Journal.NextNumber - 1).ToString());
            Console.WriteLine("charger heap: the complete charger takes "
                + (freeBefore - freeAfter - flashAtStart).ToString() + ", the simulated flash "
                + flash.AllocatedBytes.ToString() + " in the end, lowest free " + lowestFree.ToString());
        }

        return Check(product, charger.Journal, drawn, bench.CloseCount);
    }

    /// <summary>The composition that every charger board runs, on simulated flash that takes RAM as it is
    /// written.</summary>
    private static CompleteCharger Build(
        SimulatedClock clock, SampledBench inputs, RamBlockStore flash, TariffTable tariff)
    {
        EvChargerParts parts = new EvChargerParts
        {
            Hardware = new ChargerHardware
            {
                Pilot = inputs,
                Contactor = inputs,
                Residual = inputs,
                Earth = inputs,
                Temperature = inputs,
                TickAlive = inputs,
                Meter = inputs,
                Proximity = inputs,
            },
            Charger = SafetySettings.For(ChargingStandard.Iec61851),
            Sessions = new SessionSettings { IsFree = true },
            Metering =
                new MeteringSettings { PhaseCount = 3, TierCountMax = 1, RateCountMax = ChargerLimits.RateCount },
            Clock = clock,
            Link = new DisconnectedLink(),
            Telemetry = new TelemetrySettings { Product = "ev-charger" },
            Tariff = tariff,
            BillingKey = new byte[32],
            SafeMilliamps = 16_000,
        };
        return new CompleteCharger(parts, flash, false);
    }

    // Three sessions, one cut by residual current; each bill's registers add up to what the vehicles took.
    private static string Check(EvChargerProduct product, IRecordLog records, long drawn, int closings)
    {
        byte[] bytes = new byte[SessionRecord.BytesMax];
        SessionRecord session = new SessionRecord();
        int sessions = 0;
        int faults = 0;
        long billed = 0;
        for (long number = records.OldestNumber; number < records.NextNumber; number++)
        {
            if (records.TryRead(number, bytes, out int count, out int kind) && kind == RecordKind.Session
                && session.TryRead(bytes, 0, count))
            {
                sessions++;
                faults += session.Reason == SessionReason.Fault ? 1 : 0;
                billed += session.EndWattHours - session.StartWattHours;
            }
        }

        long difference = billed > drawn ? billed - drawn : drawn - billed;
        if (sessions != 3 || faults != 1 || closings != 3)
        {
            return "charger: " + sessions.ToString() + " sessions, " + faults.ToString() + " cut by a fault, "
                + closings.ToString() + " closings";
        }

        return billed == 0 || difference > 3
            ? "charger: billed " + billed.ToString() + " Wh, the vehicles took " + drawn.ToString()
            : product.Controller.IsClosed ? "charger: still closed without a vehicle" : null;
    }
}
