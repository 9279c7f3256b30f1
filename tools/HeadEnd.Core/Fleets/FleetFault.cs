namespace MeterFirmware.Tools.HeadEnds.Fleets;

/// <summary>What is wrong with a file of the fleet, and where.</summary>
/// <param name="Line">From 1; the header is line 1.</param>
/// <param name="Column">Name of the column; empty: the whole line.</param>
/// <param name="Problem">What was expected.</param>
public sealed record FleetFault(int Line, string Column, string Problem)
{
    /// <inheritdoc/>
    public override string ToString() =>
        Column.Length == 0 ? $"line {Line}: {Problem}" : $"line {Line}, {Column}: {Problem}";
}
