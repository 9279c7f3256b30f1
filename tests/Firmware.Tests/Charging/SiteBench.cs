using System.Text;
using MeterFirmware.Hardware;
using MeterFirmware.SiteBus;
using MeterFirmware.SiteController;
using MeterFirmware.Storage;
using MeterFirmware.Tariffs;
using nanoFramework.TestFramework;

namespace MeterFirmware.Firmware.Tests.Charging;

/// <summary>
/// Two site controllers as boards run them, their members, vehicles and building, over a broker or an RS-485 line. In
/// every tick what is in force, safe currents included, must fit every node of the site beside the building's load.
/// </summary>
public sealed class SiteBench
{
    public const int TickMs = 10;

    /// <summary>The controllers' monotonic clock runs ahead of <see cref="NowMs"/> by this.</summary>
    public const int SiteClockMs = 77_000_000;

    private readonly SiteSettings _settings;
    private readonly ISiteBus[] _memberBus;
    private readonly bool _isLine;
    private readonly TariffTable _tariff;
    private readonly string _site;
    private readonly int[] _restarts;
    private readonly int[] _siteRestarts = new int[] { 5, 5 };
    private readonly int[] _realMilliamps;

    /// <param name="site">Text of site.txt without rank, line and topic.</param>
    /// <param name="isLine">RS-485; else a broker.</param>
    /// <param name="store">What the first controller keeps its memory in, if any.</param>
    /// <param name="hasOneRank">Both controllers were commissioned with rank 0.</param>
    public SiteBench(
        string site, bool isLine, uint seed, TariffTable tariff, ICheckpointStore store = null, bool hasOneRank = false)
    {
        _isLine = isLine;
        _tariff = tariff;
        _site = site + "\nline COM2\nkey " + SiteKeys.Text + "\nrank ";
        HasOneRank = hasOneRank;
        _settings = Parse(_site + "0");
        int count = _settings.MemberCount;
        Broker = new SiteBroker(count + 3, seed);
        Wire = new SiteWire(count + 3, seed);
        Members = new SiteMember[count];
        MemberClockMs = new long[count];
        Takes = new int[count];
        Over = new int[count];
        FollowMs = new int[count];
        HasNoSupply = new bool[count];
        RealMask = new byte[count];
        _realMilliamps = new int[count];
        _restarts = new int[count];
        _memberBus = new ISiteBus[count];
        for (int i = 0; i < count; i++)
        {
            _restarts[i] = i;
            RestartMember(i);
            RealMask[i] = _settings.PhaseMask[i];
            MemberClockMs[i] = 1_000_000L * (i + 1);
            Takes[i] = 32_000;
        }

        for (int i = 0; i < 2; i++)
        {
            StartSite(i, i == 0 ? store : null);
        }
    }

    public bool HasOneRank { get; }

    /// <summary>The controllers' ends of the bus.</summary>
    public SiteSeal[] Seals { get; } = new SiteSeal[2];

    /// <summary>How often a charger looks at its member: once in 100 ms, a round of its slices.
    /// Its bus runs in every tick.</summary>
    private const int LookMs = 100;

    public SiteBroker Broker { get; }

    public SiteWire Wire { get; }

    public SiteProduct[] Sites { get; } = new SiteProduct[2];

    public bool[] SiteIsDead { get; } = new bool[2];

    public SiteMember[] Members { get; }

    /// <summary>Each device's monotonic clock begins elsewhere.</summary>
    public long[] MemberClockMs { get; }

    /// <summary>What each vehicle takes at most, mA; 0 = it is not there.</summary>
    public int[] Takes { get; }

    /// <summary>What each vehicle draws more than its limit while it draws, mA.</summary>
    public int[] Over { get; }

    /// <summary>How long each vehicle takes from 0 to 32 A and back.</summary>
    public int[] FollowMs { get; }

    /// <summary>Chargers without supply: they neither draw nor speak.</summary>
    public bool[] HasNoSupply { get; }

    /// <summary>Phases of the site that each vehicle really draws from, whatever was commissioned.</summary>
    public byte[] RealMask { get; }

    /// <summary>At the mains, without the building, mA a phase.</summary>
    public int[] Phases { get; } = new int[3];

    /// <summary>Called after each tick.</summary>
    public SiteBenchTick Each { get; set; }

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

