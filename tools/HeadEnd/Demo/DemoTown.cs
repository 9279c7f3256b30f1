using System.Security.Cryptography;
using MeterFirmware.Boards.Simulator;
using MeterFirmware.Boards.Simulator.Meters;
using MeterFirmware.Boards.Simulator.Mqtt;
using MeterFirmware.Storage;
using MeterFirmware.Storage.Records;
using MeterFirmware.Tariffs;
using MeterFirmware.Telemetry;
using MeterFirmware.Tools.HeadEnds.Fleets;
using MeterFirmware.Tools.MeterCtl.Simulation;

namespace MeterFirmware.Tools.HeadEnds.Web.Demo;

/// <summary>A made-up town at high speed: 300 meters on 6 transformers, each with a meter of its own, 20 chargers on a
/// seventh, one site with photovoltaics. Each is the real product; nothing in it is of a real person.</summary>
public sealed class DemoTown : IAsyncDisposable
{
    public const int MeterCount = 300;
    public const int ChargerCount = 20;
    public const int TransformerCount = 6;

    private const int StepMs = 1_000;

    /// <summary>Step of the days before: a minute, at which a home's load changes.</summary>
    private const int PastStepMs = 60_000;

    /// <summary>Two whole days and half of the third: pages have something to show from the start.</summary>
    internal const int PastHours = 60;
    private const int MsAnHour = 3_600_000;
    private const long SupplyMilliwattsMax = 400_000_000;
    private const int RecordsMax = 512;
    private const int RecordBytesMax = 640;
    private const int RatingKva = 250;
    private const int HomeWattsMax = 13_000;
    private const string HomeTariff = "china-workplace-five-rates";
    private const int SolarMilliwattsMax = 60_000_000;
    private const int SiteMilliwatts = 18_000_000;
    private const int SecondsADay = 86_400;

    /// <summary>Of what is sold; the fourth transformer has somebody who taps a line.</summary>
    private static readonly int[] _lossPermille = [28, 35, 31, 118, 26, 40];

    private readonly List<MqttNetLink> _links = [];
    private readonly List<Place> _places = [];
    private readonly FleetSecrets _secrets = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Fleet _past;
    private readonly Fleet _meters;
    private readonly Fleet _chargers;
    private readonly MqttBrokers _brokers;
    private readonly DateTimeOffset _start;
    private Task _running = Task.CompletedTask;

    /// <param name="brokers">Where its devices connect.</param>
    /// <param name="speed">Simulated seconds per second.</param>
    /// <param name="clock">The meters begin two days before, and come to the last noon as fast as they can.</param>
    public DemoTown(MqttBrokers brokers, double speed, TimeProvider clock)
    {
        _brokers = brokers;
        _start = StartOf(clock.GetUtcNow());
        TariffTable tariff = LoadTariff();
        List<IFleetDevice> meters = [];
        for (int i = 0; i < MeterCount; i++)
        {
            // The last one is the grid point of a site with a roof full of panels.
            bool isSite = i == MeterCount - 1;
            TelemetrySettings telemetry = Telemetry($"meter-{i + 1:000}", "smart-meter", i, isSite ? "site" : "home");
            meters.Add(new FleetMeter(telemetry, tariff, StartUtcSeconds, i + 1, Link(), NewLog(),
                _secrets.Give(telemetry), isSite ? SiteMilliwattsAt : null, isSite ? SolarMilliwattsMax : 12_800_000));
        }

        for (int i = 0; i < TransformerCount; i++)
        {
            TelemetrySettings telemetry = Telemetry($"supply-{i + 1}", "smart-meter", 2_000 + i, "supply", i);
            meters.Add(new FleetMeter(telemetry, tariff, StartUtcSeconds, 2_000 + i, Link(), NewLog(),
                _secrets.Give(telemetry), new AreaSupply(HomesOf(i), _lossPermille[i]).MilliwattsAt,
                SupplyMilliwattsMax));
        }

        // A charger's loop turns every 10 ms: two days of twenty would take minutes.
        long chargersFrom = _start.AddHours(PastHours).ToUnixTimeSeconds();
        List<IFleetDevice> chargers = [];

        for (int i = 0; i < ChargerCount; i++)
        {
            TelemetrySettings telemetry = Telemetry(
                $"charger-{i + 1:00}", "ev-charger", 1_000 + i, "charger", TransformerCount);
            chargers.Add(new FleetCharger(
                telemetry, tariff, chargersFrom, 1_000 + i, Link(), NewLog(), _secrets.Give(telemetry),
                NewBillingKey(telemetry.Device)));
        }

        _past = new Fleet(meters, PastStepMs, double.PositiveInfinity);
        _meters = new Fleet(meters, StepMs, speed) { BeginMs = PastHours * MsAnHour };
        _chargers = new Fleet(chargers, StepMs, speed);
    }

    /// <summary>Two days before the midnight whose noon was the last one: no place begins later than now.</summary>
    public static DateTimeOffset StartOf(DateTimeOffset now) =>
        new DateTimeOffset(now.ToOffset(TownClock.Offset).AddHours(-12).Date, TownClock.Offset).AddDays(-2);

