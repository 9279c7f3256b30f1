namespace MeterFirmware.Tools.MeterCtl.Schedule;

/// <summary>
/// The best that anybody could do who knew all sessions beforehand and could give any power from 0 up: the most energy
/// under the limit, then its least cost. A minimum-cost flow sessions → steps, solved as maximum flows that admit the
/// steps price by price, cheapest first. That is exact: the sets of steps that can be filled form a polymatroid, on
/// which greedy is optimal, and an augmenting path never empties a step that is already filled.
/// </summary>
public static class ClairvoyantBound
{
    public static (long Millijoules, decimal Cost) Solve(
        IReadOnlyList<ChargingSession> sessions, StepPrices prices, SiteOptions site)
    {
        // Steps between two events are alike, so one node stands for all of them.
        SortedSet<int> cuts = [0, prices.Count];
        foreach (ChargingSession session in sessions)
        {
            cuts.Add((int)(session.FirstStep - prices.FirstStep));
            cuts.Add((int)(session.EndStep - prices.FirstStep));
        }

        for (int i = 1; i < prices.Count; i++)
        {
            if (prices.PriceMicros(i) != prices.PriceMicros(i - 1))
            {
                cuts.Add(i);
            }
        }

        int[] start = [.. cuts];
        int blocks = start.Length - 1;
        int source = sessions.Count + blocks;
        int sink = source + 1;
        MaximumFlow flow = new(sink + 1);
        for (int i = 0; i < sessions.Count; i++)
        {
            flow.Add(source, i, sessions[i].DemandMillijoules);
        }

        long energy = 0;
        decimal cost = 0;
        foreach (int price in Enumerable.Range(0, blocks).Select(b => prices.PriceMicros(start[b])).Distinct().Order())
        {
            for (int block = 0; block < blocks; block++)
            {
                if (prices.PriceMicros(start[block]) == price)
                {
                    flow.Add(sessions.Count + block, sink,
                        (start[block + 1] - start[block]) * site.SiteStepMillijoules);
                }
            }

            Connect(flow, sessions, prices, site, start, price);
            long added = flow.Augment(source, sink);
            energy += added;
            cost += added * (decimal)price / 3_600_000_000m / 1_000_000m;
        }

        return (energy, cost);
    }

    private static void Connect(
        MaximumFlow flow, IReadOnlyList<ChargingSession> sessions, StepPrices prices, SiteOptions site,
        int[] start, int price)
    {
        for (int i = 0; i < sessions.Count; i++)
        {
            int end = (int)(sessions[i].EndStep - prices.FirstStep);
            int block = Array.BinarySearch(start, (int)(sessions[i].FirstStep - prices.FirstStep));
            for (; start[block] < end; block++)
            {
                if (prices.PriceMicros(start[block]) == price)
                {
                    flow.Add(i, sessions.Count + block,
                        (start[block + 1] - start[block]) * site.StationStepMillijoules);
                }
            }
        }
    }
}
