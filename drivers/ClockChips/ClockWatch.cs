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

    /// <summary>Both clocks are read to a second: over this long that is 0.4 ppm.</summary>
    private const long DriftMsMin = 30 * DayMs;

    private readonly IClock _trusted;
    private readonly ClockChip _chip;
    private long _dueMs;
    private long _setAtMs;
    private bool _isSet;

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

    /// <summary>What the chip gains, in parts per billion; 0 until it ran for 30 days since it was set.</summary>
    public int FastPartsPerBillion { get; private set; }

    /// <summary>How often the chip was set since the start.</summary>
    public int TimesSet { get; private set; }

    /// <summary>Compares when a day has passed. Call it in every tick; it asks the chip once a day.</summary>
    /// <param name="nowMs">Monotonic milliseconds.</param>
    /// <param name="isTrusted">The time rests on a source above the chip: a command, the head-end, a time server.
    /// False: nothing is compared, a chip is never measured by itself.</param>
    public void Tick(long nowMs, bool isTrusted)
    {
        if (!isTrusted || nowMs < _dueMs || !_trusted.TryReadUtc(out long utcSeconds, out int milliseconds))
        {
            return;
        }

        _dueMs = nowMs + DayMs;
        bool hasTime = _chip.TryReadUtc(out long chipSeconds, out int chipMilliseconds);
        if (!hasTime && _chip.State == ClockChipState.Missing)
        {
            // Asked again tomorrow; nothing is known of it.
            _isSet = false;
            return;
        }

        AheadMs = hasTime ? (chipSeconds - utcSeconds) * 1000 + chipMilliseconds - milliseconds : 0;
        long size = AheadMs < 0 ? -AheadMs : AheadMs;
        IsFarOff = size > ReportMsMin;
        if (hasTime && _isSet && nowMs - _setAtMs >= DriftMsMin && !IsFarOff)
        {
            FastPartsPerBillion = (int)(AheadMs * 1_000_000_000 / (nowMs - _setAtMs));
        }

        if (!hasTime || size > SetMsMin)
        {
            _chip.SetUtc(utcSeconds, milliseconds);
            _isSet = _chip.State == ClockChipState.Valid;
            _setAtMs = nowMs;
            TimesSet++;
        }
    }
}
