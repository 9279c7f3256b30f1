using MeterFirmware.Basics;

namespace MeterFirmware.Charging;

/// <summary>
/// One OCPP charging profile (1.6 §3.13, 2.0.1 K) in scaled integers, with room for its periods made once.
/// Times are UTC seconds; 0 in <see cref="ValidFromUtc"/>, <see cref="ValidToUtc"/>, <see cref="DurationSeconds"/>
/// means "not given".
/// </summary>
public sealed class ChargingProfile
{
    /// <summary>Schedule periods of one profile.</summary>
    public const int PeriodsMax = 24;

    /// <summary>Highest stack level that is accepted; the level itself is valid.</summary>
    public const int StackLevelMax = 99;

    public bool IsUsed { get; set; }

    public int Id { get; set; }

    /// <summary>0 to <see cref="StackLevelMax"/>; the highest active one of a purpose counts.</summary>
    public int StackLevel { get; set; }

    public ProfilePurpose Purpose { get; set; }

    public ProfileKind Kind { get; set; }

    public long ValidFromUtc { get; set; }

    /// <summary>First second in which it is no longer valid.</summary>
    public long ValidToUtc { get; set; }

    /// <summary>Start of the schedule; ignored for relative profiles. Below 0 it is not given, and an absolute schedule
    /// counts from the start of charging (OCPP 1.6, ChargingSchedule.startSchedule). A recurring one has one: before it
    /// the schedule recurs backwards, <see cref="ValidFromUtc"/> says from when on it holds.</summary>
    public long StartUtc { get; set; }

    /// <summary>The schedule counts from the start of the transaction: without one it is silent.</summary>
    public bool StartsWithTransaction => Kind == ProfileKind.Relative || (Kind == ProfileKind.Absolute && StartUtc < 0);

    public int DurationSeconds { get; set; }

    /// <summary>True: limits are watts over all phases; false: milliamps a phase.</summary>
    public bool IsInWatts { get; set; }

    /// <summary>Below this rate the vehicle charges badly. It is information for the planner and never raises a
    /// limit.</summary>
    public int MinimumRate { get; set; }

    public int PeriodCount { get; private set; }

    /// <summary>Seconds after the schedule's start at which each period begins, rising from 0.</summary>
    public int[] PeriodStartSeconds { get; } = new int[PeriodsMax];

    /// <summary>Limit of each period, mA a phase or W.</summary>
    public int[] PeriodLimit { get; } = new int[PeriodsMax];

    /// <summary>Phases of each period, 1 to 3; 3 when the profile does not say (OCPP's default).</summary>
    public byte[] PeriodPhases { get; } = new byte[PeriodsMax];

    public void Clear()
    {
        IsUsed = false;
        PeriodCount = 0;
        ValidFromUtc = 0;
        ValidToUtc = 0;
        StartUtc = 0;
        DurationSeconds = 0;
        MinimumRate = 0;
        IsInWatts = false;
    }

    /// <summary>Appends a period. False: no room, the first does not start at 0, starts do not rise, a negative limit,
    /// or phases outside 1 to 3.</summary>
    public bool TryAddPeriod(int startSeconds, int limit, int phases)
    {
        bool rises = PeriodCount == 0 ? startSeconds == 0 : startSeconds > PeriodStartSeconds[PeriodCount - 1];
        if (PeriodCount == PeriodsMax || !rises || limit < 0 || phases < 1 || phases > 3)
        {
            return false;
        }

        PeriodStartSeconds[PeriodCount] = startSeconds;
        PeriodLimit[PeriodCount] = limit;
        PeriodPhases[PeriodCount] = (byte)phases;
        PeriodCount++;
        return true;
    }

    /// <summary>The period in force at a time. False: the profile says nothing then.</summary>
    /// <param name="transactionStartUtc">0: no transaction runs, so what counts from its start is silent.</param>
    public bool TryPeriodAt(long utcSeconds, long transactionStartUtc, out int period)
    {
        period = 0;
        bool valid = IsUsed && PeriodCount > 0 && utcSeconds >= ValidFromUtc
            && (ValidToUtc == 0 || utcSeconds < ValidToUtc);
        if (!valid || !TryStartBefore(utcSeconds, transactionStartUtc, out long start))
        {
            return false;
        }

        long elapsed = utcSeconds - start;
        if (elapsed < 0 || (DurationSeconds > 0 && elapsed >= DurationSeconds))
        {
            return false;
        }

        while (period + 1 < PeriodCount && PeriodStartSeconds[period + 1] <= elapsed)
        {
            period++;
        }

        return true;
    }

    /// <summary>The first time after another at which this profile may say something else; long.MaxValue =
    /// never.</summary>
    public long NextChangeAfter(long utcSeconds, long transactionStartUtc)
    {
        long next = long.MaxValue;
        if (!IsUsed || PeriodCount == 0)
        {
            return next;
        }

        next = Earlier(next, ValidFromUtc, utcSeconds);
        next = ValidToUtc == 0 ? next : Earlier(next, ValidToUtc, utcSeconds);
        if (!TryStartBefore(utcSeconds, transactionStartUtc, out long start))
        {
            return next;
        }

        for (int i = 0; i < PeriodCount; i++)
        {
            next = Earlier(next, start + PeriodStartSeconds[i], utcSeconds);
        }

        next = DurationSeconds > 0 ? Earlier(next, start + DurationSeconds, utcSeconds) : next;
        int recurrence = RecurrenceSeconds;
        return recurrence > 0 ? Earlier(next, start + recurrence, utcSeconds) : next;
    }

    private int RecurrenceSeconds => Kind == ProfileKind.Daily
        ? CivilTime.SecondsPerDay
        : Kind == ProfileKind.Weekly ? 7 * CivilTime.SecondsPerDay : 0;

    // Before today's start yesterday's recurrence still applies: the start is the last one at or before the time.
    private bool TryStartBefore(long utcSeconds, long transactionStartUtc, out long start)
    {
        start = StartUtc;
        if (StartsWithTransaction)
        {
            start = transactionStartUtc;
            return transactionStartUtc > 0;
        }

        int recurrence = RecurrenceSeconds;
        start += recurrence > 0 ? CivilTime.FloorDivide(utcSeconds - StartUtc, recurrence) * recurrence : 0;
        return true;
    }

    private static long Earlier(long best, long candidate, long after) =>
        candidate > after && candidate < best ? candidate : best;
}
