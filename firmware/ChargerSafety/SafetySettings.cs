using MeterFirmware.ChargerSafety.Pilot;

namespace MeterFirmware.ChargerSafety;

/// <summary>
/// What is set when a charger is commissioned. Every time and threshold of the state machine stands here with its
/// source, so that a deviation is a decision on record; "check" marks a figure from one secondary source. Fields: a
/// tick reads some fifty of them, and a property is a call.
/// </summary>
public sealed class SafetySettings
{
    public ChargingStandard Standard = ChargingStandard.Iec61851;

    /// <summary>What the station, its fuse and its wiring bear, in mA per phase: the commissioned ceiling.</summary>
    public int StationMilliampsMax = 80_000;

    /// <summary>Phases that are wired, 1 or 3.</summary>
    public int PhaseCount = 3;

    /// <summary>True: the station has a socket and the cable's own resistor limits the offer. IEC 61851-1 B.2. In GB/T
    /// connection cases B and C the vehicle reads the resistor and the ceiling is
    /// <see cref="StationMilliampsMax"/>.</summary>
    public bool ReadsCable = true;

    /// <summary>The room is ventilated: state D may charge. IEC 61851-1 6.3.1.6.</summary>
    public bool AllowsVentilation = true;

    /// <summary>Offer 5 % duty: a gateway does ISO 15118 and sets the current.</summary>
    public bool OffersDigitalCommunication;

    /// <summary>Samples (one a tick) that the pilot's majority looks at, and how many of them must agree. 6 of 8 at a
    /// 10 ms tick: a new level is taken after 60 ms, and 5 % of outliers neither hold it up beyond 100 ms nor fake one.
    /// A sample that says "not ready" counts for the time since the one before, so that slow ticks gain no
    /// time.</summary>
    public int PilotWindowSamples = 8;

    public int PilotAgreeSamples = 6;

    /// <summary>From the vehicle's end of readiness to the open contactor: IEC 61851-1 Table A.6, sequence 8.1. When
    /// the next tolerable tick would come later than this, the samples that are there decide.</summary>
    public int OpenWithinMs = 100;

    /// <summary>A plug is out when the pilot was seen at 12 V for so long; shorter is a pilot that was interrupted.
    /// Latches, the session and what is counted for a vehicle end by nothing less. Ours.</summary>
    public int PlugOutMs = 1_000;

    /// <summary>After the generator changed, the negative peak is not judged for so long.</summary>
    public int DiodeSettleMs = 30;

    /// <summary>The vehicle must stay ready so long before the contactor closes; a vehicle that toggles faster never
    /// wears it. Far inside the 3 s of IEC 61851-1 Table A.6, sequence 4.</summary>
    public int ReadySettleMs = 300;

    /// <summary>GB/T: after a wake-up pulse that closed the contactor the vehicle must stay ready so long: longer than
    /// most pulses (200 ms to 3 s, GB/T 18487.1-2023 Table A.7), and with the filter still within the 3 s of sequence
    /// 4.</summary>
    public int PulsedSettleMs = 2_800;

    /// <summary>Least time between an opening and the next closing. Below the 3 s of sequence 4, so it never breaks
    /// it.</summary>
    public int ReclosePauseMs = 2_500;

    /// <summary>The contactor rule: so many closings of a visit go at once, ...</summary>
    public int FreeClosings = 3;

    /// <summary>... later ones lie at least so far apart: 15 min are at most 4 an hour; and so long after the last
    /// opening.</summary>
    public int ClosingPeriodMs = 900_000;

    public int LeastOffMs = 180_000;

    /// <summary>A closed contactor stays so for so long when only the plan would stop: it then offers 6 A. Safety, a
    /// limit below 6 A, a person and the end of a session wait for nothing. Ours.</summary>
    public int LeastOnMs = 300_000;

    /// <summary>A plug that was out for so long brings a new vehicle, with free closings of its own. Ours.</summary>
    public int NewVehicleMs = 10_000;

