using MeterFirmware.Charging;
using MeterFirmware.Tools.Billing.Tariffs;
using MeterFirmware.Tools.MeterCtl.Schedule;

namespace MeterFirmware.Tests.Benchmarks.Charging;

/// <summary>Does the planner hold on what it was not tuned on? The constants chosen on the first five weeks and judged
/// on the last five, other limits, other prices, the weeks in another order, and made sites of other kinds.</summary>
public static class GeneralisationBenchmark
{
    private static readonly string[] _files =
        ["ev-sessions/acn-jpl-2018w41-2018w50.csv", "ev-sessions/acn-jpl-2019w16-2019w25.csv"];
    private const string Workplace = "workplace-benchmark";
    private const int WeekSeconds = 7 * 86_400;

    public static void Run()
    {
        Head();
        foreach (SyntheticSite kind in SyntheticSite.All)
        {
            SiteOptions site = new() { LimitWatts = kind.LimitWatts };
            Print(kind.Name, kind.Sessions(site), Workplace, site);
        }

        foreach (string name in _files)
        {
            if (SharedData.Find(name) is not { } file)
            {
                Console.WriteLine("skipped: ../shared not found");
                return;
            }

            Console.WriteLine(Path.GetFileNameWithoutExtension(file));
            Recorded(file);
        }
    }

    private static void Recorded(string file)
    {
        foreach (int kilowatts in new[] { 50, 60, 70, 80, 90, 100, 120 })
        {
            SiteOptions site = new() { LimitWatts = kilowatts * 1000L };
            IReadOnlyList<ChargingSession> all = SessionFile.Load(file, site);
            Print($"recorded, {kilowatts} kW", all, Workplace, site);
        }

        SiteOptions hundred = new() { LimitWatts = 100_000 };
        IReadOnlyList<ChargingSession> recorded = SessionFile.Load(file, hundred);
        for (int preference = 0; preference < ChargingPreference.Count; preference++)
        {
            Print($"100 kW, {ChargingPreference.NameOf(preference)}", recorded, Workplace,
                hundred with { Preference = preference });
        }

        foreach (string tariff in new[] { "china-workplace-five-rates", "sce-tou-ev-4", "ontario-household" })
        {
            Print($"recorded, 100 kW, {tariff}", recorded, tariff, hundred);
        }

        ChooseAndJudge(recorded, hundred);
        for (int seed = 1; seed <= 3; seed++)
        {
            Print($"weeks in another order ({seed})", Shuffled(recorded, hundred, seed), Workplace, hundred);
        }

        EachWeekCold(recorded, hundred);
    }

    // Each week by a controller that has seen no day before.
    private static void EachWeekCold(IReadOnlyList<ChargingSession> recorded, SiteOptions site)
    {
        foreach (IGrouping<long, ChargingSession> week in recorded
            .GroupBy(s => (s.FirstStep * site.StepSeconds + 3 * 86_400) / WeekSeconds).OrderBy(g => g.Key))
        {
            Print($"week {week.Key} alone", [.. week], Workplace, site);
        }
    }

    // The reserves that are best on the first five weeks (cheapest with 99.9 % of the energy), judged on the last five.
    private static void ChooseAndJudge(IReadOnlyList<ChargingSession> all, SiteOptions site)
    {
        long middle = all.Min(s => s.FirstStep) + 35L * 86_400 / site.StepSeconds;
        List<ChargingSession> first = [.. all.Where(s => s.FirstStep < middle)];
        List<ChargingSession> last = [.. all.Where(s => s.FirstStep >= middle)];
        SiteOptions best = site;
        decimal bestCost = decimal.MaxValue;
        foreach (int reserve in new[] { 400, 550, 700, 850, 1000, 1250 })
        {
            foreach (int shortage in new[] { 1200, 1400, 1600, 1800 })
            {
                SiteOptions tried = site with { Reserves = (reserve, shortage) };
                ScheduleResult result = new SchedulePlan(first, new TariffPrices(TariffFile.Load(Workplace)), tried)
                    .Run("orderly");
                decimal cost = result.Cost / result.DeliveredMillijoules;
                if (result.DemandMetShare >= 0.999 && cost < bestCost)
                {
                    (best, bestCost) = (tried, cost);
                }
            }
        }

        Console.WriteLine(FormattableString.Invariant(
            $"best on the first five weeks of 24 pairs: reserve and shortage {best.Reserves}"));
        Print("first five weeks, those", first, Workplace, best);
        Print("last five weeks, those", last, Workplace, best);
        Print("first five weeks, defaults", first, Workplace, site);
        Print("last five weeks, defaults", last, Workplace, site);
    }

    private static void Head() => Console.WriteLine(
        "case                                          least laxity %  energy %  of the most %  cost/bound  starts  "
            + "worst 5 %: ours  llf   edf");

    private static void Print(string name, IReadOnlyList<ChargingSession> sessions, string tariff, SiteOptions site)
    {
        SchedulePlan plan = new(sessions, new TariffPrices(TariffFile.Load(tariff)), site);
        ScheduleResult ours = plan.Run("orderly");
        ScheduleResult llf = plan.Run("llf");
        ScheduleResult edf = plan.Run("edf");
        (long most, decimal cost) = plan.Bound();

        // Cost per kWh: a schedule that delivers less is not cheaper for it.
        decimal ratio = ours.Cost / ours.DeliveredMillijoules / (cost / most);
        Console.WriteLine(FormattableString.Invariant(
            $"{name,-45} {100.0 * llf.DeliveredMillijoules / most,15:F2} {ours.DemandMetShare * 100,9:F2} {100.0 * ours.DeliveredMillijoules / most,14:F2} {ratio,11:F4} {(double)ours.Starts / sessions.Count,7:F2} {ours.WorstServedShare(0.05) * 100,16:F1} {llf.WorstServedShare(0.05) * 100,5:F1} {edf.WorstServedShare(0.05) * 100,5:F1}{(ours.LimitViolations + ours.BelowMinimumOffers > 0 ? " VIOLATIONS" : "")}"));
    }

    private static List<ChargingSession> Shuffled(IReadOnlyList<ChargingSession> sessions, SiteOptions site, int seed)
    {
        TariffPrices calendar = new(TariffFile.Load(Workplace));
        long Local(long step) => step * site.StepSeconds + calendar.OffsetSecondsAt(step * site.StepSeconds);

        // Weeks of local time from a Monday on: a shift keeps weekday and wall time, also across the end of summer
        // time.
        long monday = sessions.Min(s => Local(s.FirstStep)) / 86_400;
        monday = (monday - (monday + 3) % 7) * 86_400;
        int weeks = (int)((sessions.Max(s => Local(s.FirstStep)) - monday) / WeekSeconds) + 1;
        int[] order = [.. Enumerable.Range(0, weeks)];
        new Random(seed).Shuffle(order);
        return [.. sessions.Select(s =>
        {
            long week = (Local(s.FirstStep) - monday) / WeekSeconds;
            long utc = (s.FirstStep * site.StepSeconds) + (order[week] - week) * WeekSeconds;
            utc += calendar.OffsetSecondsAt(s.FirstStep * site.StepSeconds) - calendar.OffsetSecondsAt(utc);
            long first = utc / site.StepSeconds;
            return s with { FirstStep = first, EndStep = first + s.EndStep - s.FirstStep };
        })];
    }
}
