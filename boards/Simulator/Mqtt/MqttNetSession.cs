using System;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using MeterFirmware.Hardware;
using MQTTnet;
using MQTTnet.Exceptions;
using MQTTnet.Protocol;

namespace MeterFirmware.Boards.Simulator.Mqtt;

/// <summary>One connection of <see cref="MqttNetLink"/>, from connect to its end; a new one each time.</summary>
internal sealed class MqttNetSession
{
    /// <summary>Longest wait for the broker's answer: MQTTnet's own time-out does not hold once a token is passed to
    /// it.</summary>
    private const int AnswerMsMax = 10_000;

    /// <summary>Outgoing messages that may wait for the broker's PUBACK; then TryPublish says no.</summary>
    private const int OutgoingMax = 64;

    private readonly IMqttClient _client = new MqttClientFactory().CreateMqttClient();
    private readonly Channel<object> _outgoing = Channel.CreateBounded<object>(
        new BoundedChannelOptions(OutgoingMax) { SingleReader = true });

    private readonly CancellationTokenSource _ended = new();
    private readonly Action<MqttNetSession, MqttApplicationMessage> _arrived;
    private readonly MqttBrokers _brokers;
    private readonly int _turn;
    private readonly int _waitMs;
    private readonly Action<MqttClientOptionsBuilder> _prepare;
    private long _openedMs;
    private long _closedMs;
    private int _state = (int)MqttLinkState.Connecting;
    private bool _isGraceful;
    private int _subscriptions;
    private int _granted;
    private int _settled;
    private int _givenUp;

    /// <param name="brokers">Where to.</param>
    /// <param name="turn">Which of them: <see cref="MqttBrokers.ConnectAsync"/>.</param>
    /// <param name="waitMs">Real time before the attempt, however fast its device's clock runs.</param>
    /// <param name="prepare">Sets client id and will.</param>
    /// <param name="arrived">Takes what comes.</param>
    public MqttNetSession(MqttBrokers brokers, int turn, int waitMs, Action<MqttClientOptionsBuilder> prepare,
        Action<MqttNetSession, MqttApplicationMessage> arrived)
    {
        _brokers = brokers;
        _turn = turn;
        _waitMs = waitMs;
        _prepare = prepare;
        _arrived = arrived;
        _client.ApplicationMessageReceivedAsync += Receive;
        _client.DisconnectedAsync += Disconnected;
        _ = Task.Run(RunAsync);
    }

    public MqttLinkState State => (MqttLinkState)Volatile.Read(ref _state);

    /// <summary>Why it failed or ended; null: it did not.</summary>
    public string LastError { get; private set; }

    /// <summary>How long it has been open, or was; 0: it never was.</summary>
    public long OpenMs
    {
        get
        {
            long openedMs = Volatile.Read(ref _openedMs);
            long closedMs = Volatile.Read(ref _closedMs);
            return openedMs == 0 ? 0 : (closedMs == 0 ? Environment.TickCount64 : closedMs) - openedMs + 1;
        }
    }

    /// <summary>Topic and reason of the newest message that the broker refused (MQTT 5 only); null: none.</summary>
    public string LastRefusal { get; private set; }

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
        NoteClosed();
        _ended.Cancel();
    }

    private void NoteClosed()
    {
        Interlocked.CompareExchange(ref _closedMs, Environment.TickCount64, 0);
        Volatile.Write(ref _state, (int)MqttLinkState.Closed);
    }

    private bool TryQueue(object item) => State == MqttLinkState.Open && _outgoing.Writer.TryWrite(item);

    private Task Receive(MqttApplicationMessageReceivedEventArgs arrived)
    {
        _arrived(this, arrived.ApplicationMessage);
        return Task.CompletedTask;
    }

    private Task Disconnected(MqttClientDisconnectedEventArgs args)
    {
        // An attempt that failed: it may be followed by one with another version of MQTT.
        if (State == MqttLinkState.Connecting)
        {
            return Task.CompletedTask;
        }

        LastError ??= "link: "
            + (args.Exception is { } e ? MqttBrokers.Innermost(e) : args.ReasonString ?? args.Reason.ToString());

        NoteClosed();
        _ended.Cancel();
        return Task.CompletedTask;
    }

    private async Task RunAsync()
    {
        try
        {
            await Task.Delay(_waitMs, _ended.Token).ConfigureAwait(false);
            using (CancellationTokenSource patience = Patience())
            {
                await _brokers.ConnectAsync(_client, _turn, _prepare, patience.Token).ConfigureAwait(false);
            }

            Volatile.Write(ref _openedMs, Environment.TickCount64);
            Interlocked.CompareExchange(ref _state, (int)MqttLinkState.Open, (int)MqttLinkState.Connecting);
            if (!_client.IsConnected)
            {
                throw new MqttCommunicationException("the connection was lost at once");
            }

            await PumpAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // Whatever the network or the broker did, the state machine above tries again.
            if (!_ended.IsCancellationRequested)
            {
                LastError = "link: " + (e is OperationCanceledException
                    ? $"no answer within {AnswerMsMax / 1000} s" : MqttBrokers.Innermost(e));
            }
        }

        NoteClosed();
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
                    MqttClientPublishResult result =
                        await _client.PublishAsync((MqttApplicationMessage)item, patience.Token)
                        .ConfigureAwait(false);
                    if (!result.IsSuccess)
                    {
                        Interlocked.Increment(ref _givenUp);
                        LastRefusal = $"{((MqttApplicationMessage)item).Topic}: {result.ReasonCode}";
                    }

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
