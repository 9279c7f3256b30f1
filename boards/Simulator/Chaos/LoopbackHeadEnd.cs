using System;
using System.Collections.Generic;
using System.Text;
using System.Text.Json;
using MeterFirmware.Hardware;

namespace MeterFirmware.Boards.Simulator.Chaos;

/// <summary>
/// Network and head-end in one object, without sockets or threads, so that a run is repeatable: it can be down, it
/// keeps every record number, and it acknowledges what it holds without a hole.
/// </summary>
public sealed class LoopbackHeadEnd : IMqttLink
{
    private readonly Queue<(string Topic, byte[] Payload)> _toDevice = new();
    private readonly HashSet<long> _numbers = [];
    private readonly Dictionary<string, long> _lastOfKind = [];
    private readonly string _prefix;
    private long _upTo;

    public LoopbackHeadEnd(string device)
    {
        _prefix = "mf/v1/" + device + "/";
        Device = device;
    }

    /// <summary>False: nothing gets through, as with the cable out.</summary>
    public bool IsUp { get; set; } = true;

    public MqttLinkState State { get; private set; }

    public string LastError => null;

    public bool IsSubscribed => State == MqttLinkState.Open;

    public int Settled { get; private set; }

    public int GivenUp => 0;

    public int IncomingDropped => 0;

    public string Device { get; }

    /// <summary>Different records received.</summary>
    public int Records => _numbers.Count;

    /// <summary>Records that came although they were there already: sent again, not stored twice.</summary>
    public long Redelivered { get; private set; }

    /// <summary>Numbers that a gap message named.</summary>
    public long NamedMissing { get; private set; }

    /// <summary>New records whose number was below an earlier one of their kind.</summary>
    public long OutOfOrder { get; private set; }

    /// <summary>Records marked historical.</summary>
    public long Historical { get; private set; }

    public long Instants { get; private set; }

    /// <summary>Called with all but the status: channel and payload.</summary>
    public Action<string, string> Arrived { get; set; }

    /// <summary>A message to the device on one of its channels.</summary>
    public void Send(string channel, string payload) =>
        _toDevice.Enqueue((_prefix + channel, Encoding.ASCII.GetBytes(payload)));

    public bool Holds(long number) => _numbers.Contains(number);

    public void Open(string clientId, string willTopic, byte[] willPayload)
    {
        _toDevice.Clear();
        Settled = 0;
        State = IsUp ? MqttLinkState.Open : MqttLinkState.Closed;
    }

    public void Close() => State = MqttLinkState.Closed;

    public bool TrySubscribe(string topicFilter) => Check();

    public bool TryPublish(string topic, byte[] payload, int payloadLength, bool retain)
    {
        if (!Check())
        {
            return false;
        }

        Settled++;
        if (Arrived != null && topic.StartsWith(_prefix, StringComparison.Ordinal))
        {
            Arrived(topic[_prefix.Length..], Encoding.UTF8.GetString(payload, 0, payloadLength));
        }

        if (topic == _prefix + "instant")
        {
            Instants++;
        }
        else if (topic == _prefix + "record")
        {
            Take(payload.AsMemory(0, payloadLength));
        }

        return true;
    }

    public bool TryReceive(MqttMessage message)
    {
        if (!Check() || !_toDevice.TryDequeue(out (string Topic, byte[] Payload) next))
        {
            return false;
        }

        message.Topic = next.Topic;
        message.PayloadLength = next.Payload.Length;
        next.Payload.CopyTo(message.Payload, 0);
        return true;
    }

    private bool Check()
    {
        if (!IsUp)
        {
            State = MqttLinkState.Closed;
        }

        return State == MqttLinkState.Open;
    }

    private void Take(ReadOnlyMemory<byte> payload)
    {
        using JsonDocument document = JsonDocument.Parse(payload);
        JsonElement root = document.RootElement;
        string kind = root.GetProperty("kind").GetString();
        _upTo = Math.Max(_upTo, root.GetProperty("acknowledged").GetInt64());
        if (kind == "gap")
        {
            for (long number = root.GetProperty("first").GetInt64(); number <= root.GetProperty("last")
                .GetInt64(); number++)
            {
                NamedMissing += _numbers.Add(number) ? 1 : 0;
            }
        }
        else
        {
            TakeRecord(root, kind, root.GetProperty("number").GetInt64());
        }

        while (_numbers.Contains(_upTo + 1))
        {
            _upTo++;
        }

        string answer = $"{{\"device\":\"{Device}\",\"upTo\":{_upTo}}}";
        _toDevice.Enqueue((_prefix + "ack", Encoding.ASCII.GetBytes(answer)));
    }

    private void TakeRecord(JsonElement root, string kind, long number)
    {
        if (!_numbers.Add(number))
        {
            Redelivered++;
            return;
        }

        OutOfOrder += _lastOfKind.TryGetValue(kind, out long last) && number < last ? 1 : 0;
        _lastOfKind[kind] = number;
        foreach (JsonElement flag in root.GetProperty("flags").EnumerateArray())
        {
            Historical += flag.GetString() == "historical" ? 1 : 0;
        }
    }
}
