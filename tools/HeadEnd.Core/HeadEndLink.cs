using System.Diagnostics;
using System.Text;
using System.Threading.Channels;
using MeterFirmware.Boards.Simulator.Mqtt;
using MQTTnet;
using MQTTnet.Exceptions;
using MQTTnet.Protocol;

namespace MeterFirmware.Tools.HeadEnds;

/// <summary>
/// The head-end's connection: made anew whenever it breaks, and whenever the broker owes an answer for too long.
/// MQTTnet ignores its own time-out when it is given a token, so every wait here is bounded by us; and since a broker
/// may confirm what we send and still forward nothing (mosquitto 2.0.11 can lose its inflight quota), we send ourselves
/// a message now and then and want it back.
/// </summary>
internal sealed class HeadEndLink : IDisposable
{
    private const int PollMs = 100;

    /// <summary>Buffer of the socket. MQTTnet's 8 KB let a burst of 100 000 queued records through at 55 a
    /// second.</summary>
    private const int SocketBytes = 262_144;

    private readonly HeadEndOptions _options;
    private readonly HeadEndCounters _counters;
    private readonly Func<string, MqttApplicationMessage, Task> _received;
    private readonly Func<bool> _isHeldUp;
    private readonly CancellationToken _stop;
    private readonly IMqttClient _client = new MqttClientFactory().CreateMqttClient();
    private readonly MqttBrokers _brokers;
    private readonly Reconnection _reconnection = new(Random.Shared.Next);
    private readonly string _echoTopic;

    /// <summary>Names this process on the echo's topic, where the newest holder of the client id stands
    /// retained.</summary>
    private readonly string _echo = $$"""{"instance":"{{Guid.NewGuid():N}}"}""";
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private long _heardMs;
    private long _echoDueMs;
    private long _echoSentMs = -1;
    private bool _hasEcho;
    private readonly Channel<(MqttApplicationMessageReceivedEventArgs Received, Task Taken)> _acknowledgements =
        Channel.CreateUnbounded<(MqttApplicationMessageReceivedEventArgs, Task)>(
            new UnboundedChannelOptions { SingleReader = true });

    private volatile bool _isSilent;
    private volatile bool _isSubscribed;
    private volatile bool _isTakenOver;
    private volatile bool _sawOther;

    /// <summary>Whether we were connected to each broker.</summary>
    private readonly bool[] _hasServed;
    private volatile int _broker;
    private int _connections;
    private string _told = "";

    /// <param name="options">Server, client id, times.</param>
    /// <param name="counters">Reconnects are counted there.</param>
    /// <param name="received">Takes every message but our own echo: topic, message. Throws nothing. Done when the
    /// broker may be told that the message was taken.</param>
    /// <param name="isHeldUp">True while the owner's store holds messages back: the broker then waits for us.</param>
    /// <param name="stop">Ends everything.</param>
    public HeadEndLink(HeadEndOptions options, HeadEndCounters counters, Func<string, MqttApplicationMessage,
        Task> received,
        Func<bool> isHeldUp, CancellationToken stop)
    {
        _options = options;
        _counters = counters;
        _received = received;
        _isHeldUp = isHeldUp;
        _stop = stop;
        _echoTopic = Topics.Of(options.ClientId, "echo");
        _brokers = options.Brokers ?? new MqttBrokers(options.Configure
            ?? throw new ArgumentException("Configure or Brokers must say where the broker is"))
        { Log = options.Log };
        _hasServed = new bool[_brokers.Count];
        _client.ApplicationMessageReceivedAsync += ReceiveAsync;
        _client.DisconnectedAsync += ended =>
        {
            // MQTT 5, section 4.13; a broker of 3.1.1 just closes, and the retained echo tells.
            _isTakenOver |= ended.ClientWasConnected && ended.Reason == MqttClientDisconnectReason.SessionTakenOver;
            return Task.CompletedTask;
        };
    }

    public bool IsConnected => _client.IsConnected;

    public bool IsReady => _isSubscribed && _client.IsConnected;

    /// <summary>Why the last connection failed, for people.</summary>
    public string LastError { get; private set; } = "";

    /// <summary>Keeps the connection until the token stops it.</summary>
    public async Task RunAsync()
    {
        Task acknowledging = AcknowledgeAsync();
        while (!_stop.IsCancellationRequested)
        {
            long openedMs = 0;
            try
            {
                await ConnectAsync().ConfigureAwait(false);
                openedMs = _clock.ElapsedMilliseconds;
                await ServeAsync().ConfigureAwait(false);
            }
            catch (Exception e)
            {
                // Connected but not subscribed to everything is worse than not connected: start over.
                await EndAsync(e, openedMs).ConfigureAwait(false);
            }
        }

        await DisconnectAsync().ConfigureAwait(false);
        _acknowledgements.Writer.TryComplete();
        await acknowledging.ConfigureAwait(false);
    }

    /// <summary>Publishes with QoS 1, to the broker's confirmation. Throws when that does not come in time; the
    /// connection is then made anew.</summary>
    public Task PublishAsync(string topic, string payload) => PublishAsync(topic, payload, isRetained: false);

