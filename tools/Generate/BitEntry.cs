namespace MeterFirmware.Tools.Generate;

/// <summary>A bit of an event's value.</summary>
public sealed record BitEntry(string Name, int Bit, string Description);
