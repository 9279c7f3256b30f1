using System;
using System.Threading;
using MeterFirmware.Hardware;
using MeterFirmware.Telemetry;
using nanoFramework.M2Mqtt;
using nanoFramework.M2Mqtt.Messages;

namespace MeterFirmware.Boards.Device;

/// <summary>
/// One client of M2Mqtt from its making to its end, on a thread of its own. A call into the package that hangs (a TLS
/// handshake with a silent server, a goodbye into a half-open connection) holds this one connection and no other:
///
///   Connecting ──CONNACK 0──► Open ──connection lost, subscription refused, Leave()──► Closed ──client shut──► ended
///        └── refused, failed, Leave() ─────────────────────────────────────────────────►┘
/// </summary>
internal sealed class M2MqttConnection
{
    /// <summary>Messages in either direction that M2Mqtt may hold; its own default is no limit at all.</summary>
    public const int InflightMessages = 24;

    /// <summary>Own messages that wait for PUBACK. Below the limit above: M2Mqtt leaks an entry each time it
    /// refuses.</summary>
    private const int OutstandingMessages = 16;

    /// <summary>M2Mqtt gives a message up after 3 tries of a second; twice that, and room for a slow turn.</summary>
    private const int AnswerMs = 10_000;

    /// <summary>How long the connection before this one may take to end before this one begins: two TLS sessions at
    /// once are more than a small heap has. Below the supervisor's patience of 60 s with a connect.</summary>
    private const int BeforeMs = 20_000;

    /// <summary>M2Mqtt closes itself after a goodbye, on its dispatch thread: some seconds of joins.</summary>
    private const int CloseMs = 8_000;

    /// <summary>Subscription answers from here on are refusals: MQTT 3.1.1 and 5, section 3.9.3.</summary>
    private const int FailureFrom = 128;

    private const string NoBroker = "link: no broker named";
    private const string NoName = "link: broker's name not found";
    private const string NoConnection = "link: broker silent, or TLS failed";
    private const string Refused = "link: broker refused the client";
    private const string NotGranted = "link: broker refused a subscription";
    private const string Lost = "link: connection lost";

    private readonly MqttBroker _broker;
    private readonly string _host;
    private readonly int _port;
    private readonly MqttInbox _inbox;
    private readonly M2MqttConnection _before;
    private readonly string _clientId;
    private readonly string _willTopic;
    private readonly string _willText;
    private readonly object _gate = new object();
    private readonly AutoResetEvent _left = new AutoResetEvent(false);
    private readonly AutoResetEvent _closed = new AutoResetEvent(false);
    private readonly ManualResetEvent _ended = new ManualResetEvent(false);

    // Written under the gate.
    private readonly UnansweredMessages _unanswered = new UnansweredMessages(OutstandingMessages,
        InflightMessages, AnswerMs);
    private MqttClient _client;
    private int _subscriptions;
    private int _granted;
    private bool _isLeft;
    private long _openedMs;
    private long _closedMs;

    /// <param name="broker">User, certificates.</param>
    /// <param name="host">Whose turn it is.</param>
    /// <param name="port">Of the host.</param>
    /// <param name="inbox">Takes what arrives.</param>
    /// <param name="before">Waited for, within bounds; null: none.</param>
    /// <param name="clientId">MQTT client id.</param>
    /// <param name="willTopic">Topic of the will.</param>
    /// <param name="willText">The will.</param>
    public M2MqttConnection(MqttBroker broker, string host, int port, MqttInbox inbox, M2MqttConnection before,
        string clientId, string willTopic, string willText)
    {
        _broker = broker;
        _host = host;
        _port = port;
        _inbox = inbox;
        _before = before;
        _clientId = clientId;
        _willTopic = willTopic;
        _willText = willText;
        State = MqttLinkState.Connecting;
        new Thread(Work).Start();
    }

    public MqttLinkState State { get; private set; }

    /// <summary>Why it failed or ended; null: it did not.</summary>
    public string LastError { get; private set; }

    /// <summary>How long it has been open, or was; 0: it never was.</summary>
    public long OpenMs => _openedMs == 0 ? 0 : (_closedMs == 0 ? Environment.TickCount64 : _closedMs) - _openedMs + 1;

    /// <summary>True when its client is shut and its thread is at its end.</summary>
    public bool HasEnded { get; private set; }

    public bool IsSubscribed => _granted >= _subscriptions;

    public int Settled => _unanswered.Settled;

    public int GivenUp => _unanswered.GivenUp;

    /// <summary>Ends it in the background, whatever it is doing.</summary>
    public void Leave()
    {
        lock (_gate)
        {
            _isLeft = true;
            State = MqttLinkState.Closed;
        }

        _left.Set();
    }

    public bool TrySubscribe(string topicFilter)
    {
        lock (_gate)
        {
            if (State != MqttLinkState.Open || !_client.IsConnected)
            {
                return false;
            }

            try
            {
                _client.Subscribe(new string[] { topicFilter }, new MqttQoSLevel[] { MqttQoSLevel.AtLeastOnce });
                _subscriptions++;
                return true;
            }
            catch (Exception)
            {
                return false;
            }
        }
    }

