namespace MeterFirmware.Tools.Billing.Tariffs;

/// <summary>Exported energy of a rate beyond what was imported.</summary>
public enum SurplusRule
{
    /// <summary>It offsets imported energy of later sections.</summary>
    Carry,

    /// <summary>It is paid at the export price.</summary>
    Paid,

    /// <summary>It is worth nothing.</summary>
    Lapses,
}
