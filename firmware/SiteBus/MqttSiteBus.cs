using MeterFirmware.Hardware;

namespace MeterFirmware.SiteBus;

/// <summary>
/// The site's frames over a broker on the site, which this device does not run itself. Owns its link: opens it again
/// after a loss, with a pause. Members and leaders speak on TOPIC/all, which leaders hear; each member hears TOPIC/n only,
/// so that 64 chargers do not hear each other 64 times a second.
/// </summary>
public sealed class MqttSiteBus : ISiteBus
{
    /// <summary>Pause between two attempts to connect.</summary>
    public const int RetryMs = 5000;

    private const int TypeAt = 2;
    private const int NumberAt = 3;

    private readonly IMqttLink _link;
    private readonly MqttMessage _message = new MqttMessage(SiteFrame.Length);
    private readonly string _clientId;
    private readonly string _toAll;
    private readonly string _heard;
    private readonly string[] _toMember;
    private readonly byte[] _grants;
    private readonly bool[] _hasGrant;
    private readonly byte[] _out = new byte[SiteFrame.Length];
    private readonly byte[] _goneWill = new byte[0];
    private int _next;
    private bool _isSubscribed;
    private bool _hasTried;
    private long _triedMs;

    private MqttSiteBus(IMqttLink link, string clientId, string topic, int member, int members)
    {
        _link = link;
        _clientId = clientId;
        _toAll = topic + "/all";
        _heard = members > 0 ? _toAll : topic + "/" + member.ToString();
        _toMember = new string[members];
        for (int i = 0; i < members; i++)
        {
            _toMember[i] = topic + "/" + i.ToString();
        }

        _grants = new byte[members * SiteFrame.Length];
        _hasGrant = new bool[members];
    }

    /// <summary>A member's end.</summary>
    /// <param name="clientId">Of its own on the broker.</param>
    /// <param name="topic">The same for all devices of the site, e.g. site/7.</param>
    public static MqttSiteBus ForMember(IMqttLink link, string clientId, string topic, int member) =>
        new MqttSiteBus(link, clientId, topic, member, 0);

    /// <summary>A leader's end, at work or standing by.</summary>
    /// <param name="members">Commissioned members.</param>
    public static MqttSiteBus ForLeader(IMqttLink link, string clientId, string topic, int members) =>
        new MqttSiteBus(link, clientId, topic, 0, members);

    public void Tick(long nowMs)
    {
        if (_link.State == MqttLinkState.Open)
        {
            _isSubscribed = _isSubscribed || _link.TrySubscribe(_heard);
            SendGrants();
            return;
        }

        _isSubscribed = false;
        if (_link.State == MqttLinkState.Closed && (!_hasTried || nowMs - _triedMs >= RetryMs))
        {
            _hasTried = true;
            _triedMs = nowMs;
            _link.Open(_clientId, _toAll + "/gone", _goneWill);
        }
    }

    // A link takes a few messages at once and the rest when those are acknowledged, while a leader has one for each member:
    // they wait here, and a newer one takes an older one's place.
    public bool TrySend(byte[] frame, int length)
    {
        if (frame[TypeAt] != SiteFrame.Grant)
        {
            return _link.State == MqttLinkState.Open && _link.TryPublish(_toAll, frame, length, false);
        }

        int member = frame[NumberAt];
        if (member >= _hasGrant.Length)
        {
            return false;
        }

        for (int i = 0; i < SiteFrame.Length; i++)
        {
            _grants[member * SiteFrame.Length + i] = frame[i];
        }

        _hasGrant[member] = true;
        return true;
    }

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

    private void SendGrants()
    {
        for (int tried = 0; tried < _hasGrant.Length; tried++)
        {
            if (_hasGrant[_next])
            {
                for (int i = 0; i < SiteFrame.Length; i++)
                {
                    _out[i] = _grants[_next * SiteFrame.Length + i];
                }

                if (!_link.TryPublish(_toMember[_next], _out, SiteFrame.Length, false))
                {
                    return;
                }

                _hasGrant[_next] = false;
            }

            _next = _next + 1 < _hasGrant.Length ? _next + 1 : 0;
        }
    }
}
