namespace MeterFirmware.Tools.MeterCtl.Schedule;

/// <summary>What one algorithm did with the whole file.</summary>
public sealed class ScheduleResult
{
    public required string Algorithm { get; init; }

    public required IReadOnlyList<ActiveSession> Sessions { get; init; }

    /// <summary>Energy drawn in each step, mJ.</summary>
    public required long[] StepMillijoules { get; init; }

    public long DeliveredMillijoules { get; set; }

    public int LimitViolations { get; set; }

    public int BelowMinimumOffers { get; set; }

    public int Starts { get; set; }

    public decimal Cost { get; set; }

    /// <summary>The site's consumption of the tier period in which the file ends, Wh.</summary>
    public long PeriodWattHours { get; set; }

    public long PeakStepMillijoules => StepMillijoules.Length == 0 ? 0 : StepMillijoules.Max();

    public long DeliverableMillijoules => Sessions.Sum(s => s.Session.DemandMillijoules);

    public int FullyMetSessions => Sessions.Count(s => s.RemainingMillijoules <= 0);

    public double DemandMetShare =>
        DeliverableMillijoules == 0 ? 1 : (double)DeliveredMillijoules / DeliverableMillijoules;

    /// <summary>Mean share of their demand that the worst served part of the sessions got, in 0 to 1.</summary>
    public double WorstServedShare(double part)
    {
        List<double> shares = [.. Sessions.Where(s => s.Session.DemandMillijoules > 0)
            .Select(s => (double)s.DeliveredMillijoules / s.Session.DemandMillijoules).Order()];
        return WorstMean(shares, part);
    }

    /// <summary>The same by driver over all of a driver's sessions; sessions without a user count each alone.</summary>
    public double WorstServedDriverShare(double part)
    {
        List<double> shares = [.. Sessions.Where(s => s.Session.DemandMillijoules > 0)
            .GroupBy(s => s.Session.User.Length > 0 ? s.Session.User : "\n" + s.Session.Id)
            .Select(g => (double)g.Sum(s => s.DeliveredMillijoules) / g.Sum(s => s.Session.DemandMillijoules)).Order()];
        return WorstMean(shares, part);
    }

    private static double WorstMean(List<double> sorted, double part) =>
        sorted.Count == 0 ? 1 : sorted.Take(Math.Max(1, (int)Math.Ceiling(sorted.Count * part))).Average();
}
