namespace MeterFirmware.Quality;

/// <summary>Every number of a power-quality standard, once. Shares are in hundredths of a percent, ratios to the
/// nominal or declared voltage in permille. "check": from secondary sources, override in
/// <see cref="QualitySettings"/>.</summary>
public static class QualityLimits
{
    /// <summary>GB/T 12325: 220 V single phase, +7 % and −10 %.</summary>
    public const int SinglePhaseUpperPermille = 1070;
    public const int SinglePhaseLowerPermille = 900;

    /// <summary>GB/T 12325: three-phase up to 20 kV, ±7 %.</summary>
    public const int ThreePhaseUpperPermille = 1070;
    public const int ThreePhaseLowerPermille = 930;

    /// <summary>The two nominal frequencies of public supply (IEC 60196), and what lies between them.</summary>
    public const int Millihertz50 = 50_000;
    public const int Millihertz60 = 60_000;
    public const int BetweenGridsMillihertz = 55_000;

    /// <summary>GB/T 15945: ±0.2 Hz. There is no setting for the ±0.5 Hz of small systems.</summary>
    public const int FrequencyDeviationMillihertz = 200;

    /// <summary>GB/T 14549-1993, table 1, 0.38 kV: total distortion 5 %, odd orders 4 %, even orders 2 % (check).
    /// Defaults of <see cref="QualitySettings"/>; 6 and 10 kV have others.</summary>
    public const int TotalDistortionHundredths = 500;
    public const int OddHarmonicHundredths = 400;
    public const int EvenHarmonicHundredths = 200;

    /// <summary>GB/T 14549, 15543: the value that 95 % of the readings do not exceed is judged.</summary>
    public const int ProbabilityPermille = 950;

    /// <summary>GB/T 15543: negative sequence 2 %, short-term 4 %.</summary>
    public const int NegativeSequenceHundredths = 200;
    public const int NegativeSequenceShortTermHundredths = 400;

    /// <summary>GB/T 30137 and IEC 61000-4-30: dip below 0.9, interruption below 0.1, swell above 1.1.</summary>
    public const int DipPermille = 900;
    public const int InterruptionPermille = 100;
    public const int SwellPermille = 1100;

    /// <summary>IEC 61000-4-30, 5.4: hysteresis 2 % of the reference (check).</summary>
    public const int HysteresisPermille = 20;

    /// <summary>GB/T 30137: dips and swells last 10 ms to 1 min; what lasts longer is a supply out of limits.</summary>
    public const int EventMsMax = 60_000;

    /// <summary>IEC 61000-4-30, 5.4.3.2: sliding reference, Usr = 0.9967 Usr + 0.0033 U per 10 cycles: about 1
    /// min.</summary>
    public const int SlidingWeightTenThousandths = 33;

    /// <summary>IEC 61000-4-30, 4.4: 15 intervals of 10/12 cycles make one of 150/180.</summary>
    public const int BasicsPerShort = 15;

    /// <summary>IEC 61000-4-30, 4.4: 10 cycles at 50 Hz and 12 at 60 Hz, in ms.</summary>
    public const int BasicMs = 200;
    public const long TenMinutesMs = 600_000;
    public const long TwoHoursMs = 7_200_000;

    /// <summary>IEC 61000-4-30, 5.1: one frequency value each 10 s.</summary>
    public const int FrequencyIntervalMs = 10_000;

    /// <summary>Our choice, no standard's: a reading that comes later than this after the one before stands for itself
    /// and not for the gap, and a value of 10 s or 10 min is judged when readings cover 90 % of it.</summary>
    public const int ReadingMsMax = 10_000;
    public const int CoverPermilleMin = 900;

    /// <summary>Highest harmonic order that is analysed (IEC 61000-4-30, 5.8, class A; class S asks for 40).</summary>
    public const int HarmonicOrderMax = 50;

    /// <summary>Highest order that GB/T 14549 limits by itself: its table 2 ends there.</summary>
    public const int HarmonicOrderLimited = 25;

    /// <summary>Highest order of DL/T 645 and of messages; every board that samples is fast enough for it.</summary>
    public const int HarmonicOrderSent = 21;

    /// <summary>Cycles in the basic window at 50 Hz; 12 at 60 Hz (IEC 61000-4-7).</summary>
    public const int CyclesPerWindow50 = 10;
    public const int CyclesPerWindow60 = 12;

    /// <summary>IEC 61000-4-30, 5.1.3: 42.5 to 57.5 Hz at 50 Hz, 51 to 69 Hz at 60 Hz.</summary>
    public const int FrequencyRangePermille = 150;
}
