using MeterFirmware.EvCharger;
using MeterFirmware.Modbus;

namespace MeterFirmware.ModbusCharger;

/// <summary>A model of a charger that lets a vehicle give back under a grid profile; without one it is not in the
/// list.</summary>
internal abstract class GivingModel : SunSpecModel
{
    protected GivingModel(EvChargerProduct product)
    {
        Product = product;
    }

    public override bool IsThere => Grid != null;

    protected EvChargerProduct Product { get; }

    protected VehicleDischarge Discharge => Product.Limits.Discharge;

    protected VehicleGrid Grid => Discharge == null ? null : Discharge.Grid;
}
