namespace MeterFirmware.Tools.MeterCtl.Dlt698;

/// <summary>One value of a message.</summary>
/// <param name="Name">Of the field, or of the object that it is a value of.</param>
/// <param name="Value">With decimal places where the object is known.</param>
/// <param name="Unit">Empty without one.</param>
public sealed record Dlt698Field(string Name, string Value, string Unit);
