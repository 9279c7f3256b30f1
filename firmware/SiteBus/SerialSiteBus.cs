using System;
using MeterFirmware.Basics;
using MeterFirmware.Hardware;

namespace MeterFirmware.SiteBus;

/// <summary>
/// The site's frames over one half-duplex line (RS-485) that all devices share. Only the leader speaks unasked; each of
/// its grants, or a poll where there is none, is the turn of one member, who answers with its newest report.
/// </summary>
/// <remarks>
/// <code>
///   leader: beacon, grant 0 .. reply 0, grant 1 .. reply 1, poll 7 .. (nothing), pause, beacon ...
/// </code>
/// A frame has one length, a first byte and a CRC-32, and is looked for at every byte: whatever is lost, bent, doubled
/// or put between costs at most the frames it lies in. A newer grant or report replaces one that still waits: what is
/// sent late only ends earlier, because its time counts from when it was made. The line is heard, answered and checked
/// in
/// <see cref="Tick"/>, so a charger keeps its turns however seldom it looks at what it was told.
/// </remarks>
public sealed class SerialSiteBus : ISiteBus
{
    /// <summary>64 bytes take 5.6 ms at this speed; with ticks of 10 ms a member's turn takes 20 ms, those of 64 take
    /// 1.3 s.</summary>
    public const int Baud = 115_200;

    /// <summary>A member's turn is over after this: leader and members tick at least every 20 ms.</summary>
    public const int ReplyMs = 50;

    /// <summary>Least silence before a beacon of rank 0: two leaders hear each other, and the lower rank speaks
    /// first.</summary>
    public const int PauseMs = 60;

    /// <summary>Members that got no grant and are asked after each beacon.</summary>
    public const int PollsPerBeacon = 4;

    // Two leaders of one rank would speak at once for ever, so each also waits by chance.
    private const int RankPauseMs = 40;
    private const int ChancePauseMs = 40;
    private const int RetryMs = 1000;
    private const int UnansweredMax = 3;
    private const int None = -1;

    private readonly ISerialLine _line;
    private readonly SiteSeal _seal;
    private readonly int _member;
    private readonly byte[] _read = new byte[2 * SiteFrame.Length];
    private readonly SiteFrame _check = new SiteFrame();
    private readonly byte[] _ready = new byte[SiteFrame.Length];
    private readonly byte[] _report = new byte[SiteFrame.Length];
    private readonly byte[] _beacon = new byte[SiteFrame.Length];

    // A leader's to be sent, or what a member has heard.
    private readonly byte[] _cut = new byte[SiteFrame.Length];
    private readonly byte[] _grants;
    private readonly bool[] _hasGrant;
    private readonly SiteFrame _poll = new SiteFrame();
    private int _readCount;
    private int _readAt;
    private bool _hasWhole;
    private bool _hasReady;
    private int _chanceMs;
    private bool _isConfigured;
    private bool _hasReport;
    private bool _isOurTurn;
    private bool _hasSkipped;
    private int _unanswered;
    private int _answered;
    private bool _hasBeacon;
    private bool _hasCut;
    private int _polls;
    private int _pollNext;
    private int _grantNext;
    private int _awaited = None;
    private uint _dice;
    private long _nowMs;
    private long _triedMs = long.MinValue / 2;
    private long _madeMs;
    private long _quietSinceMs;
    private long _awaitUntilMs;

    private SerialSiteBus(ISerialLine line, int member, int members, SiteSeal seal)
    {
        _line = line;
        _member = member;
        _seal = seal;
        _dice = (uint)seal.Serial;
        _grants = new byte[members * SiteFrame.Length];
        _hasGrant = new bool[members];
    }

    /// <summary>A member's end.</summary>
    /// <param name="member">Its number, as in <see cref="SiteMember"/>.</param>
    public static SerialSiteBus ForMember(ISerialLine line, int member, SiteSeal seal) =>
        new SerialSiteBus(line, member, 0, seal);

    /// <summary>A leader's end, at work or standing by; it is no member on the same line.</summary>
    /// <param name="members">Commissioned members.</param>
    public static SerialSiteBus ForLeader(ISerialLine line, int members, SiteSeal seal) =>
        new SerialSiteBus(line, None, members, seal);

