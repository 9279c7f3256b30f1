namespace MeterFirmware.Tools.Generate;

/// <summary>events.json.</summary>
public sealed record EventsFile(EventEntry[] Events, FaultEntry[] Faults);
