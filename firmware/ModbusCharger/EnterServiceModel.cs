using MeterFirmware.Basics;
using MeterFirmware.EvCharger;
using MeterFirmware.Grid;

namespace MeterFirmware.ModbusCharger;

/// <summary>Model 703: when it may come back after a trip.</summary>
internal sealed class EnterServiceModel : GivingModel
{
    private const int PpmPerTenthPercent = 1_000;

    public EnterServiceModel(EvChargerProduct product)
        : base(product)
    {
    }

    public override int Number => 703;

    public override int Length => 17;

    protected override void Fill(byte[] registers)
    {
        GridProfile profile = Grid.Profile;
        PutAll(registers, NoUInt16);
        Put(registers, 2, Product.Sessions.IsOperative ? 1 : 0);
        PutUInt16(registers, 3, Scaling.DivideRounded(profile[GridField.ReturnHighPpm], PpmPerTenthPercent));
        PutUInt16(registers, 4, Scaling.DivideRounded(profile[GridField.ReturnLowPpm], PpmPerTenthPercent));
        PutInt32(registers, 5, Grid.NominalMillihertz + profile[GridField.ReturnHighMillihertz]);
        PutInt32(registers, 7, Grid.NominalMillihertz + profile[GridField.ReturnLowMillihertz]);
        PutInt32(registers, 9, profile[GridField.ReturnWaitMs] / 1_000);
        PutInt32(registers, 13, profile[GridField.ReturnRampMs] / 1_000);
        Put(registers, 17, -1);
        Put(registers, 18, -3);
    }
}