    public void RunTenth()
    {
        for (int i = 0; i < 100 / TickMs; i++)
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

    /// <summary>Supply off and on: what it knew is gone, but its restart number.</summary>
    public void RestartSite(int number)
    {
        _siteRestarts[number]++;
        StartSite(number, null);
    }

    public void RestartMember(int i)
    {
        SiteSeal seal = SiteSeal.ForMember(SiteKeys.Site, 100 + i, ++_restarts[i]);
        _memberBus[i] = _isLine
            ? SerialSiteBus.ForMember(Wire.PortAt(i), i, seal)
            : (ISiteBus)MqttSiteBus.ForMember(Broker.LinkAt(i), "m" + i.ToString(), "site/7", i, seal);
        Members[i] = new SiteMember(_memberBus[i], i, 100 + i, _settings.SafeMilliamps[i], seal.Restart);
    }

    private void StartSite(int i, ICheckpointStore store)
    {
        int count = _settings.MemberCount;
        SiteSeal seal = SiteSeal.ForLeader(SiteKeys.Site, 900 + i, _siteRestarts[i], count);
        ISiteBus bus = _isLine
            ? SerialSiteBus.ForLeader(Wire.PortAt(count + i), count, seal)
            : (ISiteBus)MqttSiteBus.ForLeader(Broker.LinkAt(count + i), "l" + i.ToString(), "site/7", count, seal);
        Seals[i] = seal;
        Sites[i] = new SiteProduct(
            Parse(_site + (HasOneRank ? "0" : i.ToString())), bus, seal, Clock, _tariff, Meter, store);
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
        Meter.Show(Phases);
        for (int i = 0; i < 2; i++)
        {
            if (!SiteIsDead[i])
            {
                Sites[i].Tick(NowMs + SiteClockMs);
            }
        }

        for (int i = 0; i < Members.Length; i++)
        {
            SiteMember member = Members[i];
            if (HasNoSupply[i])
            {
                _realMilliamps[i] = 0;
                continue;
            }

            Draw(i, Defiant == i ? 32_000 : member.LimitMilliamps);
            member.WantedMilliamps = Takes[i] == 0 ? 0 : 32_000;
            if ((NowMs + i * TickMs) % LookMs == 0)
            {
                member.Tick(NowMs + MemberClockMs[i]);
            }

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
        if (Each != null)
        {
            Each();
        }
    }

    // A vehicle on fewer phases than its charger tells the charger's own meter so.
    private void Draw(int i, int limit)
    {
        int goal = limit < Takes[i] ? limit : Takes[i];
        goal += goal > 0 ? Over[i] : 0;
        int step = FollowMs[i] == 0 ? 100_000 : 32_000 * TickMs / FollowMs[i];
        int real = _realMilliamps[i];
        real = real < goal ? (real + step < goal ? real + step : goal) : real - step > goal ? real - step : goal;
        _realMilliamps[i] = real;
        Members[i].MeasuredMilliamps = real;
        for (int own = 0; own < 3 && _settings.PhaseMask[i] == 7; own++)
        {
            int phase = (_settings.PhaseOrder[i] >> (2 * own)) & 3;
            Members[i].DrawnMilliamps[own] = (RealMask[i] & (1 << phase)) != 0 ? real : 0;
        }
    }

    // What flows at the mains: vehicles and building.
    private void SumPhases()
    {
        for (int phase = 0; phase < 3; phase++)
        {
            Phases[phase] = 0;
            for (int i = 0; i < Members.Length; i++)
            {
                Phases[phase] += (RealMask[i] & (1 << phase)) != 0 ? _realMilliamps[i] : 0;
            }
        }

        int low = Phases[0] < Phases[1] ? Phases[0] : Phases[1];
        int high = Phases[0] > Phases[1] ? Phases[0] : Phases[1];
        low = low < Phases[2] ? low : Phases[2];
        high = high > Phases[2] ? high : Phases[2];
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
                    sum += counts && !HasNoSupply[i] ? Members[i].LimitMilliamps : 0;
                    sum += counts && Twin != null && i == 1 ? Twin.LimitMilliamps : 0;
                }

                WorstMilliamps = node == 0 && sum > WorstMilliamps ? sum : WorstMilliamps;
                Assert.IsTrue(!IsGuarded
                    || sum <= _settings.LimitMilliamps[node], "node " + node + " phase " + phase + ": " + sum
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
