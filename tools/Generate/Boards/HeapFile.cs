namespace MeterFirmware.Tools.Generate.Boards;

/// <summary>boards/heap.json.</summary>
/// <param name="Measured">When, and with what.</param>
public sealed record HeapFile(string Measured, HeapCapability[] Capabilities);
