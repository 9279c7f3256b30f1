namespace MeterFirmware.Tools.MeterCtl.Grid;

/// <summary>What is asked of the unit at the end of a row.</summary>
/// <param name="Cause">Why it tripped last; null: it never did.</param>
internal sealed record ResponseResult(int Ms, int Watts, string State, int Vars, string? Cause);
