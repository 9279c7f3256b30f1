using MeterFirmware.ChargerSafety.Pilot;

namespace MeterFirmware.ChargerSafety;

/// <summary>
/// All that the state machine remembers from tick to tick, as plain numbers: it can be copied, compared and explored
/// exhaustively (tests/Firmware.Tests/EvCharger). Ages are in ms and stop at <see cref="AgeMsMax"/>, so that nothing
/// depends on the clock's own value. Between two ticks they may lack up to <see cref="OwedMsMax"/> of calm ticks
/// (<see cref="CalmTick"/>); <see cref="Settle"/> adds them, and every rule of a tick sees them settled.
/// </summary>
public sealed class ChargeState
{
    public const int AgeMsMax = 1_000_000_000;

    /// <summary>Self-test of the residual-current monitor.</summary>
    public const int TestNeeded = 0;
    public const int TestDriven = 1;
    public const int TestFalling = 2;
    public const int TestPassed = 3;
    public const int TestFailed = 4;

    /// <summary>Most that ages lack.</summary>
    public const int OwedMsMax = 100;

    /// <summary>Values of <see cref="Calm"/>.</summary>
    public const int CalmUnknown = 0;
    public const int IsCalm = 1;
    public const int IsNotCalm = 2;

    /// <summary>Numbers in <see cref="Save"/>.</summary>
    public const int Length = FaultsFrom + ChargerFault.Count;

    /// <summary>Where the faults' ages begin in <see cref="Save"/>.</summary>
    public const int FaultsFrom = 52;

    /// <summary>The pilot level taken, as <see cref="PilotLevel"/>.</summary>
    public PilotLevel Level = PilotLevel.Volts12;

    /// <summary>The last eight samples, four bits each, the newest lowest.</summary>
    public int PilotHistory = 0x11111111;

    /// <summary>The last eight judgements of the negative peak: bit set = diode there.</summary>
    public int DiodeHistory;
    public int DiodeSamples;
    public bool DiodeSeen;

    public int DutyHundredths = PilotDuty.SteadyHigh;
    public int DutyAgeMs = AgeMsMax;

    /// <summary>The current offered now, 0 without PWM.</summary>
    public int OfferMilliamps;

    /// <summary>What was granted when that was offered: above it where the vehicle is told less than it may
    /// draw.</summary>
    public int GrantMilliamps;

    /// <summary>What was granted before the last decrease or end of the offer, and how long ago that was.</summary>
    public int GrantBeforeMilliamps;
    public int DecreaseAgeMs = AgeMsMax;

    /// <summary>An offer was made since the vehicle was plugged in.</summary>
    public bool HasOffered;

    /// <summary>The offer standing now follows an earlier one, or came late: the vehicle may be asleep.</summary>
    public bool IsRenewedOffer;
    public bool HasResponded;
    public int OfferAgeMs;
    public int PluggedAgeMs;

    /// <summary>Wake-up: running, and already tried for this offer.</summary>
    public bool IsWaking;
    public bool HasWoken;

    /// <summary>Wake-ups since this vehicle was plugged in.</summary>
    public int WakeUps;

    /// <summary>What the firmware drives the contactor to.</summary>
    public bool IsClosed;
    public int SwitchAgeMs = AgeMsMax;
    public int ReadyAgeMs;

    /// <summary>While the vehicle counts as ready: how long ago a sample last said so.</summary>
    public int NotReadyMs;

    /// <summary>A tick came too late, or we drove −12 V: what was seen of the pilot before does not count any more, and
    /// nothing new has been seen long enough.</summary>
    public bool IsStale;

    /// <summary>Closings for this vehicle, up to the free ones, and how long ago the last one was
    /// (<see cref="ContactorRule"/>).</summary>
    public int Closings;
    public int CloseAgeMs = AgeMsMax;

    /// <summary>GB/T: a pulse that was a request has closed the contactor; the next ones are waited out.</summary>
    public bool HasPulsed;

    /// <summary>While closed: how long no current has flowed.</summary>
    public int IdleMs;

