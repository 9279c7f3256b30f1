using MeterFirmware.Charging;

namespace MeterFirmware.Tools.MeterCtl.Schedule;

/// <summary>The site that the recorded sessions are played on. The defaults are those of the known answers.</summary>
public sealed record SiteOptions
{
    /// <summary>Site limit in watts.</summary>
    public required long LimitWatts { get; init; }

    /// <summary>Phases of each station, 1 or 3.</summary>
    public int Phases { get; init; } = 1;

    /// <summary>Nominal phase voltage in volts.</summary>
    public int Volts { get; init; } = 220;

    /// <summary>Current limit of a station in mA a phase.</summary>
    public int StationMilliamps { get; init; } = 30_000;

    /// <summary>Step length in seconds.</summary>
    public int StepSeconds { get; init; } = 300;

    /// <summary>Single-phase stations take L1, L2, L3 in turn; each phase then has a third of the limit.</summary>
    public bool Spread { get; init; }

    /// <summary>Largest difference between phases in mA, with <see cref="Spread"/>; 0 = none.</summary>
    public int UnbalanceMilliamps { get; init; }

    /// <summary>Energy and departure are not told at plug-in but learnt from earlier sessions.</summary>
    public bool Unknown { get; init; }

    /// <summary>What the site used in the tier period before the file begins, Wh.</summary>
    public long UsedWattHours { get; init; }

    /// <summary>What the operator wants, one of <see cref="ChargingPreference"/>.</summary>
    public int Preference { get; init; } = ChargingPreference.Balanced;

    /// <summary>Other reserves than the preference's, for benchmarks that look for better ones; null: the
    /// preference's.</summary>
    public (int ReservePermille, int ShortageReservePermille)? Reserves { get; init; }

    /// <summary>Energy of one station in one step at full current.</summary>
    public long StationStepMillijoules => (long)StationMilliamps * Volts * Phases * StepSeconds;

    /// <summary>Energy of the site in one step at its limit.</summary>
    public long SiteStepMillijoules => LimitWatts * StepSeconds * 1000;

    /// <summary>Energy that one mA on each phase brings in a step.</summary>
    public long MillijoulesPerMilliamp => (long)Volts * Phases * StepSeconds;

    /// <summary>Energy of a step at 6 A.</summary>
    public long MinimumStepMillijoules => 6000 * MillijoulesPerMilliamp;
}
