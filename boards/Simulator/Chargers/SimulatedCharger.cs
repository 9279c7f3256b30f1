using System;
using MeterFirmware.Boards.Bench;
using MeterFirmware.Boards.Simulator.Scenarios;
using MeterFirmware.EvCharger;
using MeterFirmware.Hardware;
using MeterFirmware.Storage;

namespace MeterFirmware.Boards.Simulator.Chargers;

/// <summary>A whole charge point on a PC: bench, product, and the vehicle that happens to stand there.</summary>
public sealed class SimulatedCharger
{
    public const int TickMs = 10;

    private const int BlockBytes = 8_192;

    private readonly SimulatedChargerParts _parts;
    private readonly IBlockStore _flash;

    public SimulatedCharger(SimulatedChargerParts options)
    {
        _parts = options;
        _flash = options.Flash ?? new RamBlockStore(ChargerPlan.BlockCount, BlockBytes, onDemand: true);
        Clock = new SimulatedClock(options.StartUtcSeconds);
        PowerUp();
    }

    public SimulatedClock Clock { get; }

    public ChargerBench Bench { get; private set; }

    /// <summary>The firmware that runs now; a new one after every loss of supply.</summary>
    public CompleteCharger Firmware { get; private set; }

    /// <summary>Its product.</summary>
    public EvChargerProduct Product => Firmware.Product;

    /// <summary>The journal.</summary>
    public IRecordLog Records => _parts.Records ?? Firmware.Journal;

    /// <summary>Restarts that the firmware asked for.</summary>
    public int Restarts { get; private set; }

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
        Firmware.Tick(Clock.NowMs);
        if (_parts.Restarts && Firmware.Core.RestartAsked)
        {
            Firmware.Core.BeforeRestart(Clock.NowMs);
            Restarts++;
            PowerUp();
        }
    }

    /// <summary>Sets the calendar of the board and of the firmware that runs.</summary>
    public void SetTime(long utcSeconds, int milliseconds = 0)
    {
        Clock.SetUtc(utcSeconds, milliseconds);
        Firmware.Core.Time.SetUtc(utcSeconds, milliseconds);
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
            Firmware.Core.PowerFails(Clock.NowMs);
        }

        Clock.Advance(darkMs);
        PowerUp();
    }

    private void PowerUp()
    {
        Bench = new ChargerBench { LineMilliohms = _parts.LineMilliohms };
        Bench.Advance(Clock.NowMs);
        ChargerHardware hardware = ChargerScenarioRunner.HardwareOf(Bench);
        hardware.Cards = _parts.Cards;
        hardware.Lock = _parts.Lock;
        hardware.Indicator = _parts.Indicator;
        hardware.Bidirectional = _parts.Gateway;
        if (_parts.Grid is not null)
        {
            _parts.Grid.Bench = Bench;
            hardware.GridMeter = _parts.GridSensor ?? _parts.Grid;
        }

        if (_parts.HasSupplyMeter)
        {
            Meters = new StationMeters(Bench);
            hardware.SupplyMeter = Meters.Supply;
            hardware.Meter = Meters.Outlet;
        }

        EvChargerParts parts = new()
        {
            Hardware = hardware,
            Charger = _parts.Charger,
            Sessions = _parts.Sessions,
            Metering = _parts.Metering,
            Clock = Clock,
            Records = _parts.Records,
            Checkpoints = _parts.Checkpoints,
            ProfileStore = _parts.ProfileStore,
            TariffStore = _parts.TariffStore,
            Link = _parts.Link,
            Telemetry = _parts.Telemetry,
            Tariff = _parts.Tariff,
            BillingKey = _parts.BillingKey,
            SafeMilliamps = _parts.SafeMilliamps,
            ReturnSeconds = _parts.ReturnSeconds,
            GridProfile = _parts.GridProfile,
            Plan = _parts.Plan,
            VehicleToGrid = _parts.VehicleToGrid,
            Site = _parts.Site,
            LinkSettings = _parts.LinkSettings,
            HasBroker = _parts.Link is not null and not DisconnectedLink,
            Entropy = new HostEntropy(),
        };
        Firmware = new CompleteCharger(parts, _flash, false);

        // A recorded day may be older than the firmware.
        Firmware.Core.Time.EarliestUtcSeconds = 0;
        if (_parts.Secret != null && !Firmware.Core.Security.IsCommissioned
            && !Firmware.Core.Security.TryCommission(_parts.Secret))
        {
            throw new InvalidOperationException("The simulated charger's flash does not take its secret.");
        }
    }
}
