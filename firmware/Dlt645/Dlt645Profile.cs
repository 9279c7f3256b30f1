using F = MeterFirmware.Dlt645.Dlt645Format;

namespace MeterFirmware.Dlt645;

/// <summary>Layout of a load-profile record (identifiers 06 xx): A0 A0, length of what follows up to the checksum,
/// time, six sections each ended by AA, checksum over all before it, E5.</summary>
public static class Dlt645Profile
{
    public const int SectionCount = 6;

    public const byte Begin = 0xA0;
    public const byte Separator = 0xAA;
    public const byte End = 0xE5;

    /// <summary>A record with six empty sections: 2 + 1 + 5 + 6 + 2 bytes.</summary>
    public const int Overhead = 16;

    /// <summary>Overhead, and 17 + 24 + 8 + 16 + 16 + 6 bytes of values.</summary>
    public const int LengthMax = 103;

    /// <summary>Fields of section 1 to 6: U, I, f; P, Q; power factor; active and combined reactive energy;
    /// quadrants; demand now.</summary>
    public static int FieldCountOf(int section) =>
        section == 1 ? 7 : section == 2 ? 8 : section == 6 ? 2 : 4;

    /// <summary>Identifier whose value a field is; its format is the identifier's.</summary>
    public static int IdentifierOf(int section, int field)
    {
        switch (section)
        {
            case 1:
                return field < 3 ? 0x02010100 + (field << 8)
                    : field < 6 ? 0x02020100 + ((field - 3) << 8)
                    : 0x02800002;
            case 2:
                return field < 4 ? 0x02030000 + (field << 8) : 0x02040000 + ((field - 4) << 8);
            case 3:
                return 0x02060000 + (field << 8);
            case 4:
                return (field + 1) << 16;
            case 5:
                return (field + 5) << 16;
            default:
                return 0x02800004 + field;
        }
    }

    public static int FormatOf(int section, int field)
    {
        switch (section)
        {
            case 1:
                return field < 3 ? F.Voltage : field < 6 ? F.Current : F.Frequency;
            case 2:
                return field < 4 ? F.Power : F.ReactivePower;
            case 3:
                return F.PowerFactor;
            case 4:
                return field < 2 ? F.Energy : F.SignedReactiveEnergy;
            case 5:
                return F.ReactiveEnergy;
            default:
                return field == 0 ? F.Power : F.ReactivePower;
        }
    }
}
