namespace MeterFirmware.Drivers.Atm90e32;

/// <summary>Register addresses (Atmel-46003B, section 5). Those of phases B and C follow phase A's at the step that is
/// named; each is 16 bits wide.</summary>
public static class Atm90e32Register
{
    public const int MeterEnable = 0x00;

    /// <summary>Neutral current warning, mA; the driver's mark (<see cref="Atm90e32Port.Mark"/>).</summary>
    public const int NeutralWarning = 0x0A;

    public const int PulseConstantHigh = 0x31;
    public const int PulseConstantLow = 0x32;
    public const int Mode = 0x33;
    public const int Amplifier = 0x34;

    /// <summary>Start-up thresholds of one phase's P and Q, 0.32 mW a count.</summary>
    public const int PhaseStartPower = 0x38;
    public const int PhaseStartReactive = 0x39;

    // Calibration: a phase further is 2, 2 and 4 further.
    public const int PowerOffsetA = 0x41;
    public const int ReactiveOffsetA = 0x42;
    public const int PowerGainA = 0x47;
    public const int PhaseAngleA = 0x48;
    public const int VoltageGainA = 0x61;
    public const int CurrentGainA = 0x62;
    public const int VoltageOffsetA = 0x63;
    public const int CurrentOffsetA = 0x64;

    public const int SoftReset = 0x70;

    /// <summary>The word that the last transfer moved.</summary>
    public const int LastData = 0x78;

    /// <summary>Opens and closes the configuration for writing.</summary>
    public const int ConfigurationAccess = 0x7F;

    // Cleared by reading; a phase further is 1 further.
    public const int ForwardEnergyA = 0x81;
    public const int ReverseEnergyA = 0x85;
    public const int ForwardReactiveA = 0x89;
    public const int ReverseReactiveA = 0x8D;

    public const int PowerA = 0xB1;
    public const int ReactivePowerA = 0xB5;

    /// <summary>From a power's high word to its low word.</summary>
    public const int LowWordDistance = 0x10;

    public const int VoltageA = 0xD9;
    public const int CurrentA = 0xDD;
    public const int Frequency = 0xF8;
}
