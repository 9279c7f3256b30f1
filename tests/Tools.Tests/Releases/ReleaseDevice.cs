using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Text.Json.Nodes;
using MeterFirmware.Basics;
using MeterFirmware.Commands;
using MeterFirmware.Tools.Tests.Telemetry;

namespace MeterFirmware.Tools.Tests.Releases;

/// <summary>What the maker and the tests of a release's data share: names, secret, commands, messages.</summary>
internal sealed class ReleaseDevice(string name)
{
    private const int KeptOfTopic = 60;

    private readonly MessageSigner _signer = new(Secret);
    private long _id = 1_000;

    public static byte[] Secret => [.. Enumerable.Range(0, DeviceSecurity.SecretBytes).Select(i => (byte)(7 * i + 3))];

    public string Name => name;

    public MemoryLink Link { get; } = new();

    /// <summary>What was sent to the device: topic and payload.</summary>
    public List<(string Topic, string Payload)> Sent { get; } = [];

    /// <summary>Puts a signed command into the link.</summary>
    public void Command(string command, string arguments, long utcSeconds, int role = CommandRole.Utility,
        int generation = 1) =>
        Sign("command", "command", $"\"command\":\"{command}\",\"arguments\":{arguments}", utcSeconds, role,
            generation);

    /// <summary>Puts a signed settings document into the link.</summary>
    public void Configure(string document, long utcSeconds) =>
        Sign("desired", "configuration", $"\"document\":{document}", utcSeconds, CommandRole.Utility, 1);

    public void Acknowledge(long upTo) => Send("ack", $"{{\"device\":\"{name}\",\"upTo\":{upTo}}}");

    public void Send(string channel, string payload)
    {
        string topic = $"mf/v1/{name}/{channel}";
        Sent.Add((topic, payload));
        Link.Arrive(topic, Encoding.UTF8.GetBytes(payload));
    }

    /// <summary>Of what was published the first of each topic and the newest, in their order: weeks of them say no
    /// more.</summary>
    public IEnumerable<(string Topic, string Payload)> Kept()
    {
        HashSet<int> kept = [.. Enumerable.Range(0, Link.Published.Count).GroupBy(i => Link.Published[i].Topic)
            .SelectMany(topic => topic.Take(KeptOfTopic).Concat(topic.TakeLast(KeptOfTopic)))];
        return Link.Published.Where((_, i) => kept.Contains(i));
    }

    /// <summary>One message a line, as JSON: topic and payload text.</summary>
    public static string Lines(IEnumerable<(string Topic, string Payload)> messages) =>
        string.Concat(messages.Select(message => Line(message) + "\n"));

    public static IEnumerable<(string Topic, string Payload)> Messages(IEnumerable<string> lines) => lines
        .Select(line => JsonNode.Parse(line))
        .Select(node => ((string)node["topic"], (string)node["payload"]));

    private static string Line((string Topic, string Payload) message) =>
        new JsonObject { ["topic"] = message.Topic, ["payload"] = message.Payload }.ToJsonString();

    private void Sign(string channel, string purpose, string body, long utcSeconds, int role, int generation)
    {
        ByteTextWriter message = new(4_096);
        MessageSigner.Begin(message, name, ++_id, role, generation, utcSeconds, utcSeconds + 3_600);
        message.Raw("," + body);
        _signer.End(message, purpose, role, generation);
        Send(channel, Encoding.UTF8.GetString(message.Bytes, 0, message.Length));
    }
}
