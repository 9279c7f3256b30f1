using System.Buffers;
using System.Text.Json;
using MQTTnet;
using MQTTnet.Protocol;

namespace MeterFirmware.HeadEnds.Tests.Program;

/// <summary>A device that keeps the questions that it hears.</summary>
internal sealed class QueriedDevice : IDisposable
{
    private readonly IMqttClient _client = new MqttClientFactory().CreateMqttClient();
    private readonly List<JsonElement> _queries = [];

    public IReadOnlyList<JsonElement> Queries
    {
        get
        {
            lock (_queries)
            {
                return [.. _queries];
            }
        }
    }

    public static async Task<QueriedDevice> ConnectAsync(string name, int port)
    {
        QueriedDevice device = new();
        device._client.ApplicationMessageReceivedAsync += received =>
        {
            using JsonDocument message = JsonDocument.Parse(received.ApplicationMessage.Payload.ToArray());
            lock (device._queries)
            {
                device._queries.Add(message.RootElement.Clone());
            }

            return Task.CompletedTask;
        };
        await device._client.ConnectAsync(new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", port)
            .WithClientId("query-" + name).Build());
        await device._client.SubscribeAsync($"mf/v1/{name}/query", MqttQualityOfServiceLevel.AtLeastOnce);
        return device;
    }

    public void Dispose() => _client.Dispose();
}
