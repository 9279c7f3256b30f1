namespace MeterFirmware.Tools.HeadEnds.Orders;

/// <summary>A device that a running order has not reached yet.</summary>
/// <param name="Order">What is ordered.</param>
/// <param name="Address">For whom.</param>
/// <param name="HighestId">Highest number that this device is known to have been sent or to have taken.</param>
public sealed record WaitingTarget(CommandOrder Order, string Address, long HighestId);
