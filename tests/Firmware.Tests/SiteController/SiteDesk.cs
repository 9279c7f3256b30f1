using System.Text;
using MeterFirmware.Basics;
using MeterFirmware.Commands;
using MeterFirmware.Firmware.Tests.Charging;
using MeterFirmware.Firmware.Tests.Tariffs;
using MeterFirmware.Firmware.Tests.Telemetry;
using MeterFirmware.Hardware;
using MeterFirmware.SiteBus;
using MeterFirmware.SiteController;
using MeterFirmware.Storage;
using MeterFirmware.Storage.Records;
using MeterFirmware.Telemetry;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.SiteController;

/// <summary>A whole site controller that leads two chargers, its head-end's side of the link, and its flash.</summary>
internal sealed class SiteDesk
{
    public const string Device = "site-1";
    public const int TickMs = 10;

    /// <summary>2026-10-01T02:00:00Z, at an interval's begin and behind the firmware's release.</summary>
    public const long StartUtcSeconds = 1_790_820_000L;

    private const string Text = "phases 3\nvolts 230\nlimit 64000\nline COM2\nkey none\nmeter mains reserve 20000\n"
        + "member 0 safe 6000 phases 123\nmember 1 safe 6000 phases 123";

    private readonly SiteAir _air = new SiteAir(3, 1);
    private readonly SiteMember[] _members = new SiteMember[2];
    private readonly MessageSigner _signer = new MessageSigner(new byte[DeviceSecurity.SecretBytes]);
    private readonly ByteTextWriter _text = new ByteTextWriter(2_048);
    private readonly int[] _phases = new int[3];
    private readonly string _more;
    private long _id = 10;

    /// <param name="more">Lines of the site's text beside the usual ones.</param>
    public SiteDesk(IBlockStore flash, string more = "")
    {
        Flash = flash;
        _more = more;
        for (int i = 0; i < _members.Length; i++)
        {
            _members[i] = new SiteMember(_air.PortAt(i), i, 11 + i, 6_000);
        }

        Clock.UtcMs = StartUtcSeconds * 1000;
        PowerUp();
        Assert.IsTrue(Site.Core.Security.IsCommissioned
            || Site.Core.Security.TryCommission(new byte[DeviceSecurity.SecretBytes]));
    }

    public static RamBlockStore NewFlash() => new RamBlockStore(SiteFlashPlan.BlockCount, 8192, onDemand: true);

    public IBlockStore Flash { get; }

    public CompleteSite Site { get; private set; }

    public FakeLink Link { get; } = new FakeLink();

    public SiteClock Clock { get; } = new SiteClock();

    public SiteMeter Meter { get; } = new SiteMeter();

    /// <summary>What each vehicle wants, mA a phase.</summary>
    public int WantedMilliamps { get; set; } = 32_000;

    public SiteMember[] Members => _members;

    public long NowMs { get; private set; } = 5_000;

    public void PowerUp()
    {
        byte[] text = Encoding.UTF8.GetBytes(Text + _more);
        Assert.IsTrue(SiteSettings.TryParse(text, text.Length, out SiteSettings settings, out string error), error);
        Site = new CompleteSite(new CompleteSiteParts
        {
            Settings = settings,
            Bus = _air.PortAt(2),
            Seal = SiteSeal.Plain(900),
            Clock = Clock,
            Tariff = TableBytes.Shanghai().Load(),
            Meter = Meter,
            Link = Link,
            Telemetry = new TelemetrySettings
            {
                Product = "site-controller",
                Device = Device,
                SpreadMs = 0,
                InstantIntervalMs = 60_000,
            },
            Flash = Flash,
        });
    }

    public void Run(int seconds)
    {
        for (int i = 0; i < seconds * 1000 / TickMs; i++)
        {
            Step();
        }
    }

    public void Step()
    {
        NowMs += TickMs;
        Clock.Advance(TickMs);
        _air.NowMs = NowMs;
        int drawn = 0;
        for (int i = 0; i < _members.Length; i++)
        {
            int milliamps = _members[i].LimitMilliamps < WantedMilliamps ? _members[i].LimitMilliamps : WantedMilliamps;
            drawn += milliamps;
        }

        for (int phase = 0; phase < 3; phase++)
        {
            _phases[phase] = drawn;
        }

        Meter.Show(_phases);
        Site.Tick(NowMs);
        if (NowMs % 100 == 0)
        {
            TickMembers();
        }
    }

    /// <summary>The answer to a signed command, as text.</summary>
    public string Do(string command, string arguments, int role = CommandRole.Utility)
    {
        MessageSigner.Begin(_text, Device, ++_id, role, 1, Clock.UtcMs / 1000, Clock.UtcMs / 1000 + 60);
        _text.Name("command");
        _text.Value(command);
        _text.Raw(",\"arguments\":" + arguments);
        _signer.End(_text, "command", role, 1);
        return Send("command", "reply");
    }

    /// <summary>The report to a signed settings document.</summary>
    public string Configure(string document)
    {
        MessageSigner.Begin(_text, Device, ++_id, CommandRole.Utility, 1, Clock.UtcMs / 1000, Clock.UtcMs / 1000 + 60);
        _text.Raw(",\"document\":" + document);
        _signer.End(_text, "configuration", CommandRole.Utility, 1);
        return Send("desired", "reported");
    }

    /// <summary>How many records of a kind there are; of events, with this code.</summary>
    public int Count(int ofKind, int code)
    {
        byte[] bytes = new byte[1024];
        EventRecord one = new EventRecord();
        int count = 0;
        for (long number = Site.Journal.OldestNumber; number < Site.Journal.NextNumber; number++)
        {
            bool isKind = Site.Journal.TryRead(number, bytes, out int length, out int kind) && kind == ofKind;
            bool isCode = isKind && (kind != RecordKind.Event || (one.TryRead(bytes, 0, length) && one.Code == code));
            count += isCode ? 1 : 0;
        }

        return count;
    }

    private void TickMembers()
    {
        for (int i = 0; i < _members.Length; i++)
        {
            SiteMember member = _members[i];
            int milliamps = member.LimitMilliamps < WantedMilliamps ? member.LimitMilliamps : WantedMilliamps;
            for (int phase = 0; phase < 3; phase++)
            {
                member.DrawnMilliamps[phase] = milliamps;
            }

            member.WantedMilliamps = WantedMilliamps;
            member.Tick(NowMs);
        }
    }

    private string Send(string channel, string answers)
    {
        string topic = "mf/v1/" + Device + "/" + answers;
        int before = Link.CountOn(topic);
        Link.Arrive("mf/v1/" + Device + "/" + channel, Encoding.UTF8.GetString(_text.Bytes, 0, _text.Length));
        for (int i = 0; i < 500 && Link.CountOn(topic) == before; i++)
        {
            Step();
        }

        return Link.LastOn(topic);
    }
}
