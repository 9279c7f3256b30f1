namespace MeterFirmware.Tools.Generate.Boards;

/// <summary>What a capability takes of the heap.</summary>
/// <param name="Name">The constant's.</param>
/// <param name="What">For a message and the table.</param>
/// <param name="IsOptional">The board's settings choose it.</param>
/// <param name="IsEach">As many times as the commissioning says.</param>
public sealed record HeapCapability(
    string Name, string Product, string What, int Bytes, bool IsOptional = false, bool IsEach = false);
