using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using MeterFirmware.Boards.Simulator.Mqtt;
using MQTTnet;
using MQTTnet.Exceptions;
using MQTTnet.Protocol;

namespace MeterFirmware.Tools.MeterCtl.Devices;

/// <summary>One device's topics, seen from the utility's or the technician's side: send, and wait for what it
/// says.</summary>
internal sealed class DeviceLink : IAsyncDisposable
{
    private const int ConnectMsMax = 10_000;

    /// <summary>A broker is asked so often whether it is there, and left when it owes the answer so long.</summary>
    private const int BrokerMsMax = 5_000;

    /// <summary>A device drops what finds its inbox full, and knows a message that it has taken: sending again does no
    /// harm.</summary>
    private const int SendAgainMs = 2_000;

    /// <summary>A device that is busy has not taken the message: it checks four signatures a second.</summary>
    private const int BusyMs = 300;

    private readonly MqttBrokers _brokers;
    private readonly string _device;
    private readonly IMqttClient _client = new MqttClientFactory().CreateMqttClient();
    private readonly Channel<(string Channel, string Text)> _arrived = Channel.CreateUnbounded<(string, string)>();
    private readonly string _clientId = $"mf-ctl-{Guid.NewGuid():N}";
    private readonly string[] _channels;
    private int _turn;

    private DeviceLink(MqttBrokers brokers, string device, string[] more)
    {
        _brokers = brokers;
        _device = device;
        _channels = ["reply", "reported", .. more];
        _client.ApplicationMessageReceivedAsync += received =>
        {
            string topic = received.ApplicationMessage.Topic;
            string text = Encoding.UTF8.GetString(received.ApplicationMessage.Payload.ToArray());
            _arrived.Writer.TryWrite((topic[(topic.LastIndexOf('/') + 1)..], text));
            return Task.CompletedTask;
        };
    }

    /// <summary>Connects and listens to the device's replies and its reported configuration.</summary>
    /// <param name="more">Further channels, such as status.</param>
    public static async Task<DeviceLink> ConnectAsync(MqttBrokers brokers, string device, CancellationToken cancel,
        params string[] more)
    {
        DeviceLink link = new(brokers, device, more);
        try
        {
            await link.OpenAsync(cancel);
            return link;
        }
        catch
        {
            await link.DisposeAsync();
            throw;
        }
    }

    /// <summary>Sends a message, again and again, until something that is wanted arrives. Null: nothing did in
    /// time.</summary>
    /// <param name="channel">"command", "desired"; null only listens.</param>
    /// <param name="payload">What to send.</param>
    /// <param name="isWanted">Channel and content of what arrived.</param>
    /// <param name="patience">How long to wait.</param>
    /// <param name="cancel">Ends the wait.</param>
    public async Task<JsonElement?> AskAsync(string? channel, ReadOnlyMemory<byte> payload,
        Func<string, JsonElement, bool> isWanted,
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

                    if (!content.Is("error", "busy"))
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
            catch (Exception e) when (
                e is MqttCommunicationException or MqttClientDisconnectedException or InvalidOperationException)
            {
                // The broker stalls, or is gone: MQTTnet's own patience ended before ours. Quiet until it is time to
                // ask again.
                await QuietAsync(end.Token);
                await OpenAgainAsync(end.Token);
                cancel.ThrowIfCancellationRequested();
            }
        }

        return null;
    }

    public async ValueTask DisposeAsync()
    {
        await LeaveAsync();
        _client.Dispose();
    }

    /// <summary>Connects to the first broker that takes us, and subscribes. Throws one line for people about all of
    /// them: a <see cref="TimeoutException"/> when a broker is there but silent, else an
    /// <see cref="InputException"/>.</summary>
    private async Task OpenAsync(CancellationToken cancel)
    {
        List<string> causes = [];
        bool isSilent = false;
        for (int i = 0; i < _brokers.Count; i++, _turn++)
        {
            using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            patience.CancelAfter(ConnectMsMax);
            try
            {
                await _brokers.ConnectAsync(_client, _turn, Prepare, patience.Token);
                foreach (string channel in _channels)
                {
                    await _client.SubscribeAsync($"mf/v1/{_device}/{channel}", MqttQualityOfServiceLevel.AtLeastOnce,
                        patience.Token);
                }

                return;
            }
            catch (Exception e) when (!cancel.IsCancellationRequested)
            {
                isSilent |= patience.IsCancellationRequested;
                string cause = patience.IsCancellationRequested
                    ? $"no answer within {ConnectMsMax / 1000} s" : MqttBrokers.Innermost(e);
                causes.Add(_brokers.Count > 1 ? $"{_brokers.Addresses[_turn % _brokers.Count]}: {cause}" : cause);
                await LeaveAsync();
            }
        }

        string line = $"--broker: {string.Join("; ", causes)}";
        throw isSilent ? new TimeoutException(line) : new InputException(line);
    }

    private void Prepare(MqttClientOptionsBuilder builder) => builder.WithClientId(_clientId).WithCleanStart()
        .WithKeepAlivePeriod(TimeSpan.FromMilliseconds(BrokerMsMax))
            .WithTimeout(TimeSpan.FromMilliseconds(BrokerMsMax));

    private async Task OpenAgainAsync(CancellationToken end)
    {
        if (_client.IsConnected)
        {
            return;
        }

        _turn++;
        try
        {
            await OpenAsync(end);
        }
        catch (Exception e) when (e is TimeoutException or InputException or OperationCanceledException)
        {
            // It was there when we began: asked again until the caller's patience ends.
        }
    }

    private async Task LeaveAsync()
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

    private static bool TryParse(string text, out JsonElement content)
    {
        content = default;
        try
        {
            content = JsonDocument.Parse(text,
                new JsonDocumentOptions { AllowDuplicateProperties = false }).RootElement;
            return content.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
