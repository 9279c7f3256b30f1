using MeterFirmware.Hardware;

namespace MeterFirmware.Supervision;

/// <summary>
/// The calendar, kept on the monotonic clock and corrected by offered times in their order of trust. Small errors are
/// slewed, so that no second is missing or double; large ones are a step, which waits to be recorded. The oscillator's
/// drift is estimated from trusted times and taken out. Itself a clock: give it to the product in the board clock's
/// place.
/// </summary>
public sealed class TimeKeeper : IClock
{
    /// <summary>Corrections run at 1 ms a second: 5 s are gone in 83 minutes, and time never runs backwards.</summary>
    public const int SlewPartsPerMillion = 1_000;

    /// <summary>Crystals are within 100 ppm; an estimate beyond twice that is a wrong time, not drift.</summary>
    public const int DriftPartsPerBillionMax = 200_000;

    /// <summary>DL/T 645-2007: a broadcast moves the clock by 5 minutes at most.</summary>
    public const int BroadcastMsMax = 300_000;

    /// <summary>Errors below this are the reading's own.</summary>
    private const int ReadingErrorMs = 20;

    /// <summary>A less trusted source is not heard for so long after a better one.</summary>
    private const long TrustHoldMs = 36L * 3_600_000;

    private const long DayMs = 86_400_000;

    // A correction that an oscillator explains: beyond it the time was wrong.
    private const int OscillatorPartsPerBillionMax = 1_000_000;

    // A crystal moves by so much between summer and winter: 0.034 ppm × (25 K)².
    private const int CrystalPartsPerBillion = 20_000;

    // Slewed while the oscillator is known to be beyond what is learnt: half of what a slew takes out.
    private const long FaultyPartsPerMillion = SlewPartsPerMillion / 2;
    private const long DriftBaselineMsMin = 6L * 3_600_000;
    private const long DriftBaselineMsMax = 7L * DayMs;
    private const long ConfirmMsMin = 10_000;
    private const long ConfirmMsMax = 3_600_000;
    private const int ConfirmAgreeMs = 2_000;

    // A head-end's clock is seldom wrong by more; one that is must say so at two births.
    private const long HeadEndStepMsMax = DayMs;
    private const long HeadEndConfirmMsMax = 2 * DayMs;

    // What no key vouches for may lie so far behind the firmware's release or the last time that was stored.
    private const long UnsignedYearsMax = 10;
    private const long HeadEndYearsMax = 25;
    private const long YearMs = 366 * DayMs;

    // 2024-01-01 and 2100-01-01: a date outside is a broken source.
    private const long EarliestUtcSecondsDefault = 1_704_067_200;
    private const long ReleasedUtcSecondsDefault = 1_788_220_800;
    private const long LatestUtcMs = 4_102_444_800_000;

    private readonly IClock _board;
    private readonly long[] _heardMs = new long[TimeSource.SourceMax + 1];
    private readonly bool[] _isHeard = new bool[TimeSource.SourceMax + 1];
    private readonly TimeStep _step = new TimeStep();
    private long _atMs;
    private long _utcMs;
    private long _driftRemainder;
    private long _slewRemainder;
    private long _slewLeftMs;
    private long _driftFromMs;
    private long _driftFromUtcMs;
    private long _confirmAtMs;
    private long _confirmUtcMs;
    private int _confirmSource;
    private int _confirmServer;
    private long _broadcastDay = -1;
    private bool _hasDriftReference;
    private long _trustedMs;
    private long _trustedUtcMs;
    private long _doubtedPartsPerBillion;
    private bool _isStarted;
    private bool _hasStep;
    private long _storedUtcMs;
    private int _server;

    /// <param name="board">The board's own clock: read once at the start, set after every step.</param>
    public TimeKeeper(IClock board)
    {
        _board = board;
    }

    /// <summary>Errors up to this are slewed, larger ones stepped.</summary>
    public int SlewMsMax { get; set; } = 5_000;

    /// <summary>A date before this is a broken source; a simulated meter that replays an older load sets it
    /// back.</summary>
    public long EarliestUtcSeconds { get; set; } = EarliestUtcSecondsDefault;

    /// <summary>2026-09-01, before this line of the firmware was released: every release moves it on. No true time lies
    /// before it, so no unsigned one is taken.</summary>
    public long ReleasedUtcSeconds { get; set; } = ReleasedUtcSecondsDefault;

    /// <summary>False: no time was ever heard; records are marked untimed.</summary>
    public bool IsSet { get; private set; }

    /// <summary>The source that the time rests on, one of <see cref="TimeSource"/>.</summary>
    public int Source { get; private set; }

