using MeterFirmware.Storage;
using MeterFirmware.Storage.Records;
using MeterFirmware.Telemetry;

namespace MeterFirmware.Firmware.Tests.Telemetry;

/// <summary>An agent on a fake link over a log in RAM, with quick times.</summary>
public sealed class Bench
{
    public const long Utc = 1_767_225_600;

    private readonly byte[] _payload = new byte[IntervalRecord.BytesMax];
    private readonly IntervalRecord _record = new IntervalRecord();

    public Bench(int logRecords = 100, int instantIntervalMs = 0, string identity = null)
    {
        Log = new MemoryRecordLog(logRecords, 128, identity);
        Settings = new TelemetrySettings
        {
            Device = "m1",
            InstantIntervalMs = instantIntervalMs,
            SpreadMs = 0,
            RecordSpacingMs = 100,
            WindowRecords = 4,
            ResendMs = 5_000,
            ResendMsMax = 20_000,
            DeadPeerMs = 60_000,
            DeadPeerMsMax = 240_000,
        };
    }

    public TelemetrySettings Settings { get; }

    public MemoryRecordLog Log { get; }

    public FakeLink Link { get; } = new FakeLink();

    /// <summary>The device's secret, as <see cref="Start"/> finds it; null: none.</summary>
    public IAcknowledgementKey Key { get; set; }

    public IReportSource Report { get; set; }

    public FakeInstants Instants { get; } = new FakeInstants();

    public TelemetryAgent Agent { get; private set; }

    public long NowMs { get; private set; }

    /// <summary>Makes the agent (again: a reboot that keeps the log) and brings it online.</summary>
    public void Start()
    {
        Link.State = MeterFirmware.Hardware.MqttLinkState.Closed;
        IRecordPayload[] payloads = { new IntervalPayload(new IntervalRecord()), new EventPayload(new EventRecord()) };
        Agent = new TelemetryAgent(Settings, Link, Log, Instants, payloads)
        {
            AcknowledgementKey = Key,
            Report = Report
        };
        Run(3 * 100);
        Link.Forget();
    }

    /// <summary>Ticks every 100 ms.</summary>
    public void Run(long milliseconds)
    {
        long end = NowMs + milliseconds;
        while (NowMs < end)
        {
            NowMs += 100;
            Agent.Tick(NowMs, Utc + NowMs / 1000);
        }
    }

    /// <summary>One tick.</summary>
    public void Tick(int milliseconds)
    {
        NowMs += milliseconds;
        Agent.Tick(NowMs, Utc + NowMs / 1000);
    }

    /// <summary>Logs an interval that ends now.</summary>
    public void Append(int count)
    {
        for (int i = 0; i < count; i++)
        {
            _record.EndUtcSeconds = Utc + NowMs / 1000;
            _record.StartUtcSeconds = _record.EndUtcSeconds - 900;
            _record.ImportWattHours++;
            _record.ImportMilliwattHours = 1000;
            Log.TryAppend(RecordKind.Interval, _payload, 0, _record.Write(_payload, 0), out long _);
        }
    }

    public void Acknowledge(long upTo) =>
        Link.Arrive("mf/v1/m1/ack", "{\"device\":\"m1\",\"upTo\":" + upTo.ToString() + "}");
}
