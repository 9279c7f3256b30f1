using MeterFirmware.Basics;

namespace MeterFirmware.SiteBus;

/// <summary>
/// Keys, counter and seal of one device's frames. Frames to and from a member are sealed with a key of its serial
/// number, a beacon or a cut with the group's; all are derived from the site key. The counter is the stored restart
/// number and the number of the frame since then, never used twice. Buses check one frame and seal one a tick, so that
/// a flood costs no more.
/// </summary>
public sealed class SiteSeal
{
    public const int KeyBytes = SipHash.KeyBytes;

    /// <summary>Restart numbers are 1 to this, which is three starts an hour for 300 years.</summary>
    public const int RestartMax = 0x7F_FFFF;

    private const int GroupLabel = 1;
    private const int MemberLabel = 2;
    private const int DerivedBytes = 8;
    private const int RankCount = 16;

    private readonly bool _isPlain;
    private readonly ulong _site0;
    private readonly ulong _site1;
    private readonly ulong _group0;
    private readonly ulong _group1;
    private readonly int[] _serials;
    private readonly ulong[] _keys;

    // Last counter of each member, and of the leader of each rank: what is not later was heard before.
    private readonly long[] _heard;
    private readonly byte[] _derived = new byte[DerivedBytes];
    private long _counter;
    private ulong _key0;
    private ulong _key1;
    private bool _hasSealed;

    private SiteSeal(byte[] siteKey, int serial, int restart, int members, bool isLeader)
    {
        _isPlain = siteKey == null;
        Serial = serial;
        Restart = _isPlain ? 0 : restart;
        _counter = (long)Restart << 40;
        _serials = new int[_isPlain ? 0 : members];
        _keys = new ulong[2 * _serials.Length];
        _heard = new long[isLeader ? members + RankCount : 0];
        if (_isPlain)
        {
            return;
        }

        Invariant.Require(siteKey.Length == KeyBytes, "a site key has 16 bytes");
        Invariant.Require(restart > 0 && restart <= RestartMax, "restart numbers count from 1");
        _site0 = (ulong)LittleEndian.ReadInt64(siteKey, 0);
        _site1 = (ulong)LittleEndian.ReadInt64(siteKey, 8);
        Derive(GroupLabel, 0);
        _group0 = _key0;
        _group1 = _key1;
    }

    /// <summary>This device's serial number.</summary>
    public int Serial { get; }

    /// <summary>This device's restart number; 0 = plain.</summary>
    public int Restart { get; }

    /// <summary>Frames refused since the start because their seal is not right.</summary>
    public int Refused { get; private set; }

    /// <summary>No seal: whoever reaches the bus may say what he likes.</summary>
    public static SiteSeal Plain(int serial) => new SiteSeal(null, serial, 0, 0, false);

    /// <summary>A member's end.</summary>
    /// <param name="siteKey">16 bytes, the same in all devices of the site.</param>
    /// <param name="restart">A number that is higher at every start, stored before it is used.</param>
    public static SiteSeal ForMember(byte[] siteKey, int serial, int restart) =>
        new SiteSeal(siteKey, serial, restart, 1, false);

    /// <summary>A leader's end, which keeps the key of each member.</summary>
    public static SiteSeal ForLeader(byte[] siteKey, int serial, int restart, int members) =>
        new SiteSeal(siteKey, serial, restart, members, true);

    /// <summary>A new tick: one frame may be sealed.</summary>
    public void BeginTick()
    {
        _hasSealed = false;
    }

    /// <summary>False: a whole frame is refused without a check, because it is plain, or was heard before by this
    /// leader.</summary>
    public bool IsNews(byte[] bytes)
    {
        long counter = LittleEndian.ReadInt64(bytes, SiteFrame.CounterAt);
        if (_isPlain || counter <= 0)
        {
            return _isPlain && counter == 0;
        }

        int place = PlaceOf(bytes);
        return place < 0 || counter > _heard[place];
    }

    /// <summary>A frame can be sealed in this tick.</summary>
    public bool MaySeal => _isPlain || !_hasSealed;

