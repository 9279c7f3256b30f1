using MeterFirmware.Tariffs;

namespace MeterFirmware.Tools.MeterCtl.Schedule;

/// <summary>Plays recorded sessions step by step under a rule and keeps the account.</summary>
public sealed class SchedulePlayer(IReadOnlyList<ChargingSession> sessions, StepPrices prices, SiteOptions site)
{
    public ScheduleResult Play(IStepRule rule)
    {
        List<ActiveSession> all = [.. sessions.Select(s => new ActiveSession(s))];
        List<ActiveSession> byArrival = [.. all.OrderBy(s => s.Session.FirstStep).ThenBy(s => s.Session.Line)];
        ScheduleResult result = new()
        {
            Algorithm = rule.Name,
            Sessions = all,
            StepMillijoules = new long[prices.Count],
        };
        SortedDictionary<int, long> energyByPrice = [];
        TierAccount account = prices.NewAccount(site.UsedWattHours);
        List<ActiveSession> active = [];
        int next = 0;
        for (int index = 0; index < prices.Count; index++)
        {
            long step = prices.FirstStep + index;
            foreach (ActiveSession gone in active.Where(s => s.Session.EndStep <= step))
            {
                rule.PlugOut(index, gone);
            }

            active.RemoveAll(s => s.Session.EndStep <= step);
            for (; next < byArrival.Count && byArrival[next].Session.FirstStep <= step; next++)
            {
                if (byArrival[next].Session.EndStep > step)
                {
                    active.Add(byArrival[next]);
                    rule.PlugIn(index, byArrival[next]);
                }
            }

            account.Seek(prices.UtcSeconds(index));
            rule.Decide(index, active, account.Tier);
            long drawn = Draw(active, result);
            result.StepMillijoules[index] = drawn;
            // The offers count, not the draw: what is offered may be drawn.
            result.LimitViolations += active.Sum(s => s.OfferMillijoules) > site.SiteStepMillijoules ? 1 : 0;
            Book(account, energyByPrice, index, drawn * 1_000);
        }

        result.DeliveredMillijoules = all.Sum(s => s.DeliveredMillijoules);
        result.Starts = all.Sum(s => s.Starts);
        result.Cost = energyByPrice.Sum(p => p.Value * (decimal)p.Key) / 3_600_000_000_000m / 1_000_000m;
        result.PeriodWattHours = account.WattHours;
        return result;
    }

    // Split to the microjoule where a tier ends.
    private void Book(TierAccount account, SortedDictionary<int, long> energyByPrice, int index, long microjoules)
    {
        while (microjoules > 0)
        {
            int price = prices.PriceMicros(index, account.Tier);
            long part = Math.Min(microjoules, account.RoomMicrojoules);
            energyByPrice[price] = energyByPrice.GetValueOrDefault(price) + part;
            account.Add(part);
            microjoules -= part;
        }
    }

    private long Draw(List<ActiveSession> active, ScheduleResult result)
    {
        long sum = 0;
        foreach (ActiveSession session in active)
        {
            long drawn = Math.Min(session.OfferMillijoules, session.RemainingMillijoules);

            // The rest of a demand is drawn at less than 6 A on average: the vehicle ends inside the step.
            result.BelowMinimumOffers += session.OfferMillijoules > 0
                && session.OfferMillijoules < site.MinimumStepMillijoules ? 1 : 0;
            session.Starts += drawn > 0 && !session.IsCharging ? 1 : 0;
            session.IsCharging = drawn > 0;
            session.DeliveredMillijoules += drawn;
            sum += drawn;
        }

        return sum;
    }
}