    /// <summary>The vehicle has so long to stop after the end of the offer, then the contactor opens under load:
    /// IEC 61851-1 Table A.6, sequence 10.2; GB/T 18487.1-2023 Table A.7, sequence 10.2.</summary>
    public int OrderlyStopMs = 6_000;

    /// <summary>Least time between two changes of the offered current: IEC 61851-1 A.5.3 and Table A.6, sequence
    /// 6.</summary>
    public int OfferChangeMs = 5_000;

    /// <summary>A vehicle that does not answer a renewed offer for so long is woken once (30 s: field practice;
    /// check).</summary>
    public int WakeAfterMs = 30_000;

    /// <summary>A first offer that comes so long after plugging in finds the vehicle asleep, too. Ours.</summary>
    public int WakePluggedMs = 60_000;

    /// <summary>Wake-ups of a visit; 0 wakes no vehicle.</summary>
    public int WakeUpsMax = 3;

    /// <summary>Length of the wake-up in state F: at least 300 ms, 4 s in practice. IEC 61851-1 A.5.3, sequence 9.2
    /// (check).</summary>
    public int WakeHoldMs = 4_000;

    /// <summary>State F is held at least so long, whatever ends it (facts: ≥300 ms).</summary>
    public int StateFHoldMs = 300;

    /// <summary>Another reading of the cable's resistor counts after so long.</summary>
    public int CableSettleMs = 100;

    /// <summary>The monitor must trip within this after its test winding is driven, and fall again within it
    /// after.</summary>
    public int SelfTestMs = 500;

    /// <summary>The longest life of a passed self-test: 24 h (IEC 62955 devices; check).</summary>
    public int SelfTestPeriodMs = 86_400_000;

    /// <summary>Soft over-current, IEC: more than (offer + 0.5 A) × 1.10 for 7 s, the first 6 s after a decrease
    /// apart.</summary>
    public int IecOverCurrentAddMilliamps = 500;

    public int IecOverCurrentPermille = 1_100;

    public int IecOverCurrentMs = 7_000;

    /// <summary>Soft over-current, GB/T 18487.1-2023 (check): offers up to 20 A + 2 A, above × 1.1, for 5 s.</summary>
    public int GbtOverCurrentAddMilliamps = 2_000;

    public int GbtOverCurrentAddUpToMilliamps = 20_000;

    public int GbtOverCurrentPermille = 1_100;

    public int GbtOverCurrentMs = 5_000;

    /// <summary>After an over-current within what cable and station bear the vehicle is told less and tried again after
    /// so long, so many times a visit; then the fault latches. What it is told is lowered by at most so much.
    /// Ours.</summary>
    public int CurrentRetryMs = 60_000;

    public int CurrentRetryCountMax = 3;

    public int ExcessMilliampsMax = 4_000;

    /// <summary>After a decrease or the end of the offer the old offer still counts for so long.</summary>
    public int OverCurrentGraceMs = 6_000;

    /// <summary>Hard over-current: above 1.5 × what cable and station bear, or above 3 × the offer (not below 48 A).
    /// Ours.</summary>
    public int HardOverCurrentCeilingPermille = 1_500;

    public int HardOverCurrentOfferPermille = 3_000;

    public int HardOverCurrentMilliampsMin = 48_000;

    public int HardOverCurrentMs = 20;

    /// <summary>For the first second after closing a vehicle may draw 30 A (ISO 17409, inrush; check), and our meter
    /// may be 10 % high.</summary>
    public int InrushMs = 1_000;

    public int InrushMilliamps = 33_000;

    /// <summary>Less than this is no current: the vehicle rests.</summary>
    public int IdleMilliamps = 500;

    /// <summary>Above this the contactor must not be asked to break: the fuse does. 8 × 80 A, IEC 60947-4-1
    /// AC-3.</summary>
    public int BreakingMilliampsMax = 640_000;

    /// <summary>Nominal phase voltage; the window is ±15 % (NB/T 33002; check), held for a second.</summary>
    public int NominalMillivolts = 230_000;

    public int OverVoltagePermille = 1_150;

