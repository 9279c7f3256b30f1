using System.Text.Json;
using System.Text.Json.Nodes;

namespace MeterFirmware.Tools.Input;

/// <summary>What the arguments of a command may be, by firmware/Telemetry/asyncapi.yaml: a message that no product
/// takes is found before it is signed and uses up a number.</summary>
public static class CommandArguments
{
    private static readonly Lazy<AsyncApiDocument> _document = new(AsyncApiDocument.Load);

    /// <summary>The forms of a command's arguments, of all products.</summary>
    public static IEnumerable<JsonObject> FormsOf(string word) => All(word).Select(form =>
        form["arguments"]!.AsObject());

    /// <summary>Throws <see cref="InputException"/> with the first fault against the form that comes nearest.</summary>
    public static void Check(string word, string text)
    {
        JsonNode? value;
        try
        {
            value = JsonNode.Parse(text, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false });
        }
        catch (JsonException e)
        {
            throw new InputException($"arguments: {e.Message}");
        }

        if (value is not JsonObject arguments)
        {
            throw new InputException("arguments: a JSON object was expected");
        }

        List<string>? nearest = null;
        string example = "";
        foreach (JsonObject form in All(word))
        {
            List<string> faults = new SchemaChecker(_document.Value.Resolve).Check(form["arguments"]!.AsObject(),
                arguments);
            if (nearest == null || faults.Count < nearest.Count)
            {
                nearest = faults;
                example = form["example"]!.ToJsonString();
            }
        }

        if (nearest is { Count: > 0 })
        {
            throw new InputException($"arguments of {word}: {nearest[0]}; an example: {example}");
        }
    }

    private static IEnumerable<JsonObject> All(string word) =>
        _document.Value.Root["x-commands"]![word] is JsonObject products
        ? products.SelectMany(product => product.Value!.AsArray()).Select(form => form!.AsObject()) : [];
}
