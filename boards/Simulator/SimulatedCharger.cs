using System;
using MeterFirmware.Commands;
using MeterFirmware.EvCharger;
using MeterFirmware.Hardware;
using MeterFirmware.Metering;
using MeterFirmware.Storage;
using MeterFirmware.Storage.Records;
using MeterFirmware.Tariffs;
using MeterFirmware.Telemetry;

namespace MeterFirmware.Boards.Simulator;

/// <summary>A whole charge point on a PC: bench, product, and the vehicle that happens to stand there.</summary>
public sealed class SimulatedCharger
{
    public const int TickMs = 10;

    private const int SecurityBlockBytes = 512;

    private readonly SimulatedChargerOptions _options;

    public SimulatedCharger(SimulatedChargerOptions options)
    {
        _options = options;
        Clock = new SimulatedClock(options.StartUtcSeconds);
        PowerUp();
    }

    public SimulatedClock Clock { get; }

    public ChargerBench Bench { get; private set; }

    public EvChargerProduct Product { get; private set; }

    /// <summary>The device's keys, kept over a loss of supply; null:
    /// it was given no secret, or has no telemetry.</summary>
    public DeviceSecurity Security { get; private set; }

    /// <summary>The journal.</summary>
    public IRecordLog Records => _options.Records;

    /// <summary>The two meters of a station that has them; null: one meter, the bench.</summary>
    public StationMeters Meters { get; private set; }

    /// <summary>The vehicle at the connector; null: none. Kept over a loss of supply.</summary>
    public Vehicle Vehicle { get; set; }

    /// <summary>One tick, so long after the one before.</summary>
    public void Step(int elapsedMs = TickMs)
    {
        Clock.Advance(elapsedMs);
        Vehicle?.Step(Clock.NowMs, Bench);
        if (Vehicle is null)
        {
            Bench.CpHighMillivolts = Bench.DutyHundredths == 0 ? -12_000 : 12_000;
            Bench.CpLowMillivolts = -12_000;
        }

        Bench.Advance(Clock.NowMs);
        Product.Tick(Clock.NowMs);
    }

    /// <summary>Lets so many ms pass.</summary>
    public void Run(long milliseconds)
    {
        for (long end = Clock.NowMs + milliseconds; Clock.NowMs < end;)
        {
            Step();
        }
    }

    /// <summary>The supply fails and comes back: everything volatile is gone.</summary>
    /// <param name="darkMs">How long it is away.</param>
    /// <param name="isWarned">The board's power-fail input gave its warning.</param>
    public void LosePower(long darkMs, bool isWarned)
    {
        if (isWarned)
        {
            Product.PowerFails(Clock.NowMs);
        }

        Clock.Advance(darkMs);
        PowerUp();
    }

    private void PowerUp()
    {
        Bench = new ChargerBench { LineMilliohms = _options.LineMilliohms };
        Bench.Advance(Clock.NowMs);
        ChargerHardware hardware = ChargerScenarioRunner.HardwareOf(Bench);
        hardware.Cards = _options.Cards;
        hardware.Lock = _options.Lock;
        hardware.Indicator = _options.Indicator;
        hardware.Bidirectional = _options.Gateway;
        if (_options.Grid is not null)
        {
            _options.Grid.Bench = Bench;
            hardware.GridMeter = _options.GridSensor ?? _options.Grid;
        }

        if (_options.HasSupplyMeter)
        {
            Meters = new StationMeters(Bench);
            hardware.SupplyMeter = Meters.Supply;
            hardware.Meter = Meters.Outlet;
        }

        Product = new EvChargerProduct(new EvChargerParts
        {
            Hardware = hardware,
            Charger = _options.Charger,
            Sessions = _options.Sessions,
            Metering = _options.Metering,
            Clock = Clock,
            Records = _options.Records,
            Checkpoints = _options.Checkpoints,
            ProfileStore = _options.ProfileStore,
            TariffStore = _options.TariffStore,
            Link = _options.Link,
            Telemetry = _options.Telemetry,
            Tariff = _options.Tariff,
            BillingKey = _options.BillingKey,
            SafeMilliamps = _options.SafeMilliamps,
            Plan = _options.Plan,
            VehicleToGrid = _options.VehicleToGrid,
            Site = _options.Site,
        });
        if (_options.Secret != null && Product.Telemetry != null)
        {
            Product.Telemetry.AcknowledgementKey = Security ??= Commission(_options.Secret);
        }
    }

    private static DeviceSecurity Commission(byte[] secret)
    {
        RamBlockStore blocks = new(2, SecurityBlockBytes);
        DeviceSecurity security = new(new CheckpointStore(blocks, DeviceSecurity.StateBytes));
        return security.TryCommission(secret) ? security
            : throw new InvalidOperationException("The simulated charger does not take its secret.");
    }
}
