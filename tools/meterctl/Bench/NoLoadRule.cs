namespace MeterFirmware.Tools.MeterCtl.Bench;

/// <summary>
/// Minimum time of the no-load test, Δt ≥ millions · 10^6 / (k · m · Un · I) minutes with k in imp/kWh.
/// IEC 62053-21:2003, 8.3.2: 600 for class 1; IEC 62053-22:2003, 8.3.2: 600 for 0.5S, 900 for 0.2S; I = Imax.
/// OIML R 46-2:2012, 6.2.4: 100 · 10^3 / (b · k · m · Un · Imin) hours, so 6 / b in this form; b is the error limit at
/// Imin in percent (check: the newer IEC 62052-11:2020 has a formula of its own).
/// </summary>
/// <param name="Millions">The factor.</param>
/// <param name="IsOfMaximum">True: I is Imax. False: Imin.</param>
public sealed record NoLoadRule(double Millions, bool IsOfMaximum);
