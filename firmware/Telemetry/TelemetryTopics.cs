namespace MeterFirmware.Telemetry;

/// <summary>The device's topics, made once: asyncapi.yaml documents them.</summary>
public sealed class TelemetryTopics
{
    /// <summary>Root and version of the topic tree; a change that old readers cannot take is a new version.</summary>
    public const string Root = "mf/v1/";

    public TelemetryTopics(string device)
    {
        string prefix = Root + device + "/";
        Status = prefix + "status";
        Instant = prefix + "instant";
        Record = prefix + "record";
        Reply = prefix + "reply";
        Reported = prefix + "reported";
        Acknowledge = prefix + "ack";
        Query = prefix + "query";
        Command = prefix + "command";
        Desired = prefix + "desired";
    }

    /// <summary>Out, retained: birth and, on the same topic, the will.</summary>
    public string Status { get; }

    /// <summary>Out: newest readings.</summary>
    public string Instant { get; }

    /// <summary>Out: numbered records and gaps.</summary>
    public string Record { get; }

    /// <summary>Out: answers to commands and queries, and refusals.</summary>
    public string Reply { get; }

    /// <summary>Out, retained: the settings that are in force.</summary>
    public string Reported { get; }

    /// <summary>In: the head-end's cumulative acknowledgement.</summary>
    public string Acknowledge { get; }

    /// <summary>In: request to send stored records again.</summary>
    public string Query { get; }

    /// <summary>In: signed commands.</summary>
    public string Command { get; }

    /// <summary>In: settings that are wanted.</summary>
    public string Desired { get; }
}
