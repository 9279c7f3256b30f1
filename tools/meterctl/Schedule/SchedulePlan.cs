namespace MeterFirmware.Tools.MeterCtl.Schedule;

/// <summary>File, prices and site together; runs any algorithm and the bound.</summary>
public sealed class SchedulePlan
{
    private const string Orderly = "orderly";

    public SchedulePlan(IReadOnlyList<ChargingSession> sessions, IPriceSource source, SiteOptions site)
    {
        Sessions = sessions;
        Site = site;
        long first = sessions.Min(s => s.FirstStep);
        long end = sessions.Max(s => s.EndStep) + 1;
        if ((end - first) * site.StepSeconds > 5L * 366 * 86_400)
        {
            throw new InputException(
                "the sessions span more than five years; are the times right (line "
                    + $"{sessions.MinBy(s => s.FirstStep)!.Line} is the first)?");
        }

        Prices = new StepPrices(source, first, (int)(end - first), site.StepSeconds);
    }

    /// <summary>All algorithms in the order of the table.</summary>
    public static string[] Algorithms => [.. Baselines.Names, Orderly];

    public IReadOnlyList<ChargingSession> Sessions { get; }

    public SiteOptions Site { get; }

    public StepPrices Prices { get; }

    public ScheduleResult Run(string algorithm) => new SchedulePlayer(Sessions, Prices, Site).Play(RuleOf(algorithm));

    public ScheduleResult Run(IStepRule rule) => new SchedulePlayer(Sessions, Prices, Site).Play(rule);

    /// <summary>Most energy under the limit, mJ, and its least cost. Spread stations are three sites of a third of the
    /// limit; an unbalance cap is not in the bound.</summary>
    public (long Millijoules, decimal Cost) Bound()
    {
        if (Prices.TierCount > 1)
        {
            throw new InputException("the bound knows one price at each moment: a tariff without tiers was expected");
        }

        if (!Site.Spread)
        {
            return ClairvoyantBound.Solve(Sessions, Prices, Site);
        }

        StationPhases phases = new(Site);
        SiteOptions third = Site with { LimitWatts = Site.LimitWatts / 3 };
        (long Millijoules, decimal Cost) sum = (0, 0);
        foreach (IGrouping<int, ChargingSession> group in Sessions.OrderBy(s => s.FirstStep).ThenBy(s => s.Line)
            .GroupBy(s => phases.MaskOf(s.Station)))
        {
            (long energy, decimal cost) = ClairvoyantBound.Solve([.. group], Prices, third);
            sum = (sum.Millijoules + energy, sum.Cost + cost);
        }

        return sum;
    }

    private IStepRule RuleOf(string algorithm) =>
        algorithm == Orderly ? new OrderlyRule(Site, Prices) : new Baselines(algorithm, Site, Prices);
}
