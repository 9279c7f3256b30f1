using System.Diagnostics;
using MeterFirmware.Boards.Bench;
using MeterFirmware.Boards.Simulator.Chargers;
using MeterFirmware.Tools.Billing.Tariffs;

namespace MeterFirmware.Tests.Benchmarks;

/// <summary>The charger product on the host, with the simulated world and without it.</summary>
public static class ChargerBenchmark
{
    private const int Ticks = 500_000;

    public static void Run()
    {
        Console.WriteLine($"{"what",-60}{"µs a tick",12}{"bytes",9}");
        SimulatedCharger charger = Charging();
        double world = Measure("bench and vehicle alone", charger, false);
        double whole = Measure("whole product with them, charging", charger, true);
        Console.WriteLine($"{"product alone, charging (goal 3)",-60}{whole - world,12:F2}");
    }

    private static SimulatedCharger Charging()
    {
        SimulatedCharger charger = new(new SimulatedChargerParts
        {
            Tariff = TariffFile.Load("china-workplace-five-rates").Table,
            StartUtcSeconds = 1_772_400_000,
        })
        {
            Vehicle = new Vehicle(new VehicleSettings { WantedWattHours = 4_000_000 }),
        };
        charger.Vehicle.PlugIn();
        charger.Run(60_000);
        return charger;
    }

    // The best of eight: other work on the machine only ever adds.
    private static double Measure(string name, SimulatedCharger charger, bool isWhole)
    {
        double best = double.MaxValue;
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        for (int round = 0; round < 8; round++)
        {
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < Ticks / 8; i++)
            {
                if (isWhole)
                {
                    charger.Step();
                }
                else
                {
                    charger.Clock.Advance(SimulatedCharger.TickMs);
                    charger.Vehicle.Step(charger.Clock.NowMs, charger.Bench);
                    charger.Bench.Advance(charger.Clock.NowMs);
                    charger.Bench.Feed();
                }
            }

            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalMicroseconds / (Ticks / 8));
        }

        double bytes = (double)(GC.GetAllocatedBytesForCurrentThread() - allocated) / Ticks;
        Console.WriteLine($"{name,-60}{best,12:F2}{bytes,9:F3}");
        return best;
    }
}
