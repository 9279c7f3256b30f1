namespace MeterFirmware.Telemetry;

/// <summary>What the telemetry did since start-up, for the health report and for simulations.</summary>
public sealed class TelemetryCounters
{
    /// <summary>Connection attempts.</summary>
    public long Connects { get; internal set; }

    /// <summary>Connections that got as far as the birth.</summary>
    public long Births { get; internal set; }

    /// <summary>Records handed over to the link for the first time.</summary>
    public long RecordsSent { get; internal set; }

    /// <summary>Records handed over again.</summary>
    public long RecordsResent { get; internal set; }

    /// <summary>Record numbers that the log no longer had and that were reported as a gap.</summary>
    public long RecordsDropped { get; internal set; }

    /// <summary>Records sent on a query.</summary>
    public long RecordsReread { get; internal set; }

    /// <summary>Instant readings handed over.</summary>
    public long InstantsSent { get; internal set; }

    /// <summary>Instant readings left out because there was no link, or no room on it.</summary>
    public long InstantsDropped { get; internal set; }

    /// <summary>Times the link was closed because nothing was acknowledged.</summary>
    public long DeadPeers { get; internal set; }

    /// <summary>Times the link was closed because it took no message.</summary>
    public long StuckLinks { get; internal set; }

    /// <summary>Incoming messages that found the adapter's queue full; their senders were told.</summary>
    public long IncomingDropped { get; internal set; }

    /// <summary>Messages taken in.</summary>
    public long Received { get; internal set; }

    /// <summary>Messages refused, for whatever reason.</summary>
    public long Refused { get; internal set; }

    /// <summary>Acknowledgements of numbers that were never sent: forged, or of another device of this name.</summary>
    public long AcknowledgedUnsent { get; internal set; }

    /// <summary>Acknowledgements refused for another journal, for a wrong mac, or for none where one is
    /// wanted.</summary>
    public long AcknowledgementsForeign { get; internal set; }
}
