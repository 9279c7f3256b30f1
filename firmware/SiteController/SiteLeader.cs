using MeterFirmware.Basics;
using MeterFirmware.Charging;
using MeterFirmware.SiteBus;

namespace MeterFirmware.SiteController;

/// <summary>
/// Leads the chargers of a site, or stands by. The rule that keeps the limit whatever is lost: of every commissioned
/// member the leader holds the most it may be drawing (<see cref="GrantLog"/>), and nobody is granted more before that
/// capacity is free.
/// </summary>
/// <remarks>
/// <code>
///   Standby --no leader heard for 3 s x (1 + rank)--> Waiting --all old grants have run out--> Leading
///      ^------------------------------- a higher term is heard ---------------------------------'
/// </code>
/// A leader that hears no more than half of the members grants safe currents only, so that the two halves of a broken
/// network never both share out the site.
/// </remarks>
public sealed class SiteLeader
{
    /// <summary>A grant holds this long from the sending of the report that it answers.</summary>
    public const int GrantMs = SiteMember.ValidMsMax;

    /// <summary>Beacons and grants are this far apart.</summary>
    public const int BeaconMs = 1000;

    /// <summary>Silence after which rank 0 takes over; rank n waits n + 1 times as long.</summary>
    public const int SilenceMs = 3000;

    /// <summary>Ranks of possible leaders, 0 to 15.</summary>
    public const int RankMax = 15;

    private const int DoubledMs = 60_000;

    private readonly ISiteBus _bus;
    private readonly SiteFrame _in = new SiteFrame();
    private readonly SiteFrame _out = new SiteFrame();
    private readonly Connectors _connectors;
    private readonly LimitTree _tree;
    private readonly SharingController _sharing;
    private readonly GrantLog _grants;
    private readonly int _rank;
    private readonly int[] _safe;
    private readonly int[] _serial;
    private readonly int[] _memberRestart;
    private readonly int[] _statusSequence;
    private readonly long[] _heardMs;
    private readonly bool[] _asks;
    private readonly int[] _askedMilliamps;
    private readonly Defiance _defiance;
    private readonly int[] _doubleMilliamps;
    private readonly long[] _doubleMs;
    private long _leaderHeardMs = -1;
    private long _leadsFromMs;
    private long _beaconMs;
    private long _syncedMs;

    /// <param name="connectors">One connector a member, its number the index; phases and node set by the
    /// caller.</param>
    /// <param name="tree">The site's limits, kept up to date by the caller.</param>
    /// <param name="rank">0 leads first; every possible leader has its own.</param>
    /// <param name="safeMilliamps">Commissioned safe current of each member, as in the members themselves.</param>
    public SiteLeader(ISiteBus bus, Connectors connectors, LimitTree tree, Allocator allocator, int rank,
        int[] safeMilliamps)
    {
        int count = connectors.Count;
        Invariant.Require(safeMilliamps.Length == count, "one safe current a member");
        Invariant.Require(rank >= 0 && rank <= RankMax, "a leader's rank is 0 to 15");
        _bus = bus;
        _connectors = connectors;
        _tree = tree;
        _sharing = new SharingController(connectors, allocator);
        _grants = new GrantLog(safeMilliamps);
        _rank = rank;
        _safe = safeMilliamps;
        _serial = new int[count];
        _memberRestart = new int[count];
        _statusSequence = new int[count];
        _heardMs = new long[count];
        _asks = new bool[count];
        _askedMilliamps = new int[count];
        Draw = new MemberDraw(connectors);
        Cut = new EmergencyCut(connectors, tree);
        _defiance = new Defiance(count);
        _doubleMilliamps = new int[count];
        _doubleMs = new long[count];
        Wishes = new MemberWishes(connectors);
        for (int i = 0; i < count; i++)
        {
            _heardMs[i] = long.MinValue / 2;
        }
    }

    /// <summary>As in the bus. Of two leaders of one rank the lower serial number stays.</summary>
    public SiteSeal Seal { get; set; } = SiteSeal.Plain(0);

    /// <summary>What happened; null: nobody asks.</summary>
    public SiteEvents Events { get; set; }

    public bool IsLeading { get; private set; }

    /// <summary>It leads, its predecessor's grants have run out, and it hears more than half of the members.</summary>
    public bool GrantsAboveSafe { get; private set; }

    /// <summary>Leadership term; the lowest four bits make it unique to a rank.</summary>
    public int Term { get; private set; }

    /// <summary>Members heard within the validity of a grant.</summary>
    public int HeardCount { get; private set; }

    /// <summary>What drivers and vehicles want.</summary>
    public MemberWishes Wishes { get; }

    /// <summary>A driver has said something new: target, departure, boost, skip. The caller takes it back.</summary>
    public bool HasNewWishes { get; set; }

