using MeterFirmware.SiteBus;

namespace MeterFirmware.SiteController;

/// <summary>
/// The leader's account of what each member may be drawing. A grant that was sent counts until it has run out or the
/// member has confirmed a later one; a member that confirmed nothing for long may have fallen to its safe current.
/// </summary>
public sealed class GrantLog
{
    // One grant a second, valid for ten; a divisor of SiteFrame.GrantSequenceCount, so that the place of one never
    // changes.
    private const int Kept = 12;

    private readonly int[] _safe;
    private readonly int[] _milliamps;
    private readonly int[] _sentMs;
    private readonly int[] _sequence;
    private readonly int[] _count;
    private readonly int[] _confirmed;
    private readonly bool[] _isConfirmed;
    private readonly long[] _confirmedSentMs;

    public GrantLog(int[] safeMilliamps)
    {
        int count = safeMilliamps.Length;
        _safe = safeMilliamps;
        _milliamps = new int[count * Kept];
        _sentMs = new int[count * Kept];
        _sequence = new int[count];
        _count = new int[count];
        _confirmed = new int[count];
        _isConfirmed = new bool[count];
        _confirmedSentMs = new long[count];
    }

    /// <summary>Sequence of the last grant.</summary>
    public int SequenceOf(int member) => _sequence[member];

    /// <summary>Current of the last grant, mA.</summary>
    public int LastOf(int member) => _milliamps[member * Kept + _sequence[member] % Kept];

    /// <summary>Nothing is known of the member any more: it may draw its safe current.</summary>
    public void Forget(int member)
    {
        _count[member] = 0;
        _isConfirmed[member] = false;
    }

    /// <summary>Notes a grant that is being sent.</summary>
    public void Sent(int member, int milliamps, long nowMs)
    {
        _sequence[member] = (_sequence[member] + 1) % SiteFrame.GrantSequenceCount;
        _count[member] += _count[member] < Kept ? 1 : 0;
        int at = member * Kept + _sequence[member] % Kept;
        _milliamps[at] = milliamps;
        _sentMs[at] = (int)nowMs;
    }

    /// <summary>The member says which grant it accepted last.</summary>
    public void Confirm(int member, int sequence, long nowMs)
    {
        int age = _sequence[member] - sequence;
        age = age < 0 ? age + SiteFrame.GrantSequenceCount : age;
        if (age >= _count[member])
        {
            return;
        }

        _isConfirmed[member] = true;
        _confirmed[member] = sequence;
        _confirmedSentMs[member] = nowMs - ((int)nowMs - _sentMs[member * Kept + sequence % Kept]);
    }

    /// <summary>The most the member may be drawing, mA a phase.</summary>
    public int HeldOf(int member, long nowMs)
    {
        int held = 0;
        int sequence = _sequence[member];
        for (int age = 0; age < _count[member]; age++)
        {
            int at = member * Kept + sequence % Kept;
            if ((int)nowMs - _sentMs[at] >= SiteLeader.GrantMs)
            {
                break;
            }

            held = _milliamps[at] > held ? _milliamps[at] : held;
            if (_isConfirmed[member] && sequence == _confirmed[member])
            {
                break;
            }

            sequence = sequence == 0 ? SiteFrame.GrantSequenceCount - 1 : sequence - 1;
        }

        // It accepted the confirmed grant after we sent it, so it cannot rise to its safe current earlier than this.
        bool mayBeSafe = !_isConfirmed[member] || nowMs - _confirmedSentMs[member] >= SiteMember.RiseMs;
        return mayBeSafe && _safe[member] > held ? _safe[member] : held;
    }
}
