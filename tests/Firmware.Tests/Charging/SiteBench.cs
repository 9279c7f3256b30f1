using System.Text;
using MeterFirmware.Hardware;
using MeterFirmware.SiteBus;
using MeterFirmware.SiteController;
using MeterFirmware.Storage;
using MeterFirmware.Tariffs;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Charging;

/// <summary>
/// Two site controllers as boards run them, their members, vehicles and building, over a broker or an RS-485 line. In every
/// tick what is in force, safe currents included, must fit every node of the site beside the building's load.
/// </summary>
public sealed class SiteBench
{
    public const int TickMs = 20;

    private readonly SiteSettings _settings;
    private readonly ISiteBus[] _memberBus;
    private readonly int[] _phases = new int[3];

    /// <param name="site">Text of site.txt without rank, line and topic.</param>
    /// <param name="isLine">RS-485; else a broker.</param>
    /// <param name="store">What the first controller keeps its memory in, if any.</param>
    public SiteBench(string site, bool isLine, uint seed, TariffTable tariff, ICheckpointStore store = null)
    {
        _settings = Parse(site + "\nline COM2");
        int count = _settings.MemberCount;
        Broker = new SiteBroker(count + 3, seed);
        Wire = new SiteWire(count + 3, seed);
        Members = new SiteMember[count];
        MemberClockMs = new long[count];
        Takes = new int[count];
        _memberBus = new ISiteBus[count];
        for (int i = 0; i < count; i++)
        {
            _memberBus[i] = isLine
                ? SerialSiteBus.ForMember(Wire.PortAt(i), i, 100 + i) : (ISiteBus)MqttSiteBus.ForMember(Broker.LinkAt(i), "m" + i.ToString(), "site/7", i);
            Members[i] = new SiteMember(_memberBus[i], i, 100 + i, _settings.SafeMilliamps[i]);
            MemberClockMs[i] = 1_000_000L * (i + 1);
            Takes[i] = 32_000;
        }

        for (int i = 0; i < 2; i++)
        {
            ISiteBus bus = isLine
                ? SerialSiteBus.ForLeader(Wire.PortAt(count + i), count)
                : (ISiteBus)MqttSiteBus.ForLeader(Broker.LinkAt(count + i), "l" + i.ToString(), "site/7", count);
            Sites[i] = new CompleteSite(Parse(site + "\nline COM2\nrank " + i.ToString()), bus, Clock, tariff, Meter, i == 0 ? store : null);
        }
    }

    public SiteBroker Broker { get; }

    public SiteWire Wire { get; }

    public CompleteSite[] Sites { get; } = new CompleteSite[2];

    public bool[] SiteIsDead { get; } = new bool[2];

    public SiteMember[] Members { get; }

    /// <summary>Each device's monotonic clock begins elsewhere.</summary>
    public long[] MemberClockMs { get; }

    /// <summary>What each vehicle takes at most, mA; 0 = it is not there.</summary>
    public int[] Takes { get; }

    /// <summary>A member that draws what it likes, or −1.</summary>
    public int Defiant { get; set; } = -1;

    /// <summary>A second device with the number of a member, or null.</summary>
    public SiteMember Twin { get; set; }

    public ISiteBus TwinBus { get; set; }

    public SiteClock Clock { get; } = new SiteClock();

    public SiteMeter Meter { get; } = new SiteMeter();

    public long NowMs { get; private set; }

    /// <summary>False while the test breaks the limit itself.</summary>
    public bool IsGuarded { get; set; } = true;

    /// <summary>Most that was in force on a phase, with the building, mA.</summary>
    public int WorstMilliamps { get; private set; }

    /// <summary>By so much, mA, draws may differ beyond the cap on offers.</summary>
    public int UnbalanceTolerance { get; set; }

    /// <summary>For how long at most draws differed by more.</summary>
    public int UnbalanceMsMax { get; private set; }

    private int _unbalanceMs;

