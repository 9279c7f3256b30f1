using System;
using System.Collections;
using System.Text;
using System.Threading;
using MeterFirmware.Hardware;
using nanoFramework.M2Mqtt;
using nanoFramework.M2Mqtt.Messages;

namespace MeterFirmware.Boards.Device;

/// <summary>
/// <see cref="IMqttLink"/> over M2Mqtt. That client blocks: its constructor asks DNS, Connect waits up to 30 s for
/// CONNACK, Close some seconds for its threads. So one worker thread does all of that, one order at a time, and the
/// tick only leaves orders and looks at the state:
///
///   Closed ──Open()──► Connecting ──CONNACK 0──► Open ──connection lost, Close()──► Closed
///                          └── refused, failed, Close() ─────────────────────────────►┘
///
/// An order that comes while the worker still hangs in an older one replaces it; the older one's client is thrown away
/// when it comes out. Allocates what M2Mqtt allocates, and a copy of each payload.
/// </summary>
public sealed class M2MqttLink : IMqttLink
{
    /// <summary>Messages in either direction that M2Mqtt may hold; its own default is no limit at all.</summary>
    private const int InflightMessages = 24;

    /// <summary>Own messages that wait for PUBACK. Below the limit above: M2Mqtt leaks an entry each time it refuses.</summary>
    private const int OutstandingMessages = 16;

    private const int InboxMessages = 8;

    private const string NoBroker = "link: no broker named";
    private const string NoName = "link: broker's name not found";
    private const string NoConnection = "link: broker silent, or TLS failed";
    private const string Refused = "link: broker refused the client";
    private const string Lost = "link: connection lost";

    private readonly MqttInbox _inbox;
    private readonly object _gate = new object();
    private readonly AutoResetEvent _ordered = new AutoResetEvent(false);

    // Written under the gate.
    private MqttLinkState _state;
    private MqttClient _client;
    private readonly ArrayList _leaving = new ArrayList();
    private bool _isOpenOrdered;
    private bool _isStopped;
    private int _order;
    private int _outstanding;
    private string _clientId;
    private string _willTopic;
    private string _willText;
    private string _lastError;

    /// <param name="payloadBytesMax">Longest incoming payload that is kept; longer ones are handed on as too long.</param>
    public M2MqttLink(int payloadBytesMax)
    {
        _inbox = new MqttInbox(InboxMessages, payloadBytesMax);
        MqttSettings.Instance.InflightQueueSize = InflightMessages;
        new Thread(Work).Start();
    }

    public MqttLinkState State => _state;

    /// <inheritdoc/>
    public string LastError => _lastError;

    /// <summary>Where the next connection goes; null: nowhere, every attempt fails at once.</summary>
    public MqttBroker Broker { get; set; }

    /// <summary>Incoming messages that found the queue full.</summary>
    public int Dropped => _inbox.Dropped;

    public void Open(string clientId, string willTopic, byte[] willPayload)
    {
        lock (_gate)
        {
            Leave();
            _clientId = clientId;
            _willTopic = willTopic;
            _willText = Encoding.UTF8.GetString(willPayload, 0, willPayload.Length);
            _isOpenOrdered = true;
            _state = MqttLinkState.Connecting;
        }

        _inbox.Clear();
        _ordered.Set();
    }

    public void Close()
    {
        lock (_gate)
        {
            Leave();
            _isOpenOrdered = false;
            _state = MqttLinkState.Closed;
        }

        _ordered.Set();
    }

    /// <summary>Closes, and ends the worker: for a firmware that gives the link up for good.</summary>
    public void Stop()
    {
        _isStopped = true;
        Close();
    }

    public bool TrySubscribe(string topicFilter)
    {
        MqttClient client = Usable();
        if (client == null)
        {
            return false;
        }

        try
        {
            client.Subscribe(new string[] { topicFilter }, new MqttQoSLevel[] { MqttQoSLevel.AtLeastOnce });
            return true;
        }
        catch (Exception)
        {
            return false;
        }
    }

