namespace MeterFirmware.Tools.MeterCtl.Bench;

/// <summary>A load point and what the meter made of it.</summary>
/// <param name="Amps">RMS current.</param>
/// <param name="PowerFactor">"1", "0.5 ind." or "0.8 cap.".</param>
/// <param name="ErrorPercent">(registered − true) ÷ true energy.</param>
/// <param name="LimitPercent">Largest error of the class.</param>
public sealed record BenchPoint(double Amps, string PowerFactor, double ErrorPercent, double LimitPercent)
{
    public bool Passes => Math.Abs(ErrorPercent) <= LimitPercent;
}
