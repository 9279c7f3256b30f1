using System.Diagnostics;
using MeterFirmware.Boards.Simulator;
using MeterFirmware.Storage;
using MeterFirmware.Storage.Records;
using MeterFirmware.Tariffs;
using MeterFirmware.Telemetry;
using MeterFirmware.Tools.HeadEnds;
using MeterFirmware.Tools.MeterCtl.Tariffs;
using MQTTnet;

namespace MeterFirmware.Tools.MeterCtl.Simulation;

/// <summary>A fleet of real products against a real broker: everything that `meterctl simulate` runs.</summary>
public sealed class SimulateRun : IAsyncDisposable
{
    private const int StepMs = 1_000;

    /// <summary>15 July 2026, 00:00 in Shanghai.</summary>
    private const long StartUtcSeconds = 1_784_044_800;

    // As on a plain 4 MB board: 160 KB of its littlefs.
    private const int JournalBlocks = 40;
    private const int JournalBlockBytes = 4_096;
    private const int RecordBytesMax = 640;

    private readonly SimulateOptions _options;
    private readonly EmbeddedBroker? _broker;
    private readonly List<MqttNetLink> _links = [];
    private readonly List<IFleetDevice> _devices = [];
    private readonly Fleet _fleet;
    private readonly Stopwatch _watch = Stopwatch.StartNew();

    private SimulateRun(SimulateOptions options, EmbeddedBroker? broker, Action<MqttClientOptionsBuilder> configure)
    {
        _options = options;
        _broker = broker;
        if (options.HasHeadEnd)
        {
            HeadEnd = new HeadEnd(new HeadEndOptions
            {
                Configure = configure,
                DatabasePath = options.DatabasePath,
                ClientId = $"mf-head-end-{options.Prefix}",
            });
        }

        // New devices count from 1. A head-end that knows higher numbers of theirs would acknowledge what they never made.
        if (HeadEnd?.Devices().FirstOrDefault(device => device.Device.StartsWith(options.Prefix + "-", StringComparison.Ordinal)) is { } known)
        {
            throw new InputException($"--database: {options.DatabasePath} holds {known.Device} of another run; choose another --prefix or file");
        }

        TariffTable tariff = TariffFile.Load("china-workplace-five-rates").Table;
        for (int i = 0; i < options.Meters; i++)
        {
            int seed = unchecked(options.Seed * 1_000_003 + i);
            _devices.Add(new FleetMeter(Telemetry($"{options.Prefix}-m{i + 1:00000}"), tariff, StartUtcSeconds, seed,
                Link(configure), NewJournal()));
        }

        TariffTable workplace = TariffFile.Load("workplace-benchmark").Table;
        for (int i = 0; i < options.Chargers; i++)
        {
            int seed = unchecked(options.Seed * 1_000_003 + 500_009 + i);
            _devices.Add(new FleetCharger(Telemetry($"{options.Prefix}-c{i + 1:00000}", "ev-charger"), workplace,
                StartUtcSeconds, seed, Link(configure), NewJournal()));
        }

        _fleet = new Fleet(_devices, StepMs, options.Speed);
    }

    public HeadEnd? HeadEnd { get; }

    /// <summary>Simulated hours that every device has behind it.</summary>
    public double Hours => _devices.Min(device => device.NowMs) / 3_600_000.0;

    /// <summary>Starts broker (when none is given) and head-end.</summary>
    public static async Task<SimulateRun> StartAsync(SimulateOptions options)
    {
        EmbeddedBroker? broker = options.Broker == null ? await EmbeddedBroker.StartAsync() : null;
        SimulateRun run = new(options, broker, options.Broker ?? (builder => builder.WithTcpServer("127.0.0.1", broker!.Port)));
        run.HeadEnd?.Start();
        return run;
    }

    /// <summary>Runs the hours, then waits until the journals are empty or the patience is at its end.</summary>
    public void Run(CancellationToken cancel)
    {
        _fleet.Run((long)(_options.Hours * 3_600_000), cancel);
        _fleet.Drain(_options.Drain, cancel);
    }

    /// <summary>Goes on at the wall's speed until the journals are empty. False: time ran out.</summary>
    public bool Drain(TimeSpan limit) => _fleet.Drain(limit, CancellationToken.None);

    /// <summary>Counts; at any time, but exact only while nothing runs.</summary>
    public SimulateResult Count()
    {
        long produced = _fleet.Produced;
        long pending = _fleet.Pending;
        long dropped = _devices.Sum(device => device.Agent.Counters.RecordsDropped);
        long? lost = null;
        IReadOnlyList<DeviceState>? states = HeadEnd?.Devices();
        if (HeadEnd != null)
        {
            // What is acknowledged must be stored, or be in a gap that the device reported.
            lost = _devices.Sum(device => device.Log.AcknowledgedNumber -
                HeadEnd.CountSettled(device.Agent.Device, device.Log.AcknowledgedNumber));
        }

        HashSet<string> ours = [.. _devices.Select(device => device.Agent.Device)];
        return new SimulateResult(produced, produced - pending - dropped, pending,
            _devices.Sum(device => device.Agent.Counters.RecordsResent), dropped,
            states?.Where(state => ours.Contains(state.Device)).Sum(state => state.Stored), lost,
            states?.Where(state => ours.Contains(state.Device)).Sum(state => state.Doubled),
            HeadEnd?.Counters.DeliveredAgain, _devices.Sum(device => device.Agent.Counters.Connects), Hours,
            _watch.Elapsed.TotalSeconds);
    }

    public async ValueTask DisposeAsync()
    {
        // Cut, not closed: the broker publishes the wills, and nobody stays "online" who is gone.
        _links.ForEach(link => link.Cut());
        if (HeadEnd != null)
        {
            await HeadEnd.DisposeAsync();
        }

        if (_broker != null)
        {
            await _broker.DisposeAsync();
        }
    }

    private static Journal NewJournal()
    {
        JournalLayout layout = new(3);
        layout.Put(RecordKind.Interval, 0);
        layout.Put(RecordKind.Bill, 0);
        layout.Put(RecordKind.Session, 0);
        layout.Put(RecordKind.Freeze, 1);
        layout.Keep(1, 3);
        Journal journal = new(new RamBlockStore(JournalBlocks, JournalBlockBytes), layout, RecordBytesMax);
        journal.Open(1);
        return journal;
    }

    private MqttNetLink Link(Action<MqttClientOptionsBuilder> configure)
    {
        MqttNetLink link = new(configure);
        _links.Add(link);
        return link;
    }

    // About one a second on the wall, and no more than one a quarter hour at full speed: the broker is real.
    private int InstantIntervalMs() =>
        double.IsInfinity(_options.Speed) ? 900_000 : (int)Math.Clamp(_options.Speed * 1_000, 10_000, 900_000);

    // Waits that a person would sit through on the wall's clock: after the hours, drain runs at its pace.
    private TelemetryOptions Telemetry(string device, string product = "smart-meter") => new()
    {
        Device = device,
        Product = product,
        Seed = _options.Seed,
        InstantIntervalMs = InstantIntervalMs(),
        RecordSpacingMs = 10,
        ResendMs = 5_000,
        ResendMsMax = 20_000,
        DeadPeerMs = 30_000,
        DeadPeerMsMax = 120_000,
        SpreadMs = 1_000,
        BackoffMs = 500,
        BackoffMsMax = 5_000,
        StableMs = 5_000,
        RecordBytesMax = RecordBytesMax,
    };
}
