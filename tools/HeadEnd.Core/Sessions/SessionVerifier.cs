using System.Text.Json;
using MeterFirmware.Basics;
using MeterFirmware.EvCharger.Sessions;

namespace MeterFirmware.Tools.HeadEnds.Sessions;

/// <summary>Checks a session's message against the signed record in it: the tag has to be the charger's, and every
/// member has to say what the record says. A bill stands on the record, and people read the members.</summary>
public static class SessionVerifier
{
    private const string Raw = "raw";

    /// <summary>Checks a message.</summary>
    /// <param name="message">As it came.</param>
    /// <param name="billingKey">The charger's; null: not known.</param>
    /// <returns>One of <see cref="SessionSignatures"/>, and for a wrong one why.</returns>
    public static (string Signature, string Detail) Check(ReadOnlyMemory<byte> message, byte[]? billingKey)
    {
        if (billingKey == null)
        {
            return (SessionSignatures.NoKey, "");
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(message);
            JsonElement root = document.RootElement;
            string? problem = Problem(root, billingKey);
            return problem == null ? (SessionSignatures.Valid, "") : (SessionSignatures.Wrong, problem);
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            return (SessionSignatures.Wrong, "it cannot be read");
        }
    }

    private static string? Problem(JsonElement root, byte[] billingKey)
    {
        if (!root.TryGetProperty(Raw, out JsonElement hex) || hex.ValueKind != JsonValueKind.String)
        {
            return "no signed record";
        }

        byte[] record = Convert.FromHexString(hex.GetString()!);
        HmacSha256 hmac = new();
        hmac.SetKey(billingKey, 0, billingKey.Length);
        if (!SessionRecord.IsAuthentic(record, 0, record.Length, hmac))
        {
            return "not signed with the charger's key";
        }

        SessionPayload payload = new();
        if (!payload.TryRead(record, record.Length))
        {
            return "a signed record of a version that is not known here";
        }

        // The firmware's own writer says what the message of this record is.
        ByteTextWriter json = new(record.Length * 2 + MembersBytesMax);
        json.BeginObject();
        payload.WriteMembers(json);
        json.EndObject();
        using JsonDocument written = JsonDocument.Parse(json.Bytes.AsMemory(0, json.Length));
        return Difference(root, written.RootElement);
    }

    /// <summary>More than the members of eight rates and eight prices take.</summary>
    private const int MembersBytesMax = 4_096;

    private static string? Difference(JsonElement message, JsonElement record)
    {
        foreach (JsonProperty member in record.EnumerateObject())
        {
            if (!message.TryGetProperty(member.Name, out JsonElement told)
                || !JsonElement.DeepEquals(told, member.Value))
            {
                return $"{member.Name} is not what the signed record says";
            }
        }

        // What only some records have: fees, what was given back, the grid profile.
        foreach (string name in _optional)
        {
            if (message.TryGetProperty(name, out _) && !record.TryGetProperty(name, out _))
            {
                return $"{name} does not stand in the signed record";
            }
        }

        return null;
    }

    private static readonly string[] _optional =
    [
        "exports", "occupancySeconds", "occupancyCost", "reservationSeconds", "reservationCost", "gridProfile",
        "gridProfileCrc",
    ];
}
