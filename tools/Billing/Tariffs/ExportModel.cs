namespace MeterFirmware.Tools.Billing.Tariffs;

/// <summary>What exported energy is worth where it is not paid interval by interval.</summary>
/// <param name="IsNet">Exported energy of a rate offsets imported energy of the rate; else all generated energy is
/// sold and all consumed energy bought.</param>
/// <param name="Surplus">What happens with exported energy beyond the imported.</param>
/// <param name="SettlementMonth">At whose end the carried energy is paid, 1 to 12; 0: never.</param>
public sealed record ExportModel(bool IsNet, SurplusRule Surplus, int SettlementMonth);

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
