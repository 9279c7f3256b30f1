using System;

namespace MeterFirmware.Quality;

/// <summary>Zero, positive and negative sequence of three phasors (Fortescue); ratios as GB/T 15543 and
/// IEC 61000-4-30, 5.7 ask for them.</summary>
public sealed class SequenceComponents
{
    // a = 1∠120°.
    private const double AlphaReal = -0.5;
    private const double AlphaImaginary = 0.86602540378443864676;

    /// <summary>Magnitudes in the unit of the phasors.</summary>
    public double Zero { get; private set; }

    public double Positive { get; private set; }

    public double Negative { get; private set; }

    /// <summary>Negative over positive sequence in hundredths of a percent.</summary>
    public int NegativeHundredths { get; private set; }

    /// <summary>Zero over positive sequence in hundredths of a percent.</summary>
    public int ZeroHundredths { get; private set; }

    /// <summary>Phasors of phase 0, 1, 2. False: no positive sequence to relate to (no supply, or phases swapped so
    /// that only the negative one is there).</summary>
    public bool TryCompute(double[] real, double[] imaginary)
    {
        double sumReal = real[0] + real[1] + real[2];
        double sumImaginary = imaginary[0] + imaginary[1] + imaginary[2];
        Zero = Magnitude(sumReal, sumImaginary);

        // a·B and a²·B = conj(a)·B, likewise for C.
        double b1 = real[1] * AlphaReal - imaginary[1] * AlphaImaginary;
        double b1i = real[1] * AlphaImaginary + imaginary[1] * AlphaReal;
        double b2 = real[1] * AlphaReal + imaginary[1] * AlphaImaginary;
        double b2i = -real[1] * AlphaImaginary + imaginary[1] * AlphaReal;
        double c1 = real[2] * AlphaReal - imaginary[2] * AlphaImaginary;
        double c1i = real[2] * AlphaImaginary + imaginary[2] * AlphaReal;
        double c2 = real[2] * AlphaReal + imaginary[2] * AlphaImaginary;
        double c2i = -real[2] * AlphaImaginary + imaginary[2] * AlphaReal;
        Positive = Magnitude(real[0] + b1 + c2, imaginary[0] + b1i + c2i);
        Negative = Magnitude(real[0] + b2 + c1, imaginary[0] + b2i + c1i);
        NegativeHundredths = 0;
        ZeroHundredths = 0;
        if (Positive <= 0 || Negative / 100 > Positive)
        {
            return false;
        }

        NegativeHundredths = (int)(Negative / Positive * 10_000 + 0.5);
        ZeroHundredths = Zero / 100 > Positive ? 1_000_000 : (int)(Zero / Positive * 10_000 + 0.5);
        return true;
    }

    /// <summary>
    /// Negative over positive sequence in hundredths of a percent from three phase-to-phase magnitudes, for sensors
    /// without angles (IEC 61000-4-30, 5.7.1). False: the three cannot be the sides of a triangle.
    /// </summary>
    public static bool TryFromLineVoltages(double ab, double bc, double ca, out int hundredths)
    {
        hundredths = 0;
        double squares = ab * ab + bc * bc + ca * ca;
        if (squares <= 0)
        {
            return false;
        }

        double beta = (ab * ab * ab * ab + bc * bc * bc * bc + ca * ca * ca * ca) / (squares * squares);
        double inner = 3 - 6 * beta;

        // Rounding may leave a symmetrical triangle a little beyond 1.
        inner = inner > 1 ? 1 : inner;
        if (inner < 0)
        {
            return false;
        }

        double root = Math.Sqrt(inner);
        hundredths = (int)(Math.Sqrt((1 - root) / (1 + root)) * 10_000 + 0.5);
        return true;
    }

    private static double Magnitude(double real, double imaginary) =>
        Math.Sqrt(real * real + imaginary * imaginary) / 3;
}
