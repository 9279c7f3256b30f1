using MeterFirmware.Hardware;

namespace MeterFirmware.Tools.Tests.History;

/// <summary>A link that is up when it is told so, takes everything and allocates nothing.</summary>
internal sealed class FlappingLink : IMqttLink
{
    private bool _isUp = true;
    private bool _isOpen;

    public bool IsUp
    {
        get => _isUp;
        set
        {
            Losses += _isUp && !value ? 1 : 0;
            _isOpen &= value;
            _isUp = value;
        }
    }

    public int Losses { get; private set; }

    public int Published { get; private set; }

    public MqttLinkState State => _isOpen ? MqttLinkState.Open : MqttLinkState.Closed;

    public string LastError => null;

    public bool IsSubscribed => _isOpen;

    public int Settled { get; private set; }

    public int GivenUp => 0;

    public int IncomingDropped => 0;

    public void Open(string clientId, string willTopic, byte[] willPayload)
    {
        Settled = 0;
        _isOpen = _isUp;
    }

    public void Close() => _isOpen = false;

    public bool TrySubscribe(string topicFilter) => _isOpen;

    public bool TryPublish(string topic, byte[] payload, int payloadLength, bool retain)
    {
        Published += _isOpen ? 1 : 0;
        Settled += _isOpen ? 1 : 0;
        return _isOpen;
    }

    public bool TryReceive(MqttMessage message) => false;
}
