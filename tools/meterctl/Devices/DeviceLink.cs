using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using MQTTnet;
using MQTTnet.Exceptions;
using MQTTnet.Protocol;

namespace MeterFirmware.Tools.MeterCtl.Devices;

/// <summary>One device's topics, seen from the utility's or the technician's side: send, and wait for what it says.</summary>
internal sealed class DeviceLink : IAsyncDisposable
{
    private const int ConnectMsMax = 10_000;

    /// <summary>A device drops what finds its inbox full, and knows a message that it has taken: sending again does no harm.</summary>
    private const int SendAgainMs = 2_000;

    /// <summary>A device that is busy has not taken the message: it checks four signatures a second.</summary>
    private const int BusyMs = 300;

    private readonly string _device;
    private readonly IMqttClient _client = new MqttClientFactory().CreateMqttClient();
    private readonly Channel<(string Channel, string Text)> _arrived = Channel.CreateUnbounded<(string, string)>();

    private DeviceLink(string device)
    {
        _device = device;
        _client.ApplicationMessageReceivedAsync += received =>
        {
            string topic = received.ApplicationMessage.Topic;
            string text = Encoding.UTF8.GetString(received.ApplicationMessage.Payload.ToArray());
            _arrived.Writer.TryWrite((topic[(topic.LastIndexOf('/') + 1)..], text));
            return Task.CompletedTask;
        };
    }

    /// <summary>Connects and listens to the device's replies and its reported configuration.</summary>
    public static async Task<DeviceLink> ConnectAsync(Action<MqttClientOptionsBuilder> broker, string device, CancellationToken cancel)
    {
        DeviceLink link = new(device);
        MqttClientOptionsBuilder builder = new MqttClientOptionsBuilder().WithClientId($"mf-ctl-{Guid.NewGuid():N}").WithCleanStart();
        broker(builder);
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(ConnectMsMax);
        try
        {
            await link._client.ConnectAsync(builder.Build(), patience.Token);
            await link._client.SubscribeAsync($"mf/v1/{device}/reply", MqttQualityOfServiceLevel.AtLeastOnce, patience.Token);
            await link._client.SubscribeAsync($"mf/v1/{device}/reported", MqttQualityOfServiceLevel.AtLeastOnce, patience.Token);
            return link;
        }
        catch (Exception e) when (!cancel.IsCancellationRequested)
        {
            await link.DisposeAsync();
            Exception cause = e is OperationCanceledException ? new TimeoutException($"no answer within {ConnectMsMax / 1000} s") : e;
            throw new InputException($"--broker: {(cause.InnerException ?? cause).Message}");
        }
    }

    /// <summary>Sends a message, again and again, until something that is wanted arrives. Null: nothing did in time.</summary>
    /// <param name="channel">"command", "desired"; null only listens.</param>
    /// <param name="payload">What to send.</param>
    /// <param name="isWanted">Channel and content of what arrived.</param>
    /// <param name="patience">How long to wait.</param>
    /// <param name="cancel">Ends the wait.</param>
    public async Task<JsonElement?> AskAsync(string? channel, ReadOnlyMemory<byte> payload, Func<string, JsonElement, bool> isWanted,
        TimeSpan patience, CancellationToken cancel)
    {
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        end.CancelAfter(patience);
        while (!end.IsCancellationRequested)
        {
            using CancellationTokenSource again = CancellationTokenSource.CreateLinkedTokenSource(end.Token);
            again.CancelAfter(SendAgainMs);
            try
            {
                if (channel != null)
                {
                    await _client.PublishAsync(new MqttApplicationMessage
                    {
                        Topic = $"mf/v1/{_device}/{channel}",
                        PayloadSegment = new ArraySegment<byte>(payload.ToArray()),
                        QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
                    }, again.Token);
                }

                while (true)
                {
                    (string from, string text) = await _arrived.Reader.ReadAsync(again.Token);
                    if (!TryParse(text, out JsonElement content) || !isWanted(from, content))
                    {
                        continue;
                    }

                    if (!IsBusy(content))
                    {
                        return content;
                    }

                    again.CancelAfter(BusyMs);
                }
            }
            catch (OperationCanceledException)
            {
                cancel.ThrowIfCancellationRequested();
            }
            catch (Exception e) when (e is MqttCommunicationException or InvalidOperationException)
            {
                // The broker stalls, or is gone: MQTTnet's own patience ended before ours. Quiet until it is time to ask again.
                await QuietAsync(end.Token);
                cancel.ThrowIfCancellationRequested();
            }
        }

        return null;
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            using CancellationTokenSource patience = new(TimeSpan.FromSeconds(2));
            await _client.DisconnectAsync(new MqttClientDisconnectOptions(), patience.Token);
        }
        catch (Exception)
        {
            // It was not connected, or is no longer.
        }

        _client.Dispose();
    }

    private static async Task QuietAsync(CancellationToken end)
    {
        try
        {
            await Task.Delay(SendAgainMs, end);
        }
        catch (OperationCanceledException)
        {
            // The caller sees that its patience is at its end.
        }
    }

    private static bool IsBusy(JsonElement content) => content.TryGetProperty("error", out JsonElement error)
        && error.ValueKind == JsonValueKind.String && error.GetString() == "busy";

    private static bool TryParse(string text, out JsonElement content)
    {
        content = default;
        try
        {
            content = JsonDocument.Parse(text).RootElement;
            return content.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
