namespace MeterFirmware.Charging;

/// <summary>What a profile's schedule counts from (OCPP's chargingProfileKind and recurrencyKind).</summary>
public enum ProfileKind
{
    /// <summary>From its start time, once.</summary>
    Absolute = 0,

    /// <summary>From its start time, every 24 h.</summary>
    Daily = 1,

    /// <summary>From its start time, every 7 days.</summary>
    Weekly = 2,

    /// <summary>From the start of the transaction.</summary>
    Relative = 3,
}
