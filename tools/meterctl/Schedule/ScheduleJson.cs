using System.Globalization;
using System.Text.Json.Nodes;

namespace MeterFirmware.Tools.MeterCtl.Schedule;

/// <summary>The machine output of `meterctl schedule`; its shape is a contract.</summary>
public static class ScheduleJson
{
    private const double MillijoulesPerKwh = 3_600_000_000.0;

    public static JsonObject Of(ScheduleResult result, SiteOptions site,
        (long Millijoules, decimal Cost)? bound) => new()
        {
            ["algorithm"] = result.Algorithm,
            ["sessions"] = result.Sessions.Count,
            ["deliverableKwh"] = Kwh(result.DeliverableMillijoules),
            ["energyDeliveredKwh"] = Kwh(result.DeliveredMillijoules),
            ["demandMetShare"] = Math.Round(result.DemandMetShare, 6),
            ["fullyMetSessions"] = result.FullyMetSessions,
            ["peakKw"] = Math.Round(result.PeakStepMillijoules / 1e6 / site.StepSeconds, 4),
            ["limitViolations"] = result.LimitViolations,
            ["cost"] = Money(result.Cost),
            ["costLowerBound"] = bound is null ? null : Money(bound.Value.Cost),
            ["maxDeliverableUnderLimitKwh"] = bound is null ? null : Kwh(bound.Value.Millijoules),
            ["starts"] = result.Starts,
            ["belowMinimumOffers"] = result.BelowMinimumOffers,
            ["worstServed5PercentShare"] = Math.Round(result.WorstServedShare(0.05), 4),
            ["worstServed5PercentDriversShare"] = Math.Round(result.WorstServedDriverShare(0.05), 4),
        };

    public static string Money(decimal value) => value.ToString("F4", CultureInfo.InvariantCulture);

    private static double Kwh(long millijoules) => Math.Round(millijoules / MillijoulesPerKwh, 4);
}
