using MeterFirmware.Basics;

namespace MeterFirmware.SiteBus;

/// <summary>
/// The charger's side: reports what it does and obeys the last valid grant for the time that the grant states, counted
/// on its own monotonic clock from the sending of the report that the grant answers. So neither a clock step nor a
/// broker that delivers late can prolong a limit. Then it falls to its commissioned safe current.
/// </summary>
public sealed class SiteMember
{
    /// <summary>Reports are this far apart.</summary>
    public const int ReportMs = 1000;

    /// <summary>No grant is obeyed for longer, whatever it says.</summary>
    public const int ValidMsMax = 10_000;

    /// <summary>After a grant has run out, or a start, the current does not rise to the safe one before this has
    /// passed:
    /// by then the leader counts the safe current again.</summary>
    public const int RiseMs = 10_000;

    /// <summary>So long after a grant has run out a leader of any term is obeyed, also of a lower one.</summary>
    public const int TermSilenceMs = 10_000;

    /// <summary>A cut lowers for no longer, whatever it says; its leader repeats it once a second.</summary>
    public const int CutMsMax = 3_000;

    private const int SentMax = 64;

    private readonly ISiteBus _bus;
    private readonly SiteFrame _in = new SiteFrame();
    private readonly SiteFrame _out = new SiteFrame();
    private readonly long[] _sentMs = new long[SentMax];
    private readonly int _member;
    private readonly int _serial;
    private readonly int _restart;
    private readonly int _safeMilliamps;
    private int _sequence;
    private int _sent;
    private int _term;
    private int _leaderRestart;
    private long _grantCounter;
    private int _grantSequence;
    private int _grantMilliamps;
    private long _grantUntilMs;
    private long _cutCounter;
    private int _cutMilliamps;
    private long _cutUntilMs;
    private bool _isStarted;
    private long _reportedMs = long.MinValue / 2;

    /// <param name="safeMilliamps">Current a phase without a leader; 0 = stop. Their sum must fit the site.</param>
    /// <param name="restart">As in its <see cref="SiteSeal"/>; 0 = plain.</param>
    public SiteMember(ISiteBus bus, int member, int serial, int safeMilliamps, int restart = 0)
    {
        Invariant.Require(member >= 0 && member < 64, "a member's number is 0 to 63");
        Invariant.Require(safeMilliamps == 0 || safeMilliamps >= 6000, "a safe current is 0 or at least 6 A");
        _bus = bus;
        _member = member;
        _serial = serial;
        _restart = restart;
        _safeMilliamps = safeMilliamps;
        DepartureSeconds = -1;
    }

    /// <summary>The most that may be drawn a phase now; refreshed by <see cref="Tick"/>.</summary>
    public int LimitMilliamps { get; private set; }

    /// <summary>A grant is in force; false: the safe current is.</summary>
    public bool IsLed { get; private set; }

    /// <summary>Drawn on each of the charger's own phases, mA, set by the charger.</summary>
    public int[] DrawnMilliamps { get; } = new int[SiteFrame.PhaseCount];

    /// <summary>Sets all of <see cref="DrawnMilliamps"/> alike; the first of them.</summary>
    public int MeasuredMilliamps
    {
        get => DrawnMilliamps[0];
        set
        {
            for (int phase = 0; phase < SiteFrame.PhaseCount; phase++)
            {
                DrawnMilliamps[phase] = value;
            }
        }
    }

    /// <summary>What vehicle and station could take, set by the charger; 0 = nothing.</summary>
    public int WantedMilliamps { get; set; }

    /// <summary>Energy that the vehicle still wants, Wh; 0 = unknown. Set by the charger, as what follows.</summary>
    public int WantedWattHours { get; set; }

    /// <summary>Energy of this session so far, Wh.</summary>
    public int DeliveredWattHours { get; set; }

    /// <summary>Seconds until departure, 0 = now or in the past; −1 = unknown.</summary>
    public int DepartureSeconds { get; set; }

    /// <summary>Bits of <see cref="SiteMemberState"/>.</summary>
    public int State { get; set; }

    /// <summary>The leader's plan for this member, a number of Charging's PlanReason; 0 while there is none or nobody
    /// leads.</summary>
    public int Reason { get; private set; }

    /// <summary>When the plan lets it charge, on our monotonic clock; in the past: now. Means something with a
    /// reason.</summary>
    public long StartMs { get; private set; }

    /// <summary>When its vehicle is ready, on our monotonic clock; −1 = unknown.</summary>
    public long ReadyMs { get; private set; }

    /// <summary>Price at the start in millionths of the currency per kWh.</summary>
    public int PriceMicros { get; private set; }

