namespace MeterFirmware.Boards.Simulator.Scenarios;

/// <summary>One event of a scenario's run; exactly one of the values is set.</summary>
public sealed class ChargerScenarioEvent
{
    public long AtMs { get; init; }

    /// <summary>The coil: "closed" or "open".</summary>
    public string Contactor { get; init; }

    /// <summary>Hundredths of a percent.</summary>
    public int? DutyHundredths { get; init; }

    public string State { get; init; }

    public string Fault { get; init; }

    public string Cleared { get; init; }
}
