using System;
using System.Collections.Generic;
using System.Security.Cryptography.X509Certificates;
using System.Threading;
using nanoFramework.M2Mqtt.Messages;

// Host only: what boards/Device/M2MqttLink.cs uses of the nanoFramework.M2Mqtt packages, with the same names, so that
// the adapter's own state machine runs in tests. Behaviour as in facts of the package: a constructor and a Connect that
// may block or throw, events on a foreign thread, a Publish that only queues.
namespace nanoFramework.M2Mqtt
{
    public enum MqttSslProtocols
    {
        None = 0,
        TLSv1_2 = 4,
    }

    public sealed class MqttSettings
    {
        public static MqttSettings Instance { get; } = new MqttSettings();

        public int InflightQueueSize { get; set; } = int.MaxValue;
    }

    /// <summary>What the next clients meet; one per test.</summary>
    public sealed class FakeBroker
    {
        public static FakeBroker Current { get; set; } = new FakeBroker();

        public ManualResetEventSlim MayConnect { get; } = new ManualResetEventSlim(true);

        public bool IsUnresolvable { get; set; }

        public bool ThrowsOnConnect { get; set; }

        public MqttReasonCode Answer { get; set; } = MqttReasonCode.Success;

        public List<MqttClient> Clients { get; } = new List<MqttClient>();

        public MqttClient Client(int index)
        {
            lock (Clients)
            {
                return Clients[index];
            }
        }

        public int ClientCount
        {
            get
            {
                lock (Clients)
                {
                    return Clients.Count;
                }
            }
        }
    }

    public sealed class MqttClient
    {
        private readonly FakeBroker _broker = FakeBroker.Current;

        public MqttClient(string brokerHostName, int brokerPort, bool secure, X509Certificate caCert,
            X509Certificate clientCert, MqttSslProtocols sslProtocol)
        {
            if (_broker.IsUnresolvable)
            {
                throw new InvalidOperationException("DNS");
            }

            Address = brokerHostName + ":" + brokerPort;
            lock (_broker.Clients)
            {
                _broker.Clients.Add(this);
            }
        }

        public delegate void PublishHandler(object sender, MqttMsgPublishEventArgs e);

        public delegate void PublishedHandler(object sender, MqttMsgPublishedEventArgs e);

        public delegate void SubscribedHandler(object sender, MqttMsgSubscribedEventArgs e);

        public delegate void ClosedHandler(object sender, EventArgs e);

        public event PublishHandler MqttMsgPublishReceived;

        public event PublishedHandler MqttMsgPublished;

        public event SubscribedHandler MqttMsgSubscribed;

        public event ClosedHandler ConnectionClosed;

        public bool IsConnected { get; private set; }

        public string ClientId { get; private set; }

        public string Address { get; }

        public string Will { get; private set; }

        /// <summary>Disconnect, Close, in order of the calls; closed: the client closed itself, as the package does
        /// behind a goodbye and at a loss.</summary>
        public string Calls { get; private set; } = "";

        public List<byte[]> Published { get; } = new List<byte[]>();

        public List<string> Subscribed { get; } = new List<string>();

        public MqttReasonCode Connect(string clientId, string username, string password, bool willRetain,
            MqttQoSLevel willQosLevel, bool willFlag, string willTopic, string willMessage, bool cleanSession,
            ushort keepAlivePeriod)
        {
            ClientId = clientId;
            Will = willTopic + "=" + willMessage + " retain " + willRetain + " qos " + (int)willQosLevel
                + " " + willFlag;
            _broker.MayConnect.Wait();
            if (_broker.ThrowsOnConnect)
            {
                throw new InvalidOperationException("no CONNACK");
            }

            IsConnected = _broker.Answer == MqttReasonCode.Success;
            return _broker.Answer;
        }

        public ushort Subscribe(string[] topics, MqttQoSLevel[] qosLevels)
        {
            Subscribed.Add(topics[0] + " qos " + (int)qosLevels[0]);
            return 1;
        }

        public ushort Publish(string topic, byte[] message, string contentType,
            System.Collections.ArrayList userProperties,
            MqttQoSLevel qosLevel, bool retain)
        {
            Published.Add(message);
            return (ushort)Published.Count;
        }

        public void Disconnect()
        {
            IsConnected = false;
            Calls += "Disconnect ";
            ThreadPool.QueueUserWorkItem(_ => CloseItself());
        }

        public void Close() => Calls += "Close ";

        public void Deliver(string topic, byte[] payload) =>
            MqttMsgPublishReceived?.Invoke(this, new MqttMsgPublishEventArgs(topic, payload));

        /// <summary>PUBACK for the nth message.</summary>
        public void Acknowledge(int id = 1) =>
            MqttMsgPublished?.Invoke(this, new MqttMsgPublishedEventArgs((ushort)id, true));

        /// <summary>SUBACK with a code.</summary>
        public void Grant(int code) =>
            MqttMsgSubscribed?.Invoke(this, new MqttMsgSubscribedEventArgs(1, [(MqttQoSLevel)code]));

        public void Break()
        {
            IsConnected = false;
            CloseItself();
        }

        private void CloseItself()
        {
            Calls += "closed ";
            ConnectionClosed?.Invoke(this, EventArgs.Empty);
        }
    }
}

namespace nanoFramework.M2Mqtt.Messages
{
    public enum MqttReasonCode
    {
        Success = 0,
        NotAuthorized = 135,
    }

    public enum MqttQoSLevel
    {
        AtLeastOnce = 1,
    }

    public sealed class MqttMsgPublishEventArgs(string topic, byte[] message) : EventArgs
    {
        public string Topic { get; } = topic;

        public byte[] Message { get; } = message;
    }

    public sealed class MqttMsgPublishedEventArgs(ushort messageId, bool isPublished) : EventArgs
    {
        public ushort MessageId { get; } = messageId;

        public bool IsPublished { get; } = isPublished;
    }

    public sealed class MqttMsgSubscribedEventArgs(ushort messageId, MqttQoSLevel[] grantedQosLevels) : EventArgs
    {
        public ushort MessageId { get; } = messageId;

        public MqttQoSLevel[] GrantedQoSLevels { get; } = grantedQosLevels;
    }
}
