using System.Diagnostics;
using System.Text;
using System.Threading.Channels;
using MQTTnet;
using MQTTnet.Protocol;

namespace MeterFirmware.Tools.HeadEnds;

/// <summary>
/// The head-end's connection: made anew whenever it breaks, and whenever the broker owes an answer for too long. MQTTnet
/// ignores its own time-out when it is given a token, so every wait here is bounded by us; and since a broker may confirm
/// what we send and still forward nothing (mosquitto 2.0.11 can lose its inflight quota), we send ourselves a message now
/// and then and want it back.
/// </summary>
internal sealed class HeadEndLink : IDisposable
{
    private const int PollMs = 100;
    private const int RetryMsMax = 5_000;

    /// <summary>Buffer of the socket. MQTTnet's 8 KB let a burst of 100 000 queued records through at 55 a second.</summary>
    private const int SocketBytes = 262_144;

    private readonly HeadEndOptions _options;
    private readonly HeadEndCounters _counters;
    private readonly Func<string, MqttApplicationMessage, Task> _received;
    private readonly Func<bool> _isHeldUp;
    private readonly CancellationToken _stop;
    private readonly IMqttClient _client = new MqttClientFactory().CreateMqttClient();
    private readonly MqttClientOptions _clientOptions;
    private readonly string _echoTopic;
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private long _heardMs;
    private long _echoDueMs;
    private long _echoSentMs = -1;
    private bool _hasEcho;
    private readonly Channel<(MqttApplicationMessageReceivedEventArgs Received, Task Taken)> _acknowledgements =
        Channel.CreateUnbounded<(MqttApplicationMessageReceivedEventArgs, Task)>(new UnboundedChannelOptions { SingleReader = true });

    private volatile bool _isSilent;
    private volatile bool _isSubscribed;

    /// <param name="options">Server, client id, times.</param>
    /// <param name="counters">Reconnects are counted there.</param>
    /// <param name="received">Takes every message but our own echo: topic, message. Throws nothing. Done when the broker may be
    /// told that the message was taken.</param>
    /// <param name="isHeldUp">True while the owner's store holds messages back: the broker then waits for us.</param>
    /// <param name="stop">Ends everything.</param>
    public HeadEndLink(HeadEndOptions options, HeadEndCounters counters, Func<string, MqttApplicationMessage, Task> received,
        Func<bool> isHeldUp, CancellationToken stop)
    {
        _options = options;
        _counters = counters;
        _received = received;
        _isHeldUp = isHeldUp;
        _stop = stop;
        _echoTopic = Topics.Of(options.ClientId, "echo");
        MqttClientOptionsBuilder builder = new MqttClientOptionsBuilder()
            .WithProtocolVersion(MQTTnet.Formatter.MqttProtocolVersion.V500)
            .WithClientId(options.ClientId)
            .WithCleanStart()
            .WithKeepAlivePeriod(TimeSpan.FromSeconds(15))
            .WithTimeout(TimeSpan.FromSeconds(10));
        options.Configure(builder);
        _clientOptions = builder.Build();
        if (_clientOptions.ChannelOptions is MqttClientTcpOptions tcp)
        {
            tcp.BufferSize = SocketBytes;
        }

        _client.ApplicationMessageReceivedAsync += ReceiveAsync;
    }

    public bool IsConnected => _client.IsConnected;

    public bool IsReady => _isSubscribed && _client.IsConnected;

    /// <summary>Why the last connection failed, for people.</summary>
    public string LastError { get; private set; } = "";

    /// <summary>Keeps the connection until the token stops it.</summary>
    public async Task RunAsync()
    {
        Task acknowledging = AcknowledgeAsync();
        int waitMs = PollMs;
        for (bool isFirst = true; !_stop.IsCancellationRequested;)
        {
            try
            {
                if (!_client.IsConnected)
                {
                    await ConnectAsync().ConfigureAwait(false);
                    Interlocked.Add(ref _counters.ReconnectsCount, isFirst ? 0 : 1);
                    isFirst = false;
                    waitMs = PollMs;
                }

                await CheckAsync().ConfigureAwait(false);
                await Task.Delay(PollMs, _stop).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                // Connected but not subscribed to everything is worse than not connected: start over.
                LastError = e.Message;
                await DisconnectAsync().ConfigureAwait(false);
                waitMs = Math.Min(waitMs * 2, RetryMsMax);
                await Task.Delay(waitMs, _stop).ContinueWith(_ => { }, TaskScheduler.Default).ConfigureAwait(false);
            }
        }

        await DisconnectAsync().ConfigureAwait(false);
        _acknowledgements.Writer.TryComplete();
        await acknowledging.ConfigureAwait(false);
    }

