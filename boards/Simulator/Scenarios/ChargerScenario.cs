using System.Collections.Generic;

namespace MeterFirmware.Boards.Simulator.Scenarios;

/// <summary>A scenario as its file says it (design/cli.md, "scenario"): a standard, steps in time order, an
/// end.</summary>
public sealed class ChargerScenario
{
    public bool IsGbt { get; init; }

    public long UntilMs { get; init; }

    /// <summary>Beyond the contract: false in a room without ventilation. Null: the standard's default.</summary>
    public bool? AllowsVentilation { get; init; }

    /// <summary>Beyond the contract: the station's commissioned ceiling in A. Null: the standard's table.</summary>
    public double? StationAmps { get; init; }

    /// <summary>50 or 60: the commissioned grid. Null: the charger finds it by itself.</summary>
    public int? NominalHertz { get; init; }

    /// <summary>What must and must not happen, judged by the command and by the tests.</summary>
    public IReadOnlyList<ChargerExpectation> Expectations { get; init; } = [];

    public IReadOnlyList<ChargerScenarioStep> Steps { get; init; } = [];
}