    /// <summary>An orderly stop runs: the offer has ended, the contactor is still closed.</summary>
    public bool IsStopping;
    public int StopAgeMs;

    public int SelfTest;
    public int SelfTestAgeMs;

    /// <summary>0 full, 1 half, 2 quarter, 3 stop; and how long the next step has been called for.</summary>
    public int DeratingStep;
    public int DeratingAgeMs;

    /// <summary>Retries used since this vehicle was plugged in, and the standing faults that clear for one
    /// more.</summary>
    public int RcdRetries;
    public int DiodeRetries;
    public int CurrentRetries;
    public int RetryFaults;

    /// <summary>So much more than it is told the vehicle was seen to draw.</summary>
    public int ExcessMilliamps;

    /// <summary>What a weak line is found to bear, 0 = not known; how long it has sagged, how long it has
    /// held.</summary>
    public int SagMilliamps;
    public int SagMs;
    public int SagHeldMs;

    /// <summary>How long the voltage has been far outside.</summary>
    public int SurgeMs;

    /// <summary>The grid's nominal frequency, 0 = not found yet; and how long it has looked like 50 (above 0) or 60 Hz
    /// (below).</summary>
    public int GridMillihertz;
    public int GridAgeMs;

    /// <summary>What the cable bears, in mA per phase, 0 without a coded one; and how long another reading has
    /// stood.</summary>
    public int CableMilliamps;
    public int CableAgeMs;

    /// <summary>Permission in the tick before: a new one is a new session.</summary>
    public bool WasAuthorized;

    /// <summary>Before it became ready the vehicle had been not ready for longer than any wake-up pulse
    /// (GB/T).</summary>
    public bool HasRested;

    /// <summary>How long the pilot has been seen at 12 V, and what that says of the plug.</summary>
    public int PlugOutMs;
    public PlugState Plug;

    /// <summary>Faults that stand, one bit each (<see cref="ChargerFault"/>).</summary>
    public int ActiveFaults;

    /// <summary>Per fault: while it does not stand, how long its cause has (−1 none); while it stands, how long its
    /// cause has been gone (−1: not gone).</summary>
    public readonly int[] FaultMs = new int[ChargerFault.Count];

    /// <summary>Faults that do not stand and whose age may be counting: nothing else has to be looked at. Follows from
    /// <see cref="FaultMs"/> and is not saved.</summary>
    public int CountingFaults;

    /// <summary>Whether a tick with healthy readings can go the short way (<see cref="CalmTick"/>); not known behind
    /// each one that went the whole way. Follows from all else and is not saved.</summary>
    public int Calm;

    /// <summary>What calm ticks have not yet added to the ages, ms.</summary>
    internal int OwedMs;

    public ChargeState()
    {
        for (int i = 0; i < FaultMs.Length; i++)
        {
            FaultMs[i] = -1;
        }
    }

    public bool IsPwm => DutyHundredths != PilotDuty.SteadyHigh && DutyHundredths != PilotDuty.SteadyLow;

    /// <summary>The vehicle asks for energy: 6 V, or 3 V.</summary>
    public bool IsReady => Level == PilotLevel.Volts6 || Level == PilotLevel.Volts3;

    public bool IsConnected => Level == PilotLevel.Volts9 || IsReady;

    /// <summary>The monitor's test winding is at work: its trip is the wanted answer.</summary>
    public bool IsTesting => SelfTest == TestDriven || SelfTest == TestFalling;

    /// <summary>Asks for a new self-test, unless one runs already, or failed and waits for a person or the
    /// plug.</summary>
    public void NeedSelfTest()
    {
        if (SelfTest != TestFailed)
        {
            ForgetSelfTest();
        }
    }

    /// <summary>Asks for a new self-test, also after one that failed.</summary>
    public void ForgetSelfTest()
    {
        if (!IsTesting)
        {
            SelfTest = TestNeeded;
        }
    }

    /// <summary>A fault stands that only a plug that is out, or a person, ends.</summary>
    public bool NeedsPerson =>
        (ActiveFaults & (ChargerFault.LatchedMask | ChargerFault.PersonalMask) & ~RetryFaults) != 0;

