using MeterFirmware.Tools.HeadEnds.Orders;

namespace MeterFirmware.Tools.HeadEnds.Web.Api;

/// <summary>An order and how far it has come.</summary>
/// <param name="Order">What was ordered.</param>
/// <param name="Devices">How many devices are in each state.</param>
public sealed record OrderView(CommandOrder Order, IReadOnlyDictionary<string, int> Devices);
