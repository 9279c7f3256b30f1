using MeterFirmware.EvCharger;

namespace MeterFirmware.ModbusCharger;

/// <summary>Model 704: the active power that the vehicle is told to give. It can give no reactive power, and who tells
/// it so signs a command: nothing here is written.</summary>
internal sealed class ControlsModel : GivingModel
{
    private const int Watts = 1;
    private const int ScalesFrom = 53;
    private const int ScaleCount = 6;

    public ControlsModel(EvChargerProduct product)
        : base(product)
    {
    }

    public override int Number => 704;

    public override int Length => 65;

    protected override void Fill(byte[] registers)
    {
        PutAll(registers, NoUInt16);
        Put(registers, 22, Discharge.Watts > 0 ? 1 : 0);
        Put(registers, 23, Watts);
        PutInt32(registers, 24, Discharge.Watts);
        PutInt32(registers, 26, int.MinValue);
        Put(registers, 28, NoInt16);
        Put(registers, 29, NoInt16);
        PutInt32(registers, 38, int.MinValue);
        PutInt32(registers, 40, int.MinValue);
        Put(registers, 42, NoInt16);
        Put(registers, 43, NoInt16);
        for (int i = 0; i < ScaleCount; i++)
        {
            Put(registers, ScalesFrom + i, NoInt16);
        }

        Put(registers, 55, 0);
    }
}