    public bool Has(int fault) => (ActiveFaults & (1 << fault)) != 0;

    /// <summary>Adds to an age and stops at its end.</summary>
    public static int Older(int ageMs, int elapsedMs) => ageMs > AgeMsMax - elapsedMs ? AgeMsMax : ageMs + elapsedMs;

    /// <summary>Takes from an age that counts a cause and its absence against each other.</summary>
    public static int Younger(int ageMs, int elapsedMs) => ageMs > elapsedMs ? ageMs - elapsedMs : 0;

    /// <summary>Writes everything into <see cref="Length"/> numbers.</summary>
    public void Save(int[] numbers)
    {
        Settle();
        int at = 0;
        numbers[at++] = (int)Level;
        numbers[at++] = PilotHistory;
        numbers[at++] = DiodeHistory;
        numbers[at++] = DiodeSamples;
        numbers[at++] = DiodeSeen ? 1 : 0;
        numbers[at++] = DutyHundredths;
        numbers[at++] = DutyAgeMs;
        numbers[at++] = OfferMilliamps;
        numbers[at++] = GrantBeforeMilliamps;
        numbers[at++] = DecreaseAgeMs;
        numbers[at++] = HasOffered ? 1 : 0;
        numbers[at++] = IsRenewedOffer ? 1 : 0;
        numbers[at++] = HasResponded ? 1 : 0;
        numbers[at++] = OfferAgeMs;
        numbers[at++] = PluggedAgeMs;
        numbers[at++] = IsWaking ? 1 : 0;
        numbers[at++] = HasWoken ? 1 : 0;
        numbers[at++] = IsClosed ? 1 : 0;
        numbers[at++] = SwitchAgeMs;
        numbers[at++] = ReadyAgeMs;
        numbers[at++] = IsStopping ? 1 : 0;
        numbers[at++] = StopAgeMs;
        numbers[at++] = SelfTest;
        numbers[at++] = SelfTestAgeMs;
        numbers[at++] = DeratingStep;
        numbers[at++] = DeratingAgeMs;
        numbers[at++] = RcdRetries;
        numbers[at++] = ActiveFaults;
        numbers[at++] = CableMilliamps;
        numbers[at++] = CableAgeMs;
        numbers[at++] = WasAuthorized ? 1 : 0;
        numbers[at++] = HasRested ? 1 : 0;
        numbers[at++] = PlugOutMs;
        numbers[at++] = (int)Plug;
        numbers[at++] = GrantMilliamps;
        numbers[at++] = IsStale ? 1 : 0;
        numbers[at++] = NotReadyMs;
        numbers[at++] = Closings;
        numbers[at++] = CloseAgeMs;
        numbers[at++] = HasPulsed ? 1 : 0;
        numbers[at++] = IdleMs;
        numbers[at++] = WakeUps;
        numbers[at++] = DiodeRetries;
        numbers[at++] = CurrentRetries;
        numbers[at++] = RetryFaults;
        numbers[at++] = ExcessMilliamps;
        numbers[at++] = SagMilliamps;
        numbers[at++] = SagMs;
        numbers[at++] = SagHeldMs;
        numbers[at++] = SurgeMs;
        numbers[at++] = GridMillihertz;
        numbers[at++] = GridAgeMs;
        for (int i = 0; i < FaultMs.Length; i++)
        {
            numbers[at++] = FaultMs[i];
        }
    }

