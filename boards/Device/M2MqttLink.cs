using System;
using System.Collections;
using System.Text;
using MeterFirmware.Hardware;
using MeterFirmware.Telemetry;
using nanoFramework.M2Mqtt;

namespace MeterFirmware.Boards.Device;

/// <summary>
/// <see cref="IMqttLink"/> over M2Mqtt. That client blocks: its constructor asks DNS, Connect waits up to 30 s for
/// CONNACK, a goodbye into a half-open connection may not return at all. So every connection has a thread of its own
/// (<see cref="M2MqttConnection"/>), and the tick only leaves orders and looks at the state. Connections that were left
/// and still hang are bounded: a third one is not opened. Allocates what M2Mqtt allocates, and a copy of each payload.
/// </summary>
public sealed class M2MqttLink : IMqttLink
{
    /// <summary>Connections that were left and have not ended: each holds a client's threads and buffers.</summary>
    private const int LeavingMax = 2;

    private const int InboxMessages = 8;
    private const string Hanging = "link: earlier connections do not end";

    private readonly MqttInbox _inbox;
    private readonly ArrayList _leaving = new ArrayList();
    private M2MqttConnection _connection;
    private string _lastError;
    private MqttBroker _broker;
    private BrokerAddresses _addresses;

    /// <param name="payloadBytesMax">Longest incoming payload that is kept; longer ones are handed on as too
    /// long.</param>
    public M2MqttLink(int payloadBytesMax)
    {
        _inbox = new MqttInbox(InboxMessages, payloadBytesMax);
        MqttSettings.Instance.InflightQueueSize = M2MqttConnection.InflightMessages;
    }

    public MqttLinkState State => _connection == null ? MqttLinkState.Closed : _connection.State;

    /// <inheritdoc/>
    public string LastError => State == MqttLinkState.Open ? null
        : _connection != null && _connection.LastError != null ? _connection.LastError : _lastError;

    /// <summary>Where the next connection goes; null: nowhere, every attempt fails at once.</summary>
    public MqttBroker Broker
    {
        get => _broker;
        set
        {
            _broker = value;
            if (value != null && !BrokerAddresses.TryParse(value.Host, value.Port, out _addresses))
            {
                Console.WriteLine("link: '" + value.Host + "' is no list of brokers");
                BrokerAddresses.TryParse("", 0, out _addresses);
            }
        }
    }

    public bool IsSubscribed => _connection != null && _connection.IsSubscribed;

    public int Settled => _connection == null ? 0 : _connection.Settled;

    public int GivenUp => _connection == null ? 0 : _connection.GivenUp;

    public int IncomingDropped => _inbox.Dropped;

    public void Open(string clientId, string willTopic, byte[] willPayload)
    {
        Close();
        M2MqttConnection before = null;
        for (int i = _leaving.Count - 1; i >= 0; i--)
        {
            M2MqttConnection one = (M2MqttConnection)_leaving[i];
            if (one.HasEnded)
            {
                _leaving.RemoveAt(i);
            }
            else if (before == null)
            {
                before = one;
            }
        }

        if (_leaving.Count >= LeavingMax)
        {
            _lastError = Hanging;
            return;
        }

        _inbox.Clear();
        string host = _broker == null ? "" : _addresses.Host;
        int port = _broker == null ? 0 : _addresses.Port;
        _connection = new M2MqttConnection(_broker, host, port, _inbox, before, clientId, willTopic,
            Encoding.UTF8.GetString(willPayload, 0, willPayload.Length));
    }

    public void Close()
    {
        if (_connection == null)
        {
            return;
        }

        _lastError = LastError;
        if (_addresses != null)
        {
            _addresses.NoteEnd(_connection.OpenMs, _connection.State == MqttLinkState.Open);
        }

        _connection.Leave();
        _leaving.Add(_connection);
        _connection = null;
    }

    public bool TrySubscribe(string topicFilter) => _connection != null && _connection.TrySubscribe(topicFilter);

    public bool TryPublish(string topic, byte[] payload, int payloadLength, bool retain) =>
        _connection != null && _connection.TryPublish(topic, payload, payloadLength, retain);

    public bool TryReceive(MqttMessage message) => _inbox.TryTake(message);
}
