namespace MeterFirmware.Tools.MeterCtl.Bench;

/// <summary>A test that counts pulses: starting current, no load, meter constant.</summary>
/// <param name="Volts">RMS voltage.</param>
/// <param name="Amps">RMS current at PF 1.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="Pulses">Pulses of the test output.</param>
/// <param name="Passes">By the rule of the class.</param>
public sealed record BenchTest(double Volts, double Amps, double Seconds, long Pulses, bool Passes);