    /// <summary>Reads back what <see cref="Save"/> wrote.</summary>
    public void Load(int[] numbers)
    {
        int at = 0;
        Level = (PilotLevel)numbers[at++];
        PilotHistory = numbers[at++];
        DiodeHistory = numbers[at++];
        DiodeSamples = numbers[at++];
        DiodeSeen = numbers[at++] != 0;
        DutyHundredths = numbers[at++];
        DutyAgeMs = numbers[at++];
        OfferMilliamps = numbers[at++];
        GrantBeforeMilliamps = numbers[at++];
        DecreaseAgeMs = numbers[at++];
        HasOffered = numbers[at++] != 0;
        IsRenewedOffer = numbers[at++] != 0;
        HasResponded = numbers[at++] != 0;
        OfferAgeMs = numbers[at++];
        PluggedAgeMs = numbers[at++];
        IsWaking = numbers[at++] != 0;
        HasWoken = numbers[at++] != 0;
        IsClosed = numbers[at++] != 0;
        SwitchAgeMs = numbers[at++];
        ReadyAgeMs = numbers[at++];
        IsStopping = numbers[at++] != 0;
        StopAgeMs = numbers[at++];
        SelfTest = numbers[at++];
        SelfTestAgeMs = numbers[at++];
        DeratingStep = numbers[at++];
        DeratingAgeMs = numbers[at++];
        RcdRetries = numbers[at++];
        ActiveFaults = numbers[at++];
        CableMilliamps = numbers[at++];
        CableAgeMs = numbers[at++];
        WasAuthorized = numbers[at++] != 0;
        HasRested = numbers[at++] != 0;
        PlugOutMs = numbers[at++];
        Plug = (PlugState)numbers[at++];
        GrantMilliamps = numbers[at++];
        IsStale = numbers[at++] != 0;
        NotReadyMs = numbers[at++];
        Closings = numbers[at++];
        CloseAgeMs = numbers[at++];
        HasPulsed = numbers[at++] != 0;
        IdleMs = numbers[at++];
        WakeUps = numbers[at++];
        DiodeRetries = numbers[at++];
        CurrentRetries = numbers[at++];
        RetryFaults = numbers[at++];
        ExcessMilliamps = numbers[at++];
        SagMilliamps = numbers[at++];
        SagMs = numbers[at++];
        SagHeldMs = numbers[at++];
        SurgeMs = numbers[at++];
        GridMillihertz = numbers[at++];
        GridAgeMs = numbers[at++];
        for (int i = 0; i < FaultMs.Length; i++)
        {
            FaultMs[i] = numbers[at++];
        }

        CountingFaults = -1;
        Calm = CalmUnknown;
        OwedMs = 0;
    }

    /// <summary>Adds to the ages what calm ticks owe them. Level and plug are those of all of these ticks.</summary>
    public void Settle()
    {
        int ms = OwedMs;
        if (ms == 0)
        {
            return;
        }

        OwedMs = 0;
        GrowOlder(ms, ms);
        if (!IsConnected)
        {
            PlugOutMs = Older(PlugOutMs, ms);
            PluggedAgeMs = 0;
        }
    }

    /// <summary>All ages that time alone changes. Inline: each call costs on this runtime what ten additions
    /// do.</summary>
    /// <param name="seenMs">At most what a tolerable tick takes: how long is known what was seen.</param>
    internal void GrowOlder(int ms, int seenMs)
    {
        const int Max = AgeMsMax;
        int youngMax = Max - ms;
        DutyAgeMs = DutyAgeMs > youngMax ? Max : DutyAgeMs + ms;
        DecreaseAgeMs = DecreaseAgeMs > youngMax ? Max : DecreaseAgeMs + ms;
        OfferAgeMs = OfferAgeMs > youngMax ? Max : OfferAgeMs + ms;
        PluggedAgeMs = PluggedAgeMs > youngMax ? Max : PluggedAgeMs + ms;
        SwitchAgeMs = SwitchAgeMs > youngMax ? Max : SwitchAgeMs + ms;
        CloseAgeMs = CloseAgeMs > youngMax ? Max : CloseAgeMs + ms;
        StopAgeMs = StopAgeMs > youngMax ? Max : StopAgeMs + ms;
        ReadyAgeMs = ReadyAgeMs > Max - seenMs ? Max : ReadyAgeMs + seenMs;

        // A monitor whose answer nobody looked for has not failed to answer.
        int testMs = SelfTest == TestDriven || SelfTest == TestFalling ? seenMs : ms;
        SelfTestAgeMs = SelfTestAgeMs > Max - testMs ? Max : SelfTestAgeMs + testMs;
    }
}
