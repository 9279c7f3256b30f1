using MeterFirmware.Hardware;

namespace MeterFirmware.EvCharger;

/// <summary>The roles a charger board fills; what a board lacks stays null where that is said.</summary>
public sealed class ChargerHardware
{
    public IControlPilot Pilot { get; set; }

    public IContactor Contactor { get; set; }

    public IResidualCurrentMonitor Residual { get; set; }

    public IEarthMonitor Earth { get; set; }

    public ITemperatureSensor Temperature { get; set; }

    public ITickAlive TickAlive { get; set; }

    /// <summary>The charger's own meter, on the vehicle's side of the station's own consumption. In front of the contactor
    /// when it is the only one (the mains are judged by it), behind it when there is a <see cref="SupplyMeter"/>.</summary>
    public IPowerSensor Meter { get; set; }

    /// <summary>Null: a tethered cable, whose rating is part of the commissioned ceiling.</summary>
    public IProximityPilot Proximity { get; set; }

    /// <summary>Null: no lock (tethered cable).</summary>
    public IConnectorLock Lock { get; set; }

    /// <summary>Null: no light.</summary>
    public IIndicator Indicator { get; set; }

    /// <summary>Null: no card reader.</summary>
    public ICardReader Cards { get; set; }

    /// <summary>The meter where the building meets the grid, import above 0: surplus of local generation is what it says.
    /// Null: none.</summary>
    public IPowerSensor GridMeter { get; set; }

    /// <summary>The way to a vehicle that can give energy back; null: the pilot alone, which can only offer.</summary>
    public IBidirectionalSupply Bidirectional { get; set; }

    /// <summary>A second meter at the station's supply: efficiency, standby, contact resistance. Null: none.</summary>
    public IPowerSensor SupplyMeter { get; set; }
}
