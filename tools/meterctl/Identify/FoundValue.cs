namespace MeterFirmware.Tools.MeterCtl.Identify;

/// <summary>One thing that was asked.</summary>
/// <param name="Value">Null: no answer, or refused.</param>
/// <param name="Why">Why there is no value.</param>
/// <param name="IsRefused">The meter answered that it has no such value.</param>
public sealed record FoundValue(string Name, string? Value, string Unit, string? Why, bool IsRefused = false);