    /// <summary>Tells members the plan; null: they hear none.</summary>
    public ISitePlan Plan { get; set; }

    /// <summary>Planner's order to follow; null = share evenly.</summary>
    public byte[] PlanOrder { get; set; }

    public int PlanOrderCount { get; set; }

    /// <summary>End of the plan's companions, which charge only for the sake of an unbalance cap.</summary>
    public int PlanCompanionEnd { get; set; }

    /// <summary>Lowers all members at once in an emergency.</summary>
    public EmergencyCut Cut { get; }

    /// <summary>Higher comes first when the site is shared without a plan; 0 is normal.</summary>
    public void SetPriority(int member, int priority) => _sharing.SetPriority(member, priority);

    /// <summary>Serial number of a member's device; 0 = not heard yet.</summary>
    public int SerialOf(int member) => _serial[member];

    /// <summary>Draws more than it was granted; its draw is taken off the others' share.</summary>
    public bool IsDefiant(int member) => _defiance.Is(member);

    /// <summary>Another device uses the member's number; it is granted nothing and its draw is taken off.</summary>
    public bool IsDoubled(int member) => _doubleMilliamps[member] != 0;

    /// <summary>What each member says that it draws.</summary>
    public MemberDraw Draw { get; }

    /// <summary>Largest phase current that the member reported last, mA.</summary>
    public int DrawnMilliampsOf(int member) => Draw.Of(member);

    /// <summary>What its vehicle was seen to take at most, mA; 0 = not known.</summary>
    public int TakesMilliampsOf(int member) => _sharing.TakesMilliampsOf(member);

    /// <summary>The most that a member may be drawing, mA a phase.</summary>
    public int HeldMilliampsOf(int member, long nowMs) => _grants.HeldOf(member, nowMs) + Draw.OverOf(member);

    /// <summary>The most that a member can be drawing on a phase just now, whatever it told last, mA.</summary>
    public int MayDrawOnPhase(int member, int phase, long nowMs)
    {
        int told = Draw.OnPhase(member, phase);
        bool isUsed = (_connectors.PhaseMask[member] & (1 << phase)) != 0;
        int granted = isUsed && Draw.IsMoving(member, nowMs) ? _grants.LastOf(member) + Draw.OverOf(member) : 0;
        return told > granted ? told : granted;
    }

    public void Tick(long nowMs)
    {
        _leaderHeardMs = _leaderHeardMs < 0 ? nowMs : _leaderHeardMs;
        while (_bus.TryReceive(_in.Bytes, out int length))
        {
            if (_in.TryDecode(length))
            {
                Hear(nowMs);
            }
        }

        if (!IsLeading && nowMs - _leaderHeardMs >= (long)SilenceMs * (1 + _rank))
        {
            TakeOver(nowMs);
        }

        // Also who stands by knows who is there, so that it need not learn it when it takes over.
        if (!IsLeading && nowMs - _syncedMs >= BeaconMs)
        {
            _syncedMs = nowMs;
            Synchronise(nowMs);
        }

        if (IsLeading && (nowMs - _beaconMs >= BeaconMs || Cut.IsNew()))
        {
            _beaconMs = nowMs;
            Lead(nowMs);
        }
    }

    private void TakeOver(long nowMs)
    {
        // A term of its own: of two that take over together the lower rank has the higher term. After the last term
        // comes the first: members obey it after a silence.
        int next = (Term >> 4) + 1;
        Term = ((next > SiteFrame.TermMax >> 4 ? 1 : next) << 4) | (RankMax - _rank);
        IsLeading = true;
        _leadsFromMs = nowMs + GrantMs;
        _beaconMs = nowMs - BeaconMs;
        for (int i = 0; i < _connectors.Count; i++)
        {
            _grants.Forget(i);
        }
    }

    private void Hear(long nowMs)
    {
        if (_in.Type == SiteFrame.Status)
        {
            if (_in.Member < _connectors.Count)
            {
                HearMember(_in.Member, nowMs);
            }

            return;
        }

        // On a line the leader's grants are heard more often than its beacons; they do not tell its rank.
        bool isBeacon = _in.Type == SiteFrame.Beacon && _in.Term >= Term && (_in.Member != _rank || !IsLeading);
        bool isGrant = _in.Type == SiteFrame.Grant && (_in.Term > Term || (_in.Term == Term && !IsLeading));
        if (_in.Type == SiteFrame.Beacon && _in.Member == _rank && _in.Serial != Seal.Serial)
        {
            Note(SiteEvents.SameRank, _in.Serial, nowMs);
            isBeacon = IsLeading ? GivesWay(nowMs) : isBeacon;
        }

        if (isBeacon || isGrant)
        {
            Term = _in.Term;
            _leaderHeardMs = nowMs;
            IsLeading = false;
            GrantsAboveSafe = false;
        }
    }

