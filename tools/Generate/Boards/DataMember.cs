namespace MeterFirmware.Tools.Generate.Boards;

/// <summary>A named value of an object.</summary>
public sealed record DataMember(string Name, DataValue Value);