    /// <summary>What the oscillator is believed to lose (positive: it is slow), in parts per billion; 0 until
    /// known.</summary>
    public int DriftPartsPerBillion { get; private set; }

    /// <summary>True while two estimates in a row agreed that the oscillator drifts by more than
    /// <see cref="DriftPartsPerBillionMax"/>: a fault of the board. What lies beyond is slewed.</summary>
    public bool IsDriftBeyondLimit { get; private set; }

    /// <summary>Correction still to be slewed in ms; positive: the clock is behind.</summary>
    public long SlewLeftMs => _slewLeftMs;

    /// <summary>Offers that were not followed since the start.</summary>
    public int RefusedOffers { get; private set; }

    /// <summary>Carries the calendar on. Call it first in every tick.</summary>
    public void Tick(long nowMs)
    {
        if (!_isStarted)
        {
            _isStarted = true;
            _atMs = nowMs;
            if (_board.TryReadUtc(out long utcSeconds, out int milliseconds))
            {
                Offer(TimeSource.Rtc, nowMs, utcSeconds * 1_000 + milliseconds);
            }
        }

        Advance(nowMs);
    }

    /// <summary>The time at the last tick.</summary>
    public bool TryReadUtc(out long utcSeconds, out int milliseconds)
    {
        utcSeconds = IsSet ? _utcMs / 1_000 : 0;
        milliseconds = IsSet ? (int)(_utcMs % 1_000) : 0;
        return IsSet;
    }

    /// <summary>Sets the calendar on a signed command: the highest trust.</summary>
    public void SetUtc(long utcSeconds, int milliseconds) =>
        OfferNow(TimeSource.Command, utcSeconds * 1_000 + milliseconds);

    /// <summary>Offers a time that holds at the last tick, for who has no monotonic clock of its own.</summary>
    public TimeAnswer OfferNow(int source, long utcMs) => Offer(source, _atMs, utcMs);

    /// <summary>The newest time that was stored before this start: time has gone on since.</summary>
    public void NoteStored(long utcSeconds) =>
        _storedUtcMs = utcSeconds * 1_000 > _storedUtcMs ? utcSeconds * 1_000 : _storedUtcMs;

    /// <summary>Offers what a time server said. The first date needs the same word from two servers.</summary>
    /// <param name="server">Which of them, 1 or above.</param>
    /// <param name="nowMs">Monotonic ms at which it held.</param>
    /// <param name="utcMs">UTC in ms since 1970.</param>
    public TimeAnswer OfferSntp(int server, long nowMs, long utcMs)
    {
        _server = server;
        TimeAnswer answer = Offer(TimeSource.Sntp, nowMs, utcMs);
        _server = 0;
        return answer;
    }

    /// <summary>Takes the step that is to be recorded. False: none is waiting.</summary>
    public bool TryTakeStep(TimeStep into)
    {
        if (!_hasStep)
        {
            return false;
        }

        into.BeforeUtcSeconds = _step.BeforeUtcSeconds;
        into.AfterUtcSeconds = _step.AfterUtcSeconds;
        into.Source = _step.Source;
        _hasStep = false;
        return true;
    }

    /// <summary>Offers a time.</summary>
    /// <param name="source">One of <see cref="TimeSource"/>.</param>
    /// <param name="nowMs">Monotonic ms at which it held.</param>
    /// <param name="utcMs">UTC in ms since 1970, half the way's delay added.</param>
    public TimeAnswer Offer(int source, long nowMs, long utcMs)
    {
        Advance(nowMs);
        TimeAnswer answer = Judge(source, nowMs, utcMs);
        if (answer == TimeAnswer.LessTrusted || answer == TimeAnswer.NeedsConfirmation || answer == TimeAnswer.Refused)
        {
            RefusedOffers++;
            return answer;
        }

        long offsetMs = utcMs - _utcMs;
        if (answer == TimeAnswer.Stepped)
        {
            Step(source, utcMs);
        }
        else
        {
            _slewLeftMs = answer == TimeAnswer.Slewing ? offsetMs : 0;
        }

        _isHeard[source] = true;
        _heardMs[source] = nowMs;
        Source = source;
        EstimateDrift(source, nowMs, utcMs, answer == TimeAnswer.Stepped);
        return answer;
    }

