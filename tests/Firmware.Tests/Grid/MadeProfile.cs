using MeterFirmware.Basics;
using MeterFirmware.Grid;

namespace MeterFirmware.Firmware.Tests.Grid;

/// <summary>A profile with numbers of the test's own, in its compact form.</summary>
internal sealed class MadeProfile
{
    private readonly int[] _fields = new int[GridField.Count];

    public MadeProfile()
    {
        _fields[GridField.NominalMillivolts] = 230_000;
        _fields[GridField.NominalMillihertz] = 50_000;
        _fields[GridField.MeanStepMs] = 1_000;
        _fields[GridField.MissingCeaseMs] = 100;
        _fields[GridField.MissingTripMs] = 300;
        _fields[GridField.ReturnLowPpm] = 900_000;
        _fields[GridField.ReturnHighPpm] = 1_100_000;
        _fields[GridField.ReturnLowMillihertz] = -500;
        _fields[GridField.ReturnHighMillihertz] = 500;
        _fields[GridField.ReturnWaitMs] = 2_000;
    }

    /// <summary>Low voltage for 500 ms, high voltage for 200 ms, low frequency for a second.</summary>
    public int[] Rules { get; } =
    {
        TripKind.UnderVoltage, 800_000, 500, 0, 0,
        TripKind.OverVoltage, 1_200_000, 200, 0, 0,
        TripKind.UnderFrequency, -2_000, 1_000, 0, 0,
    };

    public MadeProfile Set(int field, int value)
    {
        _fields[field] = value;
        return this;
    }

    public byte[] Bytes()
    {
        byte[] bytes = new byte[GridProfile.HeaderBytes + 4 + (_fields.Length + Rules.Length) * 4 + 4];
        LittleEndian.WriteInt32(bytes, 0, GridProfile.Magic);
        bytes[4] = GridProfile.Version;
        LittleEndian.WriteUInt16(bytes, 5, bytes.Length);
        bytes[7] = 4;
        bytes[8] = (byte)(Rules.Length / GridProfile.RuleNumbers);
        for (int i = 0; i < 4; i++)
        {
            bytes[GridProfile.HeaderBytes + i] = (byte)"made"[i];
        }

        int at = LittleEndian.WriteInts(bytes, GridProfile.HeaderBytes + 4, _fields);
        at = LittleEndian.WriteInts(bytes, at, Rules);
        LittleEndian.WriteInt32(bytes, at, (int)Crc32.Of(bytes, 0, at));
        return bytes;
    }

    /// <summary>The loaded profile; null when the loader refuses it.</summary>
    public GridProfile Load(out string error)
    {
        byte[] bytes = Bytes();
        GridProfile.TryLoad(bytes, bytes.Length, out GridProfile profile, out error);
        return profile;
    }
}