    public bool TryPublish(string topic, byte[] payload, int payloadLength, bool retain)
    {
        long nowMs = Environment.TickCount64;
        lock (_gate)
        {
            if (State != MqttLinkState.Open || !_client.IsConnected || !_unanswered.HasRoom(nowMs))
            {
                return false;
            }

            try
            {
                // M2Mqtt keeps the array until the acknowledgement: it needs its own. A heap without room for it
                // refuses, too.
                byte[] copy = new byte[payloadLength];
                Array.Copy(payload, 0, copy, 0, payloadLength);
                int id = _client.Publish(topic, copy, null, null, MqttQoSLevel.AtLeastOnce, retain);
                _unanswered.NoteTaken(id, nowMs);
                return true;
            }
            catch (Exception)
            {
                // InflightQueueFull, no heap, or the connection went away in between: nothing was taken.
                return false;
            }
        }
    }

    private void Work()
    {
        if (_before != null)
        {
            _before._ended.WaitOne(BeforeMs, false);
        }

        MqttClient client = null;
        bool wasConnected = false;
        if (!_isLeft)
        {
            client = Connect(out string failure);
            wasConnected = failure == null;
            Begin(client, failure);
        }

        if (State == MqttLinkState.Open)
        {
            _left.WaitOne();
        }

        if (client != null)
        {
            Shut(client, wasConnected);
        }

        HasEnded = true;
        _ended.Set();
    }

    private MqttClient Connect(out string failure)
    {
        MqttClient client = null;
        failure = NoBroker;
        try
        {
            if (_host.Length > 0)
            {
                failure = NoName;
            }

            bool isSecure = _broker.Authority != null;
            client = new MqttClient(
                _host, _port, isSecure, _broker.Authority, _broker.Certificate,
                isSecure ? MqttSslProtocols.TLSv1_2 : MqttSslProtocols.None);
            failure = NoConnection;
            client.MqttMsgPublishReceived += OnReceived;
            client.MqttMsgPublished += OnPublished;
            client.MqttMsgSubscribed += OnSubscribed;
            client.ConnectionClosed += OnConnectionClosed;
            MqttReasonCode reason = client.Connect(
                _clientId, _broker.User, _broker.Password, true, MqttQoSLevel.AtLeastOnce, true, _willTopic, _willText,
                true, (ushort)_broker.KeepAliveSeconds);
            failure = reason == MqttReasonCode.Success ? null : Refused;
        }
        catch (Exception)
        {
            // How far it came is all that M2Mqtt tells. To the supervisor above it is all the same: it waits and tries
            // again.
        }

        return client;
    }

    private void Begin(MqttClient client, string failure)
    {
        lock (_gate)
        {
            if (_isLeft)
            {
                return;
            }

            _client = client;
            bool isOpen = failure == null && client.IsConnected;
            LastError = isOpen ? null : failure != null ? failure : Lost;
            _openedMs = isOpen ? Environment.TickCount64 : 0;
            State = isOpen ? MqttLinkState.Open : MqttLinkState.Closed;
        }
    }

    /// <summary>Says goodbye, so that the broker does not publish the will, and ends M2Mqtt's four threads. A client
    /// that was connected closes itself, by the goodbye or by the loss, and is closed by us only when it does not: a
    /// second close beside its own would take the queues from its threads.</summary>
    private void Shut(MqttClient client, bool wasConnected)
    {
        try
        {
            if (wasConnected)
            {
                if (client.IsConnected)
                {
                    client.Disconnect();
                }

                if (_closed.WaitOne(CloseMs, false))
                {
                    return;
                }
            }
        }
        catch (Exception)
        {
            // The goodbye did not go out.
        }

        try
        {
            client.Close();
        }
        catch (Exception)
        {
            // Nothing is left to be done for it.
        }
    }

    private void End(string error)
    {
        lock (_gate)
        {
            if (!_isLeft && State == MqttLinkState.Open)
            {
                LastError = error;
                _closedMs = Environment.TickCount64;
                State = MqttLinkState.Closed;
            }
        }

        _left.Set();
    }

    // These come on M2Mqtt's dispatch thread: none blocks for longer than the gate.
    private void OnReceived(object sender, MqttMsgPublishEventArgs e)
    {
        if (!_isLeft)
        {
            _inbox.Put(e.Topic, e.Message);
        }
    }

    private void OnPublished(object sender, MqttMsgPublishedEventArgs e)
    {
        lock (_gate)
        {
            _unanswered.NoteAnswer(e.MessageId, e.IsPublished);
        }
    }

    private void OnSubscribed(object sender, MqttMsgSubscribedEventArgs e)
    {
        bool isGranted = true;
        for (int i = 0; i < e.GrantedQoSLevels.Length; i++)
        {
            isGranted &= (int)e.GrantedQoSLevels[i] < FailureFrom;
        }

        if (!isGranted)
        {
            End(NotGranted);
            return;
        }

        lock (_gate)
        {
            _granted++;
        }
    }

    private void OnConnectionClosed(object sender, EventArgs e)
    {
        End(Lost);
        _closed.Set();
    }
}