    private async Task PublishAsync(string topic, string payload, bool isRetained)
    {
        using CancellationTokenSource patience = Patience();
        try
        {
            await _client.PublishAsync(new MqttApplicationMessage
            {
                Topic = topic,
                PayloadSegment = Encoding.UTF8.GetBytes(payload),
                QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
                Retain = isRetained,
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
        _isSubscribed = _isTakenOver = _sawOther = false;
        _broker = _reconnection.Turn % _brokers.Count;
        await _brokers.ConnectAsync(_client, _reconnection.Turn, Prepare, patience.Token, SocketBytes)
            .ConfigureAwait(false);
        _isSilent = false;
        _echoSentMs = -1;
        foreach (string channel in Topics.Channels)
        {
            // Instant readings outnumber all else: who does not show them does not ask for them.
            bool isWanted = channel switch
            {
                "instant" => _options.InstantArrived != null,
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
        Interlocked.Add(ref _counters.ReconnectsCount, _connections++ > 0 ? 1 : 0);
        if (_told.Length > 0)
        {
            _told = "";
            Tell("connected again");
        }
    }

    private void Prepare(MqttClientOptionsBuilder builder) => builder.WithClientId(_options.ClientId).WithCleanStart()
        .WithKeepAlivePeriod(TimeSpan.FromSeconds(15)).WithTimeout(TimeSpan.FromSeconds(10));

    private async Task ServeAsync()
    {
        while (_client.IsConnected)
        {
            await CheckAsync().ConfigureAwait(false);
            await Task.Delay(PollMs, _stop).ConfigureAwait(false);
        }

        throw new MqttCommunicationException("the connection was lost");
    }

    /// <summary>Says why, and waits before the next attempt.</summary>
    private async Task EndAsync(Exception cause, long openedMs)
    {
        if (_stop.IsCancellationRequested)
        {
            return;
        }

        // Whoever came back although we had taken the other's place is the other.
        bool isTakenOver = openedMs > 0 && !_client.IsConnected && (_isTakenOver || _sawOther);
        bool isGivenUp = _client.IsConnected;
        _hasServed[_broker] |= openedMs > 0;
        LastError = isTakenOver
            ? $"another client uses the client id {_options.ClientId}: one of the two needs another id"
            : cause is OperationCanceledException ? $"the broker did not answer within {_options.AnswerMsMax} ms"
            : MqttBrokers.Innermost(cause);
        await DisconnectAsync().ConfigureAwait(false);
        long nowMs = _clock.ElapsedMilliseconds;
        int waitMs = _reconnection.WaitMsAfter(openedMs == 0 ? 0 : nowMs - openedMs + 1, isGivenUp, isTakenOver, nowMs);
        if (isTakenOver || LastError != _told)
        {
            _told = LastError;
            Tell(isTakenOver ? $"{LastError}; trying again in {waitMs / 1_000.0:0.0} s" : LastError);
        }

        await Task.Delay(waitMs, _stop).ContinueWith(_ => { }, TaskScheduler.Default).ConfigureAwait(false);
    }

    private void Tell(string line)
    {
        try
        {
            _options.Log?.Invoke("connection: " + line);
        }
        catch (Exception)
        {
            // A log that cannot be written must not stop what it is about.
        }
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

        // Whatever arrives shows that something is forwarded. A broker whose rules let no echo through is not to be
        // blamed.
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
            await PublishAsync(_echoTopic, _echo, isRetained: true).ConfigureAwait(false);
        }
    }

    private Task ReceiveAsync(MqttApplicationMessageReceivedEventArgs received)
    {
        Interlocked.Exchange(ref _heardMs, _clock.ElapsedMilliseconds);
        received.AutoAcknowledge = false;
        Task taken = Task.CompletedTask;
        if (received.ApplicationMessage.Topic == _echoTopic)
        {
            HearEcho(received.ApplicationMessage);
        }
        else
        {
            taken = _received(received.ApplicationMessage.Topic, received.ApplicationMessage);
        }

        // Not awaited here: MQTTnet reads on meanwhile, and would queue without a bound behind us.
        _acknowledgements.Writer.TryWrite((received, taken));
        return Task.CompletedTask;
    }

    /// <summary>The retained echo is of whoever held our client id last at this broker. Another process's is none of
    /// our business at our first connection to it (it was before us); later it was connected while we were
    /// away.</summary>
    private void HearEcho(MqttApplicationMessage message)
    {
        bool isOurs = message.Payload.Length == _echo.Length && Encoding.UTF8.GetString(message.Payload) == _echo;
        _hasEcho |= isOurs;
        if (!isOurs && _hasServed[_broker] && !_sawOther)
        {
            _sawOther = true;
            Tell($"another client with the client id {_options.ClientId} was connected while this one was not");
        }
    }

    /// <summary>Tells the broker what was taken, in the order of arrival: MQTT 5, section 4.6.</summary>
    private async Task AcknowledgeAsync()
    {
        await foreach ((MqttApplicationMessageReceivedEventArgs received, Task taken)
            in _acknowledgements.Reader.ReadAllAsync().ConfigureAwait(false))
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
            using CancellationTokenSource patience = new(
                TimeSpan.FromMilliseconds(Math.Min(2_000, _options.AnswerMsMax)));
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
