using MeterFirmware.Hardware;
using MeterFirmware.SiteBus;

namespace MeterFirmware.Firmware.Tests.Charging;

/// <summary>Somebody on the broker of a site who has not its key: hears what its filter lets it, and says what it
/// likes, without a seal and with one of a key of its own in turn.</summary>
public sealed class SiteRogue
{
    private const int Room = 4_000;

    private readonly IMqttLink _link;
    private readonly SiteSeal[] _seals;
    private readonly MqttMessage _message = new MqttMessage(SiteFrame.Length);
    private readonly SiteFrame _in = new SiteFrame();
    private readonly SiteFrame _out = new SiteFrame();
    private readonly byte[][] _recorded = new byte[Room][];
    private readonly string[] _topics = new string[Room];
    private int _repeated;
    private int _sequence;

    public SiteRogue(IMqttLink link, int members)
    {
        _link = link;
        _seals = new SiteSeal[] { SiteSeal.Plain(1),
            SiteSeal.ForLeader(new byte[SiteSeal.KeyBytes], 1, 1000, members) };
    }

    /// <summary>Whose topic it hears; −1: that of all.</summary>
    public int HearsMember { get; set; } = -1;

    public int Term { get; set; } = 4_000;

    public uint Seed { get; set; } = 1;

    /// <summary>Forged reports in a tick.</summary>
    public int PerTick { get; set; } = 1;

    public int Sent { get; private set; }

    public int Recorded { get; private set; }

    public void AnswerWithGrants()
    {
        while (TryHear())
        {
            if (!_in.TryDecode(SiteFrame.Length) || _in.Type != SiteFrame.Status)
            {
                continue;
            }

            _out.Type = SiteFrame.Grant;
            _out.Member = _in.Member;
            _out.Serial = _in.Serial;
            _out.PeerRestart = _in.Restart;
            _out.Term = Term;
            _out.Sequence = ++_sequence;
            _out.Echo = _in.Sequence;
            _out.Milliamps = 32_000;
            _out.ValidMs = 60_000;
            Say("site/7/" + _in.Member.ToString());
        }
    }

    public void SendBeacon()
    {
        _out.Type = SiteFrame.Beacon;
        _out.Member = 0;
        _out.Serial = 1;
        _out.Term = Term;
        Say("site/7/all");
    }

    /// <summary>As members with their own serial numbers, and as strangers, with currents up to what a frame
    /// holds.</summary>
    public void SendReports()
    {
        for (int i = 0; i < PerTick; i++)
        {
            _out.Type = SiteFrame.Status;
            _out.Member = Next(4);
            _out.Serial = Next(2) == 0 ? 100 + _out.Member : 700 + Next(3);
            _out.Term = Term;
            _out.PeerRestart = 5;
            _out.Sequence = Next(65_536);
            _out.Echo = Next(100);
            _out.LimitMilliamps = Next(64_000);
            _out.WantedMilliamps = 32_000;
            for (int phase = 0; phase < SiteFrame.PhaseCount; phase++)
            {
                _out.DrawnMilliamps[phase] = Next(2) == 0 ? 0 : Next(SiteFrame.MilliampsMax);
            }

            Say("site/7/all");
        }
    }

    public void Record()
    {
        while (TryHear() && Recorded < Room)
        {
            byte[] copy = new byte[SiteFrame.Length];
            for (int i = 0; i < SiteFrame.Length; i++)
            {
                copy[i] = _in.Bytes[i];
            }

            _topics[Recorded] = _message.Topic;
            _recorded[Recorded++] = copy;
        }
    }

    /// <summary>Says again what was recorded, a frame a tick.</summary>
    public void Repeat()
    {
        while (TryHear())
        {
        }

        _repeated = (_repeated + 1) % Recorded;
        _link.TryPublish(_topics[_repeated], _recorded[_repeated], SiteFrame.Length, false);
        Sent++;
    }

    private bool TryHear()
    {
        if (_link.State != MqttLinkState.Open)
        {
            _link.Open("rogue", "gone", new byte[0]);
            _link.TrySubscribe(HearsMember < 0 ? "site/7/all" : "site/7/" + HearsMember.ToString());
        }

        if (!_link.TryReceive(_message))
        {
            return false;
        }

        for (int i = 0; i < SiteFrame.Length; i++)
        {
            _in.Bytes[i] = _message.Payload[i];
        }

        return true;
    }

    private void Say(string topic)
    {
        if (_link.State != MqttLinkState.Open)
        {
            _link.Open("rogue", "gone", new byte[0]);
        }

        SiteSeal seal = _seals[Sent++ % 2];
        seal.BeginTick();
        _out.Encode();
        seal.Seal(_out.Bytes, 0);
        _link.TryPublish(topic, _out.Bytes, SiteFrame.Length, false);
    }

    private int Next(int below)
    {
        Seed = Seed * 1_664_525 + 1_013_904_223;
        return (int)((Seed >> 8) % (uint)below);
    }
}
