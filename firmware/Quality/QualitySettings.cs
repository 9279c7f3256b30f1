namespace MeterFirmware.Quality;

/// <summary>What a site's power quality is measured against; the defaults are a 220 V single-phase
/// connection.</summary>
public sealed class QualitySettings
{
    public QualitySettings()
        : this(1)
    {
    }

    /// <summary>Limits of voltage by GB/T 12325: +7 and −10 % of a single phase, ±7 % of three.</summary>
    public QualitySettings(int phaseCount)
    {
        VoltageUpperPermille = phaseCount == 1
            ? QualityLimits.SinglePhaseUpperPermille : QualityLimits.ThreePhaseUpperPermille;
        VoltageLowerPermille = phaseCount == 1
            ? QualityLimits.SinglePhaseLowerPermille : QualityLimits.ThreePhaseLowerPermille;
    }

    /// <summary>Declared phase voltage in mV.</summary>
    public int DeclaredMillivolts { get; set; } = 220_000;

    /// <summary>Nominal frequency in mHz, 50 000 or 60 000; 0: the first ten seconds of readings say which it is.
    /// Windows of samples are then cut for 50 Hz.</summary>
    public int NominalMillihertz { get; set; }

    /// <summary>What windows of samples are cut for.</summary>
    public int WindowMillihertz => NominalMillihertz == 0 ? QualityLimits.Millihertz50 : NominalMillihertz;

    public int VoltageUpperPermille { get; set; }

    public int VoltageLowerPermille { get; set; }

    public int FrequencyDeviationMillihertz { get; set; } = QualityLimits.FrequencyDeviationMillihertz;

    /// <summary>Total distortion of the voltage, hundredths of a percent (GB/T 14549: by the level of
    /// voltage).</summary>
    public int TotalDistortionHundredths { get; set; } = QualityLimits.TotalDistortionHundredths;

    /// <summary>An odd order of the voltage, 3 to 25, hundredths of a percent.</summary>
    public int OddHarmonicHundredths { get; set; } = QualityLimits.OddHarmonicHundredths;

    /// <summary>An even order of the voltage, 2 to 24, hundredths of a percent.</summary>
    public int EvenHarmonicHundredths { get; set; } = QualityLimits.EvenHarmonicHundredths;

    public int DipPermille { get; set; } = QualityLimits.DipPermille;

    public int SwellPermille { get; set; } = QualityLimits.SwellPermille;

    public int InterruptionPermille { get; set; } = QualityLimits.InterruptionPermille;

    public int HysteresisPermille { get; set; } = QualityLimits.HysteresisPermille;

    /// <summary>False: the declared voltage is the reference (low voltage). True: the sliding one, so that a level
    /// that moves slowly is no event (medium voltage).</summary>
    public bool UsesSlidingReference { get; set; }

    /// <summary>Highest harmonic order that is analysed and summed to the distortion, 21 to 50; a lower one where the
    /// samples' rate does not reach it (<see cref="HarmonicOrderAt"/>).</summary>
    public int HarmonicOrderMax { get; set; } = QualityLimits.HarmonicOrderMax;

    /// <summary>False: no distributions of unbalance and distortion are kept (some 6 KB), for a meter whose chip gives
    /// neither.</summary>
    public bool KeepsDistributions { get; set; } = true;

    /// <summary>Highest order that samples of a rate carry: below half the rate at the highest frequency of the
    /// standard's range, and at most <see cref="HarmonicOrderMax"/>.</summary>
    public int HarmonicOrderAt(int sampleRateMillihertz)
    {
        long highest = (long)WindowMillihertz * (1000 + QualityLimits.FrequencyRangePermille) / 1000;
        long order = (sampleRateMillihertz - 1) / (2 * highest);
        return order < HarmonicOrderMax ? (int)order : HarmonicOrderMax;
    }
}
