using System.Text.Json;

namespace MeterFirmware.Tools.HeadEnds.Sessions;

/// <summary>A finished charging session of a head-end's database.</summary>
/// <param name="Id">Its place in the list: a cursor.</param>
/// <param name="Address">The charger.</param>
/// <param name="Number">Number of the session on this charger.</param>
/// <param name="Start">When it began.</param>
/// <param name="End">When it ended.</param>
/// <param name="Reason">Why it ended.</param>
/// <param name="Token">Card that permitted it, hexadecimal.</param>
/// <param name="StartWattHours">Import register at the start.</param>
/// <param name="EndWattHours">… and at the end.</param>
/// <param name="Cost">The bill, in the tariff's currency; empty: not told.</param>
/// <param name="Signature">One of <see cref="SessionSignatures"/>.</param>
/// <param name="Detail">Why a signature is wrong.</param>
public sealed record ChargingSession(
    string Id,
    string Address,
    long Number,
    DateTimeOffset Start,
    DateTimeOffset End,
    string Reason,
    string Token,
    long? StartWattHours,
    long? EndWattHours,
    string Cost,
    string Signature,
    string Detail)
{
    /// <summary>Charged energy; null: the message has no registers.</summary>
    public long? WattHours() => EndWattHours - StartWattHours;

    /// <summary>Reads what a message says; what it does not say stays empty: a head-end keeps what it was sent.
    /// </summary>
    internal static ChargingSession Of(string id, string address, DateTimeOffset start, DateTimeOffset end,
        byte[] message, string signature, string detail)
    {
        using JsonDocument document = JsonDocument.Parse(message);
        JsonElement root = document.RootElement;
        return new ChargingSession(id, address, Whole(root, "session") ?? 0, start, end, Text(root, "reason"),
            Text(root, "token"), Whole(root, "startWh"), Whole(root, "endWh"), Text(root, "cost"), signature, detail);
    }

    private static string Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out JsonElement member) && member.ValueKind == JsonValueKind.String
            ? member.GetString()! : "";

    private static long? Whole(JsonElement root, string name) =>
        root.TryGetProperty(name, out JsonElement member) && member.ValueKind == JsonValueKind.Number
            && member.TryGetInt64(out long value) ? value : null;
}
