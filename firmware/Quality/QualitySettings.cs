namespace MeterFirmware.Quality;

/// <summary>What a site's power quality is measured against; the defaults are a 220 V single-phase connection.</summary>
public sealed class QualitySettings
{
    /// <summary>Declared phase voltage in mV.</summary>
    public int DeclaredMillivolts { get; set; } = 220_000;

    /// <summary>Nominal frequency in mHz, 50 000 or 60 000.</summary>
    public int NominalMillihertz { get; set; } = 50_000;

    public int VoltageUpperPermille { get; set; } = QualityLimits.SinglePhaseUpperPermille;

    public int VoltageLowerPermille { get; set; } = QualityLimits.SinglePhaseLowerPermille;

    public int FrequencyDeviationMillihertz { get; set; } = QualityLimits.FrequencyDeviationMillihertz;

    public int DipPermille { get; set; } = QualityLimits.DipPermille;

    public int SwellPermille { get; set; } = QualityLimits.SwellPermille;

    public int InterruptionPermille { get; set; } = QualityLimits.InterruptionPermille;

    public int HysteresisPermille { get; set; } = QualityLimits.HysteresisPermille;

    /// <summary>False: the declared voltage is the reference (low voltage). True: the sliding one, so that a level
    /// that moves slowly is no event (medium voltage).</summary>
    public bool UsesSlidingReference { get; set; }

    /// <summary>False: no distributions of unbalance and distortion are kept (some 6 KB), for a meter whose chip gives
    /// neither.</summary>
    public bool KeepsDistributions { get; set; } = true;
}
