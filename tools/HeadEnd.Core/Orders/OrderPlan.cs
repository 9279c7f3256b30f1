namespace MeterFirmware.Tools.HeadEnds.Orders;

/// <summary>What an order would do: nothing is sent for it.</summary>
/// <param name="IsDangerous">It opens a load relay or lowers a limit below 6 A.</param>
/// <param name="NeedsTwo">A second person has to approve it.</param>
/// <param name="Minutes">Time that it takes at the most devices a minute that are allowed; 0: it is not
/// spread.</param>
/// <param name="Devices">Each with what is to be expected.</param>
public sealed record OrderPlan(bool IsDangerous, bool NeedsTwo, int Minutes, IReadOnlyList<PlannedDevice> Devices);
