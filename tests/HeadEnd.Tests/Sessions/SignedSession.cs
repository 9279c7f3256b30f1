using System.Text;
using System.Text.Json.Nodes;
using MeterFirmware.Basics;
using MeterFirmware.EvCharger;
using MeterFirmware.EvCharger.Sessions;
using MeterFirmware.Tools.HeadEnds;

namespace MeterFirmware.HeadEnds.Tests.Sessions;

/// <summary>A session's message as the firmware writes it.</summary>
internal static class SignedSession
{
    public static byte[] Key { get; } = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];

    public static byte[] Message(long session, long startUtcSeconds, byte[] key)
    {
        SessionRecord record = new()
        {
            Number = session,
            StartUtcSeconds = startUtcSeconds,
            EndUtcSeconds = startUtcSeconds + 3_600,
            OffsetSeconds = 28_800,
            Reason = SessionReason.Local,
            StartWattHours = 1_000,
            EndWattHours = 8_000,
            TokenLength = 2,
            ChargingSeconds = 3_000,
            ServiceCost = 2_000,
            OccupancySeconds = 60,
            OccupancyCost = 500,
            RateCount = 1,
        };
        record.RateWattHours[0] = 7_000;
        record.RateCost[0] = 40_000;
        HmacSha256 hmac = new();
        hmac.SetKey(key, 0, key.Length);
        byte[] bytes = new byte[SessionRecord.BytesMax];
        int length = record.Write(bytes, 0, hmac);
        SessionPayload payload = new();
        payload.TryRead(bytes[..length], length);
        ByteTextWriter json = new(2_048);
        json.BeginObject();
        json.Name("kind");
        json.Value("session");
        payload.WriteMembers(json);
        json.EndObject();
        return json.Bytes[..json.Length];
    }

    /// <summary>The same message with another value of one member; null: without it.</summary>
    public static byte[] With(byte[] message, string member, string value)
    {
        JsonObject root = JsonNode.Parse(message)!.AsObject();
        root.Remove(member);
        if (value != null)
        {
            root[member] = JsonNode.Parse(value);
        }

        return Encoding.UTF8.GetBytes(root.ToJsonString());
    }

    public static RecordArrival Arrival(string device, long number, long startUtcSeconds, byte[] message) =>
        new(device, number, 0, "session", startUtcSeconds, startUtcSeconds + 3_600, 28_800, "", null, null, null, null,
            null, message);
}