    public void Tick(long nowMs)
    {
        _nowMs = nowMs;
        _seal.BeginTick();
        if (!_isConfigured)
        {
            if (nowMs - _triedMs >= RetryMs)
            {
                _triedMs = nowMs;
                _isConfigured = _line.TryConfigure(Baud, 0);
                _quietSinceMs = nowMs;
            }

            return;
        }

        // One frame is sealed or checked in a tick; a turn does not wait for a check.
        Hear();
        bool hasSealed = _isOurTurn ? Answer() : _hasGrant.Length > 0 && Speak();
        if (!hasSealed)
        {
            Check();
        }
    }

    public bool TrySend(byte[] frame, int length)
    {
        switch (frame[SiteFrame.TypeAt])
        {
            case SiteFrame.Status:
                Copy(frame, _report, 0);
                _hasReport = true;
                return true;
            case SiteFrame.Beacon:
                Copy(frame, _beacon, 0);
                _madeMs = _hasBeacon ? _madeMs : _nowMs;
                _hasBeacon = true;
                return true;
            case SiteFrame.Cut:
                Copy(frame, _cut, 0);
                _hasCut = true;
                return true;
            default:
                int member = frame[SiteFrame.MemberAt];
                if (member >= _hasGrant.Length)
                {
                    return false;
                }

                Copy(frame, _grants, member * SiteFrame.Length);
                _hasGrant[member] = true;
                return true;
        }
    }

    public bool TryReceive(byte[] frame, out int length)
    {
        length = SiteFrame.Length;
        if (_hasCut && _member != None)
        {
            _hasCut = false;
            Copy(_cut, frame, 0);
            return true;
        }

        if (!_hasReady)
        {
            return false;
        }

        _hasReady = false;
        Copy(_ready, frame, 0);
        return true;
    }

    // A member's newer grant takes the place of one that nobody has taken;
    // a leader takes what it is told in every tick.
    private void Check()
    {
        if (!_hasWhole || (_hasReady && _member == None))
        {
            return;
        }

        _hasWhole = false;
        if (!_seal.IsGenuine(_check.Bytes))
        {
            return;
        }

        if (_check.Bytes[SiteFrame.TypeAt] != SiteFrame.Cut)
        {
            Copy(_check.Bytes, _ready, 0);
            _hasReady = true;
        }
        else if (_member != None)
        {
            // A grant behind it must not take its place. Who stands by has nothing to do with it.
            Copy(_check.Bytes, _cut, 0);
            _hasCut = true;
        }
    }

    // Looks for a frame at each byte, until one waits for its check.
    private void Hear()
    {
        while (!_hasWhole && (_readAt < _readCount || Fill()))
        {
            int start = ++_readAt - SiteFrame.Length;
            if (start < 0 || !SiteFrame.MayBegin(_read[start], _read[start + 1]))
            {
                continue;
            }

            Array.Copy(_read, start, _check.Bytes, 0, SiteFrame.Length);
            _hasWhole = _check.IsWhole() && Concerns(_check.Bytes[SiteFrame.TypeAt], _check.Bytes[SiteFrame.MemberAt])
                && _seal.IsNews(_check.Bytes);
        }
    }

    // Keeps the bytes that a frame may have begun in.
    private bool Fill()
    {
        if (_readCount > SiteFrame.Length)
        {
            Array.Copy(_read, _readCount - SiteFrame.Length, _read, 0, SiteFrame.Length);
            _readCount = SiteFrame.Length;
            _readAt = SiteFrame.Length;
        }

        if (!_line.TryRead(_read, _readCount, SiteFrame.Length, out int count))
        {
            // What was lost shows in the next frame's CRC.
            count = 0;
            _quietSinceMs = _nowMs;
        }

        _readCount += count;
        _quietSinceMs = count > 0 ? _nowMs : _quietSinceMs;
        return count > 0;
    }

