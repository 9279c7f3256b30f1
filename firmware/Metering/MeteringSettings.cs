namespace MeterFirmware.Metering;

/// <summary>How a meter is commissioned. Fixed for its life between two restarts.</summary>
public sealed class MeteringSettings
{
    /// <summary>1, or 3 for a three-phase meter.</summary>
    public int PhaseCount { get; set; } = 1;

    /// <summary>Rates that registers are kept for, 1 to 63; a tariff with more is refused.</summary>
    public int RateCountMax { get; set; } = 8;

    /// <summary>Tiers that cost is kept for, 1 to 8; a tariff with more is refused.</summary>
    public int TierCountMax { get; set; } = 4;

    /// <summary>Length of an interval record in minutes: a divisor of 60, 1 to 60. 15 lies on the quarter
    /// hours.</summary>
    public int IntervalMinutes { get; set; } = 15;

    /// <summary>Energy is split exactly at every multiple of so many minutes of local time, a divisor of 60, for what
    /// records at such instants (freezes: 60, carbon: 15, a load profile: its shortest interval).</summary>
    public int GridMinutes { get; set; } = 15;

    /// <summary>Demand period in minutes: 5, 10, 15, 30 or 60.</summary>
    public int DemandPeriodMinutes { get; set; } = 15;

    /// <summary>Slip in minutes: 1, 2, 3 or 5, or equal to the period for block demand.</summary>
    public int DemandSlipMinutes { get; set; } = 15;

    /// <summary>Highest power of one phase that this installation can pass, in mW; more is not believed.
    /// Default: 100 A at 253 V (230 V + 10 %) and a third on top for short overloads.</summary>
    public int PhasePowerMilliwattsMax { get; set; } = 33_700_000;

    /// <summary>The rate that energy goes to while the meter has no valid time.</summary>
    public int FallbackRate { get; set; }

    /// <summary>Calendar errors up to this are slewed over silently, larger ones are a clock step.</summary>
    public int SlewMsMax { get; set; } = 2000;

    /// <summary>Without a reading for this long, time goes on without energy and the interval is marked.</summary>
    public int SensorSilentMs { get; set; } = 60_000;
}
