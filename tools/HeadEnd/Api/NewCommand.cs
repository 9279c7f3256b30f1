using System.Text.Json;

namespace MeterFirmware.Tools.HeadEnds.Web.Api;

/// <summary>A command to order.</summary>
/// <param name="Command">Word of the catalogue.</param>
/// <param name="Arguments">JSON object; null: an empty one.</param>
/// <param name="Devices">Addresses.</param>
/// <param name="Why">Reason: 1 to 200 characters.</param>
/// <param name="Role">Whose key signs it; null: utility.</param>
/// <param name="Simulate">True: only what it would do.</param>
public sealed record NewCommand(
    string Command, JsonElement? Arguments, IReadOnlyList<string> Devices, string Why, string? Role = null,
    bool Simulate = false);