    // Turns are taken from what the line says: who forges that can disturb the line, which he could anyway.
    private bool Concerns(int type, int number)
    {
        bool isToMember = type == SiteFrame.Grant || type == SiteFrame.Poll;
        if (type == SiteFrame.Status && number == _awaited)
        {
            _awaited = None;
        }
        else if (isToMember && number == _member)
        {
            _isOurTurn = true;
            bool isAnswer = type == SiteFrame.Grant
                && LittleEndian.ReadInt32(_check.Bytes, SiteFrame.SerialAt) == _seal.Serial
                && ((_answered - LittleEndian.ReadUInt16(_check.Bytes, SiteFrame.EchoAt)) & 0xFFFF) < UnansweredMax;
            _unanswered = isAnswer ? 0 : _unanswered;
        }

        // A member has nothing to do with others' frames, and of broadcasts only with what lowers it.
        return type != SiteFrame.Poll && (_member == None || type == SiteFrame.Cut
            || (type == SiteFrame.Grant && number == _member));
    }

    // One turn in eight is left out at random, never two in succession: of two devices with one number, who always
    // answer at once and bend each other's frames, each is heard alone from time to time, and the leader sees two
    // serial numbers. Who is not heard at all leaves out every second one.
    private bool Answer()
    {
        _isOurTurn = false;
        _dice = _dice * 1_664_525 + 1_013_904_223;
        bool isUnheard = _unanswered >= UnansweredMax;
        _hasSkipped = (!_hasSkipped || isUnheard) && (_dice >> 16) % (isUnheard ? 2u : 8u) == 0;
        if (!_hasReport || _hasSkipped)
        {
            return false;
        }

        _seal.Seal(_report, 0);
        _hasReport = !_line.TryWrite(_report, 0, SiteFrame.Length);
        _answered = LittleEndian.ReadUInt16(_report, SiteFrame.SequenceAt);
        _unanswered++;
        return true;
    }

    // True: something was sealed.
    private bool Speak()
    {
        if (_awaited != None && _nowMs < _awaitUntilMs)
        {
            return false;
        }

        _awaited = None;
        if (_hasCut)
        {
            _seal.Seal(_cut, 0);
            _hasCut = !_line.TryWrite(_cut, 0, SiteFrame.Length);
            _quietSinceMs = _nowMs;
            return true;
        }

        // Round by round: grants that are renewed faster than they are sent must not keep the beacon waiting.
        while (_grantNext < _hasGrant.Length && !_hasGrant[_grantNext])
        {
            _grantNext++;
        }

        if (_grantNext < _hasGrant.Length)
        {
            _seal.Seal(_grants, _grantNext * SiteFrame.Length);
            if (_line.TryWrite(_grants, _grantNext * SiteFrame.Length, SiteFrame.Length))
            {
                _hasGrant[_grantNext] = false;
                Await(_grantNext++);
            }

            return true;
        }

        if (_polls > 0)
        {
            _polls--;
            Poll();
            return false;
        }

        bool isDue = _hasBeacon && _nowMs - _madeMs >= _chanceMs
            && _nowMs - _quietSinceMs >= PauseMs + RankPauseMs * _beacon[SiteFrame.MemberAt] + _chanceMs;
        if (isDue)
        {
            _dice = _dice * 1_664_525 + 1_013_904_223;
            _chanceMs = (int)((_dice >> 16) % ChancePauseMs);
            _seal.Seal(_beacon, 0);
            _hasBeacon = !_line.TryWrite(_beacon, 0, SiteFrame.Length);
            _quietSinceMs = _nowMs;
            _polls = PollsPerBeacon < _hasGrant.Length ? PollsPerBeacon : _hasGrant.Length;
            _grantNext = 0;
        }

        return isDue;
    }

    private void Poll()
    {
        _pollNext = (_pollNext + 1) % _hasGrant.Length;
        _poll.Type = SiteFrame.Poll;
        _poll.Member = _pollNext;
        _poll.Encode();
        if (_line.TryWrite(_poll.Bytes, 0, SiteFrame.Length))
        {
            Await(_pollNext);
        }
    }

    private void Await(int member)
    {
        _awaited = member;
        _awaitUntilMs = _nowMs + ReplyMs;
        _quietSinceMs = _nowMs;
    }

    private static void Copy(byte[] from, byte[] to, int offset) => Array.Copy(from, 0, to, offset, SiteFrame.Length);
}
