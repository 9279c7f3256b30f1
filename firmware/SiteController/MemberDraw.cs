using MeterFirmware.Charging;
using MeterFirmware.SiteBus;

namespace MeterFirmware.SiteController;

/// <summary>
/// What each member says that it draws, by phases of the site: now and in its last reports, on which phases, and by how
/// much it stays above its limit. A member alone on one phase tells one figure; a charger of three tells each.
/// </summary>
public sealed class MemberDraw
{
    /// <summary>A vehicle may follow a new offer for so long, and its report comes after it.</summary>
    public const int MovingMs = 6000;

    // Reports that count as "around" a moment of some seconds ago.
    private const int Kept = 3;
    private const int KnownMilliampsMin = 3000;
    private const int UsedMilliampsMin = 500;
    private const int ReportsToKnow = 3;
    private const int ReportsToNarrow = 20;
    private const int StepMilliamps = 1000;
    private const int OverMs = 6000;
    private const int OverMilliampsMin = 10;

    private readonly Connectors _connectors;
    private readonly ushort[] _told;
    private readonly byte[] _at;
    private readonly byte[] _wired;
    private readonly byte[] _used;
    private readonly byte[] _candidate;
    private readonly byte[] _candidateCount;
    private readonly int[] _over;
    private readonly int[] _overLeast;
    private readonly long[] _overSinceMs;
    private readonly long[] _movedMs;
    private readonly int[] _limit;

    public MemberDraw(Connectors connectors)
    {
        int count = connectors.Count;
        _connectors = connectors;
        _told = new ushort[count * Kept * LimitTree.PhaseCount];
        _at = new byte[count];
        _wired = new byte[count];
        _used = new byte[count];
        _candidate = new byte[count];
        _candidateCount = new byte[count];
        _over = new int[count];
        _overLeast = new int[count];
        _overSinceMs = new long[count];
        _movedMs = new long[count];
        _limit = new int[count];
        for (int i = 0; i < count; i++)
        {
            _movedMs[i] = long.MinValue / 2;
            _limit[i] = int.MaxValue;
        }
    }

    /// <summary>Largest phase current told last, mA.</summary>
    public int Of(int member) => Largest(member, _at[member]);

    /// <summary>Told last on a phase of the site, mA.</summary>
    public int OnPhase(int member, int phase) => _told[Place(member, _at[member]) + phase] * SiteFrame.MilliampsPerUnit;

    /// <summary>Most of the last three reports on a phase of the site, mA.</summary>
    public int HighOnPhase(int member, int phase)
    {
        int high = 0;
        for (int slot = 0; slot < Kept; slot++)
        {
            int told = _told[Place(member, slot) + phase] * SiteFrame.MilliampsPerUnit;
            high = told > high ? told : high;
        }

        return high;
    }

    /// <summary>Sum of the phases told last, mA.</summary>
    public int SumOf(int member) => OnPhase(member, 0) + OnPhase(member, 1) + OnPhase(member, 2);

    /// <summary>Commissioned phases of the site, bits 1, 2, 4.</summary>
    public int WiredMask(int member)
    {
        // The caller commissions the connectors after it made them.
        _wired[member] = _wired[member] == 0 ? _connectors.PhaseMask[member] : _wired[member];
        return _wired[member];
    }

    /// <summary>Phases that its vehicle was seen to use, bits 1, 2, 4; 0 = not known.</summary>
    public int UsedMask(int member) => _used[member];

    /// <summary>By how much it draws more than it may, all the time, mA.</summary>
    public int OverOf(int member) => _over[member];

    /// <summary>Its draw has just changed, or its grant has just risen: what it told last may be old.</summary>
    public bool IsMoving(int member, long nowMs) => nowMs - _movedMs[member] < MovingMs;

    /// <summary>Its grant has risen.</summary>
    public void NoteRise(int member, long nowMs) => _movedMs[member] = nowMs;

