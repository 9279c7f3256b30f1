namespace MeterFirmware.Tools.MeterCtl.Schedule;

/// <summary>The published algorithms to compare with: any power from 0 up, no 6 A rule, no price.</summary>
public sealed class Baselines(string name, SiteOptions site, StepPrices prices) : IStepRule
{
    public static readonly string[] Names = ["uncontrolled", "fcfs", "edf", "llf", "round-robin"];

    public string Name { get; } = name;

    public void PlugIn(int index, ActiveSession session)
    {
    }

    public void PlugOut(int index, ActiveSession session)
    {
    }

    public void Decide(int index, IReadOnlyList<ActiveSession> active, int tier)
    {
        long step = prices.FirstStep + index;
        if (Name == "round-robin")
        {
            ShareEvenly(active);
            return;
        }

        long left = Name == "uncontrolled" ? long.MaxValue : site.SiteStepMillijoules;
        foreach (ActiveSession session in active.OrderBy(s => Key(s, step)).ThenBy(s => s.Session.FirstStep)
            .ThenBy(s => s.Session.Line))
        {
            session.OfferMillijoules = Math.Min(left, Wanted(session));
            left -= session.OfferMillijoules;
        }
    }

    private long Key(ActiveSession session, long step) => Name switch
    {
        "edf" => session.Session.EndStep,
        "llf" => (session.Session.EndStep - step) * site.StationStepMillijoules - session.RemainingMillijoules,
        _ => session.Session.FirstStep,
    };

    private long Wanted(ActiveSession session) => Math.Min(site.StationStepMillijoules, session.RemainingMillijoules);

    // What round-robin in equal small increments comes to: everybody the same, until served.
    private void ShareEvenly(IReadOnlyList<ActiveSession> active)
    {
        long left = site.SiteStepMillijoules;
        int open = active.Count;
        foreach (ActiveSession session in active.OrderBy(Wanted).ThenBy(s => s.Session.Line))
        {
            session.OfferMillijoules = Math.Min(Wanted(session), left / open);
            left -= session.OfferMillijoules;
            open--;
        }
    }
}
