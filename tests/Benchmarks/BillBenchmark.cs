using System.Diagnostics;
using System.Globalization;
using MeterFirmware.Tools.Billing;
using MeterFirmware.Tools.Billing.Loads;
using MeterFirmware.Tools.Billing.Tariffs;

namespace MeterFirmware.Tests.Benchmarks;

/// <summary>A year of quarter hours with reactive energy, from the CSV file to the bill of twelve sections.</summary>
public static class BillBenchmark
{
    private const int Rounds = 8;

    public static void Run()
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllLines(path, ["start,import_kwh,kvarh", .. Enumerable.Range(0, 365 * 96).Select(Row)]);
            Console.WriteLine($"{"a year of quarter hours",-40}{"first, s",10}{"best of 8, s",14}");
            foreach (string name in new[] { "jiangsu-industry", "shanghai-household", "flanders-capacity" })
            {
                double[] seconds = [.. Enumerable.Range(0, Rounds).Select(_ => Once(path, name))];
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{name,-40}{seconds[0],10:0.000}{seconds.Min(),14:0.000}"));
            }
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static string Row(int i) => string.Create(CultureInfo.InvariantCulture,
        $"{new DateTime(2026, 1, 1).AddMinutes(15 * i):yyyy-MM-ddTHH:mm},{10 + i * 7919 % 1500 / 100.0:0.00},3.5");

    private static double Once(string path, string name)
    {
        long start = Stopwatch.GetTimestamp();
        TariffFile tariff = TariffFile.Load(name);
        LoadSettings settings = new() { TakesReactive = true, Clock = "standard" };
        LoadFile load = LoadFile.Read(path, tariff.Zone, settings);
        BillDocument bill = BillEngine.Make(new BillRequest { Load = load, Documents = [tariff], Kva = 630_000_000 });
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return bill.Sections.Count == 12 ? seconds
            : throw new InvalidOperationException("twelve sections were expected");
    }
}
