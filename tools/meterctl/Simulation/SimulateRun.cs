using System.Diagnostics;
using System.Text;
using MeterFirmware.Boards.Simulator;
using MeterFirmware.Boards.Simulator.Mqtt;
using MeterFirmware.EvCharger;
using MeterFirmware.Hardware;
using MeterFirmware.SmartMeter;
using MeterFirmware.Storage;
using MeterFirmware.Storage.Records;
using MeterFirmware.Tariffs;
using MeterFirmware.Telemetry;
using MeterFirmware.Tools.Billing.Tariffs;
using MeterFirmware.Tools.HeadEnds;
using MeterFirmware.Tools.MeterCtl.Input;

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
    private readonly MqttBrokers _brokers;
    private readonly List<MqttNetLink> _links = [];
    private readonly List<IFleetDevice> _devices = [];
    private readonly FleetSecrets _secrets = new();
    private readonly Fleet _fleet;
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly StallWatch _stall;

    private SimulateRun(SimulateOptions options, EmbeddedBroker? broker, MqttBrokers brokers)
    {
        _options = options;
        _broker = broker;
        _brokers = brokers;
        _stall = new StallWatch(options.Drain);
        if (options.HasHeadEnd)
        {
            HeadEnd = new HeadEnd(new HeadEndOptions
            {
                Brokers = BrokersFor(SimulateOptions.HeadEndName),
                Log = options.Log,
                DatabasePath = options.DatabasePath,
                ClientId = $"mf-head-end-{options.Prefix}",
                AcknowledgementKeyOf = options.IsSigned ? _secrets.Keys.Of : null,
            });
        }

        // New devices count from 1. A head-end that knows higher numbers of theirs would acknowledge what they never
        // made.
        if (HeadEnd?.Devices()
            .FirstOrDefault(device =>
                device.Device.StartsWith(options.Prefix + "-", StringComparison.Ordinal)) is { } known)
        {
            throw new InputException(
                $"--database: {options.DatabasePath} holds {known.Device} of another run; choose another --prefix or "
                    + "file");
        }

        TariffTable tariff = TariffFile.Load("china-workplace-five-rates").Table;
        for (int i = 0; i < options.Meters; i++)
        {
            int seed = unchecked(options.Seed * 1_000_003 + i);
            TelemetrySettings telemetry = Telemetry($"{options.Prefix}-m{i + 1:00000}");
            _devices.Add(new FleetMeter(telemetry, tariff, StartUtcSeconds, seed, Link(telemetry.Device),
                NewJournal(new MeterPlan { JournalBlocks = JournalBlocks }.Layout()),
                SecretOf(telemetry)));
        }

        TariffTable workplace = TariffFile.Load("workplace-benchmark").Table;
        for (int i = 0; i < options.Chargers; i++)
        {
            int seed = unchecked(options.Seed * 1_000_003 + 500_009 + i);
            TelemetrySettings telemetry = Telemetry($"{options.Prefix}-c{i + 1:00000}", "ev-charger");
            _devices.Add(new FleetCharger(telemetry, workplace, StartUtcSeconds, seed, Link(telemetry.Device),
                NewJournal(ChargerPlan.Layout()), SecretOf(telemetry)));
        }

        if (options.KeysPath != null)
        {
            OutputFile.Write("--ack-keys", options.KeysPath, Encoding.ASCII.GetBytes(_secrets.Keys.ToText()),
                isPrivate: true);
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
        SimulateRun run = new(options, broker, options.Broker ?? new MqttBrokers([MqttAddress.Loopback(broker!.Port)]));
        run.HeadEnd?.Start();
        return run;
    }

    /// <summary>Runs the hours, then waits until the journals are empty or the patience is at its end.</summary>
    public void Run(CancellationToken cancel)
    {
        _fleet.Run((long)(_options.Hours * 3_600_000), cancel);
        _fleet.Drain(_options.Drain, cancel);
    }

    /// <summary>Why the run cannot go on; null: it can. To be asked about twice a second, from one thread.</summary>
    public string? StallReason()
    {
        long acknowledged = _devices.Sum(device => device.Log.AcknowledgedNumber);
        long progress = acknowledged + _devices.Count(device => device.Agent.Counters.Births > 0)
            + (HeadEnd is { IsReady: true } ? 1 : 0);
        bool isOwed = Pending > 0 || _devices.Any(device => device.Agent.State != LinkState.Online)
            || HeadEnd is { IsReady: false };

        // Whoever reads the keys can only begin when they are written: a person in another window.
        bool hasBegun = acknowledged > 0 || _options.KeysPath != null;
        return _stall.IsStalled(_watch.ElapsedMilliseconds, progress, hasBegun, isOwed) ? Reason() : null;
    }

    private long Pending => _fleet.Pending;

    private string Reason()
    {
        if (HeadEnd is { IsReady: false })
        {
            return $"the head-end is not connected: {(HeadEnd.LastError.Length > 0 ? HeadEnd.LastError : "no answer yet")}";
        }

        // The most frequent error, with one device that has it.
        var worst = _links.Zip(_devices)
            .Where(pair => pair.First.State != MqttLinkState.Open || pair.First.LastRefusal != null)
            .GroupBy(pair => pair.First.LastRefusal is { } refused
                ? $"broker refused a message on {refused}" : pair.First.LastError ?? "link: no answer yet")
            .MaxBy(group => group.Count());
        if (worst != null)
        {
            string others = worst.Count() > 1 ? $" and {worst.Count() - 1} more" : "";
            return $"{worst.First().Second.Agent.Device}{others}: {worst.Key}";
        }

        return $"{Pending} records are sent, but no head-end acknowledges them";
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
            _options.IsSigned ? "signed" : "plain", _watch.Elapsed.TotalSeconds);
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

    private static Journal NewJournal(JournalLayout layout)
    {
        Journal journal = new(new RamBlockStore(JournalBlocks, JournalBlockBytes), layout, RecordBytesMax);
        journal.Open(1, JournalIdentity.Make(new HostEntropy()));
        return journal;
    }

    private byte[]? SecretOf(TelemetrySettings device) => _options.IsSigned ? _secrets.Give(device) : null;

    private MqttBrokers BrokersFor(string name) => _options.BrokerFor?.Invoke(_brokers, name) ?? _brokers;

    private MqttNetLink Link(string device)
    {
        MqttNetLink link = new(BrokersFor(device));
        _links.Add(link);
        return link;
    }

    // About one a second on the wall, and no more than one a quarter hour at full speed: the broker is real.
    private int InstantIntervalMs() =>
        double.IsInfinity(_options.Speed) ? 900_000 : (int)Math.Clamp(_options.Speed * 1_000, 10_000, 900_000);

    // Waits that a person would sit through on the wall's clock: after the hours, drain runs at its pace.
    private TelemetrySettings Telemetry(string device, string product = "smart-meter") => new()
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