    /// <summary>For the head-end.</summary>
    public AcknowledgementKeys Keys => _secrets.Keys;

    /// <summary>What its chargers sign their sessions with.</summary>
    public AcknowledgementKeys BillingKeys { get; } = new();

    /// <summary>Records that its devices made so far.</summary>
    public long Produced => _meters.Produced + _chargers.Produced;

    private long StartUtcSeconds => _start.ToUnixTimeSeconds();

    /// <summary>Writes the town's topology into the fleet.</summary>
    public void Register(FleetStore fleet)
    {
        DateTimeOffset from = _start.AddDays(-1);
        List<Area> areas =
        [
            new Area("East substation", "substation", null, null, from, null),
            new Area("Harbour feeder", "feeder", "East substation", null, from, null),
            new Area("Garden feeder", "feeder", "East substation", null, from, null),
        ];
        areas.AddRange(Enumerable.Range(0, TransformerCount + 1).Select(i => new Area(AreaOf(i), "transformer",
            i < TransformerCount / 2 ? "Harbour feeder" : "Garden feeder", RatingKva, from, null)));
        IReadOnlyList<FleetFault> faults =
            [.. fleet.ReplaceAreas(FleetCsv.Write(areas)), .. fleet.ReplacePlaces(FleetCsv.Write(_places))];
        if (faults.Count > 0)
        {
            throw new InvalidOperationException($"the town's own topology: {faults[0]}");
        }
    }

    /// <summary>Lets it live until it is disposed of.</summary>
    public void Start() => _running = Task.Factory.StartNew(Live, CancellationToken.None,
        TaskCreationOptions.LongRunning, TaskScheduler.Default);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _links.ForEach(link => link.Dispose());
        _stop.Dispose();
    }

    private void Live()
    {
        _past.Run(PastHours * MsAnHour, _stop.Token);
        Task chargers = Task.Factory.StartNew(() => _chargers.Run(long.MaxValue, _stop.Token), CancellationToken.None,
            TaskCreationOptions.LongRunning, TaskScheduler.Default);
        _meters.Restart();
        _meters.Run(long.MaxValue, _stop.Token);
        chargers.GetAwaiter().GetResult();
    }

    private static string AreaOf(int index) => index < TransformerCount ? $"Transformer {index + 1}" : "Charging park";

    /// <summary>Loads behind a transformer, by local second.</summary>
    private static List<Func<long, int>> HomesOf(int transformer) =>
        [.. Enumerable.Range(0, MeterCount).Where(i => i % TransformerCount == transformer).Select(i =>
            i == MeterCount - 1 ? (Func<long, int>)SiteMilliwattsAt : new HouseholdLoad(i + 1).MilliwattsAt)];

    /// <summary>What meterctl compiled from its example china-workplace-five-rates; a test keeps the two
    /// equal.</summary>
    private static TariffTable LoadTariff()
    {
        using Stream stream = typeof(DemoTown).Assembly.GetManifestResourceStream("town.tariff")!;
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return TariffTable.TryLoad(bytes, bytes.Length, out TariffTable table, out string error)
            ? table : throw new InvalidOperationException(error);
    }

    /// <summary>A workshop by day, and the sun on its roof.</summary>
    private static int SiteMilliwattsAt(long localSeconds)
    {
        double hour = localSeconds % SecondsADay / 3_600.0;
        double sun = Math.Max(0, Math.Sin((hour - 6) / 12 * Math.PI));
        double work = hour is >= 7 and < 18 ? 1 : 0.15;
        return (int)(SiteMilliwatts * work - SolarMilliwattsMax * 0.8 * sun * (hour is >= 6 and <= 18 ? 1 : 0));
    }

    private static MemoryRecordLog NewLog() => new(RecordsMax, RecordBytesMax, HostEntropy.NewIdentity());

    private byte[] NewBillingKey(string device)
    {
        byte[] key = RandomNumberGenerator.GetBytes(AcknowledgementKeys.KeyBytes);
        BillingKeys.Set(device, key);
        return key;
    }

    private MqttNetLink Link()
    {
        MqttNetLink link = new(_brokers);
        _links.Add(link);
        return link;
    }

    private TelemetrySettings Telemetry(string device, string product, int seed, string model, int? area = null)
    {
        // A place begins with its device: the chargers' is the last noon.
        DateTimeOffset from = model == "charger" ? _start.AddHours(PastHours) : _start.AddHours(-1);
        bool isSupply = model == Place.Supply;
        _places.Add(new Place(device, AreaOf(area ?? seed % TransformerCount), model,
            isSupply ? "" : $"C{seed + 1:0000}", IsProtected: seed % 50 == 7, from, null,
            isSupply ? Place.Supply : "", isSupply || model == "site" ? null : HomeWattsMax,
            model == "home" ? HomeTariff : ""));
        return new TelemetrySettings
        {
            Device = device,
            Product = product,
            Seed = seed,
            SpreadMs = 5_000,
            RecordSpacingMs = 0,
            InstantIntervalMs = 300_000,
        };
    }
}
