using System;
using MeterFirmware.Hardware;

namespace MeterFirmware.SiteBus;

/// <summary>
/// The site's frames over a broker on the site, which this device does not run itself. Owns its link: opens it again
/// after a loss, with a pause. Members and leaders speak on TOPIC/all, which leaders hear; each member hears TOPIC/n
/// only, so that 64 chargers do not hear each other 64 times a second.
/// </summary>
public sealed class MqttSiteBus : ISiteBus
{
    /// <summary>Pause between two attempts to connect.</summary>
    public const int RetryMs = 5000;

    private readonly IMqttLink _link;
    private readonly SiteSeal _seal;
    private readonly int _member;
    private readonly MqttMessage _message = new MqttMessage(SiteFrame.Length);
    private readonly string _clientId;
    private readonly string _toAll;
    private readonly string _heard;
    private readonly string[] _toMember;
    private readonly byte[] _grants;
    private readonly bool[] _hasGrant;
    private readonly byte[] _out = new byte[SiteFrame.Length];
    private readonly byte[] _ours = new byte[SiteFrame.Length];
    private readonly SiteFrame _check = new SiteFrame();
    private readonly byte[] _ready = new byte[SiteFrame.Length];
    private readonly byte[] _goneWill = new byte[0];
    private int _next;
    private bool _hasOurs;
    private bool _hasWhole;
    private bool _hasReady;
    private bool _isSubscribed;
    private bool _hasTried;
    private long _triedMs;

    private MqttSiteBus(IMqttLink link, string clientId, string topic, int member, int members, SiteSeal seal)
    {
        _link = link;
        _seal = seal;
        _member = member;
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
    public static MqttSiteBus ForMember(IMqttLink link, string clientId, string topic, int member, SiteSeal seal) =>
        new MqttSiteBus(link, clientId, topic, member, 0, seal);

    /// <summary>A leader's end, at work or standing by.</summary>
    /// <param name="members">Commissioned members.</param>
    public static MqttSiteBus ForLeader(IMqttLink link, string clientId, string topic, int members, SiteSeal seal) =>
        new MqttSiteBus(link, clientId, topic, 0, members, seal);

    public void Tick(long nowMs)
    {
        _seal.BeginTick();
        if (_link.State == MqttLinkState.Open)
        {
            _isSubscribed = _isSubscribed || _link.TrySubscribe(_heard);
            SendOurs();
            SendGrants();

            // A leader has more than a hundred of both a second; a member checks in a tick without a report.
            if (_hasGrant.Length > 0 || _seal.MaySeal)
            {
                Check();
            }

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

    // A link takes a few messages at once and the rest when those are acknowledged, and one is sealed a tick, while a
    // leader has one for each member: they wait here, and a newer one takes an older one's place.
    public bool TrySend(byte[] frame, int length)
    {
        if (frame[SiteFrame.TypeAt] == SiteFrame.Cut)
        {
            // The grants behind it are as fast here.
            return false;
        }

        if (frame[SiteFrame.TypeAt] != SiteFrame.Grant)
        {
            Copy(frame, 0, _ours, 0);
            _hasOurs = _link.State == MqttLinkState.Open;
            return _hasOurs;
        }

        int member = frame[SiteFrame.MemberAt];
        if (member >= _hasGrant.Length)
        {
            return false;
        }

        Copy(frame, 0, _grants, member * SiteFrame.Length);
        _hasGrant[member] = true;
        return true;
    }

    public bool TryReceive(byte[] frame, out int length)
    {
        length = SiteFrame.Length;
        if (!_hasReady)
        {
            return false;
        }

        _hasReady = false;
        Copy(_ready, 0, frame, 0);
        return true;
    }

    // A member's newer grant takes the place of one that nobody has taken;
    // a leader takes what it is told in every tick.
    private void Check()
    {
        _hasWhole = _hasWhole || HasWhole();
        if (!_hasWhole || (_hasReady && _hasGrant.Length > 0))
        {
            return;
        }

        _hasWhole = false;
        if (_seal.IsGenuine(_check.Bytes))
        {
            Copy(_check.Bytes, 0, _ready, 0);
            _hasReady = true;
        }
    }

    // Takes messages until one is a whole frame that concerns this end.
    private bool HasWhole()
    {
        while (_link.TryReceive(_message))
        {
            if (_message.IsTooLong || _message.PayloadLength != SiteFrame.Length)
            {
                continue;
            }

            Copy(_message.Payload, 0, _check.Bytes, 0);
            bool isOurs = _hasGrant.Length > 0
                || (_check.Bytes[SiteFrame.TypeAt] == SiteFrame.Grant && _check.Bytes[SiteFrame.MemberAt] == _member);
            if (isOurs && _seal.IsNews(_check.Bytes) && _check.IsWhole())
            {
                return true;
            }
        }

        return false;
    }

    // A report or a beacon goes before grants.
    private void SendOurs()
    {
        if (_hasOurs)
        {
            Copy(_ours, 0, _out, 0);
            _seal.Seal(_out, 0);
            _hasOurs = !_link.TryPublish(_toAll, _out, SiteFrame.Length, false);
        }
    }

    private void SendGrants()
    {
        for (int tried = 0; tried < _hasGrant.Length; tried++)
        {
            if (_hasGrant[_next])
            {
                if (!_seal.MaySeal)
                {
                    return;
                }

                Copy(_grants, _next * SiteFrame.Length, _out, 0);
                _seal.Seal(_out, 0);
                if (!_link.TryPublish(_toMember[_next], _out, SiteFrame.Length, false))
                {
                    return;
                }

                _hasGrant[_next] = false;
            }

            _next = _next + 1 < _hasGrant.Length ? _next + 1 : 0;
        }
    }

    private static void Copy(byte[] from, int fromOffset, byte[] to, int toOffset) =>
        Array.Copy(from, fromOffset, to, toOffset, SiteFrame.Length);
}
