using MeterFirmware.Basics;
using MeterFirmware.EvCharger;
using MeterFirmware.Grid;

namespace MeterFirmware.ModbusCharger;

/// <summary>Model 711: frequency droop, one control that cannot be changed here. A profile without any has no such
/// model.</summary>
internal sealed class DroopModel : GivingModel
{
    private const int Completed = 1;
    private const int PpmPerUnit = 100;

    public DroopModel(EvChargerProduct product)
        : base(product)
    {
    }

    public override int Number => 711;

    public override int Length => 22;

    public override bool IsThere => base.IsThere
        && (Grid.Profile[GridField.OverDroopPpm] > 0 || Grid.Profile[GridField.UnderDroopPpm] > 0);

    protected override void Fill(byte[] registers)
    {
        GridProfile profile = Grid.Profile;
        PutAll(registers, NoUInt16);
        Put(registers, 2, 1);
        Put(registers, 3, 1);
        Put(registers, 4, Completed);
        Put(registers, 5, 1);
        Put(registers, 11, -3);
        Put(registers, 12, -4);
        Put(registers, 13, -3);
        PutSide(registers, 14, 18, profile[GridField.OverStartMillihertz], profile[GridField.OverDroopPpm]);
        PutSide(registers, 16, 19, profile[GridField.UnderStartMillihertz], profile[GridField.UnderDroopPpm]);
        PutInt32(registers, 20, profile[GridField.FrequencyResponseMs]);
        Put(registers, 22, NoInt16);
        Put(registers, 23, 1);
    }

    // A side that is off has no numbers.
    private static void PutSide(byte[] registers, int at, int droopAt, int millihertz, int ppm)
    {
        if (ppm > 0)
        {
            PutInt32(registers, at, millihertz);
            PutUInt16(registers, droopAt, Scaling.DivideRounded(ppm, PpmPerUnit));
        }
    }
}
