using MeterFirmware.Hardware;
using MeterFirmware.SiteBus;

namespace MeterFirmware.Firmware.Tests.Charging;

/// <summary>The broker on the site, with one link a device: routes by topic, takes no more than sixteen messages of a link
/// before it has acknowledged them (as boards' clients do), loses, doubles and delays, and can be down.</summary>
public sealed class SiteBroker
{
    private const int OutstandingMax = 16;
    private const int AcknowledgeMs = 30;

    private readonly Port[] _ports;
    private uint _seed;

    public SiteBroker(int ports, uint seed)
    {
        _seed = seed;
        _ports = new Port[ports];
        for (int i = 0; i < ports; i++)
        {
            _ports[i] = new Port(this);
        }
    }

    public long NowMs { get; set; }

    public int LossPermille { get; set; }

    public int DoublePermille { get; set; }

    public int DelayMsMax { get; set; }

    public bool IsDown { get; set; }

    public IMqttLink LinkAt(int port) => _ports[port];

    /// <summary>Messages that a device has received so far.</summary>
    public int ReceivedBy(int port) => _ports[port].Received;

    public int Next(int below)
    {
        _seed = _seed * 1_664_525 + 1_013_904_223;
        return (int)((_seed >> 8) % (uint)below);
    }

    private void Spread(string topic, byte[] payload, int length)
    {
        for (int to = 0; to < _ports.Length; to++)
        {
            if (_ports[to].Filter != topic || Next(1000) < LossPermille)
            {
                continue;
            }

            _ports[to].Put(topic, payload, length, NowMs + (DelayMsMax > 0 ? Next(DelayMsMax) : 0));
            if (Next(1000) < DoublePermille)
            {
                _ports[to].Put(topic, payload, length, NowMs + Next(DelayMsMax + 1000));
            }
        }
    }

    private sealed class Port : IMqttLink
    {
        private const int Room = 512;
        private readonly SiteBroker _broker;
        private readonly byte[][] _payloads = new byte[Room][];
        private readonly string[] _topics = new string[Room];
        private readonly long[] _dueMs = new long[Room];
        private readonly long[] _sentMs = new long[OutstandingMax];
        private bool _isOpen;

        public Port(SiteBroker broker)
        {
            _broker = broker;
            for (int i = 0; i < OutstandingMax; i++)
            {
                _sentMs[i] = -AcknowledgeMs;
            }
        }

        public string Filter { get; private set; } = "";

        public int Received { get; private set; }

        public MqttLinkState State
        {
            get
            {
                _isOpen = _isOpen && !_broker.IsDown;
                Filter = _isOpen ? Filter : "";
                return _isOpen ? MqttLinkState.Open : MqttLinkState.Closed;
            }
        }

        public void Open(string clientId, string willTopic, byte[] willPayload) => _isOpen = !_broker.IsDown;

        public void Close() => _isOpen = false;

        public bool TrySubscribe(string topicFilter)
        {
            Filter = topicFilter;
            return true;
        }

        public bool TryPublish(string topic, byte[] payload, int payloadLength, bool retain)
        {
            for (int i = 0; i < OutstandingMax && State == MqttLinkState.Open; i++)
            {
                if (_broker.NowMs - _sentMs[i] >= AcknowledgeMs)
                {
                    _sentMs[i] = _broker.NowMs;
                    _broker.Spread(topic, payload, payloadLength);
                    return true;
                }
            }

            return false;
        }

        public void Put(string topic, byte[] payload, int length, long dueMs)
        {
            for (int i = 0; i < Room; i++)
            {
                if (_topics[i] == null)
                {
                    _topics[i] = topic;
                    _dueMs[i] = dueMs;
                    _payloads[i] = new byte[length];
                    for (int b = 0; b < length; b++)
                    {
                        _payloads[i][b] = payload[b];
                    }

                    return;
                }
            }
        }

        public bool TryReceive(MqttMessage message)
        {
            int best = -1;
            for (int i = 0; i < Room; i++)
            {
                if (_topics[i] != null && _dueMs[i] <= _broker.NowMs && (best < 0 || _dueMs[i] < _dueMs[best]))
                {
                    best = i;
                }
            }

            if (best < 0)
            {
                return false;
            }

            Received++;
            message.Topic = _topics[best];
            message.PayloadLength = _payloads[best].Length;
            for (int b = 0; b < message.PayloadLength && b < SiteFrame.Length; b++)
            {
                message.Payload[b] = _payloads[best][b];
            }

            _topics[best] = null;
            return true;
        }
    }
}
