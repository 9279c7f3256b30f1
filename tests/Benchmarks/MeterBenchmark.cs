using System.Diagnostics;
using MeterFirmware.Boards.Simulator.Meters;
using MeterFirmware.Drivers.Ade7953;
using MeterFirmware.Drivers.Twins;
using MeterFirmware.Hardware;
using MeterFirmware.Storage;
using MeterFirmware.Storage.Records;
using MeterFirmware.Tools.Billing.Loads;
using MeterFirmware.Tools.Billing.Tariffs;
using MeterFirmware.Tools.MeterCtl.Replay;

namespace MeterFirmware.Tests.Benchmarks;

/// <summary>The meter product on the host: whole ticks, and what the register-level chip alone costs of them.</summary>
public static class MeterBenchmark
{
    private const int Ticks = 2_000_000;

    public static void Run()
    {
        Console.WriteLine($"{"what",-52}{"per second",14}{"ns",9}{"bytes",9}");
        Measure("chip's twin alone: time and energy", Twin());
        Measure("twin and driver: 13 register transfers, checks, scaling", Driver());
        Measure("whole product: a tick of the smart meter", Product());
        ReplayHousehold();
        Console.WriteLine();
        FunctionTable.Run();
    }

    private static void Measure(string name, Action tick)
    {
        for (int i = 0; i < Ticks / 4; i++)
        {
            tick();
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread();
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < Ticks; i++)
        {
            tick();
        }

        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        double bytes = (double)(GC.GetAllocatedBytesForCurrentThread() - allocated) / Ticks;
        Console.WriteLine($"{name,-52}{Ticks / seconds,14:N0}{seconds * 1e9 / Ticks,9:F0}{bytes,9:F3}");
    }

    private static Action Twin()
    {
        Ade7953Twin twin = new();
        twin.SetLoad(230_000, 5000, 1_150_000, 0, 50_000);
        return () => twin.Advance(1000);
    }

    private static Action Driver()
    {
        Ade7953Twin twin = new();
        twin.SetNoise(200, 1);
        twin.SetLoad(230_000, 5000, 1_150_000, 0, 50_000);
        Ade7953PowerSensor sensor = new(twin, new Ade7953Settings());
        Measurement measurement = new();
        long now = 0;
        return () =>
        {
            now += 1000;
            twin.Advance(1000);
            sensor.TryRead(now, measurement);
        };
    }

    private static Action Product()
    {
        SimulatedMeter meter = new(new SimulatedMeterParts
        {
            Tariff = TariffFile.Load("shanghai-household").Table,
            StartUtcSeconds = 1_767_196_800,
            Records = new MemoryRecordLog(256, IntervalRecord.BytesMax),
        });
        long i = 0;
        return () => meter.Step(1000, 1_000_000_000 + i++ % 1000 * 12_345);
    }

    private static void ReplayHousehold()
    {
        string? path = SharedData.Find("household/household-2011-11-25-to-2012-01-31.csv");
        if (path is null)
        {
            Console.WriteLine("skipped: ../shared not found (replay of the recorded household)");
            return;
        }

        TariffFile tariff = TariffFile.Load("ontario-household");
        LoadFile load = LoadFile.Read(path, tariff.Zone);
        ReplayResult result = new ReplayRun(load, tariff.Table, [], 1000).Run(null, CancellationToken.None);
        double rate = result.Ticks / result.Elapsed.TotalSeconds;
        Console.WriteLine(
            $"{$"replay of the household, {result.Ticks:N0} ticks of 1 s",-52}{rate,14:N0}{1e9 / rate,9:F0}{"",9}");
        Console.WriteLine($"{"asked for",-52}{500_000,14:N0}{2000,9:F0}{0,9:F3}");
    }
}
