namespace MeterFirmware.Commands;

/// <summary>What a command asks for. Numbers are stable: they stand in event records.</summary>
public static class CommandCode
{
    public const int None = 0;

    /// <summary>Lowers a limit: <see cref="SafetyLimit"/>.</summary>
    public const int Limit = 1;

    /// <summary>Opens or releases the load relay.</summary>
    public const int Relay = 2;

    /// <summary>Loads a tariff table, in pieces.</summary>
    public const int Tariff = 3;

    /// <summary>Sets or slews the clock.</summary>
    public const int Clock = 4;

    /// <summary>Freezes the registers now.</summary>
    public const int Freeze = 5;

    /// <summary>Clears demand, events or, where a standard lets it, the meter.</summary>
    public const int Clear = 6;

    /// <summary>Offers an image for update.</summary>
    public const int Update = 7;

    public const int SelfTest = 8;

    public const int LogLevel = 9;

    /// <summary>Reads the health report.</summary>
    public const int Health = 10;

    /// <summary>Reads the ring log.</summary>
    public const int Log = 11;

    /// <summary>Begins a role's next key generation.</summary>
    public const int RotateKey = 12;

    /// <summary>Remote start or stop of a charging session.</summary>
    public const int Session = 13;

    /// <summary>Restarts the device.</summary>
    public const int Restart = 14;

    /// <summary>Takes a charge point into or out of service.</summary>
    public const int Availability = 15;

    /// <summary>Chooses one or three phases for charging.</summary>
    public const int Phases = 16;

    /// <summary>Loads the local list of tokens, in pieces.</summary>
    public const int LocalList = 17;

    /// <summary>Resets faults that need a person who has looked at the cause.</summary>
    public const int Reset = 18;

    /// <summary>Loads a day-ahead price list.</summary>
    public const int Prices = 19;

    /// <summary>Books a top-up of a prepaid account.</summary>
    public const int TopUp = 20;

    /// <summary>Opens a prepaid account or sets its levels.</summary>
    public const int Prepayment = 21;

    /// <summary>Sets the settlement dates.</summary>
    public const int Settlement = 22;

    /// <summary>Sets emission factors, certificates and the carbon budget.</summary>
    public const int Carbon = 23;

    /// <summary>Reads freezes, the account, carbon, power quality, the tariff sets.</summary>
    public const int Read = 24;

    /// <summary>Sets, clears or reads charging profiles.</summary>
    public const int Profile = 25;

    /// <summary>Chooses how a charger follows local generation.</summary>
    public const int Surplus = 26;

    /// <summary>The grid's permission to give energy back, with its end.</summary>
    public const int Discharge = 27;

    /// <summary>The head-end's time, for one birth of the device.</summary>
    public const int Time = 28;

    /// <summary>Brings a calibration and its record.</summary>
    public const int Calibration = 29;

    public const int CodeMax = 29;
}
