using System.Text.Json.Nodes;

namespace MeterFirmware.Tools.Generate;

/// <summary>One form of a command's arguments. Members are name: type, with a ? behind the name of one that may be
/// missing; a type is a name of <see cref="CommandsFile.Types"/>, {"const": …}, {"enum": […]}, {"schema": …}, or the
/// members of an object within.</summary>
/// <param name="Arguments">Members.</param>
/// <param name="Example">Arguments that a test sends.</param>
/// <param name="Result">Members of the answer's result; none: it has none.</param>
/// <param name="Error">The word that refuses the example where nothing is plugged in and nothing stands.</param>
public sealed record CommandForm(JsonObject Arguments, JsonObject Example, JsonObject? Result = null,
    string? Error = null);
