namespace MeterFirmware.Tools.HeadEnds.Orders;

/// <summary>An order as somebody gives it.</summary>
/// <param name="Command">Word of the catalogue.</param>
/// <param name="Arguments">JSON object.</param>
/// <param name="Devices">Addresses.</param>
/// <param name="Why">The reason.</param>
/// <param name="Role">Whose key signs it.</param>
public sealed record NewOrder(
    string Command, string Arguments, IReadOnlyList<string> Devices, string Why, string Role = "utility");
