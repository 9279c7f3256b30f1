using MeterFirmware.Boards.Simulator;
using MeterFirmware.Hardware;
using MeterFirmware.Storage;
using MeterFirmware.Tariffs;
using MeterFirmware.Telemetry;

namespace MeterFirmware.Tools.MeterCtl.Simulation;

/// <summary>A simulated meter in a home of its own: the real product, the chip's twin, a made-up household.</summary>
public sealed class FleetMeter : IFleetDevice
{
    private readonly SimulatedMeter _meter;
    private readonly HouseholdLoad _home;
    private readonly TariffTable _tariff;

    public FleetMeter(TelemetryOptions telemetry, TariffTable tariff, long startUtcSeconds, int seed, IMqttLink link, IRecordLog log)
    {
        Device = telemetry.Device;
        Link = link;
        Log = log;
        _tariff = tariff;
        _home = new HouseholdLoad(seed);
        _meter = new SimulatedMeter(new SimulatedMeterOptions
        {
            Tariff = tariff,
            StartUtcSeconds = startUtcSeconds,
            Telemetry = telemetry,
            Metering = new() { RateCountMax = Math.Max(8, tariff.RateCount), TierCountMax = Math.Max(4, tariff.TierCount) },
            Link = link,
            Records = log,
            Seed = seed,
        });
    }

    public string Device { get; }

    public SimulatedMeter Meter => _meter;

    public TelemetryAgent Agent => _meter.Product.Telemetry;

    public IMqttLink Link { get; }

    public IRecordLog Log { get; }

    public long NowMs => _meter.Clock.NowMs;

    /// <summary>Monotonic time from which on the home uses nothing, so that a run ends with all energy in records.</summary>
    public long LoadEndsAtMs { get; init; } = long.MaxValue;

    /// <summary>Power at the terminals now, in mW.</summary>
    public int Milliwatts { get; private set; }

    public void Step(int milliseconds)
    {
        // A step across the end of the load is cut there, or its energy would be spread beyond it.
        long untilEnd = LoadEndsAtMs - NowMs;
        if (untilEnd > 0 && untilEnd < milliseconds)
        {
            StepWhole((int)untilEnd);
            milliseconds -= (int)untilEnd;
        }

        StepWhole(milliseconds);
    }

    private void StepWhole(int milliseconds)
    {
        long utcSeconds = _meter.Clock.UtcSeconds;
        Milliwatts = NowMs < LoadEndsAtMs ? _home.MilliwattsAt(utcSeconds + _tariff.OffsetSecondsAt(utcSeconds)) : 0;
        _meter.Step(milliseconds, (long)Milliwatts * milliseconds);
    }
}
