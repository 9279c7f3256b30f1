using MeterFirmware.ChargerSafety;
using MeterFirmware.Hardware;

namespace MeterFirmware.EvCharger;

/// <summary>The roles a charger board fills: the safety core's, and those below, which may all be null.</summary>
public sealed class ChargerHardware : SafetyParts
{
    /// <summary>Null: no lock (tethered cable).</summary>
    public IConnectorLock Lock { get; set; }

    /// <summary>Null: no light.</summary>
    public IIndicator Indicator { get; set; }

    /// <summary>Null: no card reader.</summary>
    public ICardReader Cards { get; set; }

    /// <summary>The meter where the building meets the grid, import above 0: surplus of local generation is what it
    /// says. Null: none.</summary>
    public IPowerSensor GridMeter { get; set; }

    /// <summary>The way to a vehicle that can give energy back; null: the pilot alone, which can only offer.</summary>
    public IBidirectionalSupply Bidirectional { get; set; }
}
