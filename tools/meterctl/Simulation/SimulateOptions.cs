using MeterFirmware.Boards.Simulator.Mqtt;

namespace MeterFirmware.Tools.MeterCtl.Simulation;

/// <summary>What `meterctl simulate` was asked for.</summary>
public sealed record SimulateOptions
{
    /// <summary>The head-end's name before <see cref="BrokerFor"/>.</summary>
    public const string HeadEndName = "head-end";

    public required int Meters { get; init; }

    public required int Chargers { get; init; }

    /// <summary>Null: an embedded broker in this process.</summary>
    public MqttBrokers? Broker { get; init; }

    /// <summary>The brokers as a client of that name reaches them, with its own certificate; null: all reach them
    /// alike. The head-end's name is <see cref="HeadEndName"/>.</summary>
    public Func<MqttBrokers, string, MqttBrokers>? BrokerFor { get; init; }

    public required double Hours { get; init; }

    /// <summary>Simulated seconds per second; infinity for as fast as it goes.</summary>
    public double Speed { get; init; } = double.PositiveInfinity;

    public int Seed { get; init; } = 1;

    /// <summary>False: somebody else's head-end acknowledges.</summary>
    public bool HasHeadEnd { get; init; } = true;

    /// <summary>True: devices have no secret, and acknowledgements go without mac.</summary>
    public bool IsPlain { get; init; }

    /// <summary>File that the devices' acknowledgement keys are written to before the first connects, for another
    /// head-end; null: nobody else gets them.</summary>
    public string? KeysPath { get; init; }

    /// <summary>Devices have secrets: our head-end holds their keys, or the file's reader does.</summary>
    public bool IsSigned => !IsPlain && (HasHeadEnd || KeysPath != null);

    /// <summary>SQLite file of the head-end; null: in memory.</summary>
    public string? DatabasePath { get; init; }

    /// <summary>Takes lines for people: what the head-end has to say about its connection.</summary>
    public Action<string>? Log { get; init; }

    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>First part of every device address.</summary>
    public string Prefix { get; init; } = "sim";
}
