namespace MeterFirmware.Modbus;

/// <summary>What a register of a meter tells, with the unit in which this room keeps it. Phase 0 is the total (of a
/// voltage the mean), 1 to 3 are the phases.</summary>
public static class Quantity
{
    /// <summary>mV.</summary>
    public const int Voltage = 0;

    /// <summary>mA.</summary>
    public const int Current = 1;

    /// <summary>mW, import positive.</summary>
    public const int Active = 2;

    /// <summary>mvar.</summary>
    public const int Reactive = 3;

    /// <summary>mVA.</summary>
    public const int Apparent = 4;

    /// <summary>1/10 000.</summary>
    public const int PowerFactor = 5;

    /// <summary>mHz, phase 0.</summary>
    public const int Frequency = 6;

    /// <summary>Energy counters in mWh; for reactive energy mvarh.</summary>
    public const int Import = 7;
    public const int Export = 8;
    public const int ReactiveImport = 9;
    public const int ReactiveExport = 10;

    /// <summary>State of charge in 1/10 000, phase 0.</summary>
    public const int Charge = 11;

    /// <summary>Factors of current and voltage transformers, in 1/1000.</summary>
    public const int CurrentRatio = 12;
    public const int VoltageRatio = 13;

    public const int Count = 14;

    /// <summary>Phases and the total.</summary>
    public const int PhaseSlots = 4;

    private static readonly string[] _names =
    {
        "voltage", "current", "active", "reactive", "apparent", "powerFactor", "frequency", "import", "export",
        "reactiveImport", "reactiveExport", "charge", "currentRatio", "voltageRatio",
    };

    public static string NameOf(int quantity) => _names[quantity];

    /// <summary>−1: there is no quantity of this name.</summary>
    public static int Find(string name)
    {
        for (int i = 0; i < Count; i++)
        {
            if (_names[i] == name)
            {
                return i;
            }
        }

        return -1;
    }
}
