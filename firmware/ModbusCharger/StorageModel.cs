using MeterFirmware.EvCharger;

namespace MeterFirmware.ModbusCharger;

/// <summary>Model 713: the vehicle's battery, while it says what it holds.</summary>
internal sealed class StorageModel : GivingModel
{
    public StorageModel(EvChargerProduct product)
        : base(product)
    {
    }

    public override int Number => 713;

    public override int Length => 7;

    public override bool IsThere => base.IsThere && Discharge.StoredPermille >= 0;

    protected override void Fill(byte[] registers)
    {
        PutAll(registers, NoUInt16);
        int scale = Discharge.CapacityWattHours < NoUInt16 ? 0 : 1;
        int unit = scale == 0 ? 1 : 10;
        PutUInt16(registers, 2, Discharge.CapacityWattHours / unit);
        PutUInt16(registers, 3, (long)Discharge.CapacityWattHours * Discharge.StoredPermille / 1_000 / unit);
        PutUInt16(registers, 4, Discharge.StoredPermille);
        Put(registers, 7, scale);
        Put(registers, 8, -1);
    }
}