    public int UnderVoltagePermille = 850;

    /// <summary>One phase below this share while another is above the window's lower end is lost, not low.</summary>
    public int PhaseLossPermille = 500;

    /// <summary>Far outside, as by a lost neutral: opens at once when it has stood for so long. EN 50550 trips 350 V
    /// within
    /// 0.75 s and lets 70 ms at 400 V pass (check).</summary>
    public int HardOverVoltagePermille = 1_350;

    public int HardOverVoltageMs = 100;

    /// <summary>Down to this share a sag under load is answered by offering less, for so long at most; half of the
    /// first hold time starts a step, and a line that holds is tried higher so often. Ours.</summary>
    public int SagPermille = 800;

    public int SagHoldMs = 12_000;

    public int SagStepMs = 500;

    public int SagRiseMs = 300_000;

    /// <summary>The grid's nominal frequency, 50 000 or 60 000 mHz; 0: found by itself at start, and then
    /// kept.</summary>
    public int NominalMillihertz;

    /// <summary>It is found when the mains have looked like it for so long.</summary>
    public int GridFindMs = 1_000;

    /// <summary>EN 50160, 4.2.1: nominal +4 % / −6 % at all times; the same shares at 60 Hz.</summary>
    public int FrequencyPermilleMax = 1_040;

    public int FrequencyPermilleMin = 940;

    public int MainsFaultMs = 1_000;

    public int PhaseLossMs = 200;

    /// <summary>Derating of the offer by the connector's temperature: half, quarter, stop (field practice;
    /// check).</summary>
    public int HalfTenthsCelsius = 650;

    public int QuarterTenthsCelsius = 680;

    public int StopTenthsCelsius = 710;

    /// <summary>A step is left again this far below where it was entered.</summary>
    public int HysteresisTenthsCelsius = 50;

    public int TemperatureHoldMs = 500;

    /// <summary>Welded when still closed 200 ms after opening; less one tick, because the coil's own circuit may have
    /// opened it just after the tick before.</summary>
    public int WeldMs = 190;

    /// <summary>Stuck when still open so long after closing.</summary>
    public int StuckMs = 200;

    /// <summary>The feedback must disagree for so long, so that one bad reading is no weld.</summary>
    public int FeedbackHoldMs = 50;

    /// <summary>Current through an open contactor that makes the meter implausible, and for how long.</summary>
    public int OpenMilliampsMax = 2_000;

    public int MeterFaultMs = 5_000;

    /// <summary>The loop's period, and how late a tick may be while the contactor is closed (design: "One
    /// loop").</summary>
    public int TickMs = 10;

    public int TickLateMsMax = 50;

    /// <summary>How long a cause must be gone before its fault clears by itself.</summary>
    public int PilotClearMs = 1_000;

    public int EarthClearMs = 5_000;

    public int MainsClearMs = 5_000;

    public int LoopStallClearMs = 10_000;

    public int InternalClearMs = 10_000;

    public int LatchClearMs = 1_000;

    /// <summary>An input that cannot be read for so long is an internal fault.</summary>
    public int UnreadableMs = 50;

    /// <summary>Retry of a tripped residual-current monitor: off (0) by default, one peer does 5 min, six
    /// times.</summary>
    public int RcdRetryMs;

    public int RcdRetryCountMax = 6;

    /// <summary>A missing diode is looked for again after so long, so many times a visit: a few bad samples do not
    /// latch for good, a diode that is not there does. Ours.</summary>
    public int DiodeRetryMs = 10_000;

    public int DiodeRetryCountMax = 2;

    /// <summary>The defaults of a standard.</summary>
    public static SafetySettings For(ChargingStandard standard)
    {
        SafetySettings settings = new SafetySettings();
        settings.Standard = standard;
        if (standard == ChargingStandard.Gbt18487)
        {
            settings.ReadsCable = false;
            settings.StationMilliampsMax = PilotDuty.GbtMilliampsMax;
            settings.AllowsVentilation = false;
        }

        return settings;
    }
}
