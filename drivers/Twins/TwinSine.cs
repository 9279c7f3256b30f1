namespace MeterFirmware.Drivers.Twins;

/// <summary>A sine without a library, for the device's sake: right to 10⁻⁹.</summary>
internal static class TwinSine
{
    /// <param name="turns">Whole turns of 360°.</param>
    public static double Of(double turns)
    {
        double rest = turns - (long)turns;
        rest = rest < 0 ? rest + 1 : rest;
        bool isBelow = rest >= 0.5;
        rest = isBelow ? rest - 0.5 : rest;
        rest = rest > 0.25 ? 0.5 - rest : rest;
        double x = rest * 6.283185307179586;
        double square = x * x;
        double sum = x;
        double term = x;
        for (int i = 2; i <= 14; i += 2)
        {
            term = -term * square / (i * (i + 1));
            sum += term;
        }

        return isBelow ? -sum : sum;
    }
}
