using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MeterFirmware.Tools.HeadEnds.Intake;

/// <summary>What a record says, as a key: the SHA-256 of its message without what changes from one sending to the
/// next.</summary>
internal static class RecordHash
{
    /// <summary>The device's cursor grows, and a record grows old ("historical" among the flags).</summary>
    private static readonly string[] _changing = ["acknowledged", "flags"];

    public static byte[] Of(byte[] body)
    {
        try
        {
            JsonObject message = JsonNode.Parse(body)!.AsObject();
            foreach (string name in _changing)
            {
                message.Remove(name);
            }

            return SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(message));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            return SHA256.HashData(body);
        }
    }
}
