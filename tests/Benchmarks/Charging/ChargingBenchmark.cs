using System.Diagnostics;
using MeterFirmware.Charging;
using MeterFirmware.Tools.Billing.Tariffs;
using MeterFirmware.Tools.MeterCtl.Schedule;
using Spectre.Console;

namespace MeterFirmware.Tests.Benchmarks.Charging;

/// <summary>Orderly charging on recorded sessions and its cost in time and memory; README.md explains the
/// figures.</summary>
public static class ChargingBenchmark
{
    private const string Sessions = "ev-sessions/acn-jpl-2018w41-2018w50.csv";

    public static void Run()
    {
        Growth();
        HomesBenchmark.Run();
        if (SharedData.Find(Sessions) is not { } file)
        {
            Console.WriteLine("skipped: ../shared not found");
            return;
        }

        foreach (int kilowatts in new[] { 100, 60 })
        {
            SchedulePlan plan = Plan(file, new SiteOptions { LimitWatts = kilowatts * 1000L });
            List<ScheduleResult> results = [.. SchedulePlan.Algorithms.Select(plan.Run)];
            AnsiConsole.Write(ScheduleTable.Of(results, plan.Site, plan.Bound()));
            Unknown(file, kilowatts, results[^1]);
        }

        ThreePhases(file);
    }

    // Learnt from the first five weeks, judged on the last five.
    private static void Unknown(string file, int kilowatts, ScheduleResult known)
    {
        SchedulePlan plan = Plan(file, new SiteOptions { LimitWatts = kilowatts * 1000L, Unknown = true });
        ScheduleResult learnt = plan.Run("orderly");
        long first = plan.Sessions.Min(s => s.FirstStep);
        long middle = first + 35L * 86_400 / plan.Site.StepSeconds;
        Console.WriteLine(FormattableString.Invariant(
            $"last five weeks, energy and departure told: {Share(known, middle):F2} % of the energy wanted; learnt: {Share(learnt, middle):F2} %; cost of a kWh over the file {Price(known):F4} and {Price(learnt):F4}"));
    }

    private static double Share(ScheduleResult result, long fromStep)
    {
        IEnumerable<ActiveSession> judged = result.Sessions.Where(s => s.Session.FirstStep >= fromStep);
        return 100.0 * judged.Sum(s => s.DeliveredMillijoules) / judged.Sum(s => s.Session.DemandMillijoules);
    }

    private static double Price(ScheduleResult result) => (double)result.Cost / (result.DeliveredMillijoules / 3.6e9);

    private static void ThreePhases(string file)
    {
        Console.WriteLine("stations spread over three phases, 100 kW");
        Console.WriteLine("cap A  largest A     kWh      cost  starts");
        foreach (int amps in new[] { 0, 60, 40, 20 })
        {
            SchedulePlan plan =
                Plan(file, new SiteOptions { LimitWatts = 100_000, Spread = true, UnbalanceMilliamps = amps * 1000 });
            OrderlyRule rule = new(plan.Site, plan.Prices);
            ScheduleResult result = plan.Run(rule);
            Console.WriteLine(FormattableString.Invariant(
                $"{(amps == 0 ? "none" : amps),5} {rule.UnbalanceMilliamps / 1000.0,10:F1} {result.DeliveredMillijoules / 3.6e9,7:F0} {result.Cost,9:F2} {(double)result.Starts / result.Sessions.Count,7:F2}"));
            if (amps == 0)
            {
                (long energy, decimal cost) = plan.Bound();
                Console.WriteLine(
                    FormattableString.Invariant($"bound without a cap: {energy / 3.6e9:F0} kWh, {cost:F2}"));
            }
        }
    }

    // The worst case: every connector taken, wanting more than there is, so that the fair share is searched.
    private static void Growth()
    {
        Console.WriteLine("connectors  re-plan ms  slices  longest slice us  heap bytes at 12 a block");
        foreach (int count in new[] { 8, 16, 32, 54, 64 })
        {
            Connectors connectors = new(count);
            PriceHorizon prices = new(288);
            ArrivalProfile arrivals = new(288);
            ChargePlanner planner = new(connectors, prices, arrivals);
            LimitTree tree = new(16);
            Allocator allocator = new(connectors, tree);
            SharingController sharing = new(connectors, allocator);
            Fill(connectors, prices, arrivals, planner, count);
            double best = double.MaxValue;
            double longest = double.MaxValue;
            int slices = 0;
            for (int round = 0; round < 50; round++)
            {
                (double milliseconds, double slice, slices) = Time(planner);
                best = Math.Min(best, milliseconds);
                longest = Math.Min(longest, slice);
            }

            long heap = HeapEstimate.BytesOf(new object[] { planner, sharing },
                t => t.Namespace == typeof(ChargePlanner).Namespace);
            Console.WriteLine(
                FormattableString.Invariant($"{count,10} {best,11:F3} {slices,7} {longest,17:F1} {heap,25}"));
        }
    }

    private static void Fill(Connectors connectors, PriceHorizon prices, ArrivalProfile arrivals,
        ChargePlanner planner, int count)
    {
        for (int slot = 0; slot < 288; slot++)
        {
            prices.Set(slot, (slot / 24 % 3) switch { 0 => 1_200_000, 1 => 750_000, _ => 350_000 });
        }

        for (int day = 0; day < 2; day++)
        {
            arrivals.SetDay(day, false);
            for (int slot = 0; slot < 288; slot += 3)
            {
                arrivals.Add(slot, 300_000, 60);
            }
        }

        int milliamps = count * 5000;
        planner.SetCapacity(milliamps, [milliamps, milliamps, milliamps], 1, 32_000);
        for (int i = 0; i < count; i++)
        {
            connectors.PlugIn(i, 32_000, (60 + i % 7 * 10) * 32_000, 288 - i);
        }
    }

    private static (double Milliseconds, double LongestMicroseconds, int Slices) Time(ChargePlanner planner)
    {
        long longest = 0;
        int slices = 0;
        long start = Stopwatch.GetTimestamp();
        planner.Begin(0, 0, false, false);
        bool done = false;
        while (!done)
        {
            long before = Stopwatch.GetTimestamp();
            done = planner.Step(8);
            longest = Math.Max(longest, Stopwatch.GetTimestamp() - before);
            slices++;
        }

        return (Stopwatch.GetElapsedTime(start).TotalMilliseconds, longest * 1e6 / Stopwatch.Frequency, slices);
    }

    private static SchedulePlan Plan(string file, SiteOptions site) =>
        new(SessionFile.Load(file, site), new TariffPrices(TariffFile.Load("workplace-benchmark")), site);
}
