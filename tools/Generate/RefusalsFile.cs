namespace MeterFirmware.Tools.Generate;

/// <summary>refusals.json.</summary>
/// <param name="Refusals">In the order of their numbers, from 1 on.</param>
public sealed record RefusalsFile(RefusalEntry[] Refusals);
