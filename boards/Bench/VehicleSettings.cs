namespace MeterFirmware.Boards.Bench;

/// <summary>What a simulated vehicle is like; the defaults are a well-behaved one.</summary>
public sealed class VehicleSettings
{
    public long BatteryWattHours { get; init; } = 60_000;

    /// <summary>Energy it wants, Wh.</summary>
    public long WantedWattHours { get; init; } = 15_000;

    public int MilliampsMax { get; init; } = 16_000;

    /// <summary>Phases of its on-board charger: 1 or 3.</summary>
    public int PhaseCount { get; init; } = 3;

    /// <summary>From the offer to closing S2.</summary>
    public int ReactMs { get; init; } = 1_200;

    /// <summary>From the end of the offer to opening S2; a well-behaved vehicle needs less than 3 s.</summary>
    public int StopMs { get; init; } = 1_500;

    public bool NeedsVentilation { get; init; }

    /// <summary>No diode: the negative half wave goes through its resistors.</summary>
    public bool LacksDiode { get; init; }

    /// <summary>Draws on although the offer has ended.</summary>
    public bool IgnoresStop { get; init; }

    /// <summary>Draws so much more than it is offered, in 1/1000.</summary>
    public int GreedPermille { get; init; }

    /// <summary>Falls asleep when nothing is offered for 30 s, and wakes by state F or by being plugged in
    /// only.</summary>
    public bool SleepsDeeply { get; init; }

    /// <summary>Residual current that it leaks to earth while it is supplied, mA AC and mA DC.</summary>
    public double LeaksAcMilliamps { get; init; }

    public double LeaksDcMilliamps { get; init; }

    /// <summary>Opens and closes S2 every so many ms; 0: it does not.</summary>
    public int TogglesEveryMs { get; init; }
}
