namespace MeterFirmware.Telemetry;

/// <summary>
/// The one table of what a meter measures: thing-model name, unit and decimal places of the payloads, and the codes by
/// which other protocols call the same quantity. Payloads, schemas and protocol servers take names and codes from here.
/// </summary>
public static class Measurands
{
    public const int ImportActiveEnergy = 0;
    public const int ExportActiveEnergy = 1;
    public const int ReactiveEnergy1 = 2;
    public const int ReactiveEnergy2 = 3;
    public const int ReactiveEnergy3 = 4;
    public const int ReactiveEnergy4 = 5;
    public const int Voltage = 6;
    public const int Current = 7;
    public const int ActivePower = 8;
    public const int ReactivePower = 9;
    public const int ApparentPower = 10;
    public const int PowerFactor = 11;
    public const int Frequency = 12;

    /// <summary>Rows of the table.</summary>
    public const int Count = 13;

    /// <summary>The phase argument that asks for the sum over all phases.</summary>
    public const int Total = -1;

    private static readonly string[] _names =
    {
        "importActiveEnergy", "exportActiveEnergy", "reactiveEnergyQ1", "reactiveEnergyQ2", "reactiveEnergyQ3",
        "reactiveEnergyQ4", "voltage", "current", "activePower", "reactivePower", "apparentPower", "powerFactor",
        "frequency",
    };

    private static readonly string[] _units =
    {
        "Wh", "Wh", "varh", "varh", "varh", "varh", "V", "A", "W", "var", "VA", "1", "Hz",
    };

    private static readonly byte[] _digits = { 0, 0, 0, 0, 0, 0, 3, 3, 3, 3, 3, 4, 3 };

    // OBIS value group C of the total; phase L1, L2, L3 is 20, 40, 60 more (IEC 62056-6-1, table of C values).
    private static readonly byte[] _obisGroupC = { 1, 2, 5, 6, 7, 8, 12, 11, 16, 3, 9, 13, 14 };

    // DL/T 645-2007 annex A, data identifiers of the total (voltage and current: of the block).
    private static readonly uint[] _dataIdentifiers =
    {
        0x0001_0000, 0x0002_0000, 0x0005_0000, 0x0006_0000, 0x0007_0000, 0x0008_0000, 0x0201_0000, 0x0202_0000,
        0x0203_0000, 0x0204_0000, 0x0205_0000, 0x0206_0000, 0x0280_0002,
    };

    // DL/T 698.45 object attribute descriptors, attribute 2. Reserved: that protocol is not supported yet.
    private static readonly uint[] _objectAttributes =
    {
        0x0010_0200, 0x0020_0200, 0x0050_0200, 0x0060_0200, 0x0070_0200, 0x0080_0200, 0x2000_0200, 0x2001_0200,
        0x2004_0200, 0x2005_0200, 0x2006_0200, 0x200A_0200, 0x200F_0200,
    };

    /// <summary>Name in payloads and in the thing model.</summary>
    public static string Name(int measurand) => _names[measurand];

    /// <summary>SI unit in payloads; "1" for a pure number.</summary>
    public static string Unit(int measurand) => _units[measurand];

    /// <summary>Decimal places in payloads.</summary>
    public static int Digits(int measurand) => _digits[measurand];

    /// <summary>True when the table has a column for a phase (0, 1, 2) or for <see cref="Total"/>.</summary>
    public static bool Has(int measurand, int phase)
    {
        if (measurand == Voltage || measurand == Current)
        {
            return phase != Total;
        }

        return phase == Total || (measurand >= ActivePower && measurand <= PowerFactor);
    }

    /// <summary>OBIS code with reduced notation A-B:C.D.E, such as 1-0:32.7.0 for the voltage of phase 0. Allocates.</summary>
    public static string ObisCode(int measurand, int phase)
    {
        int groupD = measurand <= ReactiveEnergy4 ? 8 : 7;
        int groupC = _obisGroupC[measurand] + 20 * (phase + 1);
        return "1-0:" + groupC.ToString() + "." + groupD.ToString() + ".0";
    }

    /// <summary>DL/T 645-2007 data identifier, most significant byte first.</summary>
    public static uint DataIdentifier(int measurand, int phase) =>
        _dataIdentifiers[measurand] + ((uint)(phase + 1) << 8);

    /// <summary>Reserved DL/T 698.45 OAD: object, attribute 2, index of the total (energy, power) or of the phase.</summary>
    public static uint ObjectAttribute(int measurand, int phase)
    {
        if (measurand == Frequency)
        {
            return _objectAttributes[measurand];
        }

        bool hasTotal = measurand != Voltage && measurand != Current;
        return _objectAttributes[measurand] + (uint)(phase + (hasTotal ? 2 : 1));
    }
}
