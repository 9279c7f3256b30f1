namespace MeterFirmware.Charging;

/// <summary>What a charging profile limits (OCPP's chargingProfilePurpose).</summary>
public enum ProfilePurpose
{
    /// <summary>ChargePointMaxProfile, in 2.x ChargingStationMaxProfile: the whole station.</summary>
    StationMax = 0,

    /// <summary>ChargingStationExternalConstraints (2.x): what an outer system, e.g. a grid operator, allows.</summary>
    ExternalConstraints = 1,

    /// <summary>TxDefaultProfile: every transaction without a profile of its own at that time.</summary>
    TransactionDefault = 2,

    /// <summary>TxProfile: the present transaction; overrides the default period by period.</summary>
    Transaction = 3,
}
