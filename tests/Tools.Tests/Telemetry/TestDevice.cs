using System;
using System.Buffers;
using System.Collections.Generic;
using System.Text;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using MQTTnet;
using MQTTnet.Protocol;

namespace MeterFirmware.Tools.Tests.Telemetry;

/// <summary>A device that publishes whatever a test wants, and keeps the acknowledgements that it hears.</summary>
internal sealed class TestDevice : IDisposable
{
    private readonly IMqttClient _client = new MqttClientFactory().CreateMqttClient();
    private readonly List<long> _acknowledged = [];

    private TestDevice(string name)
    {
        Name = name;
        _client.ApplicationMessageReceivedAsync += received =>
        {
            using JsonDocument message = JsonDocument.Parse(received.ApplicationMessage.Payload.ToArray());
            lock (_acknowledged)
            {
                _acknowledged.Add(message.RootElement.GetProperty("upTo").GetInt64());
            }

            return Task.CompletedTask;
        };
    }

    public string Name { get; }

    /// <summary>What the head-end said last; −1: nothing.</summary>
    public long AcknowledgedUpTo
    {
        get
        {
            lock (_acknowledged)
            {
                return _acknowledged.Count == 0 ? -1 : _acknowledged[^1];
            }
        }
    }

    public static async Task<TestDevice> ConnectAsync(string name, int port)
    {
        TestDevice device = new(name);
        await device._client.ConnectAsync(new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", port)
            .WithClientId("mf-" + name).Build());
        await device._client.SubscribeAsync($"mf/v1/{name}/ack", MqttQualityOfServiceLevel.AtLeastOnce);
        return device;
    }

    public static string Interval(string device, long number, long acknowledged = 0, string deltaWattHours = "0.250",
        string start = "2026-01-01T00:00:00Z", string end = "2026-01-01T00:15:00Z", string rate = "1",
        string register = "7") => $$"""
        {"device":"{{device}}","number":{{number}},"acknowledged":{{acknowledged}},"kind":"interval","start":"{{start}}","end":"{{end}}","rate":{{rate}},"importActiveEnergy":{{register}},"exportActiveEnergy":0,"importActiveEnergyDelta":{{deltaWattHours}},"exportActiveEnergyDelta":0.000}
        """;

    /// <summary>Publishes below the device's own topic, to the broker's answer.</summary>
    public Task PublishAsync(string channel, string payload, bool isOnce = false) =>
        PublishAsync(channel, Encoding.UTF8.GetBytes(payload), isOnce);

    public Task PublishAsync(string channel, byte[] payload, bool isOnce = false) =>
        _client.PublishAsync(new MqttApplicationMessage
        {
            Topic = $"mf/v1/{Name}/{channel}",
            PayloadSegment = payload,
            QualityOfServiceLevel = isOnce
                ? MqttQualityOfServiceLevel.AtMostOnce : MqttQualityOfServiceLevel.AtLeastOnce,
        }, CancellationToken.None);

    public Task RecordAsync(long number, long acknowledged) =>
        PublishAsync("record", Interval(Name, number, acknowledged));

    public void Dispose() => _client.Dispose();
}