    public void Run(int seconds)
    {
        for (int i = 0; i < seconds * 1000 / TickMs; i++)
        {
            Step();
        }
    }

    public void Forget()
    {
        WorstMilliamps = 0;
        UnbalanceMsMax = 0;
    }

    public int SumOfLimits()
    {
        int sum = 0;
        for (int i = 0; i < Members.Length; i++)
        {
            sum += Members[i].LimitMilliamps;
        }

        return sum;
    }

    private static SiteSettings Parse(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        Assert.IsTrue(SiteSettings.TryParse(bytes, bytes.Length, out SiteSettings settings, out string error), error);
        return settings;
    }

    private void Step()
    {
        NowMs += TickMs;
        Broker.NowMs = NowMs;
        Wire.Advance(TickMs);
        Clock.Advance(TickMs);
        SumPhases();
        Meter.Show(_phases);
        for (int i = 0; i < 2; i++)
        {
            if (!SiteIsDead[i])
            {
                Sites[i].Tick(NowMs + 77_000_000);
            }
        }

        for (int i = 0; i < Members.Length; i++)
        {
            SiteMember member = Members[i];
            int limit = Defiant == i ? 32_000 : member.LimitMilliamps;
            member.MeasuredMilliamps = limit < Takes[i] ? limit : Takes[i];
            member.WantedMilliamps = Takes[i] == 0 ? 0 : 32_000;
            member.Tick(NowMs + MemberClockMs[i]);
            _memberBus[i].Tick(NowMs + MemberClockMs[i]);
        }

        if (Twin != null)
        {
            Twin.WantedMilliamps = 32_000;
            Twin.MeasuredMilliamps = Twin.LimitMilliamps;
            Twin.Tick(NowMs);
            TwinBus.Tick(NowMs);
        }

        Judge();
    }

    // What flows at the mains: vehicles and building.
    private void SumPhases()
    {
        for (int phase = 0; phase < 3; phase++)
        {
            _phases[phase] = 0;
            for (int i = 0; i < Members.Length; i++)
            {
                _phases[phase] += (_settings.PhaseMask[i] & (1 << phase)) != 0 ? Members[i].MeasuredMilliamps : 0;
            }
        }

        int low = _phases[0] < _phases[1] ? _phases[0] : _phases[1];
        int high = _phases[0] > _phases[1] ? _phases[0] : _phases[1];
        low = low < _phases[2] ? low : _phases[2];
        high = high > _phases[2] ? high : _phases[2];
        _unbalanceMs = high - low > _settings.UnbalanceMilliamps + UnbalanceTolerance ? _unbalanceMs + TickMs : 0;
        UnbalanceMsMax = _unbalanceMs > UnbalanceMsMax ? _unbalanceMs : UnbalanceMsMax;
    }

    private void Judge()
    {
        for (int node = 0; node < _settings.NodeCount; node++)
        {
            for (int phase = 0; phase < _settings.Phases; phase++)
            {
                int sum = node == 0 ? Meter.BuildingMilliamps : 0;
                for (int i = 0; i < Members.Length; i++)
                {
                    bool counts = (_settings.PhaseMask[i] & (1 << phase)) != 0 && IsBelow(_settings.Node[i], node);
                    sum += counts ? Members[i].LimitMilliamps : 0;
                    sum += counts && Twin != null && i == 1 ? Twin.LimitMilliamps : 0;
                }

                WorstMilliamps = node == 0 && sum > WorstMilliamps ? sum : WorstMilliamps;
                Assert.IsTrue(!IsGuarded || sum <= _settings.LimitMilliamps[node], "node " + node + " phase " + phase + ": " + sum
                    + " mA in force of " + _settings.LimitMilliamps[node] + " at " + NowMs + " ms");
            }
        }
    }

    private bool IsBelow(int node, int above)
    {
        while (node != above && node != 0)
        {
            node = _settings.Parent[node];
        }

        return node == above;
    }
}
