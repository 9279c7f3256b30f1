using MeterFirmware.Hardware;

namespace MeterFirmware.Drivers.ClockChips;

/// <summary>
/// Compares a clock chip with a better time once a day: sets it when it is wrong or does not know, and says how far it
/// was off and what it gains. A time keeper sets its board's clock only when it steps, so what it slews never reaches
/// the chip: without this the chip would drift for as long as the meter runs.
/// </summary>
public sealed class ClockWatch
{
    /// <summary>A chip that is further off is set.</summary>
    public const int SetMsMin = 1_000;

    /// <summary>A chip that is further off than this after a day is reported.</summary>
    public const int ReportMsMin = 5_000;

    private const long DayMs = 86_400_000;

    /// <summary>What a chip gained is told from this long on: with a tick a second each comparison errs by up to half a
    /// second, which is 0.4 ppm of it.</summary>
    private const long DriftMsMin = 30 * DayMs;

    /// <summary>A chip whose second does not turn over for so long stands still. A watch that was left for so long is
    /// begun again: when the second turned over is not known.</summary>
    private const int StandsMs = 2_000;

    private readonly IClock _trusted;
    private readonly ClockChip _chip;
    private long _dueMs;
    private bool _isWatching;
    private long _watchedSecond;
    private long _watchedFromMs;
    private long _watchedMs;
    private bool _isMeasuring;
    private long _measuredFromMs;
    private long _originMs;

    /// <param name="trusted">The time keeper.</param>
    /// <param name="chip">The clock that is watched.</param>
    public ClockWatch(IClock trusted, ClockChip chip)
    {
        _trusted = trusted;
        _chip = chip;
    }

    /// <summary>How far the chip was ahead at the last comparison, ms; 0 when it had no time.</summary>
    public long AheadMs { get; private set; }

    /// <summary>True when the chip was off by more than <see cref="ReportMsMin"/> at the last comparison: its crystal
    /// or its battery is failing, or it was set wrongly.</summary>
    public bool IsFarOff { get; private set; }

    /// <summary>What the chip gains, in parts per billion, over all its settings; 0 until 30 days have passed.
    /// A chip that lost its time or was far off is measured anew.</summary>
    public int FastPartsPerBillion { get; private set; }

    /// <summary>How often the chip was set since the start.</summary>
    public int TimesSet { get; private set; }

    /// <summary>Compares when a day has passed. Call it in every tick; once a day it asks the chip for up to a second,
    /// until its second turns over.</summary>
    /// <param name="nowMs">Monotonic milliseconds.</param>
    /// <param name="isTrusted">The time rests on a source above the chip: a command, the head-end, a time server.
    /// False: nothing is compared, a chip is never measured by itself.</param>
    public void Tick(long nowMs, bool isTrusted)
    {
        if (!isTrusted || nowMs < _dueMs || !_trusted.TryReadUtc(out long utcSeconds, out int milliseconds))
        {
            _isWatching = false;
            return;
        }

        bool hasTime = _chip.TryReadUtc(out long chipSeconds, out int _);
        if (hasTime && !HasTurned(nowMs, chipSeconds))
        {
            return;
        }

        // From where the watch began, so that the hour of the day stays.
        _dueMs = (_isWatching ? _watchedFromMs : nowMs) + DayMs;
        _isWatching = false;
        if (!hasTime && _chip.State == ClockChipState.Missing)
        {
            // Asked again tomorrow; nothing is known of it.
            _isMeasuring = false;
            return;
        }

        // The second began since the last call; with calls that are far apart its middle is the best guess.
        long sinceMs = nowMs - _watchedMs;
        long intoMs = sinceMs < 2 * ClockChip.MiddleMs ? sinceMs / 2 : ClockChip.MiddleMs;
        AheadMs = hasTime ? (chipSeconds - utcSeconds) * 1000 + intoMs - milliseconds : 0;
        Compare(nowMs, hasTime, utcSeconds, milliseconds);
    }

    /// <summary>Forgets what was measured: after the chip was trimmed.</summary>
    public void MeasureAnew()
    {
        _isMeasuring = false;
        FastPartsPerBillion = 0;
    }

    /// <summary>True when the chip shows another second than in the call before, or stands still.</summary>
    private bool HasTurned(long nowMs, long chipSeconds)
    {
        if (_isWatching && nowMs - _watchedMs > StandsMs)
        {
            _isWatching = false;
        }

        if (_isWatching && (chipSeconds != _watchedSecond || nowMs - _watchedFromMs > StandsMs))
        {
            return true;
        }

        _watchedFromMs = _isWatching ? _watchedFromMs : nowMs;
        _isWatching = true;
        _watchedSecond = chipSeconds;
        _watchedMs = nowMs;
        return false;
    }

    private void Compare(long nowMs, bool hasTime, long utcSeconds, int milliseconds)
    {
        long size = AheadMs < 0 ? -AheadMs : AheadMs;
        IsFarOff = size > ReportMsMin;
        _isMeasuring = _isMeasuring && hasTime && !IsFarOff;
        if (_isMeasuring && nowMs - _measuredFromMs >= DriftMsMin)
        {
            FastPartsPerBillion = (int)((AheadMs - _originMs) * 1_000_000_000 / (nowMs - _measuredFromMs));
        }

        if (!_isMeasuring)
        {
            _measuredFromMs = nowMs;
            _originMs = AheadMs;
            _isMeasuring = true;
        }

        if (!hasTime || size > SetMsMin)
        {
            Set(nowMs, utcSeconds, milliseconds);
        }
    }

    /// <summary>Sets the chip; what it gained until then stays part of the measurement.</summary>
    private void Set(long nowMs, long utcSeconds, int milliseconds)
    {
        _chip.SetUtc(utcSeconds, milliseconds);
        TimesSet++;

        // The chip now begins the nearest second.
        long aheadMs = milliseconds >= ClockChip.MiddleMs ? 1000 - milliseconds : -milliseconds;
        _originMs += aheadMs - AheadMs;
        _isMeasuring = _chip.State == ClockChipState.Valid;
    }
}
