using System;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using MeterFirmware.Hardware;
using MQTTnet;
using MQTTnet.Protocol;

namespace MeterFirmware.Boards.Simulator;

/// <summary>One connection of <see cref="MqttNetLink"/>, from connect to its end; a new one each time.</summary>
internal sealed class MqttNetSession
{
    /// <summary>Longest wait for the broker's answer: MQTTnet's own time-out does not hold once a token is passed to it.</summary>
    private const int AnswerMsMax = 10_000;

    /// <summary>Outgoing messages that may wait for the broker's PUBACK; then TryPublish says no.</summary>
    private const int OutgoingMax = 64;

    private readonly IMqttClient _client = new MqttClientFactory().CreateMqttClient();
    private readonly Channel<object> _outgoing = Channel.CreateBounded<object>(
        new BoundedChannelOptions(OutgoingMax) { SingleReader = true });

    private readonly CancellationTokenSource _ended = new();
    private readonly Action<MqttNetSession, MqttApplicationMessage> _arrived;
    private int _state = (int)MqttLinkState.Connecting;
    private bool _isGraceful;
    private int _subscriptions;
    private int _granted;
    private int _settled;
    private int _givenUp;

    public MqttNetSession(MqttClientOptions options, Action<MqttNetSession, MqttApplicationMessage> arrived)
    {
        _arrived = arrived;
        _client.ApplicationMessageReceivedAsync += Receive;
        _client.DisconnectedAsync += Disconnected;
        _ = Task.Run(() => RunAsync(options));
    }

    public MqttLinkState State => (MqttLinkState)Volatile.Read(ref _state);

    /// <summary>Why it failed or ended; null: it did not.</summary>
    public string LastError { get; private set; }

    public bool IsSubscribed => Volatile.Read(ref _granted) == _subscriptions;

    public int Settled => Volatile.Read(ref _settled);

    public int GivenUp => Volatile.Read(ref _givenUp);

    public bool TrySubscribe(string topicFilter)
    {
        bool isQueued = TryQueue(topicFilter);
        _subscriptions += isQueued ? 1 : 0;
        return isQueued;
    }

    public bool TryPublish(string topic, byte[] payload, int payloadLength, bool retain)
    {
        if (State != MqttLinkState.Open)
        {
            return false;
        }

        return TryQueue(new MqttApplicationMessage
        {
            Topic = topic,
            PayloadSegment = payload.AsSpan(0, payloadLength).ToArray(),
            Retain = retain,
            QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
        });
    }

    /// <summary>Ends the connection in the background.</summary>
    public void Close(bool isGraceful)
    {
        _isGraceful = isGraceful;
        Volatile.Write(ref _state, (int)MqttLinkState.Closed);
        _ended.Cancel();
    }

    private bool TryQueue(object item) => State == MqttLinkState.Open && _outgoing.Writer.TryWrite(item);

    private Task Receive(MqttApplicationMessageReceivedEventArgs arrived)
    {
        _arrived(this, arrived.ApplicationMessage);
        return Task.CompletedTask;
    }

    private Task Disconnected(MqttClientDisconnectedEventArgs args)
    {
        LastError ??= "link: " + (args.Exception is { } e ? Innermost(e) : args.ReasonString ?? args.Reason.ToString());

        Volatile.Write(ref _state, (int)MqttLinkState.Closed);
        _ended.Cancel();
        return Task.CompletedTask;
    }

    // "Authentication failed, see inner exception" says nothing.
    private static string Innermost(Exception e) => e.GetBaseException().Message;

    private async Task RunAsync(MqttClientOptions options)
    {
        try
        {
            using (CancellationTokenSource patience = Patience())
            {
                await _client.ConnectAsync(options, patience.Token).ConfigureAwait(false);
            }

            Interlocked.CompareExchange(ref _state, (int)MqttLinkState.Open, (int)MqttLinkState.Connecting);
            await PumpAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // Whatever the network or the broker did, the state machine above tries again.
            if (!_ended.IsCancellationRequested)
            {
                LastError = "link: " + Innermost(e);
            }
        }

        Volatile.Write(ref _state, (int)MqttLinkState.Closed);
        await EndAsync().ConfigureAwait(false);
    }

    private async Task PumpAsync()
    {
        while (await _outgoing.Reader.WaitToReadAsync(_ended.Token).ConfigureAwait(false))
        {
            while (_outgoing.Reader.TryRead(out object item))
            {
                // One at a time, to the broker's answer: the order on the wire is the order of the calls.
                using CancellationTokenSource patience = Patience();
                if (item is string filter)
                {
                    await SubscribeAsync(filter, patience.Token).ConfigureAwait(false);
                }
                else
                {
                    MqttClientPublishResult result = await _client.PublishAsync((MqttApplicationMessage)item, patience.Token)
                        .ConfigureAwait(false);
                    Interlocked.Add(ref _givenUp, result.IsSuccess ? 0 : 1);
                    Interlocked.Increment(ref _settled);
                }
            }
        }
    }

    private async Task SubscribeAsync(string filter, CancellationToken patience)
    {
        MqttClientSubscribeResult result = await _client
            .SubscribeAsync(filter, MqttQualityOfServiceLevel.AtLeastOnce, patience).ConfigureAwait(false);

        // Codes from 128 on are refusals: MQTT 3.1.1, section 3.9.3, and MQTT 5, section 3.9.3.
        foreach (MqttClientSubscribeResultItem item in result.Items)
        {
            if ((int)item.ResultCode >= 128)
            {
                throw new InvalidOperationException($"broker refused the subscription {filter}: {item.ResultCode}");
            }
        }

        Interlocked.Increment(ref _granted);
    }

    private CancellationTokenSource Patience()
    {
        CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(_ended.Token);
        patience.CancelAfter(AnswerMsMax);
        return patience;
    }

    private async Task EndAsync()
    {
        try
        {
            if (_isGraceful && _client.IsConnected)
            {
                using CancellationTokenSource patience = new(TimeSpan.FromSeconds(2));
                await _client.DisconnectAsync(new MqttClientDisconnectOptions(), patience.Token).ConfigureAwait(false);
            }
        }
        catch (Exception)
        {
            // The broker is gone already.
        }

        _client.Dispose();
    }
}
