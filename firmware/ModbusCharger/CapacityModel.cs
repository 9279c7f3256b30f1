using MeterFirmware.Basics;
using MeterFirmware.ChargerSafety;
using MeterFirmware.EvCharger;
using MeterFirmware.Grid;

namespace MeterFirmware.ModbusCharger;

/// <summary>Model 702: what the station can do, and which functions its profile switches on. There are no settings
/// below the ratings.</summary>
internal sealed class CapacityModel : GivingModel
{
    private const int Registers = 50;
    private const int RootThreePermille = 1_732;

    // CtrlModes.
    private const int FrequencyWattBit = 5;
    private const int LowVoltageTripBit = 7;
    private const int HighVoltageTripBit = 8;
    private const int VoltWattBit = 10;
    private const int LowFrequencyTripBit = 12;
    private const int HighFrequencyTripBit = 13;

    private readonly SafetySettings _safety;

    public CapacityModel(EvChargerProduct product, SafetySettings safety)
        : base(product)
    {
        _safety = safety;
    }

    public override int Number => 702;

    public override int Length => Registers;

    protected override void Fill(byte[] registers)
    {
        PutAll(registers, NoUInt16);
        int scale = Grid.RatedWatts < NoUInt16 ? 0 : 1;
        int unit = scale == 0 ? 1 : 10;
        int giving = Discharge.WattsMax < Grid.RatedWatts ? Discharge.WattsMax : Grid.RatedWatts;
        PutUInt16(registers, 2, Grid.RatedWatts / unit);
        PutUInt16(registers, 10, Grid.RatedWatts / unit);
        PutUInt16(registers, 11, giving / unit);

        // Between phases where there are three.
        long millivolts = _safety.PhaseCount > 1 ? _safety.NominalMillivolts * (long)RootThreePermille / 1_000
            : _safety.NominalMillivolts;
        PutUInt16(registers, 14, Scaling.DivideRounded(millivolts, 100));
        PutUInt16(registers, 17, Scaling.DivideRounded(_safety.StationMilliampsMax, 10));
        PutInt32(registers, 23, Modes());
        Put(registers, 45, scale);
        for (int i = 46; i < Registers + 2; i++)
        {
            Put(registers, i, NoInt16);
        }

        Put(registers, 49, -1);
        Put(registers, 50, -2);
    }

    private int Modes()
    {
        GridProfile profile = Grid.Profile;
        bool isFrequency = profile[GridField.OverDroopPpm] > 0 || profile[GridField.UnderDroopPpm] > 0;
        int modes = (isFrequency ? 1 << FrequencyWattBit : 0)
            | (profile[GridField.VoltWattFullPpm] > 0 ? 1 << VoltWattBit : 0);
        for (int rule = 0; rule < profile.RuleCount; rule++)
        {
            switch (profile.KindOf(rule))
            {
                case TripKind.UnderVoltage:
                    modes |= 1 << LowVoltageTripBit;
                    break;
                case TripKind.OverVoltage:
                    modes |= 1 << HighVoltageTripBit;
                    break;
                case TripKind.UnderFrequency:
                    modes |= 1 << LowFrequencyTripBit;
                    break;
                case TripKind.OverFrequency:
                    modes |= 1 << HighFrequencyTripBit;
                    break;
            }
        }

        return modes;
    }
}