    private TimeAnswer Judge(int source, long nowMs, long utcMs)
    {
        if (utcMs < EarliestUtcSeconds * 1_000 || utcMs > LatestUtcMs)
        {
            return TimeAnswer.Refused;
        }

        for (int better = TimeSource.Command; better < source; better++)
        {
            if (_isHeard[better] && nowMs - _heardMs[better] < TrustHoldMs && better != TimeSource.Rtc)
            {
                return TimeAnswer.LessTrusted;
            }
        }

        if (source == TimeSource.Broadcast && !IsBroadcastAllowed(utcMs))
        {
            return TimeAnswer.Refused;
        }

        if (!IsPlausible(source, utcMs))
        {
            return TimeAnswer.Refused;
        }

        if (!IsSet)
        {
            return source != TimeSource.Sntp || IsConfirmed(source, nowMs, utcMs)
                ? TimeAnswer.Stepped : TimeAnswer.NeedsConfirmation;
        }

        long offsetMs = utcMs - _utcMs;
        long size = offsetMs < 0 ? -offsetMs : offsetMs;
        if (size <= ReadingErrorMs)
        {
            return TimeAnswer.Kept;
        }

        long explainedMs = IsDriftBeyondLimit ? (nowMs - _trustedMs) / 1_000 * FaultyPartsPerMillion / 1_000 : 0;
        if (size <= SlewMsMax || size <= explainedMs)
        {
            return TimeAnswer.Slewing;
        }

        bool isDoubtful = source == TimeSource.Sntp
            || (source == TimeSource.HeadEnd && size > HeadEndStepMsMax && Source <= TimeSource.HeadEnd);
        return !isDoubtful || IsConfirmed(source, nowMs, utcMs) ? TimeAnswer.Stepped : TimeAnswer.NeedsConfirmation;
    }

    /// <summary>Nobody signs what a time server says: it may set no date before the release or the last one that was
    /// stored, nor one by which the broker's certificate would have ended. A head-end's clock may be wrong
    /// too.</summary>
    private bool IsPlausible(int source, long utcMs)
    {
        long releasedMs = ReleasedUtcSeconds * 1_000;
        long fromMs = _storedUtcMs > releasedMs ? _storedUtcMs : releasedMs;
        return source == TimeSource.Sntp
            ? utcMs >= fromMs - BroadcastMsMax && utcMs <= fromMs + UnsignedYearsMax * YearMs
            : source != TimeSource.HeadEnd || utcMs <= fromMs + HeadEndYearsMax * YearMs;
    }

    /// <summary>Counts a broadcast even when it changes nothing: once a day is once a day.</summary>
    private bool IsBroadcastAllowed(long utcMs)
    {
        if (!IsSet)
        {
            return false;
        }

        long offsetMs = utcMs - _utcMs;
        long day = _utcMs / DayMs;
        if (offsetMs > BroadcastMsMax || offsetMs < -BroadcastMsMax || day == _broadcastDay)
        {
            return false;
        }

        _broadcastDay = day;
        return true;
    }

    /// <summary>One forged or broken packet must not set the clock: a second one must want the same, from the other
    /// server where servers have numbers, else later.</summary>
    private bool IsConfirmed(int source, long nowMs, long utcMs)
    {
        long apartMs = nowMs - _confirmAtMs;
        long difference = utcMs - _confirmUtcMs - apartMs;
        bool isSame = _confirmSource == source && difference <= ConfirmAgreeMs && difference >= -ConfirmAgreeMs
            && apartMs <= (source == TimeSource.Sntp ? ConfirmMsMax : HeadEndConfirmMsMax);
        bool isOther = IsSet ? apartMs >= ConfirmMsMin && (_server == 0 || _server != _confirmServer)
            : _server != 0 && _server != _confirmServer;
        if (isSame && isOther)
        {
            _confirmSource = TimeSource.None;
            return true;
        }

        // Offers in quick succession do not restart the wait, or a busy source would never be believed.
        if (!isSame)
        {
            _confirmSource = source;
            _confirmAtMs = nowMs;
            _confirmUtcMs = utcMs;
            _confirmServer = _server;
        }

        return false;
    }

    private void Step(int source, long utcMs)
    {
        if (!_hasStep)
        {
            _step.BeforeUtcSeconds = IsSet ? _utcMs / 1_000 : 0;
        }

        _utcMs = utcMs;
        _slewLeftMs = 0;
        IsSet = true;
        _step.AfterUtcSeconds = utcMs / 1_000;
        _step.Source = source;
        _hasStep = true;
        if (source != TimeSource.Rtc)
        {
            _board.SetUtc(utcMs / 1_000, (int)(utcMs % 1_000));
        }
    }

