using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace MeterFirmware.Tools.Input;

/// <summary>firmware/Telemetry/asyncapi.yaml, which the library carries, as JSON nodes.</summary>
internal sealed class AsyncApiDocument
{
    private AsyncApiDocument(JsonObject root)
    {
        Root = root;
    }

    public JsonObject Root { get; }

    public JsonObject Messages => Root["components"]!["messages"]!.AsObject();

    public static AsyncApiDocument Load()
    {
        using StreamReader reader = new(typeof(AsyncApiDocument).Assembly.GetManifestResourceStream("asyncapi.yaml")!);
        YamlStream stream = [];
        stream.Load(reader);
        return new AsyncApiDocument(Convert(stream.Documents[0].RootNode).AsObject());
    }

    /// <summary>A message's first example.</summary>
    public JsonObject Example(string message) => Examples(message)[0];

    public JsonObject[] Examples(string message) =>
        [.. Messages[message]!["examples"]!.AsArray().Select(example => example!["payload"]!.AsObject())];

    public JsonObject Schema(string message) => Resolve(Messages[message]!["payload"]!.AsObject());

    /// <summary>Follows a reference within the document.</summary>
    public JsonObject Resolve(JsonObject node)
    {
        if (node["$ref"] is not { } reference)
        {
            return node;
        }

        JsonNode target = Root;
        foreach (string step in reference.GetValue<string>().Split('/').Skip(1))
        {
            target = target[step] ?? throw new InvalidDataException($"{reference} leads nowhere at '{step}'");
        }

        return Resolve(target.AsObject());
    }

    private static JsonNode Convert(YamlNode node) => node switch
    {
        YamlMappingNode map => new JsonObject(map.Children.Select(pair =>
            KeyValuePair.Create(((YamlScalarNode)pair.Key).Value!, (JsonNode?)Convert(pair.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(Convert)]),
        YamlScalarNode scalar => Scalar(scalar),
        _ => throw new InvalidDataException(node.ToString()),
    };

    private static JsonNode Scalar(YamlScalarNode scalar)
    {
        if (scalar.Style != ScalarStyle.Plain)
        {
            return JsonValue.Create(scalar.Value!);
        }

        return bool.TryParse(scalar.Value, out bool flag) ? JsonValue.Create(flag)
            : decimal.TryParse(scalar.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal number)
                ? JsonValue.Create(number) : JsonValue.Create(scalar.Value!);
    }
}
