using MeterFirmware.Boards.Simulator;
using MeterFirmware.Boards.Simulator.Mqtt;
using MeterFirmware.Storage;
using MeterFirmware.Storage.Records;
using MeterFirmware.Telemetry;
using MeterFirmware.Tools.Billing.Tariffs;
using MeterFirmware.Tools.HeadEnds;
using MeterFirmware.Tools.MeterCtl.Simulation;

namespace MeterFirmware.Tools.MeterCtl.Demo;

/// <summary>The demonstration's world: embedded broker, head-end, meters; one simulated day.</summary>
public sealed class DemoRun : IAsyncDisposable
{
    private const int StepMs = 1000;
    private const int DayMs = 86_400_000;

    // The meters start a moment before midnight, so that the first quarter hour is a whole one.
    private const int LeadMs = 5000;

    // Intervals, events and charging sessions all fit.
    private const int RecordBytesMax = 640;

    private readonly EmbeddedBroker _broker;
    private readonly Fleet _fleet;
    private readonly List<MqttNetLink> _links = [];

    private DemoRun(EmbeddedBroker broker, HeadEnd headEnd, FleetSecrets? secrets, TariffFile tariff,
        int meterCount, int chargerCount, DateOnly day, bool hasHome)
    {
        _broker = broker;
        HeadEnd = headEnd;
        Tariff = tariff;
        Day = day;
        MqttBrokers brokers = new([MqttAddress.Loopback(broker.Port)]);
        DayStartUtcSeconds = new NodaTime.LocalDate(day.Year, day.Month, day.Day).AtStartOfDayInZone(tariff.Zone)
            .ToInstant().ToUnixTimeSeconds();
        long startUtcSeconds = DayStartUtcSeconds - LeadMs / 1000;
        Home = hasHome ? new DemoHome(tariff.Table, DayStartUtcSeconds) : null;
        for (int i = 0; i < meterCount; i++)
        {
            MqttNetLink link = new(brokers);
            _links.Add(link);
            TelemetrySettings telemetry = Telemetry($"meter-{i + 1:000}", "smart-meter", i);
            MemoryRecordLog log = new(512, IntervalRecord.BytesMax, HostEntropy.NewIdentity());
            byte[]? secret = secrets?.Give(telemetry);
            Meters.Add(new FleetMeter(telemetry, tariff.Table, startUtcSeconds, i + 1, link, log, secret)
            {
                LoadStartsAtMs = LeadMs,
                LoadEndsAtMs = LeadMs + DayMs,
            });
        }

        for (int i = 0; i < chargerCount; i++)
        {
            MqttNetLink link = new(brokers);
            _links.Add(link);
            TelemetrySettings telemetry = Telemetry($"charger-{i + 1:00}", "ev-charger", 1000 + i);
            MemoryRecordLog log = new(512, RecordBytesMax, HostEntropy.NewIdentity());
            byte[]? secret = secrets?.Give(telemetry);
            Chargers.Add(new FleetCharger(telemetry, tariff.Table, startUtcSeconds, 1000 + i, link, log, secret));
        }

        _fleet = new Fleet([.. Meters, .. Chargers], StepMs, double.PositiveInfinity);
    }

    public HeadEnd HeadEnd { get; }

    public TariffFile Tariff { get; }

    public DateOnly Day { get; }

    public long DayStartUtcSeconds { get; }

    /// <summary>Null: the tariff has no place for charging sessions.</summary>
    public DemoHome? Home { get; }

    public List<FleetMeter> Meters { get; } = [];

    public List<FleetCharger> Chargers { get; } = [];

    /// <summary>Share of the simulated day that is over, 0 to 1, of the slowest device.</summary>
    public double Share => Math.Clamp((Meters.Min(meter => meter.NowMs) - LeadMs) / (double)DayMs, 0, 1);

    public long Produced => _fleet.Produced;

    /// <param name="isPlain">True: devices have no secret, and acknowledgements go without mac.</param>
    public static async Task<DemoRun> StartAsync(
        TariffFile tariff, int meterCount, int chargerCount, DateOnly day, bool hasHome, bool isPlain = false)
    {
        EmbeddedBroker broker = await EmbeddedBroker.StartAsync();
        FleetSecrets? secrets = isPlain ? null : new();
        HeadEnd headEnd = new(new HeadEndOptions
        {
            Brokers = new MqttBrokers([MqttAddress.Loopback(broker.Port)]),
            AcknowledgementKeyOf = secrets == null ? null : secrets.Keys.Of,
        });
        headEnd.Start();
        return new DemoRun(broker, headEnd, secrets, tariff, meterCount, chargerCount, day, hasHome);
    }

    /// <summary>Runs the day and waits until every record is acknowledged. False: not all were, in 30 s.</summary>
    public bool Run(CancellationToken cancellation)
    {
        // The home needs no network, so it costs no time beside the fleet.
        Task home = Task.Run(() => Home?.Run(cancellation), CancellationToken.None);
        _fleet.Run(LeadMs + DayMs, cancellation);
        bool isDrained = _fleet.Drain(TimeSpan.FromSeconds(30), cancellation);
        home.Wait(CancellationToken.None);
        return isDrained;
    }

    private static TelemetrySettings Telemetry(string device, string product, int seed) => new()
    {
        Device = device,
        Product = product,
        Seed = seed,
        SpreadMs = 1000,
        RecordSpacingMs = 0,
        InstantIntervalMs = 60_000,
    };

    public async ValueTask DisposeAsync()
    {
        foreach (MqttNetLink link in _links)
        {
            link.Dispose();
        }

        await HeadEnd.DisposeAsync();
        await _broker.DisposeAsync();
    }
}
