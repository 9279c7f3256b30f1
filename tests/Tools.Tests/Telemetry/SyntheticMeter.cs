using System;
using MeterFirmware.Basics;
using MeterFirmware.Boards.Simulator;
using MeterFirmware.Boards.Simulator.Mqtt;
using MeterFirmware.Commands;
using MeterFirmware.Hardware;
using MeterFirmware.Storage;
using MeterFirmware.Storage.Records;
using MeterFirmware.Telemetry;
using MeterFirmware.Tools.MeterCtl.Simulation;
using MQTTnet;

namespace MeterFirmware.Tools.Tests.Telemetry;

/// <summary>The telemetry agent without a product behind it: logs a known interval record every 15 simulated minutes,
/// and now and then a burst of events.</summary>
internal sealed class SyntheticMeter : IFleetDevice, IInstantSource, IDisposable
{
    public const long StartUtc = 1_767_225_600;
    private const int IntervalMs = 900_000;

    private readonly byte[] _payload = new byte[IntervalRecord.BytesMax];
    private readonly IntervalRecord _interval = new() { OffsetSeconds = 28_800, FrequencyMillihertz = 50_000 };
    private readonly EventRecord _event = new();
    private readonly int _index;
    private readonly MqttNetLink _link;
    private long _nextIntervalMs = IntervalMs;

    public SyntheticMeter(int index, int port)
        : this(index, builder => builder.WithTcpServer("127.0.0.1", port))
    {
    }

    /// <param name="index">Gives the name.</param>
    /// <param name="configure">The way to the broker.</param>
    /// <param name="speaks">1.1 with a secret and without plain acknowledgements, 1.1 without a secret, or 1.0.</param>
    /// <param name="log">What an earlier life left; null: a new log.</param>
    public SyntheticMeter(int index, Action<MqttClientOptionsBuilder> configure, Speaks speaks = Speaks.Current,
        IRecordLog log = null)
        : this(index, new MqttBrokers(configure), speaks, log)
    {
    }

    public SyntheticMeter(int index, MqttBrokers brokers, Speaks speaks = Speaks.Current, IRecordLog log = null)
    {
        _index = index;
        _link = new MqttNetLink(brokers);
        Log = log ?? new MemoryRecordLog(20_000, 128, speaks == Speaks.Release010 ? null : HostEntropy.NewIdentity());
        IMqttLink link = speaks == Speaks.Release010 ? Old = new Release010Link(_link) : _link;
        TelemetrySettings options = OptionsOf(index);
        options.TakesPlainAcknowledgements = speaks != Speaks.CurrentSigned;
        Agent = new TelemetryAgent(options, link, Log, this,
            [new IntervalPayload(new IntervalRecord()), new EventPayload(new EventRecord())]);
        Agent.Announce(["peak", "valley"]);
        if (speaks == Speaks.CurrentSigned)
        {
            DeviceSecurity security = new(new CheckpointStore(new RamBlockStore(2, 1024), DeviceSecurity.StateBytes));
            security.TryCommission(SecretOf(NameOf(index)));
            Agent.AcknowledgementKey = security;
        }
    }

    public TelemetryAgent Agent { get; }

    public IMqttLink Link => _link;

    public MqttNetLink NetLink => _link;

    public IRecordLog Log { get; }

    /// <summary>The link of a device of 0.1.0; null: this is none.</summary>
    public Release010Link Old { get; }

    public long NowMs { get; private set; }

    public long ImportMilliwattHours { get; private set; }

    public Measurement Measurement { get; } = new();

    public bool HasMeasurement => true;

    public long ImportWattHours => ImportMilliwattHours / 1000;

    public long ExportWattHours => 0;

    public int Rate => 0;

    public int OffsetSeconds => 28_800;

    public int SensorFaults => 0;

    /// <summary>A secret for each name.</summary>
    public static byte[] SecretOf(string name) =>
        System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(name));

    public static string NameOf(int index) => $"meter-{index:0000}";

    public void WriteExtra(ByteTextWriter json)
    {
    }

    public void Step(int milliseconds)
    {
        NowMs += milliseconds;
        if (NowMs >= _nextIntervalMs)
        {
            LogInterval();
            _nextIntervalMs += IntervalMs;
        }

        Agent.Tick(NowMs, StartUtc + NowMs / 1000);
    }

    public void Dispose() => _link.Dispose();

    private static TelemetrySettings OptionsOf(int index) => new()
    {
        Device = NameOf(index),
        InstantIntervalMs = 600_000,
        RecordSpacingMs = 5,
        WindowRecords = 8,
        ResendMs = 500,
        ResendMsMax = 2_000,
        DeadPeerMs = 5_000,
        DeadPeerMsMax = 20_000,
        BackoffMs = 100,
        BackoffMsMax = 1_000,
        SpreadMs = 200,
        StableMs = 1_000,
    };

    private void LogInterval()
    {
        long interval = _nextIntervalMs / IntervalMs;
        _interval.EndUtcSeconds = StartUtc + _nextIntervalMs / 1000;
        _interval.StartUtcSeconds = _interval.EndUtcSeconds - IntervalMs / 1000;
        _interval.Rate = (int)(interval % 2);
        _interval.ImportMilliwattHours = 100_000 + 37 * _index + interval;
        ImportMilliwattHours += _interval.ImportMilliwattHours;
        _interval.ImportWattHours = ImportWattHours;
        Log.TryAppend(RecordKind.Interval, _payload, 0, _interval.Write(_payload, 0), out long _);
        for (long i = 0; i < (interval + _index) % 5; i++)
        {
            _event.Code = (int)i;
            _event.StartUtcSeconds = _interval.EndUtcSeconds;
            _event.EndUtcSeconds = _interval.EndUtcSeconds;
            Log.TryAppend(RecordKind.Event, _payload, 0, _event.Write(_payload, 0), out long _);
        }
    }
}
