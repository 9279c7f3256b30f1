namespace MeterFirmware.Tools.HeadEnds;

/// <summary>What signs the utility's messages to a device.</summary>
/// <param name="Secret">The device's secret, 32 bytes.</param>
/// <param name="Generation">Generation of the utility's key, 1 until it is rotated.</param>
public sealed record DeviceKey(byte[] Secret, int Generation);
