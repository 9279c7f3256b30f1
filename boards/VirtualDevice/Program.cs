using System;
using MeterFirmware.Basics;
using MeterFirmware.Boards.Bench;
using MeterFirmware.Boards.BuiltInTariffs;
using MeterFirmware.Carbon;
using MeterFirmware.Drivers.Ade7953;
using MeterFirmware.Drivers.Twins;
using MeterFirmware.History;
using MeterFirmware.Metering;
using MeterFirmware.Quality;
using MeterFirmware.SmartMeter;
using MeterFirmware.Storage;
using MeterFirmware.Tariffs;

namespace MeterFirmware.Boards.VirtualDevice;

/// <summary>
/// Runs the meter product over the simulated ADE7953 on the real runtime without any hardware, checks that the
/// registers hold what was fed, and prints speed and memory; then the charger (<see cref="ChargerRun"/>) and a site's
/// plan (<see cref="PlannerRun"/>). The last line is VIRTUAL DEVICE OK or why not.
/// </summary>
public static class Program
{
    private const int TickMs = 1000;

    // 2026-01-01T03:30:00+08:00: the run crosses from valley to peak.
    private const long StartUtcSeconds = 1_767_209_400;
    private const int Milliwatts = 1_500_000;

    private static readonly MeterPlan _plan = MeterPlan.Of4Megabytes();

    public static void Main()
    {
        try
        {
            string failure = Run() ?? ChargerRun.Run(Ticks.Count) ?? PlannerRun.Run();
            Console.WriteLine(failure == null ? "VIRTUAL DEVICE OK" : "VIRTUAL DEVICE FAILED: " + failure);
        }
        catch (Exception e)
        {
            // An exception that leaves Main ends the runtime without a word.
            Console.WriteLine("VIRTUAL DEVICE FAILED: " + e.Message);
        }
    }

    private static string Run()
    {
        Console.WriteLine("MeterFirmware: SmartMeter over a simulated ADE7953, " + Ticks.Count.ToString()
            + " ticks of 1 s");
        long freeAtStart = Heap.FreeBytes();
        byte[] bytes = ShanghaiHousehold.Table();
        if (!TariffTable.TryLoad(bytes, bytes.Length, out TariffTable tariff, out string error))
        {
            return error;
        }

        // The chip gets its supply two seconds before the first full tick, so that its counter is baselined.
        SimulatedClock clock = new SimulatedClock(StartUtcSeconds - 2);
        Ade7953Twin twin = new Ade7953Twin();
        RamBlockStore flash = new RamBlockStore(_plan.BlockCount, _plan.BlockBytes, onDemand: true);
        long freeBefore = Heap.FreeBytes();
        CompleteMeter meter = Build(clock, twin, flash, tariff);
        SmartMeterProduct product = meter.Product;
        long freeAfter = Heap.FreeBytes();
        long flashAtStart = flash.AllocatedBytes;
        Settle(clock, twin, meter);

        long longestMs = 0;
        long lowestFree = freeAfter;
        long startMs = Environment.TickCount64;
        twin.SetLoad(230_000, 6522, Milliwatts, 0, 50_000);
        for (int i = 0; i < Ticks.Count; i++)
        {
            long before = Environment.TickCount64;
            clock.Advance(TickMs);
            twin.Advance(TickMs);
            meter.Tick(clock.NowMs);
            long elapsed = Environment.TickCount64 - before;
            longestMs = elapsed > longestMs ? elapsed : longestMs;
            if (i % 1000 == 0)
            {
                long free = Heap.FreeBytes();
                lowestFree = free < lowestFree ? free : lowestFree;
            }
        }

        long elapsedMs = Environment.TickCount64 - startMs;
        Print(product, elapsedMs, longestMs);
        Console.WriteLine("records " + (meter.Records.NextNumber - 1).ToString() + ", hourly freezes "
            + meter.Recorder.Freezes.Count(FreezeKind.Hourly).ToString());
        Console.WriteLine("heap: " + freeAtStart.ToString() + " bytes free at start, the complete meter takes "
            + (freeBefore - freeAfter - flashAtStart).ToString() + ", the simulated flash "
            + flash.AllocatedBytes.ToString()
            + " in the end, lowest free " + lowestFree.ToString());
        return Check(product.Meter.Registers);
    }

    /// <summary>The composition that every board runs, with all that the 4 MB board has, on simulated flash that takes
    /// RAM as it is written.</summary>
    private static CompleteMeter Build(SimulatedClock clock, Ade7953Twin twin, RamBlockStore flash, TariffTable tariff)
    {
        return new CompleteMeter(new CompleteMeterParts
        {
            Clock = clock,
            Sensor = new Ade7953PowerSensor(twin, new Ade7953Settings()),
            Link = new DisconnectedLink(),
            Flash = flash,
            Plan = _plan,
            Tariff = tariff,
            History = new HistoryParts { Factors = new EmissionFactors() },
            Quality = new QualitySettings { KeepsDistributions = false },
        });
    }

    private static void Settle(SimulatedClock clock, Ade7953Twin twin, CompleteMeter meter)
    {
        twin.SetLoad(230_000, 0, 0, 0, 50_000);
        for (int i = 0; i < 20; i++)
        {
            clock.Advance(100);
            twin.Advance(100);
            meter.Tick(clock.NowMs);
        }
    }

    private static void Print(SmartMeterProduct product, long elapsedMs, long longestMs)
    {
        EnergyRegisters registers = product.Meter.Registers;
        TariffTable tariff = product.Meter.Tariff;
        Console.WriteLine("import total " + registers.TotalWattHours(EnergyKind.Import).ToString() + " Wh");
        for (int rate = 0; rate < tariff.RateCount; rate++)
        {
            Console.WriteLine("  " + tariff.RateName(rate) + " "
                + registers.RateWattHours(EnergyKind.Import, rate).ToString() + " Wh");
        }

        long perSecond = elapsedMs == 0 ? 0 : Ticks.Count * 1000L / elapsedMs;
        Console.WriteLine(perSecond.ToString() + " ticks/s, longest tick " + longestMs.ToString() + " ms");
    }

    /// <summary>The registers must hold the energy that was fed, to less than one count of the chip.</summary>
    private static string Check(EnergyRegisters registers)
    {
        long fed = (long)Milliwatts * TickMs * Ticks.Count;
        long counted = registers.TotalWattHours(EnergyKind.Import) * Scaling.MicrojoulesPerWattHour
            + registers.TotalRemainder(EnergyKind.Import);
        long difference = fed - counted;
        return difference < 0 || difference > 200_000
            ? "registers differ from the load by " + difference.ToString() + " microjoules" : null;
    }
}
