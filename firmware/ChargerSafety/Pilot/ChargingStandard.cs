namespace MeterFirmware.ChargerSafety.Pilot;

/// <summary>Whose pilot rules the charger follows; commissioned once.</summary>
public enum ChargingStandard
{
    Iec61851 = 0,
    Gbt18487 = 1,
}
