using System.Globalization;
using Spectre.Console;

namespace MeterFirmware.Tools.MeterCtl.Schedule;

/// <summary>All algorithms side by side for a person.</summary>
public static class ScheduleTable
{
    public static Table Of(IReadOnlyList<ScheduleResult> results, SiteOptions site,
        (long Millijoules, decimal Cost)? bound)
    {
        Table table = new Table().Border(TableBorder.Simple).Title(FormattableString.Invariant(
            $"{results[0].Sessions.Count} sessions, {results[0].DeliverableMillijoules / 3.6e9:F1} kWh deliverable, limit {site.LimitWatts / 1000.0:F1} kW"));
        string[] heads = ["algorithm", "kWh", "met %", "full", "cost", "/bound", "peak", "over", "starts",
            "<6 A", "worst"];
        foreach (string head in heads)
        {
            table.AddColumn(head == "algorithm" ? new TableColumn(head).NoWrap().PadLeft(0).PadRight(1)
                : new TableColumn(head).RightAligned().NoWrap().PadLeft(0).PadRight(1));
        }

        foreach (ScheduleResult r in results)
        {
            table.AddRow(
                r.Algorithm,
                Text(r.DeliveredMillijoules / 3.6e9, "F0"),
                Text(r.DemandMetShare * 100, "F2"),
                Text(r.FullyMetSessions, "F0"),
                Text((double)r.Cost, "F0"),
                bound is null ? "" : Text((double)(r.Cost / bound.Value.Cost), "F4"),
                Text(r.PeakStepMillijoules / 1e6 / site.StepSeconds, "F1"),
                Text(r.LimitViolations, "F0"),
                Text((double)r.Starts / r.Sessions.Count, "F2"),
                Text(r.BelowMinimumOffers, "F0"),
                Text(r.WorstServedShare(0.05) * 100, "F1"));
        }

        if (bound is not null)
        {
            table.AddRow(
                "bound", Text(bound.Value.Millijoules / 3.6e9, "F0"),
                Text(100.0 * bound.Value.Millijoules / Math.Max(1, results[0].DeliverableMillijoules), "F2"), "",
                Text((double)bound.Value.Cost, "F0"), "1.0000", "", "", "", "", "");
        }

        table.Caption(
            "full: sessions that got all they wanted; bound: clairvoyant, without the 6 A rule; peak in kW; over: "
                + "steps above the limit; starts: per session; <6 A: offers between 0 and 6 A; worst: % of their "
                + "demand that the worst served 5 % got");
        return table;
    }

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
