using MeterFirmware.Basics;
using MeterFirmware.Storage;

namespace MeterFirmware.Supervision;

/// <summary>One report of how the device is: the product fills what only it knows, the rest is asked for when
/// written.</summary>
public sealed class HealthReport
{
    private readonly Journal _journal;
    private readonly TimeKeeper _time;
    private readonly SoftwareWatchdog _watchdog;
    private long _lastTickMs = -1;
    private long _startMs;

    /// <summary>Any of the three may be null; its members are then left out.</summary>
    public HealthReport(Journal journal, TimeKeeper time, SoftwareWatchdog watchdog)
    {
        _journal = journal;
        _time = time;
        _watchdog = watchdog;
    }

    /// <summary>Why the board started: "power", "watchdog", "restart", "brown-out", "unknown".</summary>
    public string ResetCause { get; set; } = "unknown";

    /// <summary>Free managed heap in bytes; 0: the board cannot tell.</summary>
    public long HeapFreeBytes { get; set; }

    /// <summary>Lowest free heap seen in bytes; 0: the board cannot tell.</summary>
    public long HeapFreeBytesMin { get; set; }

    /// <summary>Bits of <see cref="MeterFirmware.Hardware.SensorFault"/> that stand now.</summary>
    public int SensorFaults { get; set; }

    /// <summary>Connections to the broker since the start.</summary>
    public long Connects { get; set; }

    /// <summary>Messages refused since the start, telemetry's and commands' together.</summary>
    public long RefusedMessages { get; set; }

    /// <summary>Incoming messages since the start that found the link's queue full.</summary>
    public long DroppedMessages { get; set; }

    /// <summary>Connections left since the start because they took no message.</summary>
    public long StuckLinks { get; set; }

    /// <summary>Acknowledgements since the start of what was never sent.</summary>
    public long UnsentAcknowledged { get; set; }

    /// <summary>Longest distance of two ticks since it was last reported, in ms.</summary>
    public long LoopMsMax { get; private set; }

    /// <summary>Call once a tick.</summary>
    public void NoteTick(long nowMs)
    {
        if (_lastTickMs < 0)
        {
            _startMs = nowMs;
        }
        else if (nowMs - _lastTickMs > LoopMsMax)
        {
            LoopMsMax = nowMs - _lastTickMs;
        }

        _lastTickMs = nowMs;
    }

    /// <summary>Writes the report as members of an open JSON object, and begins a new maximum of the loop
    /// time.</summary>
    public void WriteJson(ByteTextWriter writer)
    {
        Add(writer, "uptimeSeconds", _lastTickMs < 0 ? 0 : (_lastTickMs - _startMs) / 1_000);
        writer.Name("resetCause");
        writer.Value(ResetCause);
        Add(writer, "loopMsMax", LoopMsMax);
        Add(writer, "heapFreeBytes", HeapFreeBytes);
        Add(writer, "heapFreeBytesMin", HeapFreeBytesMin);
        Add(writer, "sensorFaults", SensorFaults);
        Add(writer, "connects", Connects);
        Add(writer, "refusedMessages", RefusedMessages);
        Add(writer, "droppedMessages", DroppedMessages);
        Add(writer, "stuckLinks", StuckLinks);
        Add(writer, "unsentAcknowledged", UnsentAcknowledged);
        WriteJournal(writer);
        WriteTime(writer);
        WriteWatchdog(writer);
        LoopMsMax = 0;
    }

    private void WriteJournal(ByteTextWriter writer)
    {
        if (_journal == null)
        {
            return;
        }

        writer.Name("journal");
        writer.BeginObject();
        Add(writer, "unacknowledged", _journal.NextNumber - 1 - _journal.AcknowledgedNumber);
        Add(writer, "dropped", _journal.DroppedRecords);
        Add(writer, "erasesMax", _journal.ErasesMax);
        Add(writer, "badBlocks", _journal.BadBlocks);
        Add(writer, "storeFailures", _journal.StoreFailures);
        Add(writer, "cutBytes", _journal.Report.CutBytes);
        Add(writer, "damagedPlaces", _journal.Report.DamagedPlaces + _journal.Report.DamagedHeaders);
        Add(writer, "newlyMissing", _journal.Report.NewlyMissing);
        writer.EndObject();
    }

    private void WriteTime(ByteTextWriter writer)
    {
        if (_time == null)
        {
            return;
        }

        writer.Name("time");
        writer.BeginObject();
        writer.Name("source");
        writer.Value(TimeSource.NameOf(_time.Source));
        Add(writer, "driftPartsPerBillion", _time.DriftPartsPerBillion);
        Add(writer, "slewLeftMs", _time.SlewLeftMs);
        Add(writer, "refusedOffers", _time.RefusedOffers);
        writer.EndObject();
    }

    private void WriteWatchdog(ByteTextWriter writer)
    {
        if (_watchdog == null)
        {
            return;
        }

        writer.Name("watchdog");
        writer.BeginObject();
        writer.Name("lastCause");
        if (_watchdog.LastCause == null)
        {
            writer.Null();
        }
        else
        {
            writer.Value(_watchdog.LastCause);
        }

        Add(writer, "restarts", _watchdog.RestartsTotal);
        writer.EndObject();
    }

    private static void Add(ByteTextWriter writer, string name, long value)
    {
        writer.Name(name);
        writer.Value(value);
    }
}
