namespace MeterFirmware.Tools.Billing;

/// <summary>What a line of a bill is for; taxes name the kinds that they are a share of.</summary>
public enum BillLineKind
{
    Energy,
    Surcharge,
    Capacity,
    PowerFactor,
    Export,
    Service,
    Standing,
    Minimum,
    Tax,
}
