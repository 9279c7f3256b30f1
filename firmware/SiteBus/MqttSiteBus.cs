using MeterFirmware.Hardware;

namespace MeterFirmware.SiteBus;

/// <summary>The site's frames over one MQTT topic of a broker on the site, which this device does not run itself.
/// Owns its link: opens it again after a loss, with a pause.</summary>
public sealed class MqttSiteBus : ISiteBus
{
    /// <summary>Pause between two attempts to connect.</summary>
    public const int RetryMs = 5000;

    private readonly IMqttLink _link;
    private readonly MqttMessage _message = new MqttMessage(SiteFrame.Length);
    private readonly string _clientId;
    private readonly string _topic;
    private readonly byte[] _goneWill = new byte[0];
    private bool _isSubscribed;
    private bool _hasTried;
    private long _triedMs;

    /// <param name="topic">The same for all devices of the site, e.g. site/7/frames.</param>
    public MqttSiteBus(IMqttLink link, string clientId, string topic)
    {
        _link = link;
        _clientId = clientId;
        _topic = topic;
    }

    /// <summary>Keeps the connection; call in every tick, before leader or member.</summary>
    public void Tick(long nowMs)
    {
        if (_link.State == MqttLinkState.Open)
        {
            _isSubscribed = _isSubscribed || _link.TrySubscribe(_topic);
            return;
        }

        _isSubscribed = false;
        if (_link.State == MqttLinkState.Closed && (!_hasTried || nowMs - _triedMs >= RetryMs))
        {
            _hasTried = true;
            _triedMs = nowMs;
            _link.Open(_clientId, _topic + "/gone", _goneWill);
        }
    }

    public bool TrySend(byte[] frame, int length) =>
        _link.State == MqttLinkState.Open && _link.TryPublish(_topic, frame, length, false);

    public bool TryReceive(byte[] frame, out int length)
    {
        length = 0;
        while (_link.TryReceive(_message))
        {
            if (_message.IsTooLong || _message.PayloadLength != SiteFrame.Length)
            {
                continue;
            }

            length = _message.PayloadLength;
            for (int i = 0; i < length; i++)
            {
                frame[i] = _message.Payload[i];
            }

            return true;
        }

        return false;
    }
}