    /// <summary>Takes a report. True: the phases that the vehicle uses are known anew.</summary>
    public bool Take(int member, SiteFrame report, long nowMs)
    {
        int before = Of(member);
        int slot = _at[member] + 1 < Kept ? _at[member] + 1 : 0;
        _at[member] = (byte)slot;
        int place = Place(member, slot);
        int wired = WiredMask(member);
        int order = _connectors.PhaseOrder[member];
        for (int phase = 0; phase < LimitTree.PhaseCount; phase++)
        {
            bool isOne = wired == 1 << phase;
            _told[place + phase] = (ushort)(isOne ? report.Milliamps / SiteFrame.MilliampsPerUnit : 0);
        }

        for (int own = 0; own < SiteFrame.PhaseCount && wired == 7; own++)
        {
            _told[place + ((order >> (2 * own)) & 3)] = (ushort)(report.DrawnMilliamps[own]
                / SiteFrame.MilliampsPerUnit);
        }

        int change = report.Milliamps - before;
        _movedMs[member] = change > StepMilliamps || change < -StepMilliamps ? nowMs : _movedMs[member];
        int limit = report.LimitMilliamps < _limit[member] ? report.LimitMilliamps : _limit[member];
        _limit[member] = report.LimitMilliamps;
        NoteOver(member, report.Milliamps - limit, nowMs);
        return LearnPhases(member, place, report.Milliamps) && wired == 7;
    }

    /// <summary>The vehicle has left, or nothing is known of it.</summary>
    public void Forget(int member)
    {
        _used[member] = 0;
        _candidateCount[member] = 0;
        _over[member] = 0;
        _overLeast[member] = 0;
        _limit[member] = int.MaxValue;
        Apply(member);
    }

    private static int Place(int member, int slot) => (member * Kept + slot) * LimitTree.PhaseCount;

    private int Largest(int member, int slot)
    {
        int place = Place(member, slot);
        int most = _told[place] > _told[place + 1] ? _told[place] : _told[place + 1];
        return (most > _told[place + 2] ? most : _told[place + 2]) * SiteFrame.MilliampsPerUnit;
    }

    // The least of six seconds: while a vehicle follows a lower limit it is above it without being at fault. What it
    // told before it could follow a higher one is of the limit before.
    private void NoteOver(int member, int over, long nowMs)
    {
        over = over > OverMilliampsMin ? over : 0;
        _overLeast[member] = over < _overLeast[member] ? over : _overLeast[member];
        if (nowMs - _overSinceMs[member] >= OverMs)
        {
            _over[member] = _overLeast[member];
            _overLeast[member] = over;
            _overSinceMs[member] = nowMs;
        }
    }

    private bool LearnPhases(int member, int place, int most)
    {
        if (most < KnownMilliampsMin)
        {
            return false;
        }

        int mask = 0;
        for (int phase = 0; phase < LimitTree.PhaseCount; phase++)
        {
            int told = _told[place + phase] * SiteFrame.MilliampsPerUnit;
            mask |= told >= UsedMilliampsMin && told * 4 >= most ? 1 << phase : 0;
        }

        int used = _used[member];
        if (mask == used)
        {
            _candidateCount[member] = 0;
            return false;
        }

        // Another phase counts from its first report on.
        if (used != 0 && (mask & ~used) != 0)
        {
            return Know(member, mask | used);
        }

        _candidateCount[member] = (byte)(mask == _candidate[member] ? _candidateCount[member] + 1 : 1);
        _candidate[member] = (byte)mask;
        return _candidateCount[member] >= (used == 0 ? ReportsToKnow : ReportsToNarrow) && Know(member, mask);
    }

    private bool Know(int member, int mask)
    {
        _used[member] = (byte)mask;
        _candidateCount[member] = 0;
        Apply(member);
        return true;
    }

    // While it is not known which phases a vehicle uses, limits count all, and the balance only the first.
    private void Apply(int member)
    {
        int wired = WiredMask(member);
        int used = _used[member];
        _connectors.PhaseMask[member] = (byte)(used == 0 ? wired : used);
        _connectors.BalanceMask[member] = (byte)(used != 0 ? used
            : wired == 7 ? 1 << (_connectors.PhaseOrder[member] & 3) : wired);
    }
}