    public bool TryPublish(string topic, byte[] payload, int payloadLength, bool retain)
    {
        MqttClient client = Usable();
        if (client == null || _outstanding >= OutstandingMessages)
        {
            return false;
        }

        // M2Mqtt keeps the array until the acknowledgement: it needs its own.
        byte[] copy = new byte[payloadLength];
        Array.Copy(payload, 0, copy, 0, payloadLength);
        try
        {
            Interlocked.Increment(ref _outstanding);
            client.Publish(topic, copy, null, null, MqttQoSLevel.AtLeastOnce, retain);
            return true;
        }
        catch (Exception)
        {
            Interlocked.Decrement(ref _outstanding);

            // InflightQueueFull, or the connection went away in between: nothing was taken.
            return false;
        }
    }

    public bool TryReceive(MqttMessage message) => _inbox.TryTake(message);

    private MqttClient Usable()
    {
        lock (_gate)
        {
            return _state == MqttLinkState.Open && _client.IsConnected ? _client : null;
        }
    }

    /// <summary>Under the gate: hands the present client to the worker for closing, voids a connect under way.</summary>
    private void Leave()
    {
        _order++;
        if (_client != null)
        {
            _leaving.Add(_client);
            _client = null;
        }
    }

    private void Work()
    {
        bool isStopped = false;
        while (!isStopped)
        {
            _ordered.WaitOne();
            object[] leaving;
            bool isOpenOrdered;
            int order;
            lock (_gate)
            {
                leaving = _leaving.ToArray();
                _leaving.Clear();
                isOpenOrdered = _isOpenOrdered;
                _isOpenOrdered = false;
                order = _order;
                isStopped = _isStopped;
            }

            foreach (object client in leaving)
            {
                Shut((MqttClient)client);
            }

            if (isOpenOrdered)
            {
                Connect(order);
            }
        }
    }

    private void Connect(int order)
    {
        MqttClient client = null;
        MqttBroker broker = Broker;
        string failure = NoBroker;
        try
        {
            if (broker.Host.Length > 0)
            {
                failure = NoName;
            }

            bool isSecure = broker.Authority != null;
            client = new MqttClient(
                broker.Host, broker.Port, isSecure, broker.Authority, broker.Certificate,
                isSecure ? MqttSslProtocols.TLSv1_2 : MqttSslProtocols.None);
            failure = NoConnection;
            client.MqttMsgPublishReceived += OnReceived;
            client.MqttMsgPublished += OnPublished;
            client.ConnectionClosed += OnConnectionClosed;
            MqttReasonCode reason = client.Connect(
                _clientId, broker.User, broker.Password, true, MqttQoSLevel.AtLeastOnce, true, _willTopic, _willText,
                true, (ushort)broker.KeepAliveSeconds);
            failure = reason == MqttReasonCode.Success ? null : Refused;
        }
        catch (Exception)
        {
            // How far it came is all that M2Mqtt tells. To the supervisor above it is all the same: it waits and tries again.
        }

        bool isWanted;
        lock (_gate)
        {
            isWanted = failure == null && order == _order && client.IsConnected;
            if (isWanted)
            {
                _client = client;
                _outstanding = 0;
                _lastError = null;
                _state = MqttLinkState.Open;
            }
            else if (order == _order)
            {
                _lastError = failure != null ? failure : Lost;
                _state = MqttLinkState.Closed;
            }
        }

        if (!isWanted && client != null)
        {
            Shut(client);
        }
    }

    /// <summary>Says goodbye, so that the broker does not publish the will, and ends M2Mqtt's four threads.</summary>
    private static void Shut(MqttClient client)
    {
        try
        {
            if (client.IsConnected)
            {
                client.Disconnect();
            }

            client.Close();
        }
        catch (Exception)
        {
            // Nothing is left to be done for it.
        }
    }

    // On M2Mqtt's dispatch thread: never blocks.
    private void OnReceived(object sender, MqttMsgPublishEventArgs e) => _inbox.Put(e.Topic, e.Message);

    // Acknowledged, or given up after three tries: the outbox above sends again either way until it is confirmed.
    private void OnPublished(object sender, MqttMsgPublishedEventArgs e)
    {
        if (sender == _client)
        {
            Interlocked.Decrement(ref _outstanding);
        }
    }

    private void OnConnectionClosed(object sender, EventArgs e)
    {
        lock (_gate)
        {
            // A client that was left already has no say any more.
            if (sender != _client)
            {
                return;
            }

            _leaving.Add(_client);
            _client = null;
            _lastError = Lost;
            _state = MqttLinkState.Closed;
        }

        _ordered.Set();
    }
}