    // Two leaders commissioned with one rank: the lower serial number stays, so that members have one.
    private bool GivesWay(long nowMs)
    {
        if (Seal.Serial > _in.Serial)
        {
            return true;
        }

        if (_in.Term > Term)
        {
            Term = _in.Term;
            TakeOver(nowMs);
        }

        return false;
    }

    private void HearMember(int i, long nowMs)
    {
        bool isExchanged = _serial[i] != _in.Serial && nowMs - _heardMs[i] > 3 * GrantMs;
        if (_serial[i] == 0 || isExchanged)
        {
            if (isExchanged && _serial[i] != 0)
            {
                Seal.Forget(i);
            }

            _serial[i] = _in.Serial;
            _grants.Forget(i);
            Draw.Forget(i);
            _heardMs[i] = long.MinValue / 2;
        }

        if (_serial[i] != _in.Serial)
        {
            int least = _safe[i] > Connectors.MilliampsMin ? _safe[i] : Connectors.MilliampsMin;
            _doubleMilliamps[i] = _in.Milliamps > least ? _in.Milliamps : least;
            _doubleMs[i] = nowMs;
            Note(SiteEvents.Doubled, i, nowMs);
            return;
        }

        if (_in.Term > Term && (!IsLeading || _in.Term - Term <= SiteFrame.TermStepMax))
        {
            // Another leader was at work whose beacons we missed; the members would refuse our term.
            Term = _in.Term;
            if (IsLeading)
            {
                TakeOver(nowMs);
            }
        }

        int newer = (_in.Sequence - _statusSequence[i]) & 0xFFFF;
        bool hasRestarted = _in.Term == 0 || _in.Restart != _memberRestart[i];
        if (!hasRestarted && (newer == 0 || newer >= 0x8000) && nowMs - _heardMs[i] < GrantMs)
        {
            return;
        }

        _memberRestart[i] = _in.Restart;
        _statusSequence[i] = _in.Sequence;
        if (IsLeading && (_in.Term != Term || _in.PeerRestart != Seal.Restart))
        {
            // It knows nothing of this leadership, so the frame may be an old one sent again: it gets an answer, and
            // what it says after that counts.
            _asks[i] = true;
            _askedMilliamps[i] = _in.LimitMilliamps;
            return;
        }

        TakeReport(i, nowMs);
    }

    private void TakeReport(int i, long nowMs)
    {
        _asks[i] = false;
        _heardMs[i] = nowMs;
        if (_in.Term == Term)
        {
            _grants.Confirm(i, _in.Echo, nowMs);
        }

        bool knowsPhases = Draw.Take(i, _in, nowMs);
        HasNewWishes |= Wishes.Take(i, _in, nowMs) || knowsPhases;
        _sharing.MeasuredMilliamps[i] = _in.Milliamps;
        _connectors.MilliampsMax[i] = _in.WantedMilliamps;

        // Without the lead, or while another's grants may be in force, nobody can be judged.
        bool canTell = IsLeading && nowMs >= _leadsFromMs;
        if (_defiance.Judge(i, canTell ? Draw.Of(i) - _grants.HeldOf(i, nowMs) : 0, nowMs))
        {
            Note(SiteEvents.Defiant, i, nowMs);
        }
    }

    private void Lead(long nowMs)
    {
        HeardCount = 0;
        for (int i = 0; i < _connectors.Count; i++)
        {
            HeardCount += IsHeard(i, nowMs) ? 1 : 0;
            if (nowMs - _doubleMs[i] > DoubledMs)
            {
                _doubleMilliamps[i] = 0;
            }
        }

        GrantsAboveSafe = nowMs >= _leadsFromMs && HeardCount * 2 > _connectors.Count;
        Send(SiteFrame.Beacon, _rank, Seal.Serial, 0, 0, 0);
        Synchronise(nowMs);
        Reserve(nowMs);
        if (GrantsAboveSafe)
        {
            _sharing.Tick(nowMs, PlanOrder, PlanOrderCount, PlanCompanionEnd);
        }

        _tree.Reset();
        Cut.Share();
        for (int i = 0; i < _connectors.Count; i++)
        {
            if (_connectors.IsPluggedIn[i])
            {
                _tree.Take(_connectors.Node[i], _connectors.PhaseMask[i], HeldMilliampsOf(i, nowMs));
            }
        }

        if (Cut.IsDue)
        {
            Send(SiteFrame.Cut, _rank, Seal.Serial, 0, 0, Cut.ShareMilliamps);
        }

        for (int i = 0; i < _connectors.Count; i++)
        {
            if (IsHeard(i, nowMs) || _asks[i])
            {
                GrantTo(i, nowMs);
                _asks[i] = false;
            }
        }
    }