    /// <summary>Compares offered times with the bare monotonic clock, over hours, so that slews and readings do not
    /// matter. A step that an oscillator explains may be drift or a wrong time: the next one tells. One that it does
    /// not explain was a wrong time.</summary>
    private void EstimateDrift(int source, long nowMs, long utcMs, bool isStep)
    {
        if (source > TimeSource.Sntp)
        {
            return;
        }

        long lastMs = _trustedMs;
        long lastUtcMs = _trustedUtcMs;
        _trustedMs = nowMs;
        _trustedUtcMs = utcMs;
        long stepped = isStep && _hasDriftReference ? PartsPerBillion(nowMs - lastMs, utcMs - lastUtcMs) : 0;
        bool isWrong = stepped > OscillatorPartsPerBillionMax || stepped < -OscillatorPartsPerBillionMax
            || (!IsLearnt(stepped) && nowMs - lastMs < DriftBaselineMsMin);
        if (!_hasDriftReference || isWrong || nowMs - _driftFromMs > 2 * DriftBaselineMsMax)
        {
            // One of the two times was wrong, perhaps the one before: what that one told proves nothing.
            _doubtedPartsPerBillion = isWrong ? 0 : _doubtedPartsPerBillion;
            ReferTo(nowMs, utcMs);
            return;
        }

        if (!IsLearnt(stepped))
        {
            // Judged by itself: over a long baseline it would hide among what went before.
            ReferTo(lastMs, lastUtcMs);
        }

        long baselineMs = nowMs - _driftFromMs;
        if (baselineMs < DriftBaselineMsMin)
        {
            return;
        }

        long partsPerBillion = PartsPerBillion(baselineMs, utcMs - _driftFromUtcMs);
        bool isDoubtful = isStep || !IsLearnt(partsPerBillion);
        if (isDoubtful || baselineMs > DriftBaselineMsMax)
        {
            ReferTo(nowMs, utcMs);
        }

        bool isTaken = !isDoubtful || IsAsDoubted(partsPerBillion);
        _doubtedPartsPerBillion = isDoubtful ? partsPerBillion : 0;
        if (isTaken)
        {
            IsDriftBeyondLimit = !IsLearnt(partsPerBillion);
            DriftPartsPerBillion = !IsDriftBeyondLimit ? (int)partsPerBillion
                : partsPerBillion < 0 ? -DriftPartsPerBillionMax : DriftPartsPerBillionMax;
        }
    }

    private void ReferTo(long nowMs, long utcMs)
    {
        _hasDriftReference = true;
        _driftFromMs = nowMs;
        _driftFromUtcMs = utcMs;
    }

    /// <summary>One estimate from a step, or beyond the limit, may be a wrong time. A second one that agrees, to a
    /// tenth or to what a crystal moves by itself, is the oscillator.</summary>
    private bool IsAsDoubted(long partsPerBillion)
    {
        long apart = partsPerBillion - _doubtedPartsPerBillion;
        long size = partsPerBillion < 0 ? -partsPerBillion : partsPerBillion;
        long apartMax = size / 10 > CrystalPartsPerBillion ? size / 10 : CrystalPartsPerBillion;
        return _doubtedPartsPerBillion != 0 && (apart < 0 ? -apart : apart) <= apartMax
            && size <= OscillatorPartsPerBillionMax;
    }

    private static bool IsLearnt(long partsPerBillion) =>
        partsPerBillion <= DriftPartsPerBillionMax && partsPerBillion >= -DriftPartsPerBillionMax;

    /// <summary>What the monotonic clock lost against an offered one; more than all of it: beyond every
    /// oscillator.</summary>
    private static long PartsPerBillion(long monotonicMs, long offeredMs)
    {
        long gainedMs = offeredMs - monotonicMs;
        return gainedMs > monotonicMs || gainedMs < -monotonicMs ? 1_000_000_000
            : monotonicMs == 0 ? 0 : gainedMs * 1_000_000_000 / monotonicMs;
    }

    private void Advance(long nowMs)
    {
        long elapsedMs = nowMs - _atMs;
        _atMs = nowMs;
        if (!IsSet || elapsedMs <= 0)
        {
            return;
        }

        // Remainders are carried: a tick's share of drift and slew is a fraction of a millisecond.
        long drift = elapsedMs * DriftPartsPerBillion + _driftRemainder;
        long driftMs = drift / 1_000_000_000;
        _driftRemainder = drift - driftMs * 1_000_000_000;
        _utcMs += elapsedMs + driftMs + SlewShare(elapsedMs);
    }

    private long SlewShare(long elapsedMs)
    {
        if (_slewLeftMs == 0)
        {
            _slewRemainder = 0;
            return 0;
        }

        long share = elapsedMs * SlewPartsPerMillion + _slewRemainder;
        long shareMs = share / 1_000_000;
        _slewRemainder = share - shareMs * 1_000_000;
        long size = _slewLeftMs < 0 ? -_slewLeftMs : _slewLeftMs;
        shareMs = shareMs > size ? size : shareMs;
        shareMs = _slewLeftMs < 0 ? -shareMs : shareMs;
        _slewLeftMs -= shareMs;
        return shareMs;
    }
}
