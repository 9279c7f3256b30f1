namespace MeterFirmware.Tools.HeadEnds.Orders;

/// <summary>How fast orders go out.</summary>
public sealed record OrderLimits
{
    /// <summary>Devices that get a dangerous command or a reconnection in any minute, both counted together, at
    /// most.</summary>
    public int DangerousDevicesAMinuteMax { get; init; } = 50;

    /// <summary>A message is good for so long, s; who has not answered then is silent.</summary>
    public int ValidSeconds { get; init; } = 300;

    /// <summary>What is signed as the message's time, s by the device's clock: the same, but for a simulated town,
    /// whose clocks run faster than ours.</summary>
    public int SignedSeconds { get; init; } = 300;

    /// <summary>Devices of one order.</summary>
    public const int DevicesMax = 10_000;
}