    /// <summary>The member reported within the validity of a grant.</summary>
    public bool IsHeard(int i, long nowMs) => _serial[i] != 0 && nowMs - _heardMs[i] < GrantMs;

    // Who shares.
    private void Synchronise(long nowMs)
    {
        for (int i = 0; i < _connectors.Count; i++)
        {
            bool shares = IsHeard(i, nowMs) && !_defiance.Is(i)
                && _connectors.MilliampsMax[i] >= Connectors.MilliampsMin;
            if (shares && !_connectors.IsPluggedIn[i])
            {
                _connectors.PlugIn(i, _connectors.MilliampsMax[i], 0, int.MaxValue);
            }
            else if (!shares && _connectors.IsPluggedIn[i])
            {
                _connectors.PlugOut(i);
            }

            if (!shares && IsHeard(i, nowMs) && _connectors.MilliampsMax[i] < Connectors.MilliampsMin)
            {
                Draw.Forget(i);
                _sharing.NoteLeft(i, nowMs);
            }
        }
    }

    // What those draw who do not share: silent, defiant, doubled. And what a vehicle at the least current draws above
    // it.
    private void Reserve(long nowMs)
    {
        _tree.ClearReserved();
        for (int i = 0; i < _connectors.Count; i++)
        {
            int set = _connectors.IsPluggedIn[i] ? BelowLeast(i) : _grants.HeldOf(i, nowMs);
            set = _defiance.Is(i) && Draw.Of(i) > set ? Draw.Of(i) : set;
            int mask = _connectors.IsPluggedIn[i] ? _connectors.PhaseMask[i] : Draw.WiredMask(i);
            _tree.AddReserved(_connectors.Node[i], mask, set);
            _tree.AddReserved(_connectors.Node[i], Draw.WiredMask(i), _doubleMilliamps[i]);
        }
    }

    // It is granted less by what it always draws more, but not less than the least current.
    private int BelowLeast(int i)
    {
        int offer = _connectors.OfferMilliamps[i];
        int lacks = Connectors.MilliampsMin + Draw.OverOf(i) - offer;
        return offer > 0 && lacks > 0 ? lacks : 0;
    }

    private void GrantTo(int i, long nowMs)
    {
        int held = HeldMilliampsOf(i, nowMs);
        int target = 0;
        if (!IsHeard(i, nowMs))
        {
            // No more than it has, or an idle one would rise while others still have their shares of another leader.
            int has = _askedMilliamps[i] < _safe[i] ? _askedMilliamps[i] : _safe[i];
            target = has < Connectors.MilliampsMin ? 0 : has;
        }
        else if (_connectors.IsPluggedIn[i])
        {
            target = GrantsAboveSafe ? _connectors.OfferMilliamps[i] : _safe[i];
        }

        if (target > held)
        {
            int free = _tree.Headroom(_connectors.Node[i], _connectors.PhaseMask[i]);
            int most = held + free;
            if (most < target)
            {
                target = most >= Connectors.MilliampsMin ? most : 0;
                _sharing.HoldLearning(i, nowMs);
            }

            if (target > held)
            {
                _tree.Take(_connectors.Node[i], _connectors.PhaseMask[i], target - held);
                Draw.NoteRise(i, nowMs);
            }
        }

        // What it draws above its grant, as other vehicles do not, is taken off first.
        int grant = target - (GrantsAboveSafe ? Draw.OverOf(i) : 0);
        grant = target >= Connectors.MilliampsMin && grant < Connectors.MilliampsMin ? Connectors.MilliampsMin : grant;
        _grants.Sent(i, target >= Connectors.MilliampsMin ? grant : 0, nowMs);
        Send(SiteFrame.Grant, i, _serial[i], _grants.SequenceOf(i), _statusSequence[i], _grants.LastOf(i));
    }

    private void Note(int code, int detail, long nowMs)
    {
        if (Events != null)
        {
            Events.Raise(code, detail, nowMs);
        }
    }

    private void Send(int type, int member, int serial, int sequence, int echo, int milliamps)
    {
        _out.Type = type;
        _out.Member = member;
        _out.Serial = serial;
        _out.Term = Term;
        _out.Sequence = sequence;
        _out.Echo = echo;
        _out.Milliamps = milliamps;
        _out.PeerRestart = type == SiteFrame.Grant ? _memberRestart[member] : 0;
        _out.ValidMs = type == SiteFrame.Grant ? GrantMs : type == SiteFrame.Cut ? SiteMember.CutMsMax : 0;
        _out.ForgetPlan();
        if (type == SiteFrame.Grant && Plan != null && GrantsAboveSafe)
        {
            Plan.Describe(member, _out);
        }

        _out.Encode();
        _bus.TrySend(_out.Bytes, SiteFrame.Length);
    }
}