    public void Tick(long nowMs)
    {
        if (!_isStarted)
        {
            _isStarted = true;
            _grantUntilMs = nowMs;
        }

        while (_bus.TryReceive(_in.Bytes, out int length))
        {
            if (!_in.TryDecode(length))
            {
                continue;
            }

            if (_in.Type == SiteFrame.Cut)
            {
                HearCut(nowMs);
            }
            else
            {
                Hear(nowMs);
            }
        }

        IsLed = nowMs < _grantUntilMs;
        Reason = IsLed ? Reason : 0;
        bool low = IsLed || nowMs < _grantUntilMs + RiseMs;
        LimitMilliamps = low && (IsLed || _grantMilliamps < _safeMilliamps) ? _grantMilliamps : _safeMilliamps;
        LimitMilliamps = nowMs < _cutUntilMs ? Numbers.Least(LimitMilliamps, _cutMilliamps) : LimitMilliamps;
        if (nowMs - _reportedMs >= ReportMs)
        {
            Report(nowMs);
        }
    }

    private void Hear(long nowMs)
    {
        bool mine = _in.Type == SiteFrame.Grant && _in.Member == _member && _in.Serial == _serial
            && _in.PeerRestart == _restart;
        int age = (_sequence - _in.Echo) & 0xFFFF;
        if (!mine || age >= SentMax || age >= _sent || !IsLater(nowMs))
        {
            return;
        }

        int validMs = _in.ValidMs < ValidMsMax ? _in.ValidMs : ValidMsMax;
        long until = _sentMs[_in.Echo % SentMax] + validMs;
        if (until <= nowMs)
        {
            return;
        }

        _cutCounter = _in.Term == _term ? _cutCounter : 0;
        _term = _in.Term;
        _leaderRestart = _in.Restart;
        _grantCounter = _in.Counter;
        _grantSequence = _in.Sequence;
        _grantMilliamps = _in.Milliamps >= 6000 ? _in.Milliamps : 0;
        _grantUntilMs = until;
        Reason = _in.Reason;
        StartMs = nowMs + (long)_in.StartSeconds * 1000;
        ReadyMs = _in.ReadySeconds < 0 ? -1 : nowMs + (long)_in.ReadySeconds * 1000;
        PriceMicros = _in.PriceMicros;
    }

    // Of the leader that it obeys, and sealed after all that was heard of it: what was recorded or held back is worth
    // nothing.
    private void HearCut(long nowMs)
    {
        bool isOurs = _term != 0 && _in.Term == _term && _in.Restart == _leaderRestart;
        bool isLater = _restart == 0 || (_in.Counter > _grantCounter && _in.Counter > _cutCounter);
        if (isOurs && isLater)
        {
            _cutCounter = _in.Counter;
            _cutMilliamps = _in.Milliamps >= 6000 ? _in.Milliamps : 0;
            _cutUntilMs = nowMs + Numbers.Least(_in.ValidMs, CutMsMax);
        }
    }

    // A higher term ends a lower one, but no term is a wall: one far ahead is refused, and after silence any is taken.
    private bool IsLater(long nowMs)
    {
        int step = _in.Term - _term;
        if (_term == 0 || nowMs - _grantUntilMs >= TermSilenceMs)
        {
            return true;
        }

        if (step != 0)
        {
            return step > 0 && step <= SiteFrame.TermStepMax;
        }

        // Of one term only newer grants count: a doubled, overtaken or repeated one changes nothing.
        int newer = (_in.Sequence - _grantSequence + SiteFrame.GrantSequenceCount) % SiteFrame.GrantSequenceCount;
        return newer != 0 && newer < SiteFrame.GrantSequenceCount / 2
            && (_restart == 0 || _in.Restart != _leaderRestart || _in.Counter > _grantCounter);
    }

    private void Report(long nowMs)
    {
        _reportedMs = nowMs;
        _sequence = (_sequence + 1) & 0xFFFF;
        _sent++;
        _sentMs[_sequence % SentMax] = nowMs;
        _out.Type = SiteFrame.Status;
        _out.Member = _member;
        _out.Serial = _serial;
        _out.Term = _term;
        _out.Sequence = _sequence;
        _out.Echo = _grantSequence;
        for (int phase = 0; phase < SiteFrame.PhaseCount; phase++)
        {
            _out.DrawnMilliamps[phase] = DrawnMilliamps[phase];
        }

        _out.PeerRestart = _leaderRestart;
        _out.LimitMilliamps = LimitMilliamps;
        _out.WantedMilliamps = WantedMilliamps;
        _out.WantedWattHours = WantedWattHours;
        _out.DeliveredWattHours = DeliveredWattHours;
        _out.DepartureSeconds = DepartureSeconds;
        _out.State = State;
        _out.Encode();
        _bus.TrySend(_out.Bytes, SiteFrame.Length);
    }
}
