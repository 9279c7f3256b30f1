using MeterFirmware.Boards.Bench;
using MeterFirmware.Boards.Simulator.Meters;
using MeterFirmware.Hardware;
using MeterFirmware.History;
using MeterFirmware.Metering;
using MeterFirmware.Storage;
using MeterFirmware.Tariffs;
using MeterFirmware.Telemetry;

namespace MeterFirmware.Tools.MeterCtl.Simulation;

/// <summary>A simulated meter in a home of its own: the real product, the chip's twin, a made-up household.</summary>
public sealed class FleetMeter : IFleetDevice
{
    private const int MinuteMs = 60_000;

    private readonly SimulatedMeter _meter;
    private readonly Func<long, int> _load;
    private readonly TariffTable _tariff;

    /// <param name="load">Power in mW by local second, export negative; null: a household of the seed.</param>
    /// <param name="powerMilliwattsMax">Highest power of that load.</param>
    public FleetMeter(TelemetrySettings telemetry, TariffTable tariff, long startUtcSeconds, int seed, IMqttLink link,
        IRecordLog log,
        byte[]? secret = null,
        Func<long, int>? load = null,
        long powerMilliwattsMax = 12_800_000)
    {
        Device = telemetry.Device;
        Link = link;
        Log = log;
        _tariff = tariff;
        _load = load ?? new HouseholdLoad(seed).MilliwattsAt;
        MeteringSettings limits = new();
        _meter = new SimulatedMeter(new SimulatedMeterParts
        {
            Tariff = tariff,
            StartUtcSeconds = startUtcSeconds,
            Telemetry = telemetry,
            Metering = new MeteringSettings
            {
                RateCountMax = Math.Max(8, tariff.RateCount),
                TierCountMax = Math.Max(4, tariff.TierCount),

                // More than the commissioned power is a fault of the reading, and not counted: a quarter to spare.
                PhasePowerMilliwattsMax = (int)Math.Max(limits.PhasePowerMilliwattsMax, powerMilliwattsMax / 4 * 5),
            },
            Link = link,
            Records = log,
            Secret = secret,

            // Daily and settlement freezes, which are pushed; a thousand meters do without the hours.
            History = new HistoryParts
            {
                Records = new RamBlockStore(6, 16_384, onDemand: true),
                Freezes = new FreezeSettings { IsHourly = false },
                Limits = new HistoryLimits { EventCount = 1, FreezeCounts = [1, 1, 8, 2, 1, 1] },
            },
            Seed = seed,
            PowerMilliwattsMax = powerMilliwattsMax,
        });
    }

    public string Device { get; }

    public SimulatedMeter Meter => _meter;

    public TelemetryAgent Agent => _meter.Product.Telemetry;

    public IMqttLink Link { get; }

    public IRecordLog Log { get; }

    public long NowMs => _meter.Clock.NowMs;

    /// <summary>What time it is for the device.</summary>
    public SimulatedClock Clock => _meter.Clock;

    /// <summary>Monotonic time from which on the home uses nothing, so that a run ends with all energy in
    /// records.</summary>
    public long LoadEndsAtMs { get; init; } = long.MaxValue;

    /// <summary>Monotonic time before which the home uses nothing: a chip that starts does not count yet.</summary>
    public long LoadStartsAtMs { get; init; }

    /// <summary>Power at the terminals now, in mW.</summary>
    public int Milliwatts { get; private set; }

    public void Step(int milliseconds)
    {
        // The home's power changes with the minute. A step across a change is cut there: its length follows the
        // network, and the home's energy must not.
        while (milliseconds > 0)
        {
            _meter.Clock.TryReadUtc(out long utcSeconds, out int fraction);
            bool isOn = NowMs >= LoadStartsAtMs && NowMs < LoadEndsAtMs;
            long untilSwitch = (isOn ? LoadEndsAtMs : LoadStartsAtMs) - NowMs;
            int part = Math.Min(milliseconds, MinuteMs - (int)(utcSeconds % 60) * 1000 - fraction);
            part = untilSwitch > 0 ? (int)Math.Min(part, untilSwitch) : part;
            Milliwatts = isOn ? _load(utcSeconds + _tariff.OffsetSecondsAt(utcSeconds)) : 0;
            _meter.Step(part, (long)Milliwatts * part);
            milliseconds -= part;
        }
    }
}