    /// <summary>Another device takes the place of a member's.</summary>
    public void Forget(int member)
    {
        if (!_isPlain)
        {
            _serials[member] = 0;
            _heard[member] = 0;
        }
    }

    /// <summary>Gives a whole frame the next counter and its seal. Only if <see cref="MaySeal"/>.</summary>
    public void Seal(byte[] bytes, int offset)
    {
        if (_isPlain)
        {
            return;
        }

        // A poll says nothing that anybody believes, but a counter never stands in two frames.
        _hasSealed = true;
        _counter++;
        LittleEndian.WriteInt64(bytes, offset + SiteFrame.CounterAt, _counter);
        LittleEndian.WriteInt64(bytes, offset + SiteFrame.SealAt, (long)TagOf(bytes, offset));
        SiteFrame.Finish(bytes, offset);
    }

    /// <summary>Whether the seal of a whole frame is right. Buses ask once a tick.</summary>
    public bool IsGenuine(byte[] bytes)
    {
        if (_isPlain)
        {
            return true;
        }

        bool isGenuine = (ulong)LittleEndian.ReadInt64(bytes, SiteFrame.SealAt) == TagOf(bytes, 0);
        Refused += isGenuine ? 0 : 1;
        if (!isGenuine)
        {
            return false;
        }

        if (!IsToAll(bytes[SiteFrame.TypeAt]))
        {
            Keep(SlotOf(bytes[SiteFrame.MemberAt]), LittleEndian.ReadInt32(bytes, SiteFrame.SerialAt));
        }

        int place = PlaceOf(bytes);
        if (place >= 0)
        {
            _heard[place] = LittleEndian.ReadInt64(bytes, SiteFrame.CounterAt);
        }

        return true;
    }

    private ulong TagOf(byte[] bytes, int offset)
    {
        if (IsToAll(bytes[offset + SiteFrame.TypeAt]))
        {
            return SipHash.Of(_group0, _group1, bytes, offset, SiteFrame.SealAt);
        }

        int serial = LittleEndian.ReadInt32(bytes, offset + SiteFrame.SerialAt);
        int slot = SlotOf(bytes[offset + SiteFrame.MemberAt]);
        if (slot >= 0 && _serials[slot] == serial && serial != 0)
        {
            _key0 = _keys[2 * slot];
            _key1 = _keys[2 * slot + 1];
        }
        else
        {
            Derive(MemberLabel, serial);
        }

        return SipHash.Of(_key0, _key1, bytes, offset, SiteFrame.SealAt);
    }

    private static bool IsToAll(int type) => type == SiteFrame.Beacon || type == SiteFrame.Cut;

    // A leader's end knows the counter of each member, by its serial number, and that of each rank, which a term tells.
    // A member's end leaves it to the member, who knows how long it heard nothing.
    private int PlaceOf(byte[] bytes)
    {
        if (_heard.Length == 0)
        {
            return -1;
        }

        if (bytes[SiteFrame.TypeAt] != SiteFrame.Status)
        {
            return _serials.Length + bytes[SiteFrame.TermAt] % RankCount;
        }

        int slot = SlotOf(bytes[SiteFrame.MemberAt]);
        return slot >= 0 && _serials[slot] == LittleEndian.ReadInt32(bytes, SiteFrame.SerialAt) ? slot : -1;
    }

    // A member has one key, whatever its number.
    private int SlotOf(int member) => _heard.Length == 0 ? 0 : member < _serials.Length ? member : -1;

    // The first genuine one takes the place, until the leader forgets it: a second device of one number costs a
    // derivation a frame, and no counter is lost by it.
    private void Keep(int slot, int serial)
    {
        if (slot >= 0 && _serials[slot] == 0)
        {
            _serials[slot] = serial;
            _keys[2 * slot] = _key0;
            _keys[2 * slot + 1] = _key1;
        }
    }

    private void Derive(int label, int serial)
    {
        LittleEndian.WriteInt32(_derived, 0, label);
        LittleEndian.WriteInt32(_derived, 4, serial);
        _key0 = SipHash.Of(_site0, _site1, _derived, 0, DerivedBytes);
        _derived[3] = 1;
        _key1 = SipHash.Of(_site0, _site1, _derived, 0, DerivedBytes);
    }
}
