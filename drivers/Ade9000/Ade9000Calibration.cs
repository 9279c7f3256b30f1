namespace MeterFirmware.Drivers.Ade9000;

/// <summary>Arithmetic of the test bench.</summary>
public static class Ade9000Calibration
{
    // At 8 kHz: ω = 2π × line frequency / 8000 (data sheet, equation 4).
    private const double SinOmega50 = 0.039_259_815_759;
    private const double CosOmega50 = 0.999_229_036_240;
    private const double SinOmega60 = 0.047_106_450_709;
    private const double CosOmega60 = 0.998_889_875_062;

    /// <summary>Phase register for an angle φ by which the current lags the voltage too much, µrad (a transformer
    /// leads: below 0): (sin(φ − ω) + sin ω) / sin(2ω − φ) × 2²⁷.</summary>
    public static int PhaseAngle(int microradians, bool is60Hertz)
    {
        double sinOmega = is60Hertz ? SinOmega60 : SinOmega50;
        double cosOmega = is60Hertz ? CosOmega60 : CosOmega50;
        double angle = microradians / 1e6;

        // Angles of a transformer are below 0.1 rad: two terms are exact to 10⁻⁷ of it.
        double sin = angle - angle * angle * angle / 6;
        double cos = 1 - angle * angle / 2 + angle * angle * angle * angle / 24;
        double sin2 = 2 * sinOmega * cosOmega;
        double cos2 = 1 - 2 * sinOmega * sinOmega;
        double ratio = (sin * cosOmega - cos * sinOmega + sinOmega) / (sin2 * cos - cos2 * sin);
        double register = ratio * Ade9000Settings.UnityGain;
        return (int)(register < 0 ? register - 0.5 : register + 0.5);
    }
}
