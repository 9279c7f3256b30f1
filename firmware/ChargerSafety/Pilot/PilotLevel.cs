namespace MeterFirmware.ChargerSafety.Pilot;

/// <summary>What the positive peak of the control pilot says. Both standards share the levels; each names them its own
/// way.</summary>
public enum PilotLevel
{
    /// <summary>Between two bands: the level before holds on (hysteresis in IEC, history in GB/T).</summary>
    Between = 0,

    /// <summary>12 V: no vehicle. IEC A, GB/T 1.</summary>
    Volts12 = 1,

    /// <summary>9 V: vehicle present, not ready. IEC B, GB/T 2.</summary>
    Volts9 = 2,

    /// <summary>6 V: vehicle ready. IEC C, GB/T 3.</summary>
    Volts6 = 3,

    /// <summary>3 V: vehicle ready, needs ventilation. IEC D; GB/T has no such state.</summary>
    Volts3 = 4,

    /// <summary>0 V: pilot shorted to earth or generator dead; in GB/T also the invalid 1 to 4 V. IEC E, GB/T
    /// 0.</summary>
    Volts0 = 5,

    /// <summary>Negative although the generator drives high. IEC F, GB/T 4.</summary>
    Negative = 6,
}
