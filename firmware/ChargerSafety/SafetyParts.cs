using MeterFirmware.Hardware;

namespace MeterFirmware.ChargerSafety;

/// <summary>The roles that the safety core reads and drives. A board must fill each; a role that may be null says so.
/// </summary>
public class SafetyParts
{
    public IControlPilot Pilot { get; set; }

    public IContactor Contactor { get; set; }

    public IResidualCurrentMonitor Residual { get; set; }

    public IEarthMonitor Earth { get; set; }

    public ITemperatureSensor Temperature { get; set; }

    public ITickAlive TickAlive { get; set; }

    /// <summary>The charger's own meter, on the vehicle's side of the station's own consumption. In front of the
    /// contactor when it is the only one (the mains are judged by it), behind it when there is a
    /// <see cref="SupplyMeter"/>.</summary>
    public IPowerSensor Meter { get; set; }

    /// <summary>A second meter at the station's supply: mains, efficiency, standby, contact resistance. Null: none.
    /// </summary>
    public IPowerSensor SupplyMeter { get; set; }

    /// <summary>Null: a tethered cable, whose rating is part of the commissioned ceiling.</summary>
    public IProximityPilot Proximity { get; set; }
}
