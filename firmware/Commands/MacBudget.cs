namespace MeterFirmware.Commands;

/// <summary>
/// How many macs may be checked, one budget for both topics: a mac costs tens of ms on an ESP32, and whoever may
/// publish there needs no key to make a device check one. One mac a tick, three where ticks are 100 ms or more apart;
/// four a second. One of these is kept for the next numbers after the highest taken, which a forger who cannot read
/// does not know. In a flood chance decides which of the others is checked: not the order, for a flood always comes
/// first.
/// </summary>
public sealed class MacBudget
{
    public const int ChecksPerSecondMax = 4;

    /// <summary>A number up to so far above the highest taken draws on what is kept back.</summary>
    public const int NearNumbers = 16;

    private const int KeptChecksPerSecond = 1;
    private const int SlowTickMs = 100;
    private const int SlowTickChecks = 3;
    private const int FloodMs = 10_000;
    private const int AnswerSpacingMs = 1_000;
    private const long Never = long.MinValue / 2;

    private uint _random = 1;
    private long _tickMs = Never;
    private long _refilledAtMs = Never;
    private long _forgedAtMs = Never;
    private long _shortAtMs = Never;
    private long _answeredAtMs = Never;
    private int _left;
    private int _kept;
    private int _checksInTick;
    private bool _isSlowTick;

    /// <summary>Where chance begins: a number that only the device knows.</summary>
    internal void Seed(uint seed) => _random = seed == 0 ? 1 : seed;

    /// <summary>True when a mac may be checked now.</summary>
    /// <param name="nowMs">The tick's time.</param>
    /// <param name="isNear">The message's number is one of the <see cref="NearNumbers"/> next ones.</param>
    public bool TryTake(long nowMs, bool isNear)
    {
        if (nowMs != _tickMs)
        {
            _isSlowTick = nowMs - _tickMs >= SlowTickMs;
            _tickMs = nowMs;
            _checksInTick = 0;
        }

        if (nowMs - _refilledAtMs >= 1_000)
        {
            _refilledAtMs = nowMs;
            _left = ChecksPerSecondMax - KeptChecksPerSecond;
            _kept = KeptChecksPerSecond;
        }

        bool isFlood = nowMs - _forgedAtMs < FloodMs && nowMs - _shortAtMs < FloodMs;

        int checksMax = !_isSlowTick ? 1 : isNear || !isFlood ? SlowTickChecks : SlowTickChecks - KeptChecksPerSecond;
        if (_checksInTick < checksMax && isNear && _kept > 0)
        {
            _kept--;
        }
        else if (_checksInTick < checksMax && _left > 0 && (!isFlood || IsDrawn()))
        {
            _left--;
        }
        else
        {
            _shortAtMs = nowMs;
            return false;
        }

        _checksInTick++;
        return true;
    }

    /// <summary>A mac was wrong.</summary>
    internal void NoteForged(long nowMs) => _forgedAtMs = nowMs;

    /// <summary>True when what nobody has signed may be answered: once a second, or a flood would be one of
    /// answers.</summary>
    internal bool MayAnswer(long nowMs)
    {
        if (nowMs - _answeredAtMs < AnswerSpacingMs)
        {
            return false;
        }

        _answeredAtMs = nowMs;
        return true;
    }

    /// <summary>One of eight, by a xorshift generator.</summary>
    private bool IsDrawn()
    {
        _random ^= _random << 13;
        _random ^= _random >> 17;
        _random ^= _random << 5;
        return (_random >> 16 & 7) == 0;
    }
}
