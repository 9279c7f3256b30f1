using System.Collections.Generic;
using System.Linq;

namespace MeterFirmware.Boards.Simulator.Scenarios;

/// <summary>One line of a scenario's <c>expect</c>: an event that must happen, or must not, between two
/// times.</summary>
public sealed class ChargerExpectation
{
    /// <summary>False: it must never happen.</summary>
    public bool MustHappen { get; init; }

    public long FromMs { get; init; }

    /// <summary>Included.</summary>
    public long ToMs { get; init; }

    /// <summary>As in an event: exactly one is set.</summary>
    public ChargerScenarioEvent Pattern { get; init; }

    /// <summary>The line as the file says it, for a message.</summary>
    public string Text { get; init; }

    /// <summary>It holds in a run; the three initial events show nothing.</summary>
    public bool Holds(IReadOnlyList<ChargerScenarioEvent> events) =>
        events.Skip(3).Any(e => e.AtMs >= FromMs && e.AtMs <= ToMs && Matches(e)) == MustHappen;

    private bool Matches(ChargerScenarioEvent e) =>
        (Pattern.Contactor is not null && Pattern.Contactor == e.Contactor)
        || (Pattern.State is not null && Pattern.State == e.State)
        || (Pattern.Fault is not null && Pattern.Fault == e.Fault)
        || (Pattern.Cleared is not null && Pattern.Cleared == e.Cleared)
        || (Pattern.DutyHundredths is not null && Pattern.DutyHundredths == e.DutyHundredths);
}
