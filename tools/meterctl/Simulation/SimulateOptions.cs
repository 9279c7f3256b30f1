using MQTTnet;

namespace MeterFirmware.Tools.MeterCtl.Simulation;

/// <summary>What `meterctl simulate` was asked for.</summary>
public sealed record SimulateOptions
{
    public required int Meters { get; init; }

    public required int Chargers { get; init; }

    /// <summary>Null: an embedded broker in this process.</summary>
    public Action<MqttClientOptionsBuilder>? Broker { get; init; }

    public required double Hours { get; init; }

    /// <summary>Simulated seconds per second; infinity for as fast as it goes.</summary>
    public double Speed { get; init; } = double.PositiveInfinity;

    public int Seed { get; init; } = 1;

    /// <summary>False: somebody else's head-end acknowledges.</summary>
    public bool HasHeadEnd { get; init; } = true;

    /// <summary>SQLite file of the head-end; null: in memory.</summary>
    public string? DatabasePath { get; init; }

    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>First part of every device address.</summary>
    public string Prefix { get; init; } = "sim";
}
