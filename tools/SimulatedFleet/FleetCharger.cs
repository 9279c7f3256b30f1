using MeterFirmware.Boards.Bench;
using MeterFirmware.Boards.Simulator.Chargers;
using MeterFirmware.Hardware;
using MeterFirmware.Storage;
using MeterFirmware.Tariffs;
using MeterFirmware.Telemetry;

namespace MeterFirmware.Tools.MeterCtl.Simulation;

/// <summary>A simulated charge point in the fleet: the real product, a vehicle that comes and goes once or twice a
/// day.</summary>
public sealed class FleetCharger : IFleetDevice
{
    private const int HourMs = 3_600_000;

    private readonly SimulatedCharger _charger;
    private readonly Random _random;
    private long _nextArrivalMs;
    private long _departureMs = long.MaxValue;
    private int _carryMs;

    public FleetCharger(TelemetrySettings telemetry, TariffTable tariff, long startUtcSeconds, int seed, IMqttLink link,
        IRecordLog log,
        byte[]? secret = null, byte[]? billingKey = null)
    {
        Device = telemetry.Device;
        Link = link;
        Log = log;
        _random = new Random(seed);
        _nextArrivalMs = _random.Next(HourMs / 4, 4 * HourMs);
        _charger = new SimulatedCharger(new SimulatedChargerParts
        {
            Tariff = tariff,
            StartUtcSeconds = startUtcSeconds,
            Telemetry = telemetry,
            Link = link,
            Records = log,
            Secret = secret,
            BillingKey = billingKey ?? SimulatedChargerParts.UsualBillingKey,
        });
    }

    public string Device { get; }

    public SimulatedCharger Charger => _charger;

    /// <summary>Vehicles that have come so far.</summary>
    public int Arrivals { get; private set; }

    public bool HasVehicle => _departureMs != long.MaxValue;

    public TelemetryAgent Agent => _charger.Product.Telemetry;

    public IMqttLink Link { get; }

    public IRecordLog Log { get; }

    public long NowMs => _charger.Clock.NowMs;

    /// <summary>What time it is for the device.</summary>
    public SimulatedClock Clock => _charger.Clock;

    public void Step(int milliseconds)
    {
        // The charger's loop turns every 10 ms, however long the fleet's step is.
        for (_carryMs += milliseconds; _carryMs >= SimulatedCharger.TickMs; _carryMs -= SimulatedCharger.TickMs)
        {
            ComeAndGo();
            _charger.Step();
        }
    }

    private void ComeAndGo()
    {
        if (NowMs >= _departureMs)
        {
            _charger.Vehicle.Unplug();
            _departureMs = long.MaxValue;
            _nextArrivalMs = NowMs + _random.Next(HourMs, 10 * HourMs);
        }
        else if (NowMs >= _nextArrivalMs)
        {
            VehicleSettings vehicle = new(
                )
            { WantedWattHours = _random.Next(3_000, 30_000), PhaseCount = _random.Next(2) == 0 ? 1 : 3 };
            _charger.Vehicle = new Vehicle(vehicle);
            _charger.Vehicle.PlugIn();
            Arrivals++;
            _nextArrivalMs = long.MaxValue;
            _departureMs = NowMs + _random.Next(HourMs / 2, 8 * HourMs);
        }
    }
}