    /// <summary>Publishes with QoS 1, to the broker's confirmation. Throws when that does not come in time; the connection
    /// is then made anew.</summary>
    public async Task PublishAsync(string topic, string payload)
    {
        using CancellationTokenSource patience = Patience();
        try
        {
            await _client.PublishAsync(new MqttApplicationMessage
            {
                Topic = topic,
                PayloadSegment = Encoding.UTF8.GetBytes(payload),
                QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
            }, patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!_stop.IsCancellationRequested)
        {
            _isSilent = true;
            throw new TimeoutException($"the broker did not confirm a message within {_options.AnswerMsMax} ms");
        }
    }

    public void Dispose() => _client.Dispose();

    private async Task ConnectAsync()
    {
        using CancellationTokenSource patience = Patience();
        await _client.ConnectAsync(_clientOptions, patience.Token).ConfigureAwait(false);
        _isSilent = false;
        _isSubscribed = false;
        _echoSentMs = -1;
        foreach (string channel in Topics.Channels)
        {
            // Instant readings outnumber all else: who does not show them does not ask for them.
            bool isWanted = channel switch
            {
                "instant" => _options.InstantArrived != null,
                "reply" => _options.ReplyArrived != null || _options.TimeKeyOf != null,
                "reported" => _options.ReplyArrived != null,
                _ => true,
            };
            if (isWanted)
            {
                await SubscribeAsync(Topics.Of("+", channel), patience.Token).ConfigureAwait(false);
            }
        }

        await SubscribeAsync(_echoTopic, patience.Token).ConfigureAwait(false);
        _isSubscribed = true;
    }

    private Task SubscribeAsync(string filter, CancellationToken patience) =>
        _client.SubscribeAsync(filter, MqttQualityOfServiceLevel.AtLeastOnce, patience);

    /// <summary>Throws when the broker has gone silent; sends the next echo when it is due.</summary>
    private async Task CheckAsync()
    {
        long nowMs = _clock.ElapsedMilliseconds;
        long heardMs = Interlocked.Read(ref _heardMs);
        if (_isSilent)
        {
            throw new TimeoutException("the broker owes an answer");
        }

        // A store that holds us up must not look like a broker that does.
        if (_isHeldUp())
        {
            _echoSentMs = -1;
            return;
        }

        // Whatever arrives shows that something is forwarded. A broker whose rules let no echo through is not to be blamed.
        if (_echoSentMs >= 0 && heardMs >= _echoSentMs)
        {
            _echoSentMs = -1;
        }

        if (_echoSentMs >= 0 && nowMs - _echoSentMs > _options.AnswerMsMax)
        {
            if (_hasEcho)
            {
                throw new TimeoutException($"the broker forwarded nothing for {_options.AnswerMsMax} ms");
            }

            _echoSentMs = -1;
        }

        if (_echoSentMs < 0 && nowMs >= _echoDueMs)
        {
            _echoDueMs = nowMs + _options.EchoMs;
            _echoSentMs = nowMs;
            await PublishAsync(_echoTopic, "{}").ConfigureAwait(false);
        }
    }

    private Task ReceiveAsync(MqttApplicationMessageReceivedEventArgs received)
    {
        Interlocked.Exchange(ref _heardMs, _clock.ElapsedMilliseconds);
        received.AutoAcknowledge = false;
        Task taken = Task.CompletedTask;
        if (received.ApplicationMessage.Topic == _echoTopic)
        {
            _hasEcho = true;
        }
        else
        {
            taken = _received(received.ApplicationMessage.Topic, received.ApplicationMessage);
        }

        // Not awaited here: MQTTnet reads on meanwhile, and would queue without a bound behind us.
        _acknowledgements.Writer.TryWrite((received, taken));
        return Task.CompletedTask;
    }

    /// <summary>Tells the broker what was taken, in the order of arrival: MQTT 5, section 4.6.</summary>
    private async Task AcknowledgeAsync()
    {
        await foreach ((MqttApplicationMessageReceivedEventArgs received, Task taken) in _acknowledgements.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            try
            {
                await taken.WaitAsync(_stop).ConfigureAwait(false);
                await received.AcknowledgeAsync(_stop).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                // The connection is gone: the broker sends the message again, or its device does.
                LastError = e.Message;
            }
        }
    }

    private async Task DisconnectAsync()
    {
        try
        {
            using CancellationTokenSource patience = new(TimeSpan.FromMilliseconds(Math.Min(2_000, _options.AnswerMsMax)));
            await _client.DisconnectAsync(new MqttClientDisconnectOptions(), patience.Token).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // Not connected: nothing to end.
        }
    }

    private CancellationTokenSource Patience()
    {
        CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(_stop);
        patience.CancelAfter(_options.AnswerMsMax);
        return patience;
    }
}
