namespace MeterFirmware.Tools.HeadEnds.Orders;

/// <summary>A command that was ordered for one or more devices.</summary>
/// <param name="Id">Grows with time.</param>
/// <param name="Command">Word of the catalogue.</param>
/// <param name="Arguments">JSON object.</param>
/// <param name="Role">Whose key signs it.</param>
/// <param name="Why">The reason.</param>
/// <param name="IsDangerous">It opens a load relay or lowers a limit below 6 A.</param>
/// <param name="State">One of <see cref="OrderStates"/>.</param>
/// <param name="OrderedBy">Who ordered it.</param>
/// <param name="Ordered">When.</param>
/// <param name="ApprovedBy">The second person; empty: none.</param>
/// <param name="StoppedBy">Who stopped it; empty: nobody.</param>
public sealed record CommandOrder(
    long Id,
    string Command,
    string Arguments,
    string Role,
    string Why,
    bool IsDangerous,
    string State,
    string OrderedBy,
    DateTimeOffset Ordered,
    string ApprovedBy,
    string StoppedBy);
