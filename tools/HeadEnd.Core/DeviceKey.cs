using MeterFirmware.Commands;

namespace MeterFirmware.Tools.HeadEnds;

/// <summary>What signs the utility's messages to a device.</summary>
/// <param name="Key">The device's secret, or the utility's key of that generation: 32 bytes.</param>
/// <param name="Generation">Generation of the utility's key, 1 until it is rotated.</param>
/// <param name="IsRoleKey">True: the utility's key, which a head-end needs no secret for.</param>
public sealed record DeviceKey(byte[] Key, int Generation, bool IsRoleKey = false)
{
    internal MessageSigner Signer =>
        IsRoleKey ? new MessageSigner(Key, CommandRole.Utility, Generation) : new MessageSigner(Key);
}
