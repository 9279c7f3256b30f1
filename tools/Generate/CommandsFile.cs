using System.Text.Json.Nodes;

namespace MeterFirmware.Tools.Generate;

/// <summary>commands.json.</summary>
/// <param name="Types">Schemas that members of several commands share, by name.</param>
/// <param name="Commands">In the order in which a test sends their examples.</param>
public sealed record CommandsFile(Dictionary<string, JsonObject> Types, CommandEntry[] Commands);
