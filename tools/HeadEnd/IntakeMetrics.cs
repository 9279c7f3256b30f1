using System.Diagnostics.Metrics;

namespace MeterFirmware.Tools.HeadEnds.Web;

/// <summary>The intake's counters for /metrics.</summary>
internal sealed class IntakeMetrics : IDisposable
{
    public const string Name = "MeterFirmware.HeadEnd";

    private readonly Meter _meter = new(Name);

    public IntakeMetrics(HeadEnd headEnd)
    {
        HeadEndCounters counters = headEnd.Counters;
        Count("records_received", () => counters.Received, "Record and gap messages taken in");
        Count("records_stored", () => counters.Stored, "Records stored");
        Count("records_delivered_again", () => counters.DeliveredAgain, "Records that were stored already");
        Count("messages_refused", () => counters.Refused, "Messages that cannot be");
        Count("records_conflicting", () => counters.Conflicts, "Other records under a known number");
        Count("acknowledgements", () => counters.Acknowledgements, "Acknowledgements published");
        Count("connections_again", () => counters.Reconnects, "Connections to a broker after the first");
        _meter.CreateObservableGauge("head_end_broker_connected", () => headEnd.IsReady ? 1 : 0);
    }

    public void Dispose() => _meter.Dispose();

    private void Count(string name, Func<long> value, string description) =>
        _meter.CreateObservableCounter($"head_end_{name}", value, description: description);
}
