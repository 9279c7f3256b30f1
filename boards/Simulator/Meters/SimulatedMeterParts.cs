using System;
using MeterFirmware.Boards.Bench;
using MeterFirmware.DeviceCore;
using MeterFirmware.Hardware;
using MeterFirmware.History;
using MeterFirmware.Metering;
using MeterFirmware.Quality;
using MeterFirmware.SmartMeter;
using MeterFirmware.Storage;
using MeterFirmware.Storage.Records;
using MeterFirmware.Tariffs;
using MeterFirmware.Telemetry;

namespace MeterFirmware.Boards.Simulator.Meters;

/// <summary>What one simulated meter is made of; the defaults are a meter without a network.</summary>
public sealed class SimulatedMeterParts
{
    public TelemetrySettings Telemetry { get; init; } = new();

    public required TariffTable Tariff { get; init; }

    public required long StartUtcSeconds { get; init; }

    public MeteringSettings Metering { get; init; } = new();

    public SmartMeterLimits Limits { get; init; } = new();

    /// <summary>Whether it takes the calibration of a simulated bench, as no real meter does.</summary>
    public bool TakesSimulatedCalibration { get; init; } = true;

    /// <summary>Where the records go; null: into the plan's journal.</summary>
    public IRecordLog Records { get; init; } =
        new MemoryRecordLog(4096, IntervalRecord.BytesMax, HostEntropy.NewIdentity());

    /// <summary>What a new journal's identity is made from; null: the records go without one, as release 0.1.0's
    /// do.</summary>
    public IEntropySource Entropy { get; init; } = new HostEntropy();

    public IMqttLink Link { get; init; } = new DisconnectedLink();

    /// <summary>The device's secret, 32 bytes, which a technician gives a meter that has none; null:
    /// nobody does.</summary>
    public byte[] Secret { get; init; }

    /// <summary>How the flash is divided. The default is a meter of any size whose records lie elsewhere.</summary>
    public MeterPlan Plan { get; init; } = new() { BlockBytes = 16_384 };

    /// <summary>Outlives every loss of supply; null: as large as the plan, in RAM.</summary>
    public IBlockStore Flash { get; init; }

    /// <summary>Power quality; null for a meter without.</summary>
    public QualitySettings Quality { get; init; }

    /// <summary>Samples for power quality; null: from the chip's readings.</summary>
    public ISampleSource Samples { get; init; }

    /// <summary>True: a restart that the firmware asks for is made; false: a bench that times, counts or compares one
    /// life.</summary>
    public bool Restarts { get; init; }

    /// <summary>What the settings document may change of the link; null: nothing.</summary>
    public ILinkSettings LinkSettings { get; init; }

    /// <summary>The load relay; null for a meter without one.</summary>
    public IRelay Relay { get; init; }

    /// <summary>Parts of the recorder, and its stores unless the plan has them; null for a meter without
    /// one.</summary>
    public HistoryParts History { get; init; }

    /// <summary>Error of the board's current path in millionths: what a calibration takes out.</summary>
    public int CurrentErrorMillionths { get; init; }

    /// <summary>Seed of the noise on the chip's readings (energy is exact).</summary>
    public int Seed { get; init; } = 1;

    /// <summary>That noise in millionths; 0: readings rest but for the chip's lowest bits, and a tick costs a quarter
    /// less.</summary>
    public int NoiseMillionths { get; init; } = 200;

    /// <summary>Highest power that the connection carries, in mW: scales the chip's current transformer, so that its
    /// 24-bit counter bridges a second at any size of load.</summary>
    public long PowerMilliwattsMax { get; init; } = 12_800_000;
}
